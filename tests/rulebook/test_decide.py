"""One firm decided: three-valued logic, exact margins, what would change it, exceptions, dates, replay, interview."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from toy_pack import PARAMETERS, WritePack

from corridor.rulebook import Conflict, FactError, NotInForce, Pack, RulebookError, load_pack
from corridor.rulebook.facts import code_of
from corridor.rulebook.kernels import compile_table
from corridor.rulebook.replay import replay

ON = "2024-06-30"

STIP = load_pack("stip")
GOOD: dict[str, Any] = {
    "revenue": "1000000.00", "rd_expenditure": "30000.00", "employees": 100, "tertiary_employees": 30,
    "rd_employees": 10,
}  # fmt: skip


def stip(**facts: object) -> Any:
    return STIP.decide({**GOOD, **facts}, on=ON)


def outcomes(decision: Any) -> dict[str, str]:
    return {clause["id"]: clause["outcome"] for clause in decision.clauses}


def margins(decision: Any) -> dict[str, Any]:
    return {clause["id"]: clause["margin"] and clause["margin"]["value"] for clause in decision.clauses}


# --- AC-08 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"rd_expenditure": "30000.00"}, "yes"),  # 3.00 %
        ({"rd_expenditure": "29900.00"}, "no"),  # 2.99 %
        ({"rd_expenditure": "29999.99"}, "no"),  # a fen below
        ({"tertiary_employees": 30}, "yes"),  # 30.0 %
        ({"tertiary_employees": 29}, "no"),
        ({"rd_employees": 10}, "yes"),  # 10.0 %
        ({"rd_employees": 9}, "no"),
        # where floats slip: 0.03 * 0.1 and the like
        ({"revenue": "0.34", "rd_expenditure": "0.01"}, "no"),
        ({"revenue": "0.33", "rd_expenditure": "0.01"}, "yes"),
        ({"revenue": "9999999999999.67", "rd_expenditure": "299999999999.99"}, "no"),
        ({"revenue": "9999999999999.66", "rd_expenditure": "299999999999.99"}, "yes"),
    ],
)
def test_the_park_rule_is_exact_at_its_thresholds(facts: dict[str, object], outcome: str) -> None:
    assert stip(**facts).outcome == outcome


@given(revenue=st.integers(0, 10**15), rd=st.integers(0, 10**14))
def test_the_rd_clause_is_the_exact_fraction(revenue: int, rd: int) -> None:
    decision = stip(revenue=Fraction(revenue, 100), rd_expenditure=Fraction(rd, 100))
    holds = revenue > 0 and Fraction(rd, revenue) >= Fraction(3, 100)
    assert outcomes(decision)["stip.rd_share"] == ("yes" if holds else "no")
    clause = decision.clauses[0]
    if revenue == 0:
        assert (clause["margin"], clause["reason"], clause["share"]["value"]) == (None, "no base in the period", None)
    else:
        assert Fraction(clause["margin"]["value"]) == Fraction(rd, 100) - Fraction(3, 100) * Fraction(revenue, 100)
        assert Fraction(clause["share"]["value"]) == Fraction(rd, revenue)
        assert clause["reason"] is None


def test_a_shortfall_is_told_as_an_amount() -> None:
    decision = stip(revenue="206000000.00", rd_expenditure="5768000.00")
    assert margins(decision)["stip.rd_share"] == "-412000.00"
    assert "short by ¥412,000.00" in decision.text()
    assert "差 412,000.00 元" in decision.text("zh")
    change = next(item for item in decision.changes if item["fact"] == "rd_expenditure")
    assert (change["from"], change["to"]) == ("5768000.00", "6180000.00")
    assert change["by"] == {"value": "412000.00", "unit": "CNY"}
    assert change["then"] == "yes"


def test_a_margin_may_be_a_fraction_of_a_fen() -> None:
    decision = stip(revenue="0.01", rd_expenditure="0.01")
    assert margins(decision)["stip.rd_share"] == "0.0097"
    assert margins(stip(employees=7, tertiary_employees=2))["stip.tertiary_share"] == "-0.1"


def test_an_empty_base_refuses_and_says_why() -> None:
    decision = stip(revenue="0.00", rd_expenditure="0.00")
    assert decision.outcome == "no"
    assert decision.clauses[0]["reason"] == "no base in the period"
    assert decision.changes == []
    assert "no base in the period" in decision.text()
    empty = stip(employees=0, tertiary_employees=None, rd_employees=None)
    assert outcomes(empty) == {"stip.rd_share": "yes", "stip.tertiary_share": "no", "stip.rd_staff_share": "no"}


def test_one_failing_clause_refuses_although_another_fact_is_missing() -> None:
    decision = stip(rd_expenditure="29999.99", employees=None)
    assert (decision.outcome, decision.missing) == ("no", [])
    assert outcomes(decision)["stip.tertiary_share"] == "unknown"


def test_without_a_failing_clause_the_missing_facts_are_named() -> None:
    decision = stip(employees=None, revenue=None)
    assert (decision.outcome, decision.missing) == ("unknown", ["revenue", "employees"])
    assert STIP.decide({}, on=ON).missing == list(GOOD)
    assert "Needed: Revenue (sales); Employees." in decision.text()
    assert "尚需：销售收入；职工总数" in decision.text("zh")


# --- three-valued logic -----------------------------------------------------------------------------------------------

NAMES = ["a", "b", "c", "d", "e", "f"]
BOOLS = "".join(f"{name}: {{type: bool, title: {{en: X, zh: 甲}}, definition: {{en: X, zh: 甲}}}}\n" for name in NAMES)

Formula = tuple[Any, ...]
"""``("fact", name)``, ``("not", name)``, ``("and" or "or", formula, formula…)``, ``("if", test, then, other)``."""


def leaves(formula: Formula) -> Iterator[str]:
    if formula[0] in {"fact", "not"}:
        yield formula[1]
    else:
        for part in formula[1:]:
            yield from leaves(part)


def written(formula: Formula) -> str:
    match formula:
        case ("fact", name):
            return str(name)
        case ("not", name):
            return f"not {name}"
        case ("if", test, then, other):
            return f"({written(then)} if {written(test)} else {written(other)})"
        case (word, *parts):
            return "(" + f" {word} ".join(map(written, parts)) + ")"
    raise AssertionError(formula)


def truth(formula: Formula, facts: Mapping[str, bool]) -> bool:
    match formula:
        case ("fact", name):
            return facts[name]
        case ("not", name):
            return not facts[name]
        case ("if", test, then, other):
            return truth(then if truth(test, facts) else other, facts)
        case ("and", *parts):
            return all(truth(part, facts) for part in parts)
        case ("or", *parts):
            return any(truth(part, facts) for part in parts)
    raise AssertionError(formula)


def renamed(formula: Formula, names: Iterator[str]) -> Formula:
    if formula[0] in {"fact", "not"}:
        return formula[0], next(names)
    return formula[0], *(renamed(part, names) for part in formula[1:])


leaf = st.tuples(st.sampled_from(["fact", "not"]), st.sampled_from(NAMES[:4]))
formulas: st.SearchStrategy[Formula] = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["and", "or"]), inner, inner),
        st.tuples(st.sampled_from(["and", "or"]), inner, inner, inner),
        st.tuples(st.just("if"), inner, inner, inner),
    ),
    max_leaves=len(NAMES),
)
read_once = formulas.filter(lambda formula: len(list(leaves(formula))) <= len(NAMES)).map(
    lambda formula: renamed(formula, iter(NAMES))
)
"""Formulas that name every fact once: for these the engine's answer is not only sound but complete."""

partly = st.fixed_dictionaries({name: st.sampled_from([True, False, None]) for name in NAMES})


def pack_of(write_pack: WritePack, formula: Formula) -> Pack:
    names = sorted(set(leaves(formula)))
    rules = f'''
@rule(id="toy.qualifies", ref="Act", start="2020-01-01")
def qualifies({", ".join(f"{name}: Bool" for name in names)}) -> Bool:
    """A formula.
    公式。"""
    return {written(formula)}
'''
    return load_pack(write_pack(rules, facts=BOOLS, parameters="{}"))


def completions(names: set[str], facts: Mapping[str, bool | None]) -> Iterator[dict[str, bool]]:
    """Every firm that agrees with what is known."""
    order = sorted(names)
    for values in product(*((False, True) if facts[name] is None else (facts[name],) for name in order)):
        yield dict(zip(order, map(bool, values), strict=True))


def possible(formula: Formula, facts: Mapping[str, bool | None]) -> set[bool]:
    """The answers of all completions."""
    return {truth(formula, firm) for firm in completions(set(leaves(formula)), facts)}


many_packs = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@many_packs
@given(formula=formulas, facts=partly)
def test_a_yes_or_no_holds_for_every_firm_that_it_could_be(
    write_pack: WritePack, formula: Formula, facts: dict[str, bool | None]
) -> None:
    decision = pack_of(write_pack, formula).decide({name: facts[name] for name in set(leaves(formula))}, on=ON)
    answers = possible(formula, facts)
    if decision.outcome != "unknown":
        assert answers == {decision.outcome == "yes"}
        assert decision.missing == []
    else:
        assert decision.missing
        assert all(facts[name] is None for name in decision.missing)
    if None not in {facts[name] for name in leaves(formula)}:
        assert decision.outcome == ("yes" if True in answers else "no")


ALIKE = dict.fromkeys(NAMES, True) | {"a": None}


@many_packs
@example(formula=("if", ("fact", "a"), ("fact", "b"), ("fact", "c")), facts=ALIKE)  # both ways lead to yes
@example(formula=("if", ("fact", "a"), ("not", "b"), ("not", "c")), facts=ALIKE)
@example(formula=("if", ("fact", "b"), ("fact", "c"), ("fact", "a")), facts=ALIKE)  # what is open does not matter
@given(formula=read_once, facts=partly)
def test_where_each_fact_counts_once_nothing_is_left_open_needlessly(
    write_pack: WritePack, formula: Formula, facts: dict[str, bool | None]
) -> None:
    pack = pack_of(write_pack, formula)
    names = set(leaves(formula))
    decision = pack.decide({name: facts[name] for name in names}, on=ON)
    answers = possible(formula, facts)
    assert decision.outcome == ("unknown" if len(answers) == 2 else "yes" if True in answers else "no")
    matter = {
        name
        for name in names
        if facts[name] is None
        and any(
            truth(formula, {**firm, name: True}) is not truth(formula, {**firm, name: False})
            for firm in completions(names, facts)
        )
    }
    assert set(decision.missing) == matter
    asked = [question.fact.name for question in pack.interview({n: facts[n] for n in names}, on=ON)]
    assert sorted(asked) == sorted(matter)


@many_packs
@given(formula=read_once)
def test_a_kernel_decides_every_firm_as_the_truth_table_says(write_pack: WritePack, formula: Formula) -> None:
    law = pack_of(write_pack, formula).law(ON)
    names = list(law.facts)
    firms = list(product((True, False, None), repeat=len(names)))
    columns = {
        name: np.array([-128 if firm[i] is None else firm[i] for firm in firms], np.int8)
        for i, name in enumerate(names)
    }
    codes = compile_table(law, backend="numpy").run(columns, on=0)["outcome"]
    for firm, code in zip(firms, codes, strict=True):
        answers = possible(formula, dict(zip(names, firm, strict=True)))
        assert code == (2 if len(answers) == 2 else int(True in answers)), firm


# --- what would change it ---------------------------------------------------------------------------------------------

heads = st.integers(0, 300)
fen = st.integers(0, 10**8)
stip_codes = st.fixed_dictionaries(
    {
        "revenue": fen, "rd_expenditure": fen, "employees": heads, "tertiary_employees": heads, "rd_employees": heads,
    },
)  # fmt: skip

sales = st.one_of(st.integers(0, 10**11), st.sampled_from([5 * 10**9, 5 * 10**9 + 1, 2 * 10**10, 2 * 10**10 + 1]))
HNTE = load_pack("hnte-2016")
hnte_codes = st.fixed_dictionaries(
    {
        "registered_on": st.integers(19_000, 19_904), "holds_core_ip": st.booleans(), "st_employees": heads,
        "employees": heads, "revenue": sales, "rd_expenditure_3y": sales, "revenue_3y": sales,
        "rd_expenditure_domestic_3y": sales, "hightech_income": sales, "total_income": sales,
        "evaluation_score": st.integers(0, 100), "major_incident": st.booleans(), "serious_breach": st.booleans(),
    },
)  # fmt: skip


def as_facts(pack: Pack, codes: Mapping[str, int | None]) -> dict[str, Any]:
    """Codes as they stand in a facts file."""
    return {name: None if code is None else pack.facts[name].as_json(code, "CNY") for name, code in codes.items()}


def check_changes(pack: Pack, codes: Mapping[str, int | None]) -> int:
    """Each change turns its clause, leads to the outcome it names, and one unit less does not turn it."""
    facts = as_facts(pack, codes)
    decision = pack.decide(facts, on=ON)
    before = outcomes(decision)
    assert decision.outcome != "yes" or not decision.changes
    for change in decision.changes:
        fact = pack.facts[change["fact"]]
        now, to = (code_of(change[end], fact, "CNY") for end in ("from", "to"))
        assert {before[change["clause"]], change["clause_then"]} == {"yes", "no"}
        assert now == codes[fact.name]
        assert to != now
        if change["by"] is None:
            assert {now, to} == {0, 1}
        else:
            assert Fraction(change["by"]["value"]) * fact.scale == to - now
        after = pack.decide({**facts, fact.name: fact.as_json(to, "CNY")}, on=ON)
        assert outcomes(after)[change["clause"]] == change["clause_then"]
        assert after.outcome == change["then"]
        short = to - 1 if to > now else to + 1
        almost = pack.decide({**facts, fact.name: fact.as_json(short, "CNY")}, on=ON)
        assert outcomes(almost)[change["clause"]] != change["clause_then"]
    return len(decision.changes)


@given(codes=stip_codes)
def test_a_change_of_the_park_rule_is_the_smallest(codes: dict[str, int]) -> None:
    check_changes(STIP, codes)


@given(codes=hnte_codes)
def test_a_change_of_the_high_tech_rule_is_the_smallest(codes: dict[str, int]) -> None:
    check_changes(HNTE, codes)


@given(codes=stip_codes)
def test_every_share_with_a_base_can_be_mended_from_both_sides(codes: dict[str, int]) -> None:
    decision = STIP.decide(as_facts(STIP, codes), on=ON)
    for clause in decision.clauses:
        if clause["outcome"] == "no" and clause["reason"] is None:
            part, base = clause["left"]["text"], clause["share"]["base"]["text"]
            found = {change["fact"] for change in decision.changes if change["clause"] == clause["id"]}
            assert found == (
                {part, base} if codes[part] else {part}
            )  # nothing of anything is no share of a smaller base


ROUNDED = '''
@rule(id="toy.qualifies", ref="Act, art. 1", start="2020-01-01")
def qualifies(paid: Bool, banded: Bool, light: Bool) -> Bool:
    """All of them.
    全部。"""
    return paid and banded and light


@rule(id="toy.paid", ref="Act, art. 2", start="2020-01-01")
def paid(employees: Count, rise: Rate, heads: Count) -> Bool:
    """Heads that are rounded.
    取整人数。"""
    return half_up(employees * rise) >= heads


@rule(id="toy.banded", ref="Act, art. 3", start="2020-01-01")
def banded(revenue: Money, cost: Money, tiers: Bands) -> Bool:
    """A tier of the revenue.
    收入档次。"""
    return floor(revenue * band(revenue, tiers)) > cost


@rule(id="toy.light", ref="Act, art. 4", start="2020-01-01")
def light(points: Score, waited: Days, part: Rate, mark: Score, notice: Days) -> Bool:
    """Few points, or a short wait.
    分数少或等待短。"""
    return ceil(points * part) < mark and waited <= notice
'''
RISE = 'rise: {type: rate, title: {en: R, zh: 升}, values: {2020-01-01: {value: "5/3", ref: Act}}}\n'


@pytest.fixture(scope="module")
def rounded(write_pack: WritePack) -> Pack:
    mark = PARAMETERS.replace(
        'mark: {type: score, title: {en: Mark, zh: 分数线}, values: {2020-01-01: {value: "60"',
        'mark: {type: score, title: {en: Mark, zh: 分数线}, values: {2020-01-01: {value: "20"',
    )
    assert mark != PARAMETERS
    return load_pack(write_pack(ROUNDED, parameters=mark, more_parameters=RISE))


@given(
    codes=st.fixed_dictionaries(
        {
            "employees": st.integers(0, 12),
            "revenue": st.integers(0, 300_000),
            "cost": st.integers(0, 40_000),
            "points": st.integers(0, 100),
            "waited": st.integers(0, 1000),
        }
    )
)
def test_a_change_across_roundings_and_tiers_is_the_smallest(rounded: Pack, codes: dict[str, int]) -> None:
    check_changes(rounded, codes)
    record = rounded.decide(as_facts(rounded, codes), on=ON).record
    heads = [change["to"] for change in record["changes"] if change["clause"] == "toy.paid"]
    assert heads == ([6] if codes["employees"] < 6 else [])  # 6 * 5/3 = 10
    points = [change["to"] for change in record["changes"] if change["clause"] == "toy.light/1"]
    assert points == ([57] if codes["points"] > 57 else [])  # 57 / 3 = 19


TURNED = '''
@rule(id="toy.qualifies", ref="Act, art. 1", start="2020-01-01")
def qualifies(rich: Bool, old: Bool, labour: Bool) -> Bool:
    """Neither rich nor old, and not labour-intensive.
    既不富也不老，且非劳动密集。"""
    return not rich and not old and not labour


@rule(id="toy.rich", ref="Act, art. 2", start="2020-01-01")
def rich(revenue: Money, least: Money, cost: Money, part: Rate) -> Bool:
    """Much revenue, at little cost.
    收入多，成本低。"""
    return revenue >= least and share(cost, of=revenue) < part


@rule(id="toy.old", ref="Act, art. 3", start="2020-01-01")
def old(founded: Date, on: Date, notice: Days) -> Bool:
    """Founded long ago.
    成立已久。"""
    return on - founded > notice
'''


@given(
    codes=st.fixed_dictionaries(
        {
            "revenue": st.integers(0, 2 * 10**7), "cost": st.integers(0, 10**7), "founded": st.integers(19_000, 19_904),
            "labour": st.booleans().map(int),
        },
    )
)  # fmt: skip
def test_what_speaks_against_the_firm_is_turned_to_no(write_pack: WritePack, codes: dict[str, int]) -> None:
    pack = load_pack(write_pack(TURNED))
    check_changes(pack, codes)
    decision = pack.decide(as_facts(pack, codes), on=ON)
    turned = {change["clause"]: change["clause_then"] for change in decision.changes}
    assert set(turned) <= {"toy.qualifies", "toy.rich/1", "toy.rich/2", "toy.old"}
    assert turned.get("toy.qualifies", "yes") == "yes"  # the test there reads `not labour`
    assert {answer for clause, answer in turned.items() if clause != "toy.qualifies"} <= {"no"}
    if outcomes(decision)["toy.old"] == "yes":
        changes = [change for change in decision.changes if change["clause"] == "toy.old"]
        assert [change["to"] for change in changes] == ["2023-07-01"]  # 365 days before is not more than 365


def test_a_later_tier_can_be_the_smallest_change() -> None:
    """At 50 million sales 5 % are due; one fen more, and 4 % are."""
    codes = {
        "registered_on": 19_000, "holds_core_ip": 1, "st_employees": 20, "employees": 100, "revenue": 5 * 10**9,
        "rd_expenditure_3y": 45, "revenue_3y": 1000, "rd_expenditure_domestic_3y": 45, "hightech_income": 1,
        "total_income": 1, "evaluation_score": 71, "major_incident": 0, "serious_breach": 0,
    }  # fmt: skip
    assert check_changes(HNTE, codes) == 3
    changes = {change["fact"]: change for change in HNTE.decide(as_facts(HNTE, codes), on=ON).changes}
    assert changes["revenue"]["by"] == {"value": "0.01", "unit": "CNY"}
    assert changes["rd_expenditure_3y"]["by"] == {"value": "0.05", "unit": "CNY"}
    assert changes["revenue_3y"]["by"] == {"value": "-1.00", "unit": "CNY"}


def test_days_and_truths_can_be_changed_too() -> None:
    firm = {"registered_on": "2023-07-02", "holds_core_ip": False, "major_incident": True, "evaluation_score": 70}
    decision = HNTE.decide(firm, on=ON)
    changes = {change["fact"]: (change["to"], change["by"]) for change in decision.changes}
    assert changes == {
        "registered_on": ("2023-07-01", {"value": "-1", "unit": "day"}),
        "holds_core_ip": (True, None),
        "major_incident": (False, None),
        "evaluation_score": (71, {"value": "1", "unit": "point"}),
    }
    assert "1 day earlier, on 2023-07-01" in decision.text()
    assert HNTE.decide({"registered_on": "2023-07-01"}, on=ON).clauses[0]["margin"] == {"value": "0", "unit": "day"}


# --- exceptions -------------------------------------------------------------------------------------------------------

EXCEPTIONS = '''
@rule(id="toy.qualifies", ref="Act, art. 1", start="2020-01-01")
def qualifies(enough: Bool, exporter: Bool) -> Bool:
    """Enough engineers, and an exporter.
    技术人员足够且出口。"""
    return enough and exporter


@rule(id="toy.enough", ref="Act, art. 2", start="2020-01-01")
def enough(points: Score, mark: Score) -> Bool:
    """At least {mark} points.
    不低于{mark}分。"""
    return points >= mark


@rule(id="toy.enough_labour", ref="Act, art. 3", start="2020-01-01", exception_to="enough", when="labour")
def enough_labour(points: Score) -> Bool:
    """Any point is enough.
    有分即可。"""
    return points >= 1


@rule(id="toy.enough_hightech", ref="Act, art. 4", start="2020-01-01", exception_to="enough", when="hightech")
def enough_hightech(points: Score) -> Bool:
    """Nothing is asked.
    不作要求。"""
    return points >= 0


@rule(id="toy.amount", ref="Act, art. 5", start="2020-01-01")
def amount(exporter: Bool, bonus: Money, revenue: Money) -> Money:
    """The bonus of an exporter.
    出口企业奖励。"""
    return bonus if exporter else revenue


@rule(id="toy.bonus", ref="Act, art. 6", start="2020-01-01")
def bonus(revenue: Money) -> Money:
    """The bonus.
    奖励。"""
    return revenue


@rule(id="toy.bonus_small", ref="Act, art. 7", start="2020-01-01", exception_to="bonus", when="small")
def bonus_small(cost: Money) -> Money:
    """The bonus of the small.
    小型企业奖励。"""
    return cost


@rule(id="toy.bonus_east", ref="Act, art. 8", start="2020-01-01", exception_to="bonus", when="east")
def bonus_east(cost: Money, revenue: Money) -> Money:
    """The bonus of the east.
    东部奖励。"""
    return cost + revenue


@rule(id="toy.small", ref="Act, art. 9", start="2020-01-01")
def small(size: Category) -> Bool:
    """A small firm.
    小型企业。"""
    return size == "small"


@rule(id="toy.east", ref="Act, art. 10", start="2020-01-01")
def east(place: Category) -> Bool:
    """In the east.
    在东部。"""
    return place == "east"
'''


@pytest.fixture(scope="module")
def excepted(write_pack: WritePack) -> Pack:
    return load_pack(write_pack(EXCEPTIONS, outputs="[qualifies, amount]"))


EXPORTER = {"exporter": True, "points": 30, "labour": False, "hightech": False, "revenue": "7", "cost": "5"}
PLACED = {**EXPORTER, "size": "large", "place": "west"}


@pytest.mark.parametrize(
    ("facts", "outcome", "missing"),
    [
        ({}, "no", []),
        ({"points": 60}, "yes", []),
        ({"labour": True}, "yes", []),
        ({"hightech": True}, "yes", []),
        ({"labour": True, "points": 0}, "no", []),
        ({"hightech": True, "points": 0}, "yes", []),
        ({"labour": None}, "unknown", ["labour"]),  # no without, yes with the exception
        ({"labour": None, "points": 60}, "yes", []),  # yes either way
        ({"labour": None, "points": 0}, "no", []),  # no either way
        ({"labour": None, "hightech": None}, "unknown", ["labour", "hightech"]),
        ({"labour": None, "hightech": None, "points": 60}, "unknown", ["labour", "hightech"]),  # they might conflict
        ({"labour": True, "hightech": None}, "unknown", ["hightech"]),  # it might conflict
        ({"labour": True, "points": None}, "unknown", ["points"]),
    ],
)
def test_an_exception_replaces_the_rule(
    excepted: Pack, facts: dict[str, object], outcome: str, missing: list[str]
) -> None:
    decision = excepted.decide({**PLACED, **facts}, on=ON)
    assert (decision.outcome, decision.missing) == (outcome, missing)


def test_only_the_clause_that_applies_is_a_reason(excepted: Pack) -> None:
    assert "toy.enough_labour" not in outcomes(excepted.decide(PLACED, on=ON))
    assert "toy.enough" not in outcomes(excepted.decide({**PLACED, "labour": True}, on=ON))
    both = outcomes(excepted.decide({**PLACED, "labour": None}, on=ON))
    assert (both["toy.enough"], both["toy.enough_labour"]) == ("unknown", "unknown")


def test_two_exceptions_that_apply_conflict_loudly(excepted: Pack) -> None:
    with pytest.raises(Conflict) as caught:
        excepted.decide({**PLACED, "labour": True, "hightech": True}, on=ON)
    text = str(caught.value)
    assert "enough_labour and enough_hightech both apply to this firm in place of enough" in text
    assert "rules.py, line " in text
    assert "Act, art. 3; Act, art. 4" in text
    with pytest.raises(Conflict):
        excepted.interview({**PLACED, "labour": True, "hightech": True}, on=ON)


def test_a_conflict_counts_even_where_an_if_leaves_the_rule_aside(excepted: Pack) -> None:
    firm = {**PLACED, "size": "small", "place": "east"}
    for exporter in (True, False):
        with pytest.raises(Conflict, match="bonus_small and bonus_east both apply"):
            excepted.decide({**firm, "exporter": exporter}, on=ON)
    law = excepted.law(ON)
    codes = {"exporter": np.int8(0), "size": np.int16(1), "place": np.int16(0)}
    columns = {name: np.array([code]) for name, code in codes.items()}
    assert compile_table(law, backend="numpy").run(columns, on=0)["outcome"].tolist() == [3]


def test_what_was_only_looked_at_for_a_conflict_is_not_said_to_be_used(excepted: Pack) -> None:
    record = excepted.decide({**PLACED, "exporter": False}, on=ON).record
    assert not {"bonus", "bonus_small", "small", "east"} & {item["name"] for item in record["rules"]} - {
        "small",
        "east",
    }
    assert record["outputs"]["amount"] == 700


def test_no_change_leads_into_a_conflict(write_pack: WritePack) -> None:
    rules = EXCEPTIONS.replace("return enough and exporter", "return enough and exporter and labour").replace(
        "enough: Bool, exporter: Bool", "enough: Bool, exporter: Bool, labour: Bool"
    )
    pack = load_pack(write_pack(rules, outputs="[qualifies, amount]"))
    alone = pack.decide({**PLACED, "points": 60}, on=ON)
    assert [(change["fact"], change["then"]) for change in alone.changes] == [("labour", "yes")]
    beside = pack.decide({**PLACED, "points": 60, "hightech": True}, on=ON)
    assert (beside.outcome, beside.changes) == ("no", [])
    questions = pack.interview({"hightech": True, "points": 60}, on=ON)
    assert questions[0].fact.name in {"exporter", "labour"}


# --- categories, and ways that an if leaves open ----------------------------------------------------------------------


def test_a_category_is_shown_by_its_members(excepted: Pack) -> None:
    decision = excepted.decide({**PLACED, "size": "small"}, on=ON)
    clause = next(item for item in decision.clauses if item["id"] == "toy.small")
    assert (clause["left"]["value"], clause["op"], clause["right"]["value"]) == ("small", "==", "small")
    assert clause["margin"] is None
    assert "small == small" in decision.text()


def test_only_the_way_that_is_taken_is_asked_for(excepted: Pack) -> None:
    assert excepted.decide({**PLACED, "exporter": False, "cost": None, "size": None}, on=ON).missing == []
    firm = {**PLACED, "points": 60, "revenue": None, "cost": None}
    assert excepted.decide(firm, on=ON).missing == ["revenue"]
    assert excepted.decide({**firm, "size": "small"}, on=ON).missing == ["cost"]
    assert excepted.decide({**firm, "size": None, "place": None}, on=ON).missing == [
        "revenue", "cost", "size", "place",
    ]  # fmt: skip


# --- dates ------------------------------------------------------------------------------------------------------------


def test_a_day_outside_the_life_is_never_a_guess() -> None:
    with pytest.raises(NotInForce) as caught:
        STIP.decide(GOOD, on="2017-12-31")
    assert caught.value.message == "stip is not in force on 2017-12-31; it is from 2018-01-01 on."
    assert re.search("law.as.of", caught.value.remedy)
    assert STIP.decide(GOOD, on="2018-01-01").outcome == "yes"
    with pytest.raises(NotInForce, match="from 2008-01-01 to 2015-12-31"):
        load_pack("hnte-2008").decide({}, on="2016-01-01")
    with pytest.raises(NotInForce):
        STIP.decide(GOOD, on=ON, law_as_of="2017-12-31")


def test_an_old_law_on_later_facts_is_said_in_the_record() -> None:
    old = load_pack("hnte-2008")
    decision = old.decide({"registered_on": "2023-01-01"}, on=ON, law_as_of="2015-12-31")
    assert [decision.record[key] for key in ("on", "law_date", "law_as_of")] == [ON, "2015-12-31", "2015-12-31"]
    assert "The law of 2015-12-31 was applied to facts of 2024-06-30, on purpose." in decision.text()
    assert "有意将2015-12-31的规定适用于2024-06-30的事实。" in decision.text("zh")
    plain = STIP.decide(GOOD, on=ON).record
    assert [plain[key] for key in ("law_date", "law_as_of", "known", "overlay")] == [ON, None, None, None]


@pytest.mark.parametrize("day", ["2024-6-30", "30.06.2024", "20240630", "2024-02-30", "", 5, None])
def test_what_is_no_day_is_refused(day: Any) -> None:
    with pytest.raises(RulebookError, match=r"is not a date\. Write it as 2024-06-30\."):
        STIP.decide(GOOD, on=day)


def test_a_moment_is_no_day() -> None:
    with pytest.raises(RulebookError, match="is not a date"):
        STIP.decide(GOOD, on=datetime.datetime(2024, 6, 30, tzinfo=datetime.UTC))


def test_versions_change_on_their_day() -> None:
    """The super-deduction, day by day (AC: `--on` is the day the cost was incurred)."""
    pack = load_pack("rd-super-deduction")
    firm = {
        "eligible_rd_expenditure": "100", "cit_rate": "0.25", "excluded_industry": False, "manufacturing": False,
        "tech_sme": False, "chip_or_machine_tool_maker": False,
    }  # fmt: skip
    days = {
        "2017-12-31": "0.5", "2018-01-01": "0.75", "2022-09-30": "0.75", "2022-10-01": "1", "2023-01-01": "1",
    }  # fmt: skip
    assert {day: pack.decide(firm, on=day).outputs["extra_share"] for day in days} == days
    maker = {**firm, "chip_or_machine_tool_maker": True}
    assert [pack.decide(maker, on=day).outputs["tax_saved"] for day in ("2027-12-31", "2028-01-01")] == [3000, 2500]


# --- the record -------------------------------------------------------------------------------------------------------


@given(codes=st.fixed_dictionaries({name: st.none() | st.integers(0, 50) for name in GOOD}), sourced=st.booleans())
def test_a_record_replays_byte_for_byte(codes: dict[str, int | None], sourced: bool) -> None:
    facts = as_facts(STIP, codes)
    if sourced:
        facts = {name: {"value": value, "source": "报表 №1"} for name, value in facts.items()}
    decision = STIP.decide(facts, on=ON)
    text = decision.to_json()
    assert replay(json.loads(text)).to_json() == text
    assert STIP.decide(dict(reversed(facts.items())), on=ON).to_json() == text  # the order of facts says nothing


def test_a_record_replays_with_its_dates_and_its_reform() -> None:
    reform = STIP.reform({"min_rd_share": {"2018-01-01": "1/30"}})
    decision = reform.decide(GOOD, on="2010-05-05", law_as_of="2020-01-01", known="2019-01-01")
    assert decision.outcome == "no"
    again = replay(json.loads(decision.to_json()))
    assert again.to_json() == decision.to_json()
    assert again.record["overlay"] == {"min_rd_share": {"2018-01-01": "1/30"}}


def test_a_record_of_another_law_is_not_replayed(write_pack: WritePack) -> None:
    pack = load_pack(write_pack(EXCEPTIONS, outputs="[qualifies, amount]"))
    other = load_pack(write_pack(EXCEPTIONS.replace("art. 2", "art. 2a"), outputs="[qualifies, amount]"))
    record = pack.decide(PLACED, on=ON).record
    with pytest.raises(RulebookError, match=r"the pack toy is not the one that decided: it has sha256:\w+…"):
        replay(record, pack=other)
    assert replay(record, pack=pack).record == record


@pytest.mark.parametrize("record", [None, [], {}, {"format": "corridor.decision/2"}, "corridor.decision/1"])
def test_what_is_no_record_is_not_replayed(record: object) -> None:
    with pytest.raises(RulebookError, match=r"this is not a corridor\.decision/1 record"):
        replay(record)


@pytest.mark.parametrize("key", ["pack", "pack_hash", "overlay", "facts", "on", "law_as_of", "known"])
def test_a_record_that_is_not_whole_is_not_replayed(key: str) -> None:
    record = STIP.decide(GOOD, on=ON).record
    without = {name: value for name, value in record.items() if name != key}
    with pytest.raises(RulebookError, match="this record is not whole"):
        replay(without)
    for broken in (5, [5], "x", {"x": 5}):
        with pytest.raises(RulebookError):
            replay({**record, key: broken})


def test_a_changed_record_does_not_replay_to_itself() -> None:
    record = stip(rd_expenditure="29999.99").record
    forged = {**record, "outcome": "yes"}
    assert replay(forged).record == record != forged


def test_who_changes_a_record_changes_no_other() -> None:
    def spoil(part: Any) -> None:
        for key in list(part) if isinstance(part, dict) else range(len(part)):
            if isinstance(part[key], dict | list):
                spoil(part[key])
            part[key] = "spoilt"

    pack = load_pack("tech-sme-2017")  # has bands to show
    before = pack.decide({"employees": 5}, on=ON)
    text = before.to_json()
    spoil(before.record)
    assert pack.decide({"employees": 5}, on=ON).to_json() == text


def test_the_record_says_what_was_used(excepted: Pack) -> None:
    record = stip(employees={"value": 100, "source": "social insurance 2023"}).record
    employees = next(fact for fact in record["facts"] if fact["name"] == "employees")
    assert (employees["value"], employees["unit"], employees["source"]) == (100, "person", "social insurance 2023")
    assert [item["value"] for item in record["parameters"]] == ["0.03", "0.3", "0.1"]
    assert record["unconfirmed"] == ["stip", "min_rd_share", "min_tertiary_share", "min_rd_staff_share"]
    assert record["pack_hash"] == STIP.hash
    assert record["clauses"][0]["title"]["en"] == "R&D expenditure is at least 3% of annual gross revenue."
    used = excepted.decide({**PLACED, "labour": True}, on=ON).record
    assert [item["name"] for item in used["parameters"]] == []  # the exception asks for no mark


def test_an_outcome_does_not_depend_on_facts_that_the_law_does_not_use() -> None:
    plain = STIP.decide(GOOD, on=ON).to_json()
    assert STIP.decide({**GOOD, "class1_ip": 5, "tech_sme": True}, on=ON).to_json() == plain
    with pytest.raises(FactError, match="class9_ip"):
        STIP.decide({**GOOD, "class9_ip": 5}, on=ON)


# --- the interview ----------------------------------------------------------------------------------------------------


def interviewed(pack: Pack, firm: Mapping[str, Any], known: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Answer the first question until none is left; the facts then known, and what was asked."""
    given_, asked = dict(known), []
    while questions := pack.interview(given_, on=ON):
        name = questions[0].fact.name
        assert given_.get(name) is None
        assert name not in asked
        given_[name] = firm[name]
        asked.append(name)
    return given_, asked


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(codes=hnte_codes, first=st.sets(st.sampled_from(sorted(HNTE.law(ON).facts))))
def test_the_interview_ends_with_the_decision_of_all_facts(codes: dict[str, int], first: set[str]) -> None:
    firm = as_facts(HNTE, codes)
    known, asked = interviewed(HNTE, firm, {name: firm[name] for name in first})
    decision = HNTE.decide(known, on=ON)
    assert decision.outcome == HNTE.decide(firm, on=ON).outcome != "unknown"
    assert len(asked) <= len(firm) - len(first)
    if asked:  # the last answer was needed
        known[asked[-1]] = None
        assert HNTE.decide(known, on=ON).outcome == "unknown"


@given(codes=stip_codes)
def test_the_interview_stops_at_the_first_certain_refusal(codes: dict[str, int]) -> None:
    firm = as_facts(STIP, codes)
    known, asked = interviewed(STIP, firm, {})
    failing = [clause for clause in STIP.decide(known, on=ON).clauses if clause["outcome"] == "no"]
    assume(failing)
    assert STIP.decide(known, on=ON).outcome == "no"
    before = {**known, asked[-1]: None}
    assert not [clause for clause in STIP.decide(before, on=ON).clauses if clause["outcome"] == "no"]


def test_the_most_decisive_fact_comes_first(write_pack: WritePack) -> None:
    formula = ("and", ("or", ("fact", "a"), ("fact", "b")), ("fact", "c"), ("or", ("fact", "d"), ("not", "e")))
    pack = pack_of(write_pack, formula)

    def order(**facts: bool) -> list[str]:
        return [question.fact.name for question in pack.interview(facts, on=ON)]

    assert order() == ["c", "a", "b", "d", "e"]  # only `c` can settle it alone
    assert order(c=True) == ["a", "b", "d", "e"]
    assert order(c=True, a=False) == ["b", "d", "e"]
    assert order(c=True, a=False, d=False) == ["b", "e"]
    assert order(c=True, a=True) == ["d", "e"]
    assert order(c=False) == []
    assert order(a=False, b=False) == []
    assert order(a=True, c=True, d=True) == []


def test_a_question_knows_the_clauses_that_wait_for_it() -> None:
    questions = {question.fact.name: question.clauses for question in STIP.interview({}, on=ON)}
    assert questions["employees"] == ("stip.tertiary_share", "stip.rd_staff_share")
    assert questions["revenue"] == ("stip.rd_share",)
    assert STIP.interview({"employees": 0}, on=ON) == []


def test_amounts_are_asked_for_once_the_answer_is_yes() -> None:
    pack = load_pack("delta-voucher")
    firm = {"service_price": "90000", "voucher_used_this_year": "0", "cross_city": True}
    known, asked = interviewed(pack, firm, {})
    assert set(asked) == set(firm)
    outputs = pack.decide(known, on=ON).outputs
    assert (outputs["subsidy"], outputs["home_share"], outputs["host_share"]) == (9_000_000, 6_000_000, 3_000_000)
    assert pack.interview({"service_price": "0"}, on=ON) == []  # it is no: no amount matters
