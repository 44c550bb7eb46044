"""`corridor decide`: the promised record, the options, and the acceptance figures."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import click
import polars as pl
import pytest

from cli.tools import FIRM, ON, ROOT, TABLE, clauses, corridor, decided, refusal, said, told, yuan
from corridor.cli import main
from corridor.money import largest_remainder
from corridor.rulebook import load_pack

Facts = Mapping[str, object]

# --- every command ----------------------------------------------------------------------------------------------------


def every_command(group: click.Group, *path: str) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            found += every_command(command, *path, name) if isinstance(command, click.Group) else [(*path, name)]
    return found


COMMANDS = every_command(main)


def test_these_are_the_stable_commands() -> None:
    promised = ["decide", "assess", "compare", "interview", "replay"]
    assert {(name,) for name in promised} <= set(COMMANDS)
    assert {("pack", name) for name in ("list", "show", "check", "new")} <= set(COMMANDS)
    assert ("bench", "rulebook") in COMMANDS


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_has_an_example_that_calls_the_command(command: tuple[str, ...]) -> None:
    shown = said(*command, "--help")
    assert shown == said(*command, "-h")
    _, _, example = shown.partition("Example")
    assert re.search(rf"corridor.* {command[-1]}\b", example)
    if command != ("test",):  # works on the clone, and reports to people
        assert "--json" in shown


def test_the_example_of_the_help_works() -> None:
    shown = said("decide", "--help")
    example = re.search(r"echo '(\{.*?\})' \|\n\s+corridor decide (\S+) --on (\S+) --facts -\n", shown, re.DOTALL)
    assert example is not None
    said("decide", example[2], "--on", example[3], "--facts", "-", text=example[1])


# --- the record -------------------------------------------------------------------------------------------------------

NUMBER = re.compile(r"-?\d+(\.\d+)?|-?\d+/\d+", re.ASCII)

FIRMS: dict[str, Facts] = {
    "stip": json.loads(FIRM.read_text(encoding="utf-8")),
    "zone-1991": {"employees": 5},
    "hnte-2016": {"revenue": "1", "revenue_3y": "3", "rd_expenditure_3y": "1", "employees": 3, "st_employees": 1},
    "delta-voucher": {"service_price": "100.01", "voucher_used_this_year": "0", "cross_city": True},
    "rd-super-deduction": {"eligible_rd_expenditure": "0.33", "cit_rate": "0.15", "excluded_industry": False},
    "tech-sme-2017": {},
    "innovative-sme": {},
    "little-giant": {},
    "hnte-2016-score": {},
}


@pytest.mark.parametrize("pack", FIRMS)
def test_the_record_has_what_is_promised(pack: str) -> None:
    record = decided(pack, FIRMS[pack], on="2024-06-30" if pack != "zone-1991" else "1995-06-30")
    rules = load_pack(pack)
    assert record["format"] == "corridor.decision/1"
    assert record["outcome"] in {"yes", "no", "unknown"}
    assert record["pack"] == pack
    assert record["pack_hash"] == rules.hash
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", record["pack_hash"])
    assert list(record["outputs"]) == list(rules.outputs)
    kinds = {name: rules.rules[name][-1].result.value for name in rules.outputs}
    for name, value in record["outputs"].items():
        match kinds[name]:
            case _ if value is None:
                pass
            case "bool":
                assert isinstance(value, bool)
            case "money" | "count" | "score" | "days":
                assert type(value) is int
            case _:
                assert NUMBER.fullmatch(value)
    assert record["clauses"]
    for clause in record["clauses"]:
        assert clause["outcome"] in {"yes", "no", "unknown"}
        assert isinstance(clause["id"], str)
        assert clause["ref"]
        if clause["margin"] is not None:
            assert NUMBER.fullmatch(clause["margin"]["value"])
            assert clause["margin"]["unit"]
            assert (Fraction(clause["margin"]["value"]) >= 0) == (clause["outcome"] == "yes") or clause["op"] in "<>!="
    for key in ("missing", "unconfirmed"):
        assert all(isinstance(name, str) for name in record[key])
    assert set(record["missing"]) <= {fact["name"] for fact in record["facts"]}
    assert not re.search(r"\d[.]\d*[eE]|NaN|Infinity", json.dumps(record, ensure_ascii=False).replace("e-", ""))


def test_money_out_is_a_whole_number_of_fen_and_a_rate_is_text() -> None:
    record = decided(
        "rd-super-deduction",
        {"eligible_rd_expenditure": "1000000.00", "cit_rate": "0.15", "excluded_industry": False,
         "chip_or_machine_tool_maker": True},
    )  # fmt: skip
    outputs = {"qualifies": True, "extra_share": "1.2", "extra_deduction": 120_000_000, "tax_saved": 18_000_000}
    assert record["outputs"] == outputs


def test_a_share_and_its_margin_are_exact() -> None:
    record = decided("stip", {"revenue": "70.03", "rd_expenditure": "0.01", "employees": 7, "rd_employees": 1})
    rd, _, staff = record["clauses"]
    assert (rd["share"]["value"], rd["margin"]) == ("1/7003", {"value": "-2.0909", "unit": "CNY"})
    assert (staff["share"]["value"], staff["margin"]) == ("1/7", {"value": "0.3", "unit": "person"})


def test_a_file_and_standard_input_give_the_same_bytes() -> None:
    from_file = said("decide", "stip", "--on", ON, "--facts", FIRM, "--json")
    assert said("decide", "stip", "--on", ON, "--facts", "-", "--json", text=FIRM.read_bytes()) == from_file
    with_mark = b"\xef\xbb\xbf" + FIRM.read_bytes().replace(b"\n", b"\r\n")
    assert said("decide", "stip", "--on", ON, "--facts", "-", "--json", text=with_mark) == from_file


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ({"revenue": "35250000.00"}, {"revenue": 35250000}),
        ({"revenue": "35250000.50"}, {"revenue": "35250000.5"}),
        ({"revenue": "35250000.50"}, {"revenue": "70500001/2"}),
        ({"revenue": "1.00"}, {"revenue": {"value": "1", "currency": "CNY"}}),
        ({"revenue": None}, {}),
        ({"revenue": {"value": None}}, {}),
        ({"revenue": "0"}, {"revenue": "-0"}),
    ],
)
def test_ways_to_write_the_same_fact(written: Facts, same: Facts) -> None:
    assert decided("stip", written) == decided("stip", same)


def test_a_json_number_with_decimals_is_taken_exactly() -> None:
    text = '{"revenue": 0.1, "rd_expenditure": 0.3e-1, "employees": 1, "tertiary_employees": 1, "rd_employees": 1}'
    record = told("decide", "stip", "--on", ON, "--facts", "-", text=text)
    assert {fact["name"]: fact["value"] for fact in record["facts"]}["rd_expenditure"] == "0.03"
    text = '{"revenue": 9007199254740.93, "rd_expenditure": 270215977642.23}'  # no float64 holds the first of them
    record = told("decide", "stip", "--on", ON, "--facts", "-", text=text)
    assert record["clauses"][0]["margin"]["value"] == str(
        Decimal("270215977642.23") - Decimal("9007199254740.93") * 3 / 100
    )


# --- acceptance figures -----------------------------------------------------------------------------------------------

PARK: Facts = {
    "revenue": "1000000.00", "rd_expenditure": "30000.00", "employees": 1000, "tertiary_employees": 300,
    "rd_employees": 100,
}  # fmt: skip
HNTE: Facts = {
    "registered_on": "2023-07-01", "holds_core_ip": True, "employees": 100, "st_employees": 10,
    "revenue": "50000000.00", "revenue_3y": "150000000.00", "rd_expenditure_3y": "7500000.00",
    "rd_expenditure_domestic_3y": "4500000.00", "total_income": "50000000.00", "hightech_income": "30000000.00",
    "evaluation_score": 71, "major_incident": False, "serious_breach": False,
}  # fmt: skip

BOUNDARIES: list[tuple[str, str, Facts, Facts, str, list[str]]] = [
    # AC-08: 3.00 % passes, 2.99 % fails; 30.0 % with a degree passes; 10.0 % in R&D passes; no rounding anywhere
    ("AC-08 all at the threshold", "stip", PARK, {}, "yes", []),
    ("AC-08 2.99 %", "stip", PARK, {"rd_expenditure": "29900.00"}, "no", ["stip.rd_share"]),
    ("AC-08 a fen less", "stip", PARK, {"rd_expenditure": "29999.99"}, "no", ["stip.rd_share"]),
    ("AC-08 a yuan more revenue", "stip", PARK, {"revenue": "1000000.01"}, "no", ["stip.rd_share"]),
    ("AC-08 29.9 % degrees", "stip", PARK, {"tertiary_employees": 299}, "no", ["stip.tertiary_share"]),
    ("AC-08 9.9 % in R&D", "stip", PARK, {"rd_employees": 99}, "no", ["stip.rd_staff_share"]),
    ("AC-08 huge, exact", "stip", PARK, {"revenue": "10000000000000", "rd_expenditure": "300000000000"}, "yes", []),
    ("AC-08 huge, a fen less", "stip", PARK, {"revenue": "10000000000000", "rd_expenditure": "299999999999.99"},
     "no", ["stip.rd_share"]),
    ("AC-08 everything wrong", "stip", PARK, {"rd_expenditure": 0, "tertiary_employees": 0, "rd_employees": 0},
     "no", ["stip.rd_share", "stip.tertiary_share", "stip.rd_staff_share"]),
    ("hnte exactly", "hnte-2016", HNTE, {}, "yes", []),
    ("hnte 364 days", "hnte-2016", HNTE, {"registered_on": "2023-07-02"}, "no", ["hnte.age"]),
    ("hnte tomorrow", "hnte-2016", HNTE, {"registered_on": "2024-07-01"}, "no", ["hnte.age"]),
    ("hnte 9 of 100", "hnte-2016", HNTE, {"st_employees": 9}, "no", ["hnte.st_staff"]),
    ("hnte 10 of 101", "hnte-2016", HNTE, {"employees": 101}, "no", ["hnte.st_staff"]),
    ("hnte R&D", "hnte-2016", HNTE, {"rd_expenditure_3y": "7499999.99"}, "no", ["hnte.rd_share"]),
    ("hnte 4 % above 50 m", "hnte-2016", HNTE, {"revenue": "50000000.01", "rd_expenditure_3y": "6000000"}, "yes", []),
    ("hnte not 4 % at 50 m", "hnte-2016", HNTE, {"rd_expenditure_3y": "6000000"}, "no", ["hnte.rd_share"]),
    ("hnte 4 % at 200 m", "hnte-2016", HNTE, {"revenue": "200000000", "rd_expenditure_3y": "6000000"}, "yes", []),
    ("hnte not 3 % at 200 m", "hnte-2016", HNTE, {"revenue": "200000000", "rd_expenditure_3y": "4500000"},
     "no", ["hnte.rd_share"]),
    ("hnte 3 % above 200 m", "hnte-2016", HNTE, {"revenue": "200000000.01", "rd_expenditure_3y": "4500000"}, "yes", []),
    ("hnte domestic", "hnte-2016", HNTE, {"rd_expenditure_domestic_3y": "4499999.99"}, "no", ["hnte.rd_domestic"]),
    ("hnte high-tech", "hnte-2016", HNTE, {"hightech_income": "29999999.99"}, "no", ["hnte.hightech_income"]),
    ("hnte 70 points", "hnte-2016", HNTE, {"evaluation_score": 70}, "no", ["hnte.evaluation"]),
    ("hnte accident", "hnte-2016", HNTE, {"major_incident": True}, "no", ["hnte.no_accident"]),
    ("hnte breach", "hnte-2016", HNTE, {"serious_breach": True}, "no", ["hnte.no_breach"]),
    ("hnte licence only", "hnte-2016", HNTE, {"holds_core_ip": False, "exclusive_licence_5y": True},
     "no", ["hnte.core_ip"]),
]  # fmt: skip


@pytest.mark.parametrize("case", BOUNDARIES, ids=lambda case: case[0])
def test_both_sides_of_the_boundary(case: tuple[str, str, Facts, Facts, str, list[str]]) -> None:
    _, pack, firm, changed, outcome, failing = case
    record = decided(pack, {**firm, **changed})
    assert record["outcome"] == outcome
    assert [name for name, answer in clauses(record).items() if answer == "no"] == failing
    assert not [name for name, answer in clauses(record).items() if answer == "unknown"]


@pytest.mark.parametrize(
    ("price", "used", "cross", "parts"),
    [
        ("90000", "0", True, ("90000.00", "60000.00", "30000.00")),  # AC-13
        ("100", "0", True, ("100.00", "66.67", "33.33")),  # AC-13
        ("0.01", "0", True, ("0.01", "0.01", "0.00")),
        ("0.02", "0", True, ("0.02", "0.01", "0.01")),
        ("90000", "0", False, ("90000.00", "90000.00", "0.00")),
        ("30000", "80000", True, ("20000.00", "13333.33", "6666.67")),  # AC-14: cut, not refused
        ("100000.01", "0", True, ("100000.00", "66666.67", "33333.33")),
        ("10000000000000", "99999.99", True, ("0.01", "0.01", "0.00")),
        ("1", "100000", True, ("0.00", "0.00", "0.00")),
        ("1", "100000.01", True, ("0.00", "0.00", "0.00")),
    ],
)
def test_vouchers(price: str, used: str, cross: bool, parts: tuple[str, str, str]) -> None:
    facts = {"service_price": price, "voucher_used_this_year": used, "cross_city": cross}
    record = decided("delta-voucher", facts)
    found = [record["outputs"][name] for name in ("subsidy", "home_share", "host_share")]
    assert found == [yuan(part) for part in parts]
    assert record["outcome"] == ("yes" if found[0] else "no")


def test_every_split_loses_nothing_and_is_the_largest_remainder() -> None:
    pack = load_pack("delta-voucher")
    for fen in [*range(1, 200), 999_999, 1_000_000, 9_999_999, 10_000_000, 12_345_677]:
        facts = {"service_price": f"{fen // 100}.{fen % 100:02}", "voucher_used_this_year": 0, "cross_city": True}
        outputs = pack.decide(facts, on=ON).outputs
        subsidy = min(fen, 10_000_000)
        assert outputs["subsidy"] == subsidy
        assert [outputs["home_share"], outputs["host_share"]] == largest_remainder(subsidy, [2, 1])


def test_a_year_of_vouchers_fills_the_limit_and_no_more() -> None:
    used, paid = 0, []
    for price in (60_000_00, 30_000_00, 30_000_00, 5_000_00):  # AC-14: the third is cut
        facts = {
            "service_price": f"{price / 100:.2f}",
            "voucher_used_this_year": f"{used / 100:.2f}",
            "cross_city": True,
        }
        paid.append(decided("delta-voucher", facts)["outputs"]["subsidy"])
        used += paid[-1]
    assert paid == [60_000_00, 30_000_00, 10_000_00, 0]


COST: Facts = {
    "eligible_rd_expenditure": "1000000.00", "cit_rate": "0.25", "excluded_industry": False, "tech_sme": False,
    "manufacturing": False, "chip_or_machine_tool_maker": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("on", "changed", "share", "saved"),
    [
        ("2008-01-01", {}, "0.5", "125000"),
        ("2015-12-31", {"excluded_industry": True}, "0.5", "125000"),
        ("2016-01-01", {"excluded_industry": True}, "0", "0"),
        ("2016-12-31", {"tech_sme": True}, "0.5", "125000"),
        ("2017-01-01", {"tech_sme": True}, "0.75", "187500"),
        ("2017-12-31", {}, "0.5", "125000"),
        ("2018-01-01", {}, "0.75", "187500"),
        ("2020-12-31", {"manufacturing": True}, "0.75", "187500"),
        ("2021-01-01", {"manufacturing": True}, "1", "250000"),
        ("2021-12-31", {"tech_sme": True}, "0.75", "187500"),
        ("2022-01-01", {"tech_sme": True}, "1", "250000"),
        ("2022-09-30", {}, "0.75", "187500"),
        ("2022-10-01", {}, "1", "250000"),
        ("2022-12-31", {"chip_or_machine_tool_maker": True}, "1", "250000"),
        ("2023-01-01", {"chip_or_machine_tool_maker": True}, "1.2", "300000"),
        ("2027-12-31", {"chip_or_machine_tool_maker": True}, "1.2", "300000"),
        ("2028-01-01", {"chip_or_machine_tool_maker": True}, "1", "250000"),
        ("2024-06-30", {"cit_rate": "0.15"}, "1", "150000"),
        ("2018-06-30", {"eligible_rd_expenditure": "0.02"}, "0.75", "0"),  # 0.375 fen: rounded once
        ("2018-06-30", {"eligible_rd_expenditure": "0.03"}, "0.75", "0.01"),  # 0.5625 fen
    ],
)
def test_super_deduction_by_the_day_of_the_cost(on: str, changed: Facts, share: str, saved: str) -> None:
    outputs = decided("rd-super-deduction", {**COST, **changed}, on=on)["outputs"]
    assert (outputs["extra_share"], outputs["tax_saved"]) == (share, yuan(saved))


@pytest.mark.parametrize(
    ("pack", "on", "facts", "unconfirmed"),
    [
        ("stip", ON, PARK, ["stip", "min_rd_share", "min_tertiary_share", "min_rd_staff_share"]),
        ("hnte-2016", ON, HNTE, []),
        ("delta-voucher", ON, {}, []),
        ("rd-super-deduction", "2010-06-30", COST, ["general_extra_share"]),
        ("rd-super-deduction", "2016-06-30", COST, []),
    ],
)
def test_what_nobody_has_read_is_named(pack: str, on: str, facts: Facts, unconfirmed: list[str]) -> None:
    assert decided(pack, facts, on=on)["unconfirmed"] == unconfirmed
    for language, word in (("en", "Unconfirmed: "), ("zh", "未经核实：")):
        words = ("decide", pack, "--on", on, "--facts", "-", "--language", language)
        assert (word in said(*words, text=json.dumps(facts))) is bool(unconfirmed)


def test_missing_is_never_nought() -> None:
    record = decided("stip", {})
    assert record["outcome"] == "unknown"
    assert set(record["missing"]) == {fact["name"] for fact in record["facts"]}
    assert set(clauses(record).values()) == {"unknown"}
    refused = decided("stip", {"rd_employees": 0, "employees": 1})
    assert refused["outcome"] == "no"
    assert refused["missing"] == []


@pytest.mark.parametrize("pack", ["stip", "hnte-2016", "tech-sme-2017"])
def test_what_would_change_it_does_and_is_the_smallest_step(pack: str) -> None:
    rules = load_pack(pack)
    rows = pl.read_csv(TABLE, infer_schema=False)
    tried = 0
    for row in rows.gather_every(50).iter_rows(named=True):
        known = rules.facts.keys() & row.keys()
        facts: dict[str, Any] = {name: as_fact(rules.facts[name].kind.value, row[name]) for name in known}
        record = rules.decide(facts, on=ON).record
        for change in record["changes"]:
            there = rules.decide({**facts, change["fact"]: change["to"]}, on=ON)
            assert clauses(there.record)[change["clause"]] == "yes"
            assert there.outcome == change["then"]
            assert change["from"] == next(fact["value"] for fact in record["facts"] if fact["name"] == change["fact"])
            if change["by"] is None:
                continue
            short = one_step_less(change)
            nearly = rules.decide({**facts, change["fact"]: short}, on=ON)
            assert clauses(nearly.record)[change["clause"]] == "no"
            tried += 1
    assert tried > 10


def as_fact(kind: str, cell: str | None) -> object:
    if not cell:
        return None
    if kind == "bool":
        return {"yes": True, "no": False}[cell]
    return int(cell) if kind in {"count", "score"} else cell


def one_step_less(change: Mapping[str, Any]) -> object:
    """The new value, one fen, head, point or day short of it."""
    to, less = change["to"], change["by"]["value"].startswith("-")
    if change["by"]["unit"] == "CNY":
        return str(Decimal(to) + (Decimal("0.01") if less else Decimal("-0.01")))
    if isinstance(to, int):
        return to + (1 if less else -1)
    return (datetime.date.fromisoformat(to) + datetime.timedelta(days=1 if less else -1)).isoformat()


# --- options ----------------------------------------------------------------------------------------------------------


def test_an_old_law_only_on_purpose() -> None:
    assert "not in force" in refusal("decide", "hnte-2008", "--on", ON, "--facts", FIRM)
    record = told("decide", "hnte-2008", "--on", ON, "--law-as-of", "2015-12-31", "--facts", FIRM)
    assert (record["on"], record["law_date"], record["law_as_of"]) == (ON, "2015-12-31", "2015-12-31")
    words = ("decide", "hnte-2008", "--on", ON, "--law-as-of", "2015-12-31", "--facts", FIRM)
    assert "on purpose" in said(*words)
    assert "有意" in said(*words, "--language", "zh")
    assert told("decide", "stip", "--on", ON, "--facts", FIRM)["law_as_of"] is None


@pytest.mark.parametrize(("known", "share"), [("2023-03-25", "0.75"), ("2023-03-26", "1"), (None, "1")])
def test_only_what_was_published(known: str | None, share: str) -> None:
    words = ("--known", known) if known else ()
    record = decided("rd-super-deduction", COST, *words, on="2023-01-01")
    assert (record["outputs"]["extra_share"], record["known"]) == (share, known)


def test_nothing_published_yet_is_not_in_force() -> None:
    words = ("decide", "hnte-2016", "--on", "2016-01-01", "--facts", "-", "--known")
    refusal(*words, "2016-01-28", text="{}")
    said(*words, "2016-01-29", text="{}")


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        (["min_rd_share=0.03@2024-01-01"], "yes"),
        (["min_rd_share=0.031@2024-01-01"], "no"),
        (["min_rd_share=3/100@2024-06-30"], "yes"),
        (["min_rd_share=1/3@2024-06-30"], "no"),
        (["min_rd_share=1/3@2024-07-01"], "yes"),
        (["min_rd_share=1/3@2024-01-01", "min_rd_share=0.02@2024-06-30"], "yes"),
        (["min_rd_share=0.02@2024-06-30", "min_rd_share=1/3@2024-01-01"], "yes"),
        (["min_rd_share=0.02@2024-01-01", "min_tertiary_share=0.31@2024-01-01"], "no"),
    ],
)
def test_a_reform_on_the_command_line(changes: list[str], outcome: str) -> None:
    words = [word for change in changes for word in ("--set", change)]
    record = decided("stip", PARK, *words)
    assert record["outcome"] == outcome
    stated: dict[str, dict[str, str]] = {}
    for change in changes:
        name, _, rest = change.partition("=")
        stated.setdefault(name, {})[rest.partition("@")[2]] = rest.partition("@")[0]
    assert record["overlay"] == stated
    assert record["pack_hash"] == load_pack("stip").hash
    text = said("decide", "stip", "--on", ON, "--facts", "-", *words, text=json.dumps(PARK))
    assert "reform" in text
    assert "overlay" not in text


def test_chinese_text_and_the_same_record() -> None:
    words = ("decide", "stip", "--on", ON, "--facts", FIRM)
    text = said(*words, "--language", "zh")
    assert text.startswith("不符合：")
    assert "412,000.00 元" in text
    assert "short by" not in text
    assert said(*words, "--json", "--language", "zh") == said(*words, "--json")
    assert corridor(*words, "--language", "fr").exit_code == 2


@pytest.mark.parametrize(
    ("facts", "first"), [(PARK, "Yes: "), ({**PARK, "rd_employees": 1}, "No: "), ({}, "Cannot tell: ")]
)
def test_yes_no_and_cannot_tell_are_no_errors(facts: Facts, first: str) -> None:
    result = corridor("decide", "stip", "--on", ON, "--facts", "-", text=json.dumps(facts))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(first)


def test_a_source_is_carried_into_record_and_letter() -> None:
    facts = {**PARK, "revenue": {"value": "1000000", "source": "审计报告 2023 “A”"}}
    record = decided("stip", facts)
    assert {fact["name"]: fact["source"] for fact in record["facts"]}["revenue"] == "审计报告 2023 “A”"
    letter = said("decide", "stip", "--on", ON, "--facts", "-", text=json.dumps(facts))
    assert "审计报告 2023 “A”" in letter


def test_a_folder_is_a_pack_too() -> None:
    folder = ROOT / "src" / "corridor" / "packs" / "rules" / "stip"
    by_path = said("decide", folder, "--on", ON, "--facts", FIRM, "--json")
    assert by_path == said("decide", "stip", "--on", ON, "--facts", FIRM, "--json")
    assert by_path == said("decide", Path(str(folder) + "/"), "--on", ON, "--facts", FIRM, "--json")
