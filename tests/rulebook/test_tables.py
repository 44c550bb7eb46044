"""Tables of firms: exact cells, row numbers that hold, sums over years, odd files; each refusal is one sentence."""

from __future__ import annotations

import csv
import datetime
import io
import math
import os
import random
import textwrap
from collections.abc import Callable, Sequence
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from corridor.rulebook.errors import Place, TableError
from corridor.rulebook.facts import Fact
from corridor.rulebook.kinds import STORAGE, Kind, day_number
from corridor.rulebook.tables import columns, csvblocks
from corridor.rulebook.tables.columns import Exchange, Reading, Unreadable, code_of_cell, missing_mark, read_column
from corridor.rulebook.tables.mapping import UNITS, FactMap, Mapping, read_mapping
from corridor.rulebook.tables.reader import Batch, batch_from_frame, read_batches

ROOT = Path(__file__).parents[2]
CORDIP = os.environ.get("CORRIDOR_CORDIP")  # the real panel, for who has it; see docs/findings


def fact(name: str, kind: Kind, scale: int = 1, least: int = 0, most: int = 10**9, *members: str) -> Fact:
    title: Any = None
    return Fact(name, kind, scale, least, most, members, title, title, None, None, Place("test.facts.yaml"))


FACTS = {
    one.name: one
    for one in (
        fact("revenue", Kind.MONEY, 100, 0, 10**15),
        fact("rd_expenditure", Kind.MONEY, 100, 0, 10**15),
        fact("revenue_3y", Kind.MONEY, 100, 0, 10**15),
        fact("rd_expenditure_3y", Kind.MONEY, 100, 0, 10**15),
        fact("profit", Kind.MONEY, 100, -(10**15), 10**15),
        fact("employees", Kind.COUNT, 1, 0, 10_000_000),
        fact("employees_2y", Kind.COUNT, 1, 0, 1_000_000),
        fact("growth", Kind.RATE, 10_000, 0, 1_000_000),
        fact(
            "registered_on",
            Kind.DATE,
            1,
            day_number(datetime.date(1800, 1, 1)),
            day_number(datetime.date(2200, 12, 31)),
        ),
        fact("resident_enterprise", Kind.BOOL, 1, 0, 1),
        fact("size_class", Kind.CATEGORY, 1, 0, 3, "micro", "small", "medium", "large"),
    )
}
MISSING = {name: missing_mark(one) for name, one in FACTS.items()}
EUR = {"EUR": ((datetime.date(2016, 12, 31), Fraction("7.3202")), (datetime.date(2018, 12, 31), Fraction("7.8751")))}
FREE = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""A file is written anew for every example, and a busy machine may take its time."""


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    return lambda size: monkeypatch.setattr(csvblocks, "BLOCK", size)


def table(tmp_path: Path, text: str | bytes, name: str = "firms.csv") -> Path:
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def read_all(path: Path, mapping: Mapping | None = None, rows: int = 250_000) -> Batch:
    """All batches of a file as one, after checking that they follow one another."""
    batches = list(read_batches(path, FACTS, mapping=mapping, rows=rows))
    assert [batch.rows for batch in batches[:-1]] == [rows] * (len(batches) - 1)
    assert [batch.first_row for batch in batches] == [1 + rows * at for at in range(len(batches))]
    for batch in batches:
        assert batch.keys.height == batch.rows
        for name, codes in batch.columns.items():
            assert codes.dtype == STORAGE[FACTS[name].kind]
            assert codes.shape == (batch.rows,)
            assert codes.flags.writeable
    return Batch(
        1,
        sum(batch.rows for batch in batches),
        {name: np.concatenate([batch.columns[name] for batch in batches]) for name in batches[0].columns},
        pl.concat([batch.keys for batch in batches]),
        {row: why for batch in batches for row, why in batch.problems.items()},
        batches[0].info,
    )


def codes_of(path: Path, name: str, mapping: Mapping | None = None) -> list[int | None]:
    """The codes of one fact, None where missing."""
    found: list[int] = read_all(path, mapping).columns[name].tolist()
    return [None if code == MISSING[name] else code for code in found]


def refusal(path: Path | pl.DataFrame, mapping: Mapping | None = None) -> str:
    """What is said about a table that cannot be used: one line, with place and remedy."""

    def read() -> object:
        if isinstance(path, pl.DataFrame):
            return batch_from_frame(path, FACTS, mapping=mapping)
        return list(read_batches(path, FACTS, mapping=mapping))

    with pytest.raises(TableError) as caught:
        read()
    said = str(caught.value)
    assert "\n" not in said
    assert "polars.exceptions" not in said
    assert caught.value.at is not None or isinstance(path, pl.DataFrame)
    return said


# --- cells ------------------------------------------------------------------------------------------------------------


@FREE
@given(st.lists(st.decimals(min_value=0, max_value=10**13, places=2), min_size=1, max_size=30))
def test_every_decimal_of_two_places_comes_through_exactly(values: list[Decimal]) -> None:
    cells = [format(value, "f") for value in values]
    codes, problems = read_column(pl.Series(cells), Reading(FACTS["revenue"], "revenue", Fraction(100)))
    assert not problems
    assert codes.tolist() == [int(value * 100) for value in values]


@FREE
@given(st.data(), st.sampled_from(sorted(UNITS)), st.sampled_from(["profit", "revenue", "growth", "employees"]))
def test_columns_and_single_cells_agree(data: st.DataObject, unit: str, name: str) -> None:
    """The fast way and the reference give the same codes and reasons for sensible and for absurd cells."""
    number = st.from_regex(r"[+-]?[0-9]{0,24}(\.[0-9]{0,40})?", fullmatch=True)
    cell = st.one_of(
        number, number.map(lambda text: f" {text}\t"), st.text(max_size=8), st.sampled_from([".-5", "-.5", "1e3"])
    )
    cells = data.draw(st.lists(st.one_of(st.none(), cell), min_size=1, max_size=12))
    factor = FACTS[name].scale * UNITS[unit] * data.draw(st.sampled_from([Fraction(1), Fraction(1, 100)]))
    exchange = None
    if data.draw(st.booleans()):
        rates = (Fraction("7.0608"), Fraction("0.0000001"), Fraction("123456.123456789"))
        index = np.array(data.draw(st.lists(st.integers(-1, 2), min_size=len(cells), max_size=len(cells))))
        exchange = Exchange(rates, index, lambda at: f"no rate {at}")
    reading = Reading(FACTS[name], name, factor, currency="EUR" if exchange else None, unit=unit)
    codes, problems = read_column(pl.Series(cells, dtype=pl.String), reading, exchange)
    for at, text in enumerate(cells):
        if text is None or not text.strip(columns.BLANKS):
            assert (codes[at], problems.get(at)) == (MISSING[name], None)
            continue
        try:
            if exchange and exchange.index[at] < 0:
                raise Unreadable(f"no rate {at}")
            expected: tuple[int, str | None] = (
                code_of_cell(text, reading, exchange.rates[exchange.index[at]] if exchange else None),
                None,
            )
        except Unreadable as reason:
            expected = (MISSING[name], str(reason))
        assert (codes[at], problems.get(at)) == expected


@FREE
@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6), st.sampled_from(["7.0608", "7.8751", "0.5", "1.25"]))
@example(Decimal("0.01"), "0.5")
@example(Decimal("-0.01"), "0.5")
def test_exchange_rounds_half_up_to_the_minor_unit(amount: Decimal, rate: str) -> None:
    exchange = Exchange((Fraction(rate),), np.zeros(1, np.int64), str)
    reading = Reading(FACTS["profit"], "profit", Fraction(100), currency="EUR")
    codes, problems = read_column(pl.Series([format(amount, "f")]), reading, exchange)
    fen = amount * Decimal(rate) * 100 + Decimal("0.5")
    assert not problems
    assert codes[0] == int(fen.to_integral_value(ROUND_FLOOR))


def test_a_tie_in_exchange_goes_up_and_one_step_below_goes_down() -> None:
    exchange = Exchange((Fraction("0.5"),), np.zeros(4, np.int64), str)
    reading = Reading(FACTS["profit"], "profit", Fraction(100), currency="EUR")
    codes, _ = read_column(pl.Series(["0.01", "0.0099999999", "-0.01", "0.03"]), reading, exchange)
    assert codes.tolist() == [1, 0, 0, 2]


@pytest.mark.parametrize("rate", [None, "7.0608", "123456.123456789"])
@pytest.mark.parametrize(
    "cell",
    [
        str(-(-(2**64) // 100)),  # in minor units a little above 2**64: int64 would wrap to a small sum
        str(-(-(2**64) // 17652) * 25),  # the same after exchange at 7.0608
        str(2**63 - 1),
        str(-(2**63)),
        str(2**63),
        "0." + "0" * 16 + "8" * 19,
        "0" * 40 + "1",
    ],
)
def test_numbers_at_the_edge_of_int64(cell: str, rate: str | None) -> None:
    exchange = Exchange((Fraction(rate),), np.zeros(1, np.int64), str) if rate else None
    reading = Reading(FACTS["profit"], "profit", Fraction(100 * 10**9 if cell[0] == "0" else 100))
    codes, problems = read_column(pl.Series([cell]), reading, exchange)
    try:
        expected, why = code_of_cell(cell, reading, exchange.rates[0] if exchange else None), None
    except Unreadable as reason:
        expected, why = MISSING["profit"], str(reason)
    assert (codes[0], problems.get(0)) == (expected, why)
    assert why is not None or cell[0] == "0"


def test_messages_hold_no_sign_that_a_terminal_obeys(tmp_path: Path) -> None:
    file = table(tmp_path, "revenue,\x1b[2J\n\x1b[31mred,1\n")
    batch = read_all(file)
    assert batch.problems == {1: "row 1: revenue: '\\x1b[31mred' is not a plain decimal"}
    assert "\x1b" not in refusal(file, Mapping(id="x"))


@pytest.mark.parametrize(
    ("name", "cell", "reason"),
    [
        ("revenue", "1e30", "'1e30' is not a plain decimal"),
        ("revenue", "NaN", "'NaN' is not a plain decimal"),
        ("revenue", "1,000", "'1,000' is not a plain decimal"),
        ("revenue", "abc", "'abc' is not a plain decimal"),
        ("revenue", "1.005", "'1.005' has more decimals than the minor unit allows"),
        ("revenue", "-0.01", "'-0.01' is negative"),
        ("revenue", "10000000000000.01", "is above the maximum of 10000000000000"),
        ("revenue", "9" * 30, "is above the maximum of 10000000000000"),
        ("revenue", "1" * 65, "is not a plain decimal"),
        ("revenue", "１２", "'１２' is not a plain decimal"),
        ("revenue", "1_000", "'1_000' is not a plain decimal"),
        ("revenue", "0x10", "'0x10' is not a plain decimal"),
        ("profit", "-10000000000000.01", "is below the minimum of -10000000000000"),
        ("employees", "12.5", "'12.5' is not a whole number"),
        ("employees", "many", "'many' is not a plain whole number"),
        ("employees", "-1", "'-1' is negative"),
        ("growth", "0.12345", "cannot be written exactly as a share of 10000"),
        ("registered_on", "2024/06/30", "'2024/06/30' is not a date YYYY-MM-DD"),
        ("registered_on", "2023-02-29", "'2023-02-29' is not a day of the calendar"),
        ("registered_on", "2024-6-30", "is not a date YYYY-MM-DD"),
        ("registered_on", "0000-01-01", "is not a day of the calendar"),
        ("registered_on", "1700-01-01", "is not between 1800-01-01 and 2200-12-31"),
        ("resident_enterprise", "maybe", "'maybe' is not true, false, 1, 0, yes, no, 是 or 否"),
        ("size_class", "huge", "'huge' is not one of micro, small, medium, large"),
    ],
)
def test_a_cell_that_cannot_be_read_is_a_problem_of_its_row(tmp_path: Path, name: str, cell: str, reason: str) -> None:
    good = {"registered_on": "2020-01-01", "resident_enterprise": "yes", "size_class": "micro"}.get(name, "1")
    file = table(tmp_path, f'{name},growth_of_x\n{good},a\n"{cell}",b\n{good},c\n')
    batch = read_all(file)
    assert list(batch.problems) == [2]
    assert batch.problems[2].startswith(f"row 2: {name}: '")
    assert reason in batch.problems[2]
    assert [code == MISSING[name] for code in batch.columns[name].tolist()] == [False, True, False]


def test_cells_in_their_ordinary_forms(tmp_path: Path) -> None:
    file = table(
        tmp_path,
        "revenue,employees,growth,registered_on,resident_enterprise,size_class\n"
        "12.5,98771.0,0.03,1970-01-02,TRUE,small\n"
        " 7 ,+12,.5,2024-02-29,是,large\n"
        ',,,,,\n"","","","","",""\n0.00,0,0,1969-12-31,No,micro\n5.,1,1.0000000,2000-01-01,0.0, medium \n',
    )
    batch = read_all(file)
    assert not batch.problems
    found = {name: codes.tolist() for name, codes in batch.columns.items()}
    none = {name: MISSING[name] for name in found}
    assert found["revenue"] == [1250, 700, none["revenue"], none["revenue"], 0, 500]
    assert found["employees"] == [98771, 12, none["employees"], none["employees"], 0, 1]
    assert found["growth"] == [300, 5000, none["growth"], none["growth"], 0, 10_000]
    assert found["registered_on"][:2] == [1, day_number(datetime.date(2024, 2, 29))]
    assert found["registered_on"][4:] == [-1, day_number(datetime.date(2000, 1, 1))]
    assert found["resident_enterprise"] == [1, 1, none["resident_enterprise"], none["resident_enterprise"], 0, 0]
    assert found["size_class"] == [1, 3, none["size_class"], none["size_class"], 0, 2]


def test_a_bad_row_gives_all_its_reasons_and_none_of_its_facts(tmp_path: Path) -> None:
    file = table(tmp_path, "revenue,employees,profit\n1,2,3\nx,-2,3\n4,5,6\n")
    batch = read_all(file)
    assert batch.problems == {
        2: "row 2: revenue: 'x' is not a plain decimal; employees: '-2' is negative",
    }
    assert batch.columns["profit"].tolist() == [300, MISSING["profit"], 600]


# --- maps -------------------------------------------------------------------------------------------------------------


def written(tmp_path: Path, text: str) -> Path:
    return table(tmp_path, textwrap.dedent(text), "firms.map.toml")


def test_a_map_says_column_unit_currency_and_constants(tmp_path: Path) -> None:
    file = table(tmp_path, "firm,year,sales,staff,rate,land,revenue\nA,2018,1.5,3,12.34,CN,9\n")
    mapping = read_mapping(
        written(
            tmp_path,
            """
            [table]
            id = "firm"
            year = "year"
            keep = ["land", "firm"]
            group = "land"
            [rates.EUR]
            2016-12-31 = "7.3202"
            2018-12-31 = "7.8751"
            [facts.revenue]
            column = "sales"
            unit = "万"
            currency = "EUR"
            [facts.employees]
            column = "staff"
            unit = "thousand"
            [facts.growth]
            column = "rate"
            unit = "percent"
            [facts.resident_enterprise]
            value = "true"
            [facts.registered_on]
            value = 2010-05-01
            [facts.profit]
            value = 12
            """,
        )
    )
    batch = read_all(file, mapping)
    assert {name: codes.tolist() for name, codes in batch.columns.items()} == {
        "revenue": [11_812_650],  # 15,000 EUR at 7.8751, in fen
        "employees": [3000],
        "growth": [1234],
        "resident_enterprise": [1],
        "registered_on": [day_number(datetime.date(2010, 5, 1))],
        "profit": [1200],
    }
    assert batch.keys.to_dicts() == [{"firm": "A", "year": "2018", "land": "CN"}]
    assert batch.info.taken == {"revenue": "sales", "employees": "staff", "growth": "rate"}
    assert batch.info.constants == {"profit": "12", "registered_on": "2010-05-01", "resident_enterprise": "true"}
    assert batch.info.ignored == ("revenue",)
    assert "size_class" in batch.info.absent


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("[table]\nident = 'a'\n", "[table] has no key 'ident'. Allowed: id, year, keep, group, currency", 2),
        ("[tables]\n", "a map has no 'tables'. Allowed: table, rates, facts", 1),
        ("[facts.revenue]\ncolum = 'a'\n", "[facts.revenue] has no key 'colum'. Allowed: column, unit", 2),
        ("[facts.revenue]\nunit = 'mio'\n", "unit = 'mio' is not known. Allowed: one, thousand", 2),
        ("[facts.revenue]\nyears = 3.0\n", "years = 3.0 is not a number of years", 2),
        ("[facts.revenue]\nvalue = 1.5\n", 'the value 1.5 is not quoted. Write value = "1.5"', 2),
        ("[facts.revenue]\nvalue = '1'\ncolumn = 'a'\n", "a constant has no 'column'", 3),
        ("[rates.EUR]\n2018-12-31 = 7.8751\n", 'the rate 7.8751 is not quoted. Write 2018-12-31 = "7.8751"', 2),
        ("[rates.EUR]\n2018-12-31 = '0'\n", "'0' is not a rate", 2),
        ("[rates.EUR]\n2018-12-32 = '7'\n", "'2018-12-32' is not a day", 2),
        ("[rates.euro]\n2018-12-31 = '7'\n", "'euro' is not a currency code", 1),
        ("[table]\ncurrency = 'euro'\n", "currency = 'euro' is not a code", 2),
        ("[table]\nunits = 'cents'\n", "units = 'cents' is not known. Allowed: major, minor", 2),
        ("[table]\nrate_on = 'soon'\n", "rate_on = 'soon' is not a day", 2),
        ("[table]\nkeep = 'a'\n", "'keep' must be a list of texts", 2),
        ("[table]\nid = 3\n", "'id' must be a text", 2),
        ("\n[table\n", "this is not TOML", 2),
        ("[table]\nid = 'a'\nid = 'b'\n", "this is not TOML", 3),
        ("facts = 3\n", "'facts' must be a section", 1),
    ],
)
def test_a_map_is_read_strictly_with_file_and_line(tmp_path: Path, text: str, said: str, line: int) -> None:
    file = table(tmp_path, text, "firms.map.toml")
    with pytest.raises(TableError) as caught:
        read_mapping(file)
    assert said in str(caught.value)
    assert caught.value.at == Place(str(file), line)


def test_a_map_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "no.toml", "no such map"), (tmp_path, "a folder")):
        with pytest.raises(TableError, match=said):
            read_mapping(path)
    with pytest.raises(TableError, match="not UTF-8"):
        read_mapping(table(tmp_path, "[table]\nid = '企业'\n".encode("gb18030")))
    assert read_mapping(table(tmp_path, b"\xef\xbb\xbf[table]\r\nid = 'a'\r\n")).id == "a"


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (Mapping(facts={"revenu": FactMap(column="a")}), "there is no fact 'revenu'. Did you mean revenue"),
        (Mapping(facts={"revenue": FactMap(column="sale")}), "which the table does not have. Did you mean sales?"),
        (Mapping(id="company_ids"), "id names the column 'company_ids', which the table does not have. Did you mean"),
        (Mapping(facts={"revenue": FactMap("sales", currency="EUR")}), "no rate from EUR to CNY. Add [rates.EUR]"),
        (Mapping(currency="EUR", rates=EUR, facts={"revenue": FactMap("sales")}), "the day of the rate is not known"),
        (Mapping(facts={"revenue": FactMap("sales", years=3)}), "summed over 3 years, which needs id and year"),
        (Mapping(facts={"revenue": FactMap("sales", unit="percent")}), "only a rate has the unit percent"),
        (Mapping(facts={"growth": FactMap("sales", unit="万")}), "growth is rate and has one or percent, not '万'"),
        (Mapping(facts={"employees": FactMap("sales", currency="EUR")}), "has no currency. Only money has."),
        (Mapping(facts={"growth": FactMap("sales", years=2)}), "cannot be summed over years"),
        (Mapping(facts={"employees": FactMap(value="1.5")}), "the value of employees: '1.5' is not a whole number"),
        (Mapping(rates={"CNY": EUR["EUR"]}, facts={"revenue": FactMap("sales")}), "is the rules' own currency"),
        (
            Mapping(
                currency="XAU",
                units="minor",
                rate_on=datetime.date(2020, 1, 1),
                rates={"XAU": EUR["EUR"]},
                facts={"revenue": FactMap("sales")},
            ),
            "how many minor units one XAU has is not known",
        ),
    ],
)
def test_a_map_that_does_not_fit_the_table(tmp_path: Path, mapping: Mapping, said: str) -> None:
    file = table(tmp_path, "company_id,sales,year\n1,2,2018\n")
    assert said in refusal(file, mapping)


def test_columns_that_match_nothing_are_named(tmp_path: Path) -> None:
    said = refusal(table(tmp_path, "a,b\n1,2\n"))
    assert "there is a, b; expected are revenue, rd_expenditure" in said


def test_units_of_money(tmp_path: Path) -> None:
    file = table(tmp_path, "revenue,profit\n12,12\n")
    minor = read_all(file, Mapping(units="minor", facts={"profit": FactMap(units="major")}))
    assert [minor.columns[name].tolist() for name in ("revenue", "profit")] == [[12], [1200]]
    rates = {"JPY": ((datetime.date(2018, 1, 1), Fraction("0.05")),)}
    yen = Mapping(units="minor", currency="JPY", rate_on=datetime.date(2018, 6, 1), rates=rates)
    assert codes_of(file, "revenue", yen) == [60]  # 12 yen, which have no smaller unit, are 0.60 CNY


def test_texts_that_stand_for_no_value(tmp_path: Path) -> None:
    file = table(tmp_path, "revenue\nNA\n—\n1\n n/a \n")
    assert codes_of(file, "revenue", Mapping(missing=("NA", "—", "n/a"))) == [None, None, 100, None]
    assert sorted(read_all(file).problems) == [1, 2, 4]


def test_the_last_rate_on_or_before_the_day_applies(tmp_path: Path) -> None:
    file = table(tmp_path, "y,revenue\n2015,1\n2016,1\n2017,1\n2018.0,1\n2030,1\n,1\n2015,\nlate,1\n")
    batch = read_all(file, Mapping(year="y", currency="EUR", rates=EUR))
    assert batch.columns["revenue"].tolist()[1:5] == [732, 732, 788, 788]
    assert batch.problems == {
        1: "row 1: revenue: there is no EUR rate on or before 2015-12-31",
        6: "row 6: revenue: there is no year to choose the EUR rate by",
        8: "row 8: y: 'late' is not a year; revenue: there is no year to choose the EUR rate by",
    }
    for day, fen in (
        (datetime.date(2016, 12, 31), 732),
        (datetime.date(2018, 12, 30), 732),
        (datetime.date(2018, 12, 31), 788),
    ):
        fixed = Mapping(year="y", currency="EUR", rates=EUR, rate_on=day)
        assert codes_of(file, "revenue", fixed)[:6] == [fen] * 6
    early = Mapping(currency="EUR", rates=EUR, rate_on=datetime.date(2016, 12, 30))
    assert read_all(file, early).problems[1] == "row 1: revenue: there is no EUR rate on or before 2016-12-30"


# --- sums over years --------------------------------------------------------------------------------------------------

SUMS = Mapping(
    id="id",
    year="year",
    facts={"revenue": FactMap("r"), "revenue_3y": FactMap("r", years=3), "employees_2y": FactMap("n", years=2)},
)


def test_sums_over_years_need_every_year(tmp_path: Path, small_blocks: Callable[[int], None]) -> None:
    small_blocks(32)
    rows = [
        "a,2018,1,5", "b,2018,1,5", "a,2016,100,5", "a,2017,10,6", "b,2016,100,", "c,2017,,1", "c,2018,7,1",
        "c,2016,2,1", "c,2015,3,1", "c,2014,4,1",
    ]  # fmt: skip
    file = table(tmp_path, "id,year,r,n\n" + "\n".join(rows) + "\n")
    for size in (1, 3, 100):
        batch = read_all(file, SUMS, rows=size)
        assert not batch.problems
        found = [None if code == MISSING["revenue_3y"] else code for code in batch.columns["revenue_3y"].tolist()]
        assert found == [11100, None, None, None, None, None, None, 900, None, None]
        heads = [None if code == MISSING["employees_2y"] else code for code in batch.columns["employees_2y"].tolist()]
        assert heads == [11, None, None, 11, None, 2, 2, 2, 2, None]
        assert batch.columns["revenue"].tolist()[:2] == [100, 100]


@FREE
@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(2010, 2014)), unique=True, min_size=1),
    st.randoms(use_true_random=False),
    st.integers(2, 4),
)
def test_sums_over_years_agree_with_a_plain_loop(
    keys: list[tuple[int, int]], chance: random.Random, years: int
) -> None:
    values = {key: chance.choice([None, *[chance.randrange(100)] * 4]) for key in keys}
    frame = pl.DataFrame(
        [(firm, year, values[firm, year]) for firm, year in keys],
        schema={"id": pl.Int64, "year": pl.Int32, "r": pl.Int64},
        orient="row",
    )
    mapping = Mapping(id="id", year="year", facts={"revenue_3y": FactMap("r", years=years)})
    found = batch_from_frame(frame, FACTS, mapping=mapping).columns["revenue_3y"].tolist()
    for (firm, year), sum_ in zip(keys, found, strict=True):
        parts = [values.get((firm, year - back)) for back in range(years)]
        whole = sum(part for part in parts if part is not None)
        assert sum_ == (MISSING["revenue_3y"] if None in parts else whole)


def test_a_bad_year_leaves_the_sum_missing_and_is_a_problem_of_its_own_row_only(tmp_path: Path) -> None:
    file = table(tmp_path, "id,year,r,n\na,2016,x,1\na,2017,1,1\na,2018,1,1\n,2018,1,1\nb,,1,1\nb,soon,1,1\na,2019,1\n")
    batch = read_all(file, SUMS)
    assert batch.columns["revenue_3y"].tolist() == [MISSING["revenue_3y"]] * 7
    assert batch.problems == {
        1: "row 1: revenue (column r): 'x' is not a plain decimal",
        4: "row 4: id: is empty, so there is no sum over years",
        5: "row 5: year: is empty, so there is no sum over years",
        6: "row 6: year: 'soon' is not a year",
        7: "row 7: 3 fields where the header has 4",
    }


def test_each_year_is_converted_at_its_own_rate(tmp_path: Path) -> None:
    file = table(tmp_path, "id,year,r\na,2016,1\na,2017,1\na,2018,1\n")
    mapping = Mapping(id="id", year="year", currency="EUR", rates=EUR, facts={"revenue_3y": FactMap("r", years=3)})
    assert codes_of(file, "revenue_3y", mapping) == [None, None, 732 + 732 + 788]


def test_a_sum_beyond_the_maximum_is_a_problem(tmp_path: Path) -> None:
    file = table(tmp_path, "id,year,r,n\na,2017,1,600000\na,2018,1,400001\nb,2017,1,600000\nb,2018,1,400000\n")
    batch = read_all(file, SUMS)
    assert batch.problems == {
        2: "row 2: employees_2y (column n): the sum 1000001 of 2 years is above the maximum of 1000000"
    }
    assert batch.columns["employees_2y"].tolist()[3] == 1_000_000


def test_a_sum_beyond_int64_is_a_problem_and_does_not_wrap() -> None:
    most = 2**63 - 1
    facts = {"big": fact("big", Kind.MONEY, 1, -most, most)}
    frame = pl.DataFrame({"id": [1, 1, 1], "year": [1, 2, 3], "big": [most, most, -most]})
    mapping = Mapping(id="id", year="year", facts={"big": FactMap(years=2)})
    batch = batch_from_frame(frame, facts, mapping=mapping)
    assert batch.columns["big"].tolist() == [-(2**63), -(2**63), 0]
    assert batch.problems == {2: f"row 2: big: the sum of 2 years is above the maximum of {most}"}


@pytest.mark.parametrize("mapping", [SUMS, Mapping(id="id", year="year", facts={"revenue": FactMap("r")})])
def test_a_firm_year_that_stands_twice_is_refused(
    tmp_path: Path, mapping: Mapping, small_blocks: Callable[[int], None]
) -> None:
    small_blocks(16)
    file = table(tmp_path, "id,year,r,n\na,2017,1,1\nb,2018,1,1\na,2018,1,1\nb, 2018,2,1\n,2018,1,1\n,2018,1,1\n")
    said = refusal(file, mapping)
    assert "rows 2 and 4 are the same firm and year, b in 2018." in said
    frame = pl.read_csv(file, infer_schema=False)
    assert "rows 2 and 4 are the same firm and year, b in 2018." in refusal(frame, mapping)
    alone = table(tmp_path, "id,year,r,n\na,2017,1,1\n\na,2018,1,1\n,2018,1,1\n,2018,1,1\n")
    assert read_all(alone, mapping).rows == 5


def test_rows_that_only_share_a_hash_are_no_twins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "corridor.rulebook.tables.reader._Twins.suspects", lambda self: pl.Series(np.concatenate(self._hashes)).unique()
    )
    file = table(tmp_path, "id,year,revenue\na,2017,1\nb,2017,1\na,2018,1\n")
    assert read_all(file, Mapping(id="id", year="year"), rows=2).rows == 3


# --- text files -------------------------------------------------------------------------------------------------------


def as_csv(rows: Sequence[Sequence[str]], **form: Any) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, **form).writerows(rows)
    return out.getvalue()


WORDS = st.text(st.sampled_from('ab,";\n\r \té企'), max_size=6).map(lambda text: text.replace("\r", "\r\n"))


@FREE
@given(
    names=st.lists(WORDS, max_size=12),
    block=st.integers(1, 200),
    rows=st.integers(1, 7),
    form=st.tuples(
        st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    ),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    last=st.booleans(),
)
def test_quotes_line_ends_and_block_borders(
    tmp_path: Path, names: list[str], block: int, rows: int, form: tuple[str, str, Any], encoding: str, last: bool
) -> None:
    """Any cells, written by the csv module, come back as they were, with their row numbers, at any block size."""
    separator, ends, quoting = form
    names = [*names, "z"]
    cells = [[name, str(number), name] for number, name in enumerate(names)]
    text = as_csv([["name", "revenue", "b"], *cells], delimiter=separator, lineterminator=ends, quoting=quoting)
    file = table(tmp_path, (text if last else text.removesuffix(ends)).encode(encoding))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csvblocks, "BLOCK", block)
        batch = read_all(file, Mapping(keep=("name", "b")), rows=rows)
    assert not batch.problems
    assert batch.columns["revenue"].tolist() == [100 * number for number in range(len(names))]
    expected = [name.replace("\r\n", "\n") for name in names]
    assert [name or "" for name in batch.keys["name"]] == expected
    assert [name or "" for name in batch.keys["b"]] == expected


@FREE
@given(
    widths=st.lists(st.integers(0, 5), min_size=1, max_size=30),
    block=st.integers(1, 64),
    rows=st.integers(1, 9),
    quoted=st.booleans(),
)
def test_ragged_rows_keep_every_number_right(
    tmp_path: Path, widths: list[int], block: int, rows: int, quoted: bool
) -> None:
    cell = '"{}"' if quoted else "{}"
    lines = [",".join([cell.format(number)] * width) for number, width in enumerate(widths, start=1)]
    lines.append("9,9,9")
    file = table(tmp_path, "revenue,x,profit\n" + "\n".join(lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csvblocks, "BLOCK", block)
        batch = read_all(file, rows=rows)
    assert batch.rows == len(widths) + 1
    expected = {}
    for number, width in enumerate(widths, start=1):
        if width != 3:
            what = f"{width} field{'' if width == 1 else 's'} where the header has 3" if width else "the line is blank"
            expected[number] = f"row {number}: {what}"
            assert batch.columns["revenue"][number - 1] == MISSING["revenue"]
        else:
            assert batch.columns["profit"][number - 1] == 100 * number
    assert batch.problems == expected


def test_stray_quotes_spoil_only_their_own_row(tmp_path: Path, small_blocks: Callable[[int], None]) -> None:
    lines = [
        '12" pipes,1', '"good, one",2', 'x""y,3', '"open,4', '"next",5', '"a" b,6', "plain,7", '"line\nbreak",8',
        '"say ""so""",9',
    ]  # fmt: skip
    for block in (*range(1, 90), 1000):
        small_blocks(block)
        batch = read_all(table(tmp_path, "name,revenue\n" + "\n".join(lines) + "\n"), Mapping(keep=("name",)))
        assert batch.rows == 9
        assert batch.columns["revenue"].tolist() == [
            100, 200, 300, MISSING["revenue"], 500, MISSING["revenue"], 700, 800, 900,
        ]  # fmt: skip
        assert batch.problems == {
            4: "row 4: a quote stands where no field begins or ends",
            6: "row 6: a quote stands where no field begins or ends",
        }
        names = ['12" pipes', "good, one", 'x""y', None, "next", None, "plain", "line\nbreak", 'say "so"']
        assert [name or None for name in batch.keys["name"]] == names


def test_a_quote_that_never_closes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'name,revenue\na,1\n"b,2\n' + "c,3\n" * 50
    said = "row 2: a quoted field begins that never ends. Close the quote"
    assert said in refusal(table(tmp_path, text), Mapping(keep=("name",)))
    monkeypatch.setattr(csvblocks, "BLOCK", 20)
    monkeypatch.setattr(csvblocks, "LONGEST", 60)
    assert said in refusal(table(tmp_path, text), Mapping(keep=("name",)))


def test_blank_lines_and_one_column(tmp_path: Path, small_blocks: Callable[[int], None]) -> None:
    for block in (1, 3, 1000):
        small_blocks(block)
        batch = read_all(table(tmp_path, "\n\nrevenue,x\n\n1,1\n\n\n2,2\n\n\n\n"))
        assert batch.columns["revenue"].tolist() == [
            MISSING["revenue"], 100, MISSING["revenue"], MISSING["revenue"], 200,
        ]  # fmt: skip
        assert batch.problems == {row: f"row {row}: the line is blank" for row in (1, 3, 4)}
        one = read_all(table(tmp_path, 'revenue\n1\n\n""\n1,2\n3\n'))
        assert one.columns["revenue"].tolist() == [100, *[MISSING["revenue"]] * 3, 300]
        assert one.problems == {4: "row 4: 2 fields where the header has 1"}
        assert codes_of(table(tmp_path, "revenue\n\n\n5\n"), "revenue") == [None, None, 500]


def test_line_ends_of_other_days(tmp_path: Path, small_blocks: Callable[[int], None]) -> None:
    for block in (3, 1000):
        small_blocks(block)
        assert codes_of(table(tmp_path, b"revenue,x\r1,a\r2,b\r"), "revenue") == [100, 200]
        assert codes_of(table(tmp_path, b"revenue,x\r\n1,a\r\n2,b"), "revenue") == [100, 200]


def test_encodings(tmp_path: Path, small_blocks: Callable[[int], None]) -> None:
    text = "企业名称;revenue;地区\n西安高新技术产业开发区某某科技有限公司;1.50;陕西省\n一;2;镕\n"
    mapping = Mapping(keep=("企业名称", "地区"))
    for block in (5, 10_000):
        small_blocks(block)
        for encoding, note in (
            ("utf-8", ()),
            ("utf-8-sig", ()),
            ("gb18030", ("read as GB18030",)),
            ("utf-16", ("read as UTF-16",)),
        ):
            batch = read_all(table(tmp_path, text.encode(encoding)), mapping)
            assert batch.info.notes == note
            assert batch.columns["revenue"].tolist() == [150, 200]
            assert batch.keys["地区"].to_list() == ["陕西省", "镕"]


def test_text_is_judged_by_the_whole_file_not_by_its_beginning(
    tmp_path: Path, small_blocks: Callable[[int], None]
) -> None:
    small_blocks(64)
    text = "name,revenue\n" + "一,1\n" * 50 + "二〇二四年,2\n"  # 一 in GB18030 alone would be valid UTF-8
    batch = read_all(table(tmp_path, text.encode("gb18030")), Mapping(keep=("name",)))
    assert batch.keys["name"].to_list() == ["一"] * 50 + ["二〇二四年"]


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    mixed = "name,revenue\nMüller,1\nKäserei,2\n".encode("latin-1")
    assert mixed.decode("gb18030")  # it could be, but does not look it
    assert "neither UTF-8 nor GB18030" in refusal(table(tmp_path, mixed))
    latin = "name,revenue\n" + "Société Générale d'Électricité,1\nMüller GmbH,2\n"
    said = refusal(table(tmp_path, latin.encode("latin-1")))
    assert "line 2: the byte E9 is neither UTF-8 nor GB18030. Save the table as CSV UTF-8." in said
    assert "NUL" in refusal(table(tmp_path, "revenue\n1\n".encode("utf-16-le")))
    assert "UTF-32" in refusal(table(tmp_path, "revenue\n1\n".encode("utf-32")))
    assert "is not UTF-8" in refusal(table(tmp_path, b"\xef\xbb\xbfrevenue\n\xff\xff\n"))
    assert "is not UTF-16" in refusal(table(tmp_path, "revenue\n1\n".encode("utf-16") + b"\0"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"revenue,profit\n", "the table has a header and no rows"),
        (b"revenue,profit", "the table has a header and no rows"),
        (b"revenue,a,revenue\n1,2,3\n", "the header has 'revenue' more than once"),
        (b"PK\x03\x04rest", "an Excel workbook (.xlsx)"),
        (b"\xd0\xcf\x11\xe0rest", "an old Excel workbook"),
        (b"\x1f\x8brest", "packed with gzip. Unpack it first."),
        (b"PAR1....PAR1", "the table cannot be read"),
        (b"PAR1", "cut short"),
    ],
)
def test_files_that_are_no_table(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in refusal(table(tmp_path, content, "firms.csv"))


def test_paths_that_are_no_file(tmp_path: Path) -> None:
    table(tmp_path, "revenue\n1\n", "firms_2018.csv")
    assert "a folder, not a table" in refusal(tmp_path)
    assert "no such file. Did you mean firms_2018.csv?" in refusal(tmp_path / "firms_2081.csv")
    for missing in (tmp_path / "no" / "firms.csv", tmp_path / "quite else.xyz"):
        assert "no such file. Check the path." in refusal(missing)
    assert "not a Parquet file, whatever its name says" in refusal(table(tmp_path, "revenue\n1\n", "firms.parquet"))


def test_columns_without_a_name_are_passed_over(tmp_path: Path) -> None:
    batch = read_all(table(tmp_path, ",revenue,,\n0,1,,\n1,2,x,\n"))
    assert batch.columns["revenue"].tolist() == [100, 200]
    assert batch.info.columns == ("revenue",)


def test_a_long_file_comes_in_batches_with_progress(tmp_path: Path, small_blocks: Callable[[int], None]) -> None:
    small_blocks(4096)
    lines = [f"{number},{number % 7 or 'x'},a\n" for number in range(1, 20_001)]
    file = table(tmp_path, "revenue,employees,x\n" + "".join(lines))
    seen: list[float] = []
    total = 0
    for batch in read_batches(file, FACTS, rows=999, progress=seen.append):
        numbers = np.arange(batch.first_row, batch.first_row + batch.rows)
        good = numbers % 7 != 0
        assert (batch.columns["revenue"][good] == numbers[good] * 100).all()
        assert sorted(batch.problems) == numbers[~good].tolist()
        assert batch.rows == 999 or batch.first_row + batch.rows == 20_001
        assert seen == [] or seen[-1] < batch.first_row / 20_000 + 0.05
        total += batch.rows
    assert total == 20_000
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    seen.clear()
    file.write_text("id,year,r,n\n" + "".join(f"{number},2018,1,1\n" for number in range(5000)))
    list(read_batches(file, FACTS, mapping=SUMS, rows=100, progress=seen.append))
    assert seen == sorted(seen)
    assert (seen[0] < 0.1, seen[-1]) == (True, 1.0)


def test_memory_does_not_grow_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more text waits in the reader than two blocks and one batch."""
    monkeypatch.setattr(csvblocks, "BLOCK", 10_000)
    heights: list[int] = []
    whole_piece = csvblocks.TextTable._piece

    def watched(self: Any, text: bytes, *rest: Any) -> Any:
        heights.append(len(text))
        return whole_piece(self, text, *rest)

    monkeypatch.setattr(csvblocks.TextTable, "_piece", watched)
    file = table(tmp_path, "revenue,x\n" + '1,"long, name"\n' * 50_000)
    assert sum(batch.rows for batch in read_batches(file, FACTS, rows=100)) == 50_000
    assert max(heights) < 10_100
    assert len(heights) > 60


def test_wrong_number_of_rows_per_batch(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one row"):
        read_batches(table(tmp_path, "revenue\n1\n"), FACTS, rows=0)


# --- Parquet and frames -----------------------------------------------------------------------------------------------


def parquet(tmp_path: Path, frame: pl.DataFrame, **form: Any) -> Path:
    file = tmp_path / "firms.parquet"
    frame.write_parquet(file, **form)
    return file


FRAME = pl.DataFrame(
    {
        "revenue": pl.Series(["12.50", None, "0.01"], dtype=pl.Decimal(18, 2)),
        "profit": pl.Series([7, None, -8], dtype=pl.Int64),
        "rd_expenditure": ["1.25", "", None],
        "employees": pl.Series([98771.0, None, 3.0], dtype=pl.Float64),
        "growth": pl.Series(["0.5", None, "1"], dtype=pl.Decimal(38, 6)),
        "registered_on": [datetime.date(1970, 1, 2), None, datetime.date(1969, 12, 31)],
        "resident_enterprise": [True, None, False],
        "size_class": pl.Series(["small", None, "large"], dtype=pl.Categorical),
        "kept": [[1], [2], [3]],
    }
)


def test_parquet_types(tmp_path: Path) -> None:
    batch = read_all(parquet(tmp_path, FRAME, row_group_size=2), rows=2)
    assert not batch.problems
    found = {
        name: [None if code == MISSING[name] else code for code in codes.tolist()]
        for name, codes in batch.columns.items()
    }
    assert found == {
        "revenue": [1250, None, 1],
        "profit": [700, None, -800],  # a file is in major units
        "rd_expenditure": [125, None, None],
        "employees": [98771, None, 3],
        "growth": [5000, None, 10_000],
        "registered_on": [1, None, -1],
        "resident_enterprise": [1, None, 0],
        "size_class": [1, None, 3],
    }
    assert batch.info.rows == 3
    assert batch.info.ignored == ("kept",)
    minor = read_all(parquet(tmp_path, FRAME), Mapping(facts={"profit": FactMap(units="minor")}))
    assert minor.columns["profit"].tolist()[0] == 7


def test_frames_hold_minor_units_in_whole_numbers() -> None:
    batch = batch_from_frame(FRAME, FACTS)
    assert batch.columns["profit"].tolist() == [7, MISSING["profit"], -8]
    assert batch.columns["revenue"].tolist() == [1250, MISSING["revenue"], 1]
    assert batch.columns["rd_expenditure"].tolist()[0] == 125
    assert (batch.first_row, batch.rows, batch.keys.shape) == (1, 3, (3, 0))
    assert batch.info.source == "frame"
    major = batch_from_frame(FRAME, FACTS, mapping=Mapping(units="major"))
    assert major.columns["profit"].tolist()[0] == 700
    assert "whole numbers in a frame are minor units, but the unit is million. Say which" in refusal(
        FRAME, Mapping(facts={"profit": FactMap(unit="million")})
    )
    empty = batch_from_frame(FRAME.clear(), FACTS)
    assert (empty.rows, empty.columns["revenue"].shape) == (0, (0,))


@pytest.mark.parametrize(
    ("name", "column", "said"),
    [
        ("revenue", pl.Series([1.5]), "a float cannot hold money exactly. Store it as Decimal or text"),
        ("growth", pl.Series([0.03]), "a float cannot hold rate exactly. Store it as Decimal or text"),
        (
            "revenue",
            pl.Series([True]),
            "is Boolean, which cannot be money. Store it as Decimal, whole numbers or text.",
        ),
        ("employees", pl.Series([datetime.date(2020, 1, 1)]), "is Date, which cannot be count"),
        ("registered_on", pl.Series([20200101]), "is Int64, which cannot be date. Store it as Date or text"),
        ("size_class", pl.Series([1]), "is Int64, which cannot be category. Store it as text."),
        ("resident_enterprise", pl.Series([[1]]), "which cannot be bool"),
    ],
)
def test_types_that_cannot_hold_a_fact(tmp_path: Path, name: str, column: pl.Series, said: str) -> None:
    frame = pl.DataFrame({name: column})
    assert said in refusal(frame)
    assert said in refusal(parquet(tmp_path, frame))


def test_cells_of_typed_columns_that_cannot_be_read() -> None:
    frame = pl.DataFrame(
        {
            "revenue": pl.Series(["0.005", "-1", "1"], dtype=pl.Decimal(38, 3)),
            "profit": pl.Series([2**63, 10**16, 1], dtype=pl.UInt64),
            "employees": [1.5, float("nan"), 1e30],
            "registered_on": pl.Series(["2020-01-01 12:00:00", "2020-01-01 00:00:00", None]).str.to_datetime(),
            "resident_enterprise": [2, 1, 0],
        }
    )
    problems = batch_from_frame(frame, FACTS).problems
    assert problems[1] == (
        "row 1: revenue: '0.005' has more decimals than the minor unit allows; "
        "profit: '9223372036854775808' is above the maximum of 10000000000000; "
        "employees: '1.5' is not a whole number; "
        "registered_on: '2020-01-01 and a time' is not a date YYYY-MM-DD; "
        "resident_enterprise: '2' is not true, false, 1, 0, yes, no, 是 or 否"
    )
    assert problems[2] == (
        "row 2: revenue: '-1.000' is negative; profit: '10000000000000000' is above the maximum of 10000000000000; "
        "employees: 'nan' is not a plain whole number"
    )
    assert problems[3] == "row 3: employees: '1e+30' is not a plain whole number"


def test_dates_in_every_type_that_holds_them() -> None:
    days = [datetime.date(2020, 2, 29), None, datetime.date(1850, 1, 1)]
    plain = pl.Series(days)
    forms = [plain, plain.cast(pl.String), *(plain.cast(pl.Datetime(unit)) for unit in ("ms", "us"))]
    forms.append(plain.cast(pl.Datetime("us")).dt.replace_time_zone("Asia/Shanghai"))
    for form in forms:
        codes = batch_from_frame(pl.DataFrame({"registered_on": form}), FACTS).columns["registered_on"].tolist()
        assert codes == [18_321, MISSING["registered_on"], -43_829]
    far = pl.DataFrame({"registered_on": pl.Series([2**31 - 1, -(2**31), 700_000, 0], dtype=pl.Int32).cast(pl.Date)})
    assert batch_from_frame(far, FACTS).problems == {
        1: "row 1: registered_on: 'day 2147483647' is not a date YYYY-MM-DD",
        2: "row 2: registered_on: 'day -2147483648' is not a date YYYY-MM-DD",
        3: "row 3: registered_on: '3886-07-15' is not between 1800-01-01 and 2200-12-31",
    }


def test_other_things_than_frames() -> None:
    lazy: Any = FRAME.lazy()
    with pytest.raises(TableError, match=r"not LazyFrame\. Call \.collect"):
        batch_from_frame(lazy, FACTS)
    rows: Any = [1]
    with pytest.raises(TableError, match="a polars DataFrame is needed, not list"):
        batch_from_frame(rows, FACTS)


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_parquet(tmp_path: Path, keep: float) -> None:
    file = parquet(tmp_path, pl.DataFrame({"revenue": [str(number) for number in range(5000)]}))
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * keep)])
    assert "this Parquet file is cut short: its end is missing. Write or download it again." in refusal(file)


def test_a_damaged_parquet(tmp_path: Path) -> None:
    """Whatever byte is hurt, the answer is a table or one sentence, never a traceback."""
    file = parquet(tmp_path, pl.DataFrame({"revenue": [str(number * 7919 % 5000) for number in range(5000)]}))
    whole = file.read_bytes()
    chance = random.Random(1)
    said = set()
    for _ in range(60):
        data = bytearray(whole)
        start = chance.randrange(4, len(data) - 4)
        for at in range(start, min(start + 40, len(data) - 4)):
            data[at] = chance.randrange(256)
        file.write_bytes(data)
        try:
            list(read_batches(file, FACTS))
        except TableError as error:
            said.add(str(error))
    assert len(said) > 2
    assert not any("\n" in one for one in said)


def test_parquet_in_batches(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"id": range(1000), "revenue": [str(number) for number in range(1000)], "^odd.*$": range(1000)}
    )
    file = parquet(tmp_path, frame, row_group_size=300)
    seen: list[float] = []
    mapping = Mapping(keep=("^odd.*$", "id"))
    batches = list(read_batches(file, FACTS, mapping=mapping, rows=128, progress=seen.append))
    assert [batch.rows for batch in batches] == [128] * 7 + [104]
    assert np.concatenate([batch.columns["revenue"] for batch in batches]).tolist() == list(range(0, 100_000, 100))
    assert pl.concat([batch.keys for batch in batches]).columns == ["^odd.*$", "id"]
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert "the table has a header and no rows" in refusal(parquet(tmp_path, frame.clear()))


def test_many_rows_go_through_threads_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(2)
    frame = pl.DataFrame(
        {
            name: [f"{chance.randrange(10**6)}.{chance.randrange(100):02d}" for _ in range(3000)]
            for name in ("revenue", "profit")
        }
    )
    alone = batch_from_frame(frame, FACTS)
    monkeypatch.setattr("corridor.rulebook.tables.reader._SERIAL", 0)
    together = batch_from_frame(frame, FACTS)
    for name, codes in alone.columns.items():
        assert (codes == together.columns[name]).all()


def test_ordinary_cells_never_take_the_slow_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speed: numbers of every sensible size are done in whole arrays, with exchange rates too."""

    def slow(cell: str, *_: object) -> int:
        raise AssertionError(cell)

    monkeypatch.setattr(columns, "code_of_cell", slow)
    cells = pl.Series(["119492.515922", "0", "1.50", "7", ".25", "18270.732835", "0.000001", None, "", " 3 "])
    exchange = Exchange((Fraction("7.0608"), Fraction("7.8751")), np.arange(10) % 2, str)
    reading = Reading(FACTS["revenue"], "ns", Fraction(100) * UNITS["million"], currency="EUR", unit="million")
    codes, problems = read_column(cells, reading, exchange)
    assert not problems
    assert codes[0] == 84_371_275_642_206  # 119,492.515922 million EUR at 7.0608, in fen
    assert (codes == MISSING["revenue"]).sum() == 2


# --- the real table ---------------------------------------------------------------------------------------------------


def test_the_example_map_is_sound() -> None:
    mapping = read_mapping(ROOT / "examples/cordip.map.toml")
    assert mapping.facts["revenue_3y"] == FactMap("ns", "million", years=3, line=mapping.facts["revenue_3y"].line)
    assert mapping.rates["EUR"][-1] == (datetime.date(2018, 12, 31), Fraction("7.8751"))


def test_the_map_in_the_documentation_is_sound(tmp_path: Path) -> None:
    text = (ROOT / "docs/tables.md").read_text(encoding="utf-8").partition("```toml\n")[2].partition("```")[0]
    assert read_mapping(table(tmp_path, text)).facts["revenue_3y"].years == 3


def panel(tmp_path: Path) -> Path:
    """A made-up firm panel in the layout of the COR&DIP file: four years, six decimals, gaps."""
    draw = random.Random(5)
    lines = ["company_id,company_name,ctry_code,worldrank,nace2,isic4,year,rd,ns,emp"]
    for firm in range(400):
        for year in range(2015, 2019):
            rd, ns = (f"{draw.lognormvariate(5, 2):.6f}" if draw.random() > 0.05 else "" for _ in range(2))
            lines.append(f"{firm},FIRM {firm},CN,{firm + 1},2611,26,{year},{rd},{ns},{draw.randint(1, 10**5)}.0")
    file = tmp_path / "panel.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_a_panel_in_euro_is_read_to_the_last_fen(tmp_path: Path) -> None:
    file = Path(CORDIP) if CORDIP else panel(tmp_path)
    batch = read_all(file, read_mapping(ROOT / "examples/cordip.map.toml"), rows=3000)
    assert batch.rows == (8000 if CORDIP else 1600)
    assert not batch.problems
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    rate = {"2015": "7.0608", "2016": "7.3202", "2017": "7.8044", "2018": "7.8751"}
    fen: dict[str, dict[tuple[str, int], int]] = {"ns": {}, "rd": {}}
    for row in rows:
        for column, found in fen.items():
            if row[column]:
                exact = Fraction(row[column].strip()) * 10**8 * Fraction(rate[row["year"]])
                found[row["company_id"], int(row["year"])] = math.floor(exact + Fraction(1, 2))
    for at, row in enumerate(rows):
        key = row["company_id"], int(row["year"])
        earlier = [(key[0], key[1] - back) for back in range(3)]
        for name, column in (("revenue", "ns"), ("rd_expenditure", "rd")):
            own = fen[column].get(key)
            three = [fen[column].get(one) for one in earlier]
            whole = None if None in three else sum(part for part in three if part is not None)
            assert batch.columns[name][at] == (MISSING[name] if own is None else own)
            assert batch.columns[f"{name}_3y"][at] == (MISSING[name] if whole is None else whole)
