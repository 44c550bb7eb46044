"""One source, three runs: the interpreter, NumPy and Numba agree bit for bit, on boundaries, ties and missing facts."""

from __future__ import annotations

import datetime
import importlib.util
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st
from toy_pack import WritePack

from corridor.rulebook import Conflict, Pack, PackError, list_packs, load_pack
from corridor.rulebook.cases import read_cases
from corridor.rulebook.emit import CONFLICT, ELSEWHERE, MISSING, NO, UNKNOWN, YES
from corridor.rulebook.interpret import Evaluation
from corridor.rulebook.kernels import Column, compile_table
from corridor.rulebook.kinds import STORAGE, Kind, day_number
from corridor.rulebook.law import Law, Value, walk
from corridor.rulebook.rows import boundary_rows
from corridor.rulebook.tree import (
    Band,
    Choose,
    Compare,
    Const,
    Excepted,
    Extreme,
    Logic,
    Node,
    Not,
    Pick,
    Product,
    Ref,
    Round,
    ShareTest,
    Sum,
)

Codes = Mapping[str, int | None]
EVERYTHING = ("outcome", "outputs", "clauses", "margins", "levels")

PARAMETERS = """\
least: {type: money, title: {en: L, zh: 下}, values: {2020-01-01: {value: "100000", ref: Act}}}
heads: {type: count, title: {en: H, zh: 人}, values: {2020-01-01: {value: "10", ref: Act}}}
part: {type: rate, title: {en: P, zh: 比}, values: {2020-01-01: {value: "1/3", ref: Act}}}
other_part: {type: rate, title: {en: P, zh: 比}, values: {2020-01-01: {value: "2/7", ref: Act}}}
half: {type: rate, title: {en: H, zh: 半}, values: {2020-01-01: {value: "1/2", ref: Act}}}
eighth: {type: rate, title: {en: E, zh: 八}, values: {2020-01-01: {value: "0.125", ref: Act}}}
mark: {type: score, title: {en: M, zh: 线}, values: {2020-01-01: {value: "60", ref: Act}}}
notice: {type: days, title: {en: N, zh: 期}, values: {2020-01-01: {value: "365", ref: Act}}}
deadline: {type: date, title: {en: D, zh: 截}, values: {2020-01-01: {value: 2023-12-31, ref: Act}}}
allowed: {type: bool, title: {en: A, zh: 允}, values: {2020-01-01: {value: true, ref: Act}}}
forbidden: {type: bool, title: {en: F, zh: 禁}, values: {2020-01-01: {value: false, ref: Act}}}
by_money: {type: bands, over: money, gives: rate, title: {en: B, zh: 档}, values: {2020-01-01: {ref: Act, value: [
  {up_to: "500", give: "0.05"}, {below: "2000", give: "1/3"}, {up_to: "50000.01", give: "-0.5"}, {give: "0.02"}]}}}
by_count: {type: bands, over: count, gives: money, title: {en: B, zh: 档}, values: {2020-01-01: {ref: Act, value: [
  {from: "100", give: "1000"}, {above: "10", give: "0.01"}, {give: "0"}]}}}
by_score: {type: bands, over: score, gives: count, title: {en: B, zh: 档}, values: {2020-01-01: {ref: Act, value: [
  {above: "90", give: "3"}, {from: "60", give: "2"}, {from: "1", give: "1"}, {give: "0"}]}}}
by_rate: {type: bands, over: rate, gives: score, title: {en: B, zh: 档}, values: {2020-01-01: {ref: Act, value: [
  {below: "-0.5", give: "1"}, {up_to: "1/3", give: "2"}, {below: "0.35", give: "3"}, {give: "4"}]}}}
by_days: {type: bands, over: days, gives: days, title: {en: B, zh: 档}, values: {2020-01-01: {ref: Act, value: [
  {up_to: "0", give: "10"}, {below: "365", give: "20"}, {give: "30"}]}}}
by_share: {type: bands, over: rate, gives: score, title: {en: B, zh: 档}, values: {2020-01-01: {ref: Act, value: [
  {from: "1/3", give: "20"}, {above: "0.25", give: "16"}, {from: "1/7", give: "8"}, {give: "0"}]}}}
by_low_share: {type: bands, over: rate, gives: rate, title: {en: B, zh: 档}, values: {2020-01-01: {ref: Act, value: [
  {below: "0.1", give: "0.9"}, {up_to: "0.3", give: "2/3"}, {give: "1"}]}}}
grants: {type: table, over: size, gives: money, title: {en: G, zh: 补}, values: {2020-01-01: {ref: Act, value:
  {micro: "300", small: "200.5", large: "100"}}}}
terms: {type: table, over: place, gives: days, title: {en: T, zh: 期}, values: {2020-01-01: {ref: Act, value:
  {east: "30", west: "60"}}}}
rates: {type: table, over: size, gives: rate, title: {en: R, zh: 率}, values: {2020-01-01: {ref: Act, value:
  {micro: "1/3", small: "0.25", large: "-0.1"}}}}
"""

ARGUMENTS = {
    "revenue": "Money", "cost": "Money", "employees": "Count", "engineers": "Count", "growth": "Rate",
    "points": "Score", "waited": "Days", "founded": "Date", "exporter": "Bool", "labour": "Bool", "hightech": "Bool",
    "size": "Category", "place": "Category", "on": "Date", "least": "Money", "heads": "Count", "part": "Rate",
    "other_part": "Rate", "half": "Rate", "eighth": "Rate", "mark": "Score", "notice": "Days", "deadline": "Date",
    "allowed": "Bool", "forbidden": "Bool", "by_money": "Bands", "by_count": "Bands", "by_score": "Bands",
    "by_rate": "Bands", "by_days": "Bands", "by_share": "Bands", "by_low_share": "Bands", "grants": "Table",
    "terms": "Table", "rates": "Table",
}  # fmt: skip

RULES: list[tuple[str, str, str]] = [
    # comparisons of every kind, chains, categories, literals
    ("money_test", "Bool", "return revenue >= least and cost < revenue"),
    ("money_chain", "Bool", "return least <= revenue < cost or 0 < cost <= least"),
    ("money_equal", "Bool", "return revenue == cost or revenue != least"),
    ("count_test", "Bool", "return employees > heads"),
    ("one_head", "Bool", "return engineers >= 1"),
    ("rate_test", "Bool", "return growth >= part or growth < 0 or growth == half"),
    ("rate_chain", "Bool", "return other_part < growth <= 1"),
    ("score_test", "Bool", "return points <= mark"),
    ("days_test", "Bool", "return on - founded >= notice"),
    ("days_fact", "Bool", "return waited < notice"),
    ("date_test", "Bool", "return founded <= deadline or on == deadline"),
    ("date_chain", "Bool", "return founded < deadline < on"),
    ("small_test", "Bool", "return size == 'small'"),
    ("not_east", "Bool", "return 'east' != place"),
    ("with_fraction", "Bool", "return revenue * part >= cost * other_part"),
    # shares
    ("share_from", "Bool", "return share(cost, of=revenue) >= part"),
    ("share_above", "Bool", "return share(engineers, of=employees) > other_part"),
    ("share_up_to", "Bool", "return share(engineers, of=employees, empty=True) <= part"),
    ("share_below", "Bool", "return share(cost, of=revenue, empty=True) < eighth"),
    ("share_of_sums", "Bool", "return share(max(revenue - cost, 0), of=revenue + cost) >= part"),
    ("share_that_may_be_negative", "Bool", "return share(revenue - cost, of=revenue) > part"),
    ("share_against_growth", "Bool", "return share(cost, of=revenue) >= growth"),
    ("share_of_a_fraction", "Bool", "return share(cost * part, of=revenue * other_part) >= half"),
    ("share_of_known", "Bool", "return share(engineers, of=heads) >= part"),
    ("share_of_one", "Bool", "return share(1, of=employees) >= eighth"),
    # logic
    ("literals", "Bool", "return (True and exporter) or (False and labour)"),
    ("parameters_say", "Bool", "return allowed and not forbidden and not labour"),
    ("not_a_rule", "Bool", "return not small_test"),
    ("bool_ways", "Bool", "return exporter if labour else hightech"),
    ("bool_literals", "Bool", "if exporter:\n    return True\nelif labour:\n    return False\nreturn points > mark"),
    ("known_ways", "Bool", "return hightech if allowed else exporter"),
    # money
    ("up", "Money", "return half_up(revenue * half)"),
    ("up_hundred", "Money", "return half_up(revenue * eighth, to=100)"),
    ("even", "Money", "return half_even(revenue * half)"),
    ("even_eighth", "Money", "return half_even(revenue * eighth)"),
    ("even_hundred", "Money", "return half_even(revenue * half, to=100)"),
    ("even_third", "Money", "return half_even(revenue * part)"),
    ("down", "Money", "return floor(revenue * part)"),
    ("down_whole", "Money", "return floor(revenue, to=10000)"),
    ("top", "Money", "return ceil(revenue * other_part)"),
    ("top_hundred", "Money", "return ceil(revenue * part, to=100)"),
    ("up_third", "Money", "return half_up(revenue * part)"),
    ("twice", "Money", "return half_up(revenue * part * other_part)"),
    ("least_of_three", "Money", "return min(revenue, cost, least)"),
    ("most_of_three", "Money", "return max(revenue - cost, 0, least)"),
    ("mixed_extreme", "Money", "return half_up(max(revenue * part, cost * other_part, 0))"),
    ("per_head", "Money", "return employees * least"),
    ("per_day", "Money", "return least * waited"),
    ("below_zero", "Money", "return revenue - cost"),
    ("mixed_ways", "Money", "return half_up(revenue * part if labour else cost * other_part)"),
    ("mixed_known", "Money", "return ceil(revenue * part if allowed else cost)"),
    ("nothing_or", "Money", "return 0 if labour else cost"),
    ("agreeing_ways", "Money", "return least if labour else (least if hightech else least)"),
    ("known_or_not", "Money", "return least if small_test else cost"),
    ("ways_of_rules", "Money", "if exporter:\n    return up\nelif labour:\n    return down\nelse:\n    return 0"),
    ("nested", "Money", "return floor(max(min(up, cost) * half, even * part), to=5)"),
    # counts, points, days, rates
    ("half_the_heads", "Count", "return half_even(employees * half)"),
    ("sum_of_heads", "Count", "return employees + engineers - heads"),
    ("one_or_none", "Count", "return 1 if exporter else 0"),
    ("part_of_points", "Score", "return floor(points * part) + half_up(points * half)"),
    ("age", "Days", "return on - founded"),
    ("apart", "Days", "return max(on, founded, deadline) - min(on, founded, deadline)"),
    ("until", "Days", "return deadline - founded"),
    ("waiting", "Days", "return ceil(waited * part)"),
    ("rate_product", "Rate", "return growth * part - other_part"),
    ("rate_ways", "Rate", "return part if labour else (growth if hightech else 1)"),
    ("rate_extreme", "Rate", "return max(min(growth, part), other_part)"),
    ("rate_literal", "Rate", "return 0 if exporter else eighth"),
    # tables
    ("money_band", "Rate", "return band(revenue, by_money)"),
    ("fraction_band", "Rate", "return band(revenue * part, by_money)"),
    ("count_band", "Money", "return band(employees, by_count)"),
    ("score_band", "Count", "return band(points, by_score)"),
    ("rate_band", "Score", "return band(growth, by_rate)"),
    ("rate_product_band", "Score", "return band(growth * part, by_rate)"),
    ("days_band", "Days", "return band(waited, by_days)"),
    ("age_band", "Days", "return band(on - founded, by_days)"),
    ("share_band", "Score", "return band(share(engineers, of=employees), by_share)"),
    ("money_share_band", "Score", "return band(share(cost, of=revenue), by_share)"),
    ("low_share_band", "Rate", "return band(share(cost, of=revenue), by_low_share)"),
    ("sum_share_band", "Score", "return band(share(cost * part, of=revenue + cost), by_share)"),
    ("known_share_band", "Score", "return band(share(engineers, of=heads), by_share)"),
    ("grant", "Money", "return pick(size, grants)"),
    ("term", "Days", "return pick(place, terms)"),
    ("rate_pick", "Rate", "return pick(size, rates)"),
    ("band_times_band", "Money", "return half_up(max(count_band * rate_pick, 0))"),
    ("band_test", "Bool", "return share(cost, of=revenue) >= money_band"),
    ("band_of_band", "Count", "return band(share_band + rate_band, by_score)"),
    # excepted rules
    ("once", "Money", "return cost"),
    ("twice_excepted", "Bool", "return points >= mark"),
    ("rate_twice", "Rate", "return part"),
    ("thrice", "Score", "return points"),
]  # fmt: skip

EXCEPTIONS: list[tuple[str, str, str, str, str]] = [
    ("once_labour", "once", "labour", "Money", "return revenue"),
    ("twice_labour", "twice_excepted", "labour", "Bool", "return points >= 1"),
    ("twice_small", "twice_excepted", "small_test", "Bool", "return not hightech"),
    ("rate_twice_east", "rate_twice", "not_east", "Rate", "return half_of_part"),
    ("rate_twice_exporter", "rate_twice", "exporter", "Rate", "return other_part * eighth"),  # on another scale
    ("thrice_a", "thrice", "money_equal", "Score", "return points + points"),
    ("thrice_b", "thrice", "one_head", "Score", "return 0 if exporter else points"),
    ("thrice_c", "thrice", "rate_chain", "Score", "return share_band"),
]


def text_of(name: str, result: str, body: str, known: Mapping[str, str], more: str = "") -> str:
    named = [word for word in known if re.search(rf"(?<!')\b{word}\b(?!=|')", body)]
    arguments = ", ".join(f"{word}: {known[word]}" for word in named)
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return (
        f'\n@rule(id="toy.{name}", ref="Act, {name}", start="2020-01-01"{more})\n'
        f'def {name}({arguments}) -> {result}:\n    """{name}.\n    规则。"""\n{lines}\n'
    )


def every_construct() -> tuple[str, str]:
    """The rules of a pack that uses everything the language has, and its outputs."""
    known = {**ARGUMENTS, **{name: result for name, result, _ in RULES}, "half_of_part": "Rate"}
    texts = [text_of(name, result, body, known) for name, result, body in RULES]
    texts.append(text_of("half_of_part", "Rate", "return part", known))
    for name, base, when, result, body in EXCEPTIONS:
        texts.append(text_of(name, result, body, known, f', exception_to="{base}", when="{when}"'))
    texts.append(text_of("qualifies", "Bool", "return twice_excepted and (money_test or share_from)", known))
    outputs = ", ".join(["qualifies", *(name for name, _, _ in RULES)])
    return "".join(texts), f"[{outputs}]"


@pytest.fixture(scope="module")
def toy(write_pack: WritePack) -> Pack:
    rules, outputs = every_construct()
    return load_pack(write_pack(rules, parameters=PARAMETERS, outputs=outputs))


# --- comparing --------------------------------------------------------------------------------------------------------


def interpreted(law: Law, codes: Mapping[str, int | None], on: int) -> dict[str, int]:
    """What the interpreter says of one firm, as the codes of a kernel."""
    run = Evaluation(law, codes, on)
    try:
        answer = run.outcome()
    except Conflict:
        return {"outcome": CONFLICT}
    found = {"outcome": UNKNOWN if answer is None else int(answer)}
    for name in law.outputs:
        root = law.roots[name]
        found[name] = coded(run.rule(name), root.kind, root.den)
    for clause in law.clauses:
        reply = run.clause(clause)
        found[f"clause:{clause.id}"] = ELSEWHERE if reply == "n/a" else UNKNOWN if reply is None else int(bool(reply))
        for word, node in (("margin", clause.margin), ("level", clause.level)):
            if node is not None:
                found[f"{word}:{clause.id}"] = coded(run.of(node), node.kind, node.den)
    return found


def codes_of_row(law: Law, columns: Mapping[str, Column], row: int) -> Codes:
    """One firm of a table."""
    return {
        name: None if column[row] == MISSING[STORAGE[law.facts[name].kind]] else int(column[row])
        for name, column in columns.items()
    }


def coded(value: Value, kind: Kind, den: int) -> int:
    if kind is Kind.BOOL:
        return UNKNOWN if value is None else int(bool(value))
    if value is None:
        return MISSING["int64"]
    code = Fraction(value) * den
    assert code.denominator == 1
    return int(code)


def compare(
    law: Law, *, rows: int, by_hand: int, seed: int, missing: float = 0.1, first: Sequence[Codes] = ()
) -> dict[str, Column]:
    """NumPy and Numba on ``rows`` firms, the interpreter on the first ``by_hand`` of them; the codes of Numba.

    ``first`` are firms that take the place of the first random ones.
    """
    columns = boundary_rows(law, rows, seed=seed, missing=missing)
    for name, column in columns.items():
        column[: len(first)] = [
            MISSING[str(column.dtype)] if (code := firm.get(name)) is None else code for firm in first
        ]
    on = day_number(law.day)
    numba, numpy = (compile_table(law, wanted=EVERYTHING, backend=backend) for backend in ("numba", "numpy"))
    left, right = (kernel.run(columns, on=on, threads=1) for kernel in (numba, numpy))
    assert list(left) == list(right)
    for name in left:
        assert left[name].dtype == right[name].dtype
        different = np.flatnonzero(left[name] != right[name])
        assert not different.size, f"{law.statute.id}: {name} differs in rows {different[:5]}"
    for row in range(by_hand):
        codes = codes_of_row(law, columns, row)
        spoken = interpreted(law, codes, on)
        printed = {name: int(left[name][row]) for name in spoken}
        assert printed == spoken, f"{law.statute.id}, row {row}: {codes}"
        if spoken["outcome"] != CONFLICT:
            assert set(spoken) == set(left)
    return left


def facts_in(law: Law, node: Node) -> set[str]:
    """The facts that an expression depends on."""
    found = set()
    for part in walk(node):
        if isinstance(part, Ref) and part.source == "rule":
            found |= facts_in(law, law.roots[part.name])
        elif isinstance(part, Ref) and part.source == "fact":
            found.add(part.name)
    return found


def check_reach(law: Law, codes: Mapping[str, Column]) -> None:
    """The rows reach every answer of every clause, or the comparison would say little."""
    for clause in law.clauses:
        answers = set(np.unique(codes[f"clause:{clause.id}"]))
        if answers == {ELSEWHERE}:  # a parameter shuts this way
            assert any(not facts_in(law, test) for test, _ in clause.conditions)
        elif facts_in(law, clause.node):
            assert {NO, YES, UNKNOWN} <= answers, clause.id


# --- a pack that uses everything --------------------------------------------------------------------------------------


def test_the_toy_uses_every_construct(toy: Pack) -> None:
    law = toy.law("2024-06-30")
    nodes = [node for root in law.roots.values() for node in walk(root)]
    kinds = {type(node) for node in nodes}
    assert kinds == {
        Band, Choose, Compare, Const, Excepted, Extreme, Logic, Not, Pick, Product, Ref, Round, ShareTest, Sum,
    }  # fmt: skip
    assert {node.mode for node in nodes if isinstance(node, Round)} == {"half_up", "half_even", "floor", "ceil"}
    assert {node.op for node in nodes if isinstance(node, Compare)} == {">=", ">", "<=", "<", "==", "!="}
    assert {node.op for node in nodes if isinstance(node, ShareTest)} == {">=", ">", "<=", "<"}
    assert {node.empty for node in nodes if isinstance(node, ShareTest)} == {True, False}
    bands = [node for node in nodes if isinstance(node, Band)]
    assert {row.word for band in bands for row in band.table.rows} == {"below", "up_to", "from", "above", None}
    assert {band.table.over for band in bands} == {Kind.MONEY, Kind.COUNT, Kind.RATE, Kind.SCORE, Kind.DAYS}
    assert {root.kind for root in law.roots.values()} == {
        Kind.BOOL, Kind.MONEY, Kind.COUNT, Kind.RATE, Kind.SCORE, Kind.DAYS,
    }  # fmt: skip
    assert {item.parameter.kind for item in law.parameters.values()} == set(Kind) - {Kind.CATEGORY}
    assert set(law.facts) == set(toy.facts)


def test_three_runs_agree_on_every_construct(toy: Pack) -> None:
    law = toy.law("2024-06-30")
    codes = compare(law, rows=20_000, by_hand=1_500, seed=20260723)
    assert set(np.unique(codes["outcome"])) == {NO, YES, UNKNOWN, CONFLICT}
    check_reach(law, codes)
    whole = compare(law, rows=2_000, by_hand=500, seed=1, missing=0)
    decided = whole["outcome"] != CONFLICT
    for name in law.outputs:  # nothing is unknown when every fact is given
        unknown = UNKNOWN if law.roots[name].kind is Kind.BOOL else MISSING["int64"]
        assert unknown not in whole[name][decided]
    compare(law, rows=2_000, by_hand=500, seed=2, missing=0.6)


def test_ties_are_rounded_as_the_law_says(toy: Pack) -> None:
    law = toy.law("2024-06-30")
    amounts = np.array([0, 1, 2, 3, 4, 5, 100, 300, 399, 400, 401, 1200, 10**11 - 1, 10**11], np.int64)
    kernel = compile_table(law, wanted=EVERYTHING, backend="numpy")
    codes = kernel.run({"revenue": amounts}, on=0)
    halves = [Fraction(int(amount), 2) for amount in amounts]
    assert codes["up"].tolist() == [int(half + Fraction(1, 2)) for half in halves]
    assert codes["even"].tolist() == [round(half) for half in halves]
    assert codes["even_hundred"].tolist() == [round(half / 100) * 100 for half in halves]
    assert codes["down_whole"].tolist() == [amount // 10_000 * 10_000 for amount in amounts.tolist()]
    assert codes["top_hundred"].tolist() == [-(-amount // 300) * 100 for amount in amounts.tolist()]


@settings(max_examples=40)
@given(data=st.data())
def test_any_firm_is_decided_alike_by_numpy_and_by_hand(toy: Pack, data: st.DataObject) -> None:
    law = toy.law("2024-06-30")
    codes = {
        name: data.draw(st.none() | st.integers(fact.minimum, min(fact.maximum, fact.minimum + 40_000)), label=name)
        for name, fact in law.facts.items()
    }
    on = data.draw(st.integers(18_000, 20_000), label="on")
    columns = {}
    for name, code in codes.items():
        storage = STORAGE[law.facts[name].kind]
        columns[name] = np.array([MISSING[storage] if code is None else code], storage)
    found = compile_table(law, wanted=EVERYTHING, backend="numpy").run(columns, on=on)
    spoken = interpreted(law, codes, on)
    assert {name: int(found[name][0]) for name in spoken} == spoken


# --- rules that nobody wrote ------------------------------------------------------------------------------------------

LEAVES = {
    "Money": ["revenue", "cost", "least", "0"],
    "Count": ["employees", "engineers", "heads", "0", "1"],
    "Rate": ["growth", "part", "other_part", "half", "eighth", "0", "1"],
    "Score": ["points", "mark", "0", "1"],
    "Days": ["waited", "notice", "on - founded", "deadline - founded"],
    "Bool": ["exporter", "labour", "hightech", "allowed", "not labour", "not forbidden", "True", "False",
             "size == 'small'", "place != 'east'", "founded <= deadline", "on > founded"],
}  # fmt: skip
GROWN = {
    "Money": [
        "({Money} + {Money})", "({Money} - {Money})", "min({Money}, {Money})", "max({Money}, 0, {Money})",
        "half_up(max({Money} * {Rate}, 0))", "half_even(max({Money}, 0) * half)", "floor(max({Money}, 0), to=100)",
        "ceil(max({Money} * part, {Money}, 0), to=7)", "band({Count}, by_count)", "pick(size, grants)",
        "({Money} if {Bool} else {Money})",
    ],
    "Count": [
        "({Count} + {Count})", "({Count} - {Count})", "half_even(max({Count} * eighth, 0))", "band({Score}, by_score)",
        "({Count} if {Bool} else {Count})",
    ],
    "Rate": [
        "({Rate} - {Rate})", "({Rate} * {Rate})", "min({Rate}, {Rate})", "band({Money}, by_money)", "pick(size, rates)",
        "band(share({Money}, of=max({Money}, 0)), by_low_share)", "({Rate} if {Bool} else {Rate})",
    ],
    "Score": [
        "({Score} + {Score})", "max({Score}, {Score})", "band({Rate}, by_rate)",
        "band(share({Count}, of=max({Count}, 0)), by_share)", "floor(max({Score} * {Rate}, 0), to=5)",
        "({Score} if {Bool} else {Score})",
    ],
    "Days": ["({Days} - {Days})", "max({Days}, {Days})", "band({Days}, by_days)", "pick(place, terms)",
             "({Days} if {Bool} else {Days})"],
    "Bool": [
        "({Bool} and {Bool})", "({Bool} or {Bool})", "({Bool} if {Bool} else {Bool})", "{Money} >= {Money}",
        "{Money} * {Rate} < {Money}", "{Count} != {Count}", "{Rate} <= {Rate} < {Rate}", "{Score} == {Score}",
        "{Days} > {Days}", "share({Money}, of=max({Money}, 0)) >= {Rate}",
        "share({Count}, of=max({Count}, 0), empty=True) < {Rate}",
    ],
}  # fmt: skip


@st.composite
def expressions(draw: st.DrawFn, kind: str, depth: int) -> str:
    """An expression of a kind; not all of them make sense to the language."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(LEAVES[kind]))
    form = draw(st.sampled_from(GROWN[kind]))
    return re.sub(r"\{(\w+)\}", lambda match: draw(expressions(match[1], depth - 1)), form)


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data(), seed=st.integers(0, 999))
def test_whatever_the_language_allows_is_decided_alike(write_pack: WritePack, data: st.DataObject, seed: int) -> None:
    """A random rule is refused when it is loaded, or else the interpreter and NumPy agree on it."""
    kinds = ["Bool", data.draw(st.sampled_from(sorted(GROWN)))]
    bodies = [data.draw(expressions(kind, 3), label=kind) for kind in kinds]
    rules = [
        text_of(name, kind, f"return {body}", ARGUMENTS)
        for name, kind, body in zip(("qualifies", "extra"), kinds, bodies, strict=True)
    ]
    folder = write_pack("".join(rules), parameters=PARAMETERS, outputs="[qualifies, extra]")
    try:
        law = load_pack(folder).law("2024-06-30")
    except PackError:
        reject()
    assume(law.facts)
    columns = boundary_rows(law, 40, seed=seed, missing=0.2)
    on = day_number(law.day)
    found = compile_table(law, wanted=EVERYTHING, backend="numpy").run(columns, on=on)
    for row in range(40):
        spoken = interpreted(law, codes_of_row(law, columns, row), on)
        assert {name: int(found[name][row]) for name in spoken} == spoken, f"row {row}"


def test_a_column_that_is_absent_is_missing_everywhere(toy: Pack) -> None:
    law = toy.law("2024-06-30")
    kernel = compile_table(law, wanted=EVERYTHING, backend="numpy")
    absent = kernel.run({"revenue": np.array([5, 7], np.int64)}, on=0)
    given_ = kernel.run(
        {
            name: np.array([5, 7], np.int64)
            if name == "revenue"
            else np.full(2, MISSING[STORAGE[fact.kind]], STORAGE[fact.kind])
            for name, fact in law.facts.items()
        },
        on=0,
    )
    assert all(np.array_equal(absent[name], given_[name]) for name in absent)
    spoken = interpreted(law, {"revenue": 7}, 0)
    assert {name: int(absent[name][1]) for name in spoken} == spoken


def test_a_rule_called_as_a_function_gives_the_same(toy: Pack) -> None:
    """Outside the engine a rule is an ordinary function of ints and fractions (docs of `language`)."""
    spec = importlib.util.spec_from_file_location("toy_rules", toy.folder / "rules.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)  # a test may; the engine never does
    law = toy.law("2024-06-30")
    on = day_number(datetime.date(2024, 6, 30))
    rows = boundary_rows(law, 60, seed=5, missing=0)
    for row in range(60):
        codes = {name: int(column[row]) for name, column in rows.items()}
        run = Evaluation(law, codes, on)
        for name, _, _ in RULES:
            if any(base == name for _, base, *_ in EXCEPTIONS):
                continue
            function = getattr(module, name)
            arguments = [argument_of(run, argument) for argument in toy.rules[name][0].arguments]
            try:
                expected = run.rule(name)
            except Conflict:
                continue
            assert function(*arguments) == expected, name


def argument_of(run: Evaluation, name: str) -> Any:
    law = run.law
    if name == "on":
        return run.on
    if name in law.roots:
        return run.rule(name)
    if name in law.facts:
        fact, code = law.facts[name], run.codes[name]
        assert code is not None
        match fact.kind:
            case Kind.CATEGORY:
                return fact.members[code]
            case Kind.RATE:
                return Fraction(code, fact.scale)
            case Kind.BOOL:
                return bool(code)
        return code
    parameter, content = law.parameters[name].parameter, law.parameters[name].dated.content
    give = Fraction(1, parameter.scale if parameter.number_kind is Kind.RATE else 1)
    over = Fraction(1, parameter.over_scale if parameter.over is Kind.RATE else 1)
    if isinstance(content, int):
        return bool(content) if parameter.kind is Kind.BOOL else content * give
    assert content is not None
    if parameter.kind is Kind.TABLE:
        members = law.facts[parameter.over_fact or ""].members
        return {member: row.give * give for member, row in zip(members, content, strict=True)}
    return [*((row.word, row.bound * over, row.give * give) for row in content[:-1]), content[-1].give * give]


# --- names that generated code might use itself -----------------------------------------------------------------------


def test_a_kernel_tells_its_own_names_from_those_of_the_law(write_pack: WritePack) -> None:
    """Facts may be called like anything that a kernel's module holds, but for the few names that are refused."""
    names = ["rows", "fill", "njit", "a", "o", "known", "no", "outcome", "np", "numba", "result", "x1", "out_0"]
    facts = "".join(
        f'{name}: {{type: count, maximum: "9", title: {{en: X, zh: 甲}}, definition: {{en: X, zh: 甲}}}}\n'
        for name in names
    )
    body = f"return half_up(({' + '.join(names)}) * part) >= 1"
    rules = text_of("qualifies", "Bool", body, {**dict.fromkeys(names, "Count"), "part": "Rate"})
    part = 'part: {type: rate, title: {en: P, zh: 比}, values: {2020-01-01: {value: "1/2", ref: Act}}}\n'
    law = load_pack(write_pack(rules, facts=facts, parameters=part)).law("2024-06-30")
    compare(law, rows=500, by_hand=50, seed=3)


# --- the packs that ship ----------------------------------------------------------------------------------------------

STRETCHES = [
    pytest.param(name, law.day, id=f"{name}@{law.day}") for name in list_packs() for law in load_pack(name).laws()
]


def firms_of_cases(law: Law) -> list[Codes]:
    """The firms of the pack's own cases: among them some that pass everything, which chance hardly finds."""
    pack = load_pack(law.statute.id)
    return [{name: given_.code for name, given_ in pack.read(case.facts).items()} for case in read_cases(pack)]


@pytest.mark.parametrize(("name", "day"), STRETCHES)
def test_three_runs_agree_on_a_pack_that_ships(name: str, day: datetime.date) -> None:
    law = load_pack(name).law(day)
    codes = compare(law, rows=4_000, by_hand=400, seed=day.toordinal(), first=firms_of_cases(law))
    assert {NO, YES, UNKNOWN} <= set(np.unique(codes["outcome"]))
    check_reach(law, codes)
    for clause in law.clauses:
        if clause.margin is not None:
            assert 0 in codes[f"margin:{clause.id}"], f"no row lies exactly at the threshold of {clause.id}"


def test_threads_and_blocks_change_nothing() -> None:
    law = load_pack("stip").law("2024-06-30")
    columns = boundary_rows(law, 200_000, seed=9)
    kernels = [compile_table(law, wanted=EVERYTHING, backend=backend) for backend in ("numba", "numpy")]
    runs = [kernel.run(columns, on=0, threads=threads) for kernel in kernels for threads in (1, 3)]
    for other in runs[1:]:
        assert all(np.array_equal(runs[0][name], other[name]) for name in runs[0])
    first = kernels[1].run({name: column[:7] for name, column in columns.items()}, on=0)
    assert all(np.array_equal(first[name], runs[0][name][:7]) for name in first)


def test_the_same_seed_gives_the_same_firms() -> None:
    law = load_pack("hnte-2016").law("2024-06-30")
    one, two, three = (boundary_rows(law, 500, seed=seed) for seed in (4, 4, 5))
    assert all(np.array_equal(one[name], two[name]) for name in one)
    assert not all(np.array_equal(one[name], three[name]) for name in one)
    for name, fact in law.facts.items():
        given_ = one[name][one[name] != MISSING[STORAGE[fact.kind]]]
        assert (given_ >= fact.minimum).all()
        assert (given_ <= fact.maximum).all()
        assert len(given_) < 500
