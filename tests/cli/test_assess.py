"""`corridor assess`: every row decided as `decide` would, none dropped, none guessed; the result whole or not there."""

from __future__ import annotations

import datetime
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli import oracle
from cli.conftest import WriteText
from cli.tools import ON, TABLE, clauses, corridor, refusal, said, told, yuan
from corridor.rulebook import Pack, TableError, load_pack

DAY = datetime.date(2024, 6, 30)
ROWS = oracle.rows(TABLE)
PARK = ("revenue", "rd_expenditure", "employees", "tertiary_employees", "rd_employees")
HEADER = "firm," + ",".join(PARK) + "\n"
GOOD = "a,1000000,30000,100,30,10\n"


def assessed(table: Path, out: Path, *words: object, pack: object = "stip") -> pl.DataFrame:
    """The rows of the result file."""
    said("assess", table, "--pack", pack, "--on", ON, "--out", out, *words)
    return pl.read_parquet(out)


def as_words(frame: pl.DataFrame, names: list[str]) -> list[dict[str, str | None]]:
    columns = [frame["outcome" if name == "outcome" else f"clause:{name}"].cast(pl.String).to_list() for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


# --- the whole example table ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pack", "expected"),
    [("stip", [oracle.park(row) for row in ROWS]), ("hnte-2016", [oracle.high_tech(row, DAY) for row in ROWS])],
)
def test_every_row_is_decided_as_by_hand(pack: str, expected: list[dict[str, oracle.Truth]], tmp_path: Path) -> None:
    frame = assessed(TABLE, tmp_path / "out.parquet", "--keep", "firm", pack=pack)
    assert frame.height == len(ROWS) == 2000
    assert frame["row"].to_list() == list(range(1, 2001))
    assert frame["firm"].to_list() == [row["firm"] for row in ROWS]
    assert frame["problem"].null_count() == frame.height
    names = list(expected[0])
    assert as_words(frame, names) == [{name: oracle.WORD[row[name]] for name in names} for row in expected]

    summary = told("assess", TABLE, "--pack", pack, "--on", ON)
    assert (summary["rows"], summary["bad"], summary["problems"], summary["totals"]) == (2000, 0, [], {})
    assert summary["outcomes"] == Counter(oracle.WORD[row["outcome"]] for row in expected)
    for name in names[1:]:
        assert summary["clauses"][name] == Counter(oracle.WORD[row[name]] for row in expected)
    assert summary["missing"] == {name: sum(not row[name] for row in ROWS) for name in summary["missing"]}
    assert summary["pack_hash"] == load_pack(pack).hash


def facts_of(pack: Pack, row: dict[str, str]) -> dict[str, object]:
    """A row as a facts file."""
    facts: dict[str, object] = {}
    for name in pack.facts.keys() & row.keys():
        kind = pack.facts[name].kind.value
        if row[name]:
            facts[name] = (
                int(row[name]) if kind in {"count", "score"} else row[name] == "yes" if kind == "bool" else row[name]
            )
    return facts


@pytest.mark.parametrize(
    ("name", "law_as_of"),
    [("stip", None), ("hnte-2016", None), ("hnte-2008", "2015-12-31"), ("tech-sme-2017", None)],
)
def test_a_row_of_a_table_and_one_decision_agree_with_their_margins(name: str, law_as_of: str | None) -> None:
    pack = load_pack(name)
    frame = pl.DataFrame(ROWS)
    result = pack.assess(frame, on=ON, law_as_of=law_as_of, margins=True)
    for number in random.Random(1).sample(range(2000), 60):
        decision = pack.decide(facts_of(pack, ROWS[number]), on=ON, law_as_of=law_as_of)
        row = result.frame.row(number, named=True)
        assert row["row"] == number + 1
        assert row["outcome"] == decision.outcome
        shown = {clause["id"]: clause for clause in decision.clauses}
        for column, answer in row.items():
            if not column.startswith("clause:"):
                continue
            clause = shown.get(column.removeprefix("clause:"))
            assert answer == ("n/a" if clause is None else clause["outcome"])
            if clause is None or clause["margin"] is None:
                continue
            margin = Fraction(row[f"margin:{clause['id']}"], result.margin_scale[clause["id"]])
            unit = 100 if clause["margin"]["unit"] == "CNY" else 1
            assert margin == Fraction(clause["margin"]["value"]) * unit
        for output in pack.outputs:
            if output != pack.outcome:
                assert row[output] == decision.outputs[output]


@pytest.mark.parametrize(("name", "law_as_of"), [("stip", None), ("hnte-2016", None), ("tech-sme-2017", None)])
def test_numpy_and_numba_give_the_same_frame(name: str, law_as_of: str | None) -> None:
    pack, frame = load_pack(name), pl.DataFrame(ROWS)
    one = pack.assess(frame, on=ON, law_as_of=law_as_of, margins=True, backend="numpy")
    two = pack.assess(frame, on=ON, law_as_of=law_as_of, margins=True)
    assert one.frame.equals(two.frame)
    assert one.summary.as_json() == two.summary.as_json()
    assert one.margin_scale == two.margin_scale


fen = st.one_of(st.none(), st.integers(0, 10**15), st.sampled_from([0, 1, 10_000_000, 9_999_999, 10_000_001]))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(fen, fen, st.sampled_from([True, False, None])), min_size=1, max_size=20))
def test_vouchers_of_a_table_are_those_of_single_decisions(
    rows: list[tuple[int | None, int | None, bool | None]],
) -> None:
    pack = load_pack("delta-voucher")
    names = ("service_price", "voucher_used_this_year", "cross_city")
    schema = {names[0]: pl.Int64, names[1]: pl.Int64, names[2]: pl.Boolean}
    result = pack.assess(pl.DataFrame(rows, schema=schema, orient="row"), on=ON)
    for row, found in zip(rows, result.frame.iter_rows(named=True), strict=True):
        facts = {
            name: value if isinstance(value, bool) or value is None else Decimal(value) / 100
            for name, value in zip(names, row, strict=True)
        }
        decision = pack.decide(facts, on=ON)
        assert found["outcome"] == decision.outcome
        assert {name: found[name] for name in ("subsidy", "home_share", "host_share")} == {
            name: value for name, value in decision.outputs.items() if name != "qualifies"
        }
    for name, total in result.summary.totals.items():
        assert total == sum(value for value in result.frame[name].to_list() if value is not None)


def test_rates_and_money_of_a_table(write: WriteText, tmp_path: Path) -> None:
    table = write(
        "cost.csv",
        "eligible_rd_expenditure,cit_rate,excluded_industry,chip_or_machine_tool_maker\n"
        "1000000.00,0.25,no,yes\n0.02,0.15,no,no\n1000,0.25,yes,no\n1000,,no,no\n,0.25,no,\n",
    )
    frame = assessed(table, tmp_path / "out.parquet", pack="rd-super-deduction")
    assert frame["extra_share"].to_list() == ["1.2", "1", "0", "1", None]
    assert frame["extra_deduction"].to_list() == [yuan("1200000"), 2, 0, yuan("1000"), None]
    assert frame["tax_saved"].to_list() == [yuan("300000"), 0, 0, None, None]
    assert frame.schema["tax_saved"] == pl.Int64
    totals = told("assess", table, "--pack", "rd-super-deduction", "--on", ON)["totals"]
    assert totals == {"extra_deduction": yuan("1201000") + 2, "tax_saved": yuan("300000")}


# --- what a table may look like ---------------------------------------------------------------------------------------


def test_parquet_gives_what_csv_gives(tmp_path: Path) -> None:
    expected = assessed(TABLE, tmp_path / "csv.parquet")
    text = pl.read_csv(TABLE, infer_schema=False)
    money = pl.col("revenue", "rd_expenditure")
    shapes = {
        "text": text,
        "whole": text.with_columns(pl.col(*PARK).cast(pl.Int64)),
        "decimal": text.with_columns(money.cast(pl.Decimal(20, 2)), pl.col(*PARK[2:]).cast(pl.Int32)),
        "unsigned": text.with_columns(money.cast(pl.UInt64), pl.col(*PARK[2:]).cast(pl.UInt16)),
        "category": text.with_columns(pl.col("employees").cast(pl.Categorical)),
    }
    for name, frame in shapes.items():
        file = tmp_path / f"{name}.in.parquet"
        frame.write_parquet(file)
        assert assessed(file, tmp_path / f"{name}.parquet").equals(expected), name


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace(",", "\t").encode(),
        lambda text: text.rstrip("\n").encode(),
        lambda text: (text + "\n\n").encode(),
        lambda text: text.replace("30000", '"30000"').encode(),
        lambda text: text.replace("30000", " 30000.00 ").encode(),
    ],
)
def test_the_same_table_in_other_bytes(change: Any, write: WriteText, tmp_path: Path) -> None:
    file = write("firms.csv", change(HEADER + GOOD + "b,1000000,29999.99,100,30,10\n"))
    assert assessed(file, tmp_path / "out.parquet")["outcome"].to_list() == ["yes", "no"]


def test_gb18030_with_a_map_in_chinese_units(write: WriteText, tmp_path: Path) -> None:
    text = "企业,营业收入（万元）,研发费用（亿元）,职工,大专,研发\n"
    text += "长三角企业,100,0.0003,100,30,10\n苏州企业,100,0.00029999,100,30,10\n"
    table = write("企业.csv", text.encode("gb18030"))
    mapping = write(
        "map.toml",
        '[table]\nkeep = ["企业"]\n[facts.revenue]\ncolumn = "营业收入（万元）"\nunit = "万"\n'
        '[facts.rd_expenditure]\ncolumn = "研发费用（亿元）"\nunit = "亿"\n[facts.employees]\ncolumn = "职工"\n'
        '[facts.tertiary_employees]\ncolumn = "大专"\n[facts.rd_employees]\ncolumn = "研发"\n',
    )
    frame = assessed(table, tmp_path / "out.parquet", "--map", mapping)
    assert frame.select("企业", pl.col("outcome").cast(pl.String)).rows() == [("长三角企业", "yes"), ("苏州企业", "no")]
    result = corridor("assess", table, "--pack", "stip", "--on", ON, "--map", mapping)
    assert result.stderr == "Note: read as GB18030.\n"


PANEL = """id,year,sales,rd
a,2021,100,5
a,2022,100,5
a,2023,100,4.99
b,2021,100,5
b,2023,100,50
c,2023,100,50
c,2022,100,n/a
c,2021,100,50
d,2021,0.000001,0.000001
d,2022,0.000001,0.000001
d,2023,0.000001,0.000001
"""
PANEL_MAP = """[table]
id = "id"
year = "year"
missing = ["n/a"]
currency = "EUR"
[rates.EUR]
2021-12-31 = "7"
2022-12-30 = "8"
[facts.revenue]
column = "sales"
unit = "million"
[facts.revenue_3y]
column = "sales"
unit = "million"
years = 3
[facts.rd_expenditure_3y]
column = "rd"
unit = "million"
years = 3
[facts.st_employees]
value = "10"
[facts.employees]
value = "100"
[facts.rd_expenditure]
column = "rd"
unit = "million"
"""


def test_sums_over_years_in_another_currency(write: WriteText, tmp_path: Path) -> None:
    table, mapping = write("panel.csv", PANEL), write("map.toml", PANEL_MAP)
    frame = assessed(table, tmp_path / "out.parquet", "--map", mapping, "--margins", pack="hnte-2016")
    assert frame.select("id", "year").rows() == [tuple(line.split(",")[:2]) for line in PANEL.splitlines()[1:]]
    found = dict(zip(frame.select("id", "year").rows(), frame["margin:hnte.rd_share"].to_list(), strict=True))
    scale = load_pack("hnte-2016").assess(pl.DataFrame(ROWS[:1]), on=ON, margins=True).margin_scale["hnte.rd_share"]
    rate = {"2021": 7, "2022": 8, "2023": 8}

    def margin(firm: str) -> Fraction:
        lines = [line.split(",") for line in PANEL.splitlines() if line.startswith(firm)]
        sales = sum(Fraction(cell[2]) * 10**8 * rate[cell[1]] for cell in lines)
        spent = sum(Fraction(cell[3]) * 10**8 * rate[cell[1]] for cell in lines)
        due = Fraction(5, 100) if firm == "d" else Fraction(3, 100)
        return spent - due * sales

    assert Fraction(found["a", "2023"], scale) == margin("a")
    assert Fraction(found["d", "2023"], scale) == margin("d")
    assert [found[key] for key in found if key not in {("a", "2023"), ("d", "2023")}] == [None] * 9
    assert set(frame["clause:hnte.st_staff"].cast(pl.String)) == {"yes"}


def test_columns_that_are_called_like_those_of_the_result(write: WriteText, tmp_path: Path) -> None:
    table = write("firms.csv", "row,outcome,problem,problem:table," + HEADER + "x,maybe,none,other," + GOOD)
    words = [word for name in ("row", "outcome", "problem", "problem:table") for word in ("--keep", name)]
    frame = assessed(table, tmp_path / "out.parquet", *words)
    assert frame.select("row", "outcome", "problem").rows() == [(1, "yes", None)]
    carried = frame.select("row:table", "outcome:table", "problem:table", "problem:table:table").row(0)
    assert sorted(carried) == ["maybe", "none", "other", "x"]


def test_a_firm_s_text_comes_out_as_it_went_in(tmp_path: Path) -> None:
    names = ["=1+1", '"quoted, with a comma"', "new\nline", " spaces ", "\x1b[31m", "", "长三角", "a" * 200_000]
    table = tmp_path / "in.parquet"
    columns = {"revenue": ["1"], "rd_expenditure": ["1"]}
    pl.DataFrame({"name": names, **{name: cell * len(names) for name, cell in columns.items()}}).write_parquet(table)
    assert assessed(table, tmp_path / "out.parquet", "--keep", "name")["name"].to_list() == names


# --- bad rows ---------------------------------------------------------------------------------------------------------

BAD_ROWS = [
    ("b,1", "2 fields where the header has 6"),
    ("b,1,2,3,4,5,6,7", "8 fields where the header has 6"),
    ("b,abc,1,1,1,1", "revenue: 'abc' is not a plain decimal"),
    ("b,1.001,1,1,1,1", "revenue: '1.001' has more decimals"),
    ("b,-1,1,1,1,1", "revenue: '-1' is negative"),
    ("b,NaN,1,1,1,1", "revenue: 'NaN'"),
    ("b,inf,1,1,1,1", "revenue: 'inf'"),
    ("b,1e30,1,1,1,1", "revenue: '1e30'"),
    ("b,99999999999999,1,1,1,1", "revenue: "),
    (f"b,{'9' * 400},1,1,1,1", "revenue: '9999"),
    ('b,"1,000",1,1,1,1', "revenue: '1,000' is not a plain decimal"),
    ("b,¥5,1,1,1,1", "revenue: '¥5'"),
    ("b,１２,1,1,1,1", "revenue: "),
    ("b,1,1,6.5,1,1", "employees: '6.5' is not a whole number"),
    ("b,1,1,yes,1,1", "employees: 'yes'"),
    ("b,1,1,99999999999,1,1", "employees: "),
    ("b,\x1b[31mred,1,1,1,1", "revenue: '\\x1b[31mred'"),
    ("b,x,y,1,1,1", "revenue: 'x' is not a plain decimal; rd_expenditure: 'y' is not a plain decimal"),
]


@pytest.mark.parametrize(("line", "reason"), BAD_ROWS)
def test_a_bad_row_is_named_and_stays(line: str, reason: str, write: WriteText, tmp_path: Path) -> None:
    table = write("firms.csv", HEADER + GOOD + line + "\n" + GOOD)
    out = tmp_path / "out.parquet"
    result = corridor("assess", table, "--pack", "stip", "--on", ON, "--out", out)
    assert result.exit_code == 0
    assert result.stderr.startswith(f"Bad row 2: {reason}")
    assert result.stderr.count("\n") == 1
    assert result.stderr.rstrip("\n").isprintable()
    assert "1 bad" in result.stdout
    frame = pl.read_parquet(out)
    assert frame["outcome"].to_list() == ["yes", "bad", "yes"]
    assert {frame[name][1] for name in frame.columns if name.startswith("clause:")} == {"bad"}
    assert frame["problem"][0] is frame["problem"][2] is None
    assert frame["problem"][1].startswith(f"row 2: {reason}")
    summary = told("assess", table, "--pack", "stip", "--on", ON)
    assert (summary["rows"], summary["bad"], summary["outcomes"]) == (3, 1, {"yes": 2, "bad": 1})
    assert all(sum(found.values()) == 2 for found in summary["clauses"].values())


def test_many_bad_rows_are_counted_and_all_are_in_the_result(write: WriteText, tmp_path: Path) -> None:
    lines = [GOOD if number % 3 else "b,x,1,1,1,1\n" for number in range(1, 301)]
    table = write("firms.csv", HEADER + "".join(lines))
    result = corridor("assess", table, "--pack", "stip", "--on", ON, "--out", tmp_path / "out.parquet")
    bad = [number for number in range(1, 301) if number % 3 == 0]
    assert result.stderr.splitlines()[:20] == [f"Bad row {n}: revenue: 'x' is not a plain decimal" for n in bad[:20]]
    assert "80 more bad rows" in result.stderr.splitlines()[20]
    frame = pl.read_parquet(tmp_path / "out.parquet")
    assert frame.filter(pl.col("problem").is_not_null())["row"].to_list() == bad
    assert frame.height == 300
    summary = told("assess", table, "--pack", "stip", "--on", ON)
    assert (summary["bad"], len(summary["problems"])) == (100, 20)


def test_money_in_a_float_is_refused_and_a_whole_float_head_is_not(tmp_path: Path) -> None:
    file = tmp_path / "float.parquet"
    pl.DataFrame({"revenue": [1.0]}).write_parquet(file)
    assert "Float64" in refusal("assess", file, "--pack", "stip", "--on", ON)
    pl.DataFrame({"employees": [100.0, 1.5, None], "rd_employees": [9.0, 1.0, 1.0]}).write_parquet(file)
    frame = assessed(file, tmp_path / "out.parquet")
    assert frame["outcome"].to_list() == ["no", "bad", "unknown"]


# --- the Python interface ---------------------------------------------------------------------------------------------


def test_whole_numbers_of_a_frame_are_fen_and_decimals_and_text_are_yuan() -> None:
    pack = load_pack("stip")
    heads = {"employees": [10, 10], "tertiary_employees": [3, 3], "rd_employees": [1, 1]}
    for kind in (pl.Int64, pl.Int32, pl.UInt32):
        frame = pl.DataFrame({"revenue": [100, 100], "rd_expenditure": [3, 2], **heads})
        frame = frame.with_columns(pl.col("revenue", "rd_expenditure").cast(kind))
        assert pack.assess(frame, on=ON).frame["outcome"].to_list() == ["yes", "no"]
    text = pl.DataFrame({"revenue": ["1.00", "1"], "rd_expenditure": ["0.03", "0.02"], **heads})
    for frame in (text, text.with_columns(pl.col("revenue", "rd_expenditure").cast(pl.Decimal(10, 2)))):
        assert pack.assess(frame, on=ON).frame["outcome"].to_list() == ["yes", "no"]
    mixed = text.with_columns(revenue=pl.Series([100, 100]))  # fen beside yuan
    assert pack.assess(mixed, on=ON).frame["outcome"].to_list() == ["yes", "no"]


@pytest.mark.parametrize(
    "column",
    [
        pl.Series("revenue", [1.0]),
        pl.Series("revenue", [1.0], dtype=pl.Float32),
        pl.Series("revenue", [True]),
        pl.Series("revenue", [DAY]),
        pl.Series("revenue", [[1]]),
        pl.Series("revenue", [b"1"]),
        pl.Series("revenue", [{"a": 1}]),
        pl.Series("cit_rate", [0.25]),
        pl.Series("holds_core_ip", [DAY]),
        pl.Series("registered_on", [20240101]),
        pl.Series("employees", [[1]]),
        pl.Series("nothing", [1]),
    ],
)
def test_a_column_of_the_wrong_type_is_refused(column: pl.Series) -> None:
    pack = load_pack("rd-super-deduction" if column.name == "cit_rate" else "hnte-2016")
    with pytest.raises(TableError) as caught:
        pack.assess(pl.DataFrame({column.name: column}), on=ON)
    assert "\n" not in str(caught.value)
    assert column.name in str(caught.value)


def test_what_is_no_frame_is_refused() -> None:
    pack: Any = load_pack("stip")
    for given_ in ({"revenue": [1]}, pl.LazyFrame({"revenue": [1]}), [1], None):
        with pytest.raises(TableError):
            pack.assess(given_, on=ON)
    with pytest.raises(ValueError, match="backend"):
        pack.assess(pl.DataFrame({"revenue": [1]}), on=ON, backend="gpu")


def test_an_empty_frame_and_a_frame_of_one_fact() -> None:
    pack = load_pack("stip")
    empty = pack.assess(pl.DataFrame({"revenue": pl.Series([], dtype=pl.Int64)}), on=ON)
    assert (empty.frame.height, empty.summary.rows, empty.summary.outcomes) == (0, 0, {})
    one = pack.assess(pl.DataFrame({"employees": [0]}), on=ON)
    assert one.frame["outcome"].to_list() == ["no"]
    assert one.summary.absent == ("revenue", "rd_expenditure", "tertiary_employees", "rd_employees")


# --- options ----------------------------------------------------------------------------------------------------------


def test_old_laws_reforms_and_what_was_known(write: WriteText, tmp_path: Path) -> None:
    table = write("firms.csv", HEADER + GOOD)
    out = tmp_path / "out.parquet"
    assert assessed(table, out, "--set", "min_rd_share=0.031@2024-01-01")["outcome"].to_list() == ["no"]
    assert "reform" in said("assess", table, "--pack", "stip", "--on", ON, "--set", "min_rd_share=0.031@2024-01-01")
    assert "not in force" in refusal("assess", table, "--pack", "stip", "--on", "2010-01-01")
    words = ("assess", table, "--pack", "stip", "--on", "2010-01-01", "--law-as-of", "2018-01-01")
    assert "on purpose" in said(*words)
    assert (told(*words)["on"], told(*words)["law_date"]) == ("2010-01-01", "2018-01-01")
    cost = write(
        "cost.csv", "eligible_rd_expenditure,cit_rate,excluded_industry,chip_or_machine_tool_maker\n100,0.25,no,no\n"
    )
    known = ("--pack", "rd-super-deduction", "--on", "2023-01-01", "--known")
    assert told("assess", cost, *known, "2023-03-25")["totals"]["extra_deduction"] == yuan("75")
    assert told("assess", cost, *known, "2023-03-26")["totals"]["extra_deduction"] == yuan("100")


def test_the_printed_summary_has_the_figures(tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    text = said("assess", TABLE, "--pack", "stip", "--on", ON, "--out", out)
    summary = told("assess", TABLE, "--pack", "stip", "--on", ON)
    for answer, count in summary["outcomes"].items():
        assert f"{count:,} {answer.replace('unknown', 'cannot tell')}" in text
    assert "of 2,000 rows" in text
    assert f"Wrote {out}." in text
    assert "Unconfirmed" in text


# --- the result appears whole or not at all ---------------------------------------------------------------------------


def big_table(file: Path, rows: int) -> None:
    """Many firms in a Parquet file, quickly."""
    number = pl.int_range(rows, eager=True)
    pl.DataFrame(
        {"firm": number, "revenue": number * 7919 % 10**8, "rd_expenditure": number * 104_729 % 5_000_000,
         "employees": number % 500, "tertiary_employees": number % 300, "rd_employees": number % 77}
    ).write_parquet(file)  # fmt: skip


def test_killed_in_the_middle_leaves_no_half_result_and_no_trouble(tmp_path: Path) -> None:
    table, out = tmp_path / "big.parquet", tmp_path / "out" / "result.parquet"
    out.parent.mkdir()
    big_table(table, 1_000_000)
    out.write_bytes(b"what stood here before")
    words = [sys.executable, "-m", "corridor", "assess", str(table), "--pack", "stip", "--on", ON, "--keep", "firm"]
    with subprocess.Popen([*words, "--out", str(out)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        deadline = time.monotonic() + 60
        while running.poll() is None and time.monotonic() < deadline:
            if any(out.parent.glob(".result.parquet.*/*.parquet")):  # a part is written, or being written
                break
            time.sleep(0.002)
        running.send_signal(signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL
    assert out.read_bytes() == b"what stood here before"
    left = [file for file in out.parent.iterdir() if file != out]
    assert [file.name.startswith(".result.parquet.") for file in left] == [True]
    said("assess", table, "--pack", "stip", "--on", ON, "--keep", "firm", "--out", out)
    assert pl.scan_parquet(out).select(pl.len()).collect().item() == 1_000_000
    firms = pl.read_parquet(out, columns=["row", "firm"])
    assert (firms["row"] == firms["firm"] + 1).all()
    assert {file for file in out.parent.iterdir() if file != out} == set(left)  # nothing new beside it


@pytest.mark.parametrize("end", ['"b,1,2,3,4,5\n', "b,1,2,3,4,5\n" * 3 + "\udcff"])
def test_a_table_that_turns_out_damaged_leaves_the_old_result(end: str, write: WriteText) -> None:
    table = write("firms.csv", (HEADER + GOOD * 5 + end).encode("utf-8", "surrogateescape"))
    out = write("out/result.parquet", b"before")
    refusal("assess", table, "--pack", "stip", "--on", ON, "--out", out)
    assert out.read_bytes() == b"before"
    assert list(out.parent.iterdir()) == [out]


def test_a_result_replaces_an_older_one_and_has_ordinary_rights(write: WriteText) -> None:
    out = write("out.parquet", b"before")
    table = write("firms.csv", HEADER + GOOD)
    assert assessed(table, out).height == 1
    assert {file.name for file in out.parent.iterdir()} == {"out.parquet", "firms.csv"}


def test_clauses_of_a_decision_are_the_columns_of_a_result(write: WriteText, tmp_path: Path) -> None:
    record = told("decide", "stip", "--on", ON, "--facts", "-", text="{}")
    frame = assessed(write("firms.csv", HEADER + GOOD), tmp_path / "out.parquet")
    assert [name for name in frame.columns if name.startswith("clause:")] == [
        f"clause:{name}" for name in clauses(record)
    ]
