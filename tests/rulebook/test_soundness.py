"""What a hostile reading of the engine found once: each of these was wrong without a word."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from corridor.rulebook import Conflict, PackError, load_pack
from corridor.rulebook.emit import CONFLICT, emit
from corridor.rulebook.kernels import compile_table
from corridor.rulebook.kinds import day_number

WritePack = Callable[..., Path]
ON = "2024-06-30"

WORDS = '{en: "x", zh: "x"}'


def fact(name: str, kind: str = "count", more: str = 'maximum: "1000000"') -> str:
    return f"{name}:\n  type: {kind}\n  title: {WORDS}\n  definition: {WORDS}\n  {more}\n"


def number(name: str, value: str, kind: str = "count") -> str:
    values = f'{{2020-01-01: {{value: "{value}", ref: Act}}}}'
    return f"{name}:\n  type: {kind}\n  title: {WORDS}\n  values: {values}\n"


def a_rule(name: str, arguments: str, body: str, gives: str = "Bool", more: str = "") -> str:
    return (
        f'\n\n@rule(id="toy.{name}", ref="Act", start="2020-01-01"{more})\n'
        f'def {name}({arguments}) -> {gives}:\n    """X.\n    x。"""\n    {body}\n'
    )


def the_pack(write_pack: WritePack, rules: str, facts: str, parameters: str, **lines: str) -> Path:
    return write_pack(rules, facts=facts, parameters=parameters, **lines)


def test_an_output_cannot_take_the_place_of_the_outcome(write_pack: WritePack) -> None:
    rules = a_rule("qualifies", "x: Count, least: Count", "return x >= least") + a_rule(
        "outcome", "x: Count, least: Count", "return x < least"
    )
    folder = the_pack(write_pack, rules, fact("x"), number("least", "10"), outputs="[qualifies, outcome]")
    with pytest.raises(PackError, match="outcome is a column of every result"):
        load_pack(folder)


def test_two_packs_are_compared_within_the_range_of_both(write_pack: WritePack) -> None:
    rules = a_rule("qualifies", "x: Count, least: Count", "return x >= least")
    narrow = load_pack(the_pack(write_pack, rules, fact("x", more='maximum: "100"'), number("least", "10")))
    wide = load_pack(the_pack(write_pack, rules, fact("x", more='maximum: "2000000000"'), number("least", "10")))
    frame = pl.DataFrame({"x": [50, 1000]})
    found = narrow.compare(frame, wide, on=ON)
    assert found.bad == 1  # what one of the laws cannot read is compared under neither
    assert found.moves == {("yes", "yes"): 1}


def test_a_category_fits_its_column(write_pack: WritePack) -> None:
    members = ", ".join(f"m{number}" for number in range(33_000))
    facts = fact("x") + fact("kind_of", "category", f"values: [{members}]")
    rules = a_rule("qualifies", "kind_of: Category, x: Count, least: Count", 'return kind_of == "m1" and x >= least')
    with pytest.raises(PackError, match="at most 32,767 members"):
        load_pack(the_pack(write_pack, rules, facts, number("least", "10")))


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31"])
def test_a_far_day_gives_one_answer(write_pack: WritePack, on: str) -> None:
    facts = fact("born", "date", "") + fact("pay", "money", 'maximum: "1000000000"')
    rules = a_rule("qualifies", "pay: Money", "return pay > 0") + a_rule(
        "amount", "on: Date, born: Date, pay: Money", "return (on - born) * pay", "Money"
    )
    pack = load_pack(the_pack(write_pack, rules, facts, number("least", "1"), outputs="[qualifies, amount]"))
    given = {"born": "2200-12-31", "pay": "1000000000.00"}
    one = pack.decide(given, on=on, law_as_of=ON)
    many = pack.assess(pl.DataFrame({"born": ["2200-12-31"], "pay": ["1000000000.00"]}), on=on, law_as_of=ON)
    assert many.frame["amount"].to_list() == [one.outputs["amount"]]


def test_bunching_lies_on_the_same_side_however_the_test_is_written(write_pack: WritePack) -> None:
    packs = [
        load_pack(
            the_pack(
                write_pack, a_rule("qualifies", "x: Count, least: Count", body), fact("x"), number("least", "1000")
            )
        )
        for body in ("return x >= least", "return least <= x")
    ]
    frame = pl.DataFrame({"x": [1001] * 10 + [999] * 3})
    first, second = (pack.compare(frame, pack, on=ON).bunching["toy.qualifies"] for pack in packs)
    assert first == second == [0, 0, 0, 0, 3, 10, 0, 0, 0, 0]


def test_the_order_of_the_facts_is_part_of_the_hash(write_pack: WritePack) -> None:
    rules = a_rule("qualifies", "x: Count, y: Count", "return x >= y")
    one = load_pack(the_pack(write_pack, rules, fact("x") + fact("y"), number("least", "1")))
    other = load_pack(the_pack(write_pack, rules, fact("y") + fact("x"), number("least", "1")))
    assert one.hash != other.hash  # a record lists facts in this order


def conflicting(write_pack: WritePack) -> Path:
    rules = a_rule("qualifies", "x: Count, least: Count", "return x >= least")
    rules += a_rule("amount", "part: Rate, pay: Money", "return half_up(part * pay)", "Money")
    rules += a_rule("part", "low_part: Rate", "return low_part", "Rate")
    rules += a_rule("young", "mid_part: Rate", "return mid_part", "Rate", ', exception_to="part", when="is_young"')
    rules += a_rule("small", "high_part: Rate", "return high_part", "Rate", ', exception_to="part", when="is_small"')
    facts = fact("x") + fact("is_young", "bool", "") + fact("is_small", "bool", "")
    facts += fact("pay", "money", 'maximum: "1000000"')
    parameters = number("least", "10") + number("low_part", "0.03", "rate")
    parameters += number("mid_part", "0.05", "rate") + number("high_part", "2/7", "rate")
    return the_pack(write_pack, rules, facts, parameters, outputs="[qualifies, amount]")


def test_exceptions_need_not_share_a_scale(write_pack: WritePack) -> None:
    pack = load_pack(conflicting(write_pack))
    firm = {"x": 10, "pay": "700.00", "is_young": False, "is_small": False}
    rows = [firm, {**firm, "is_young": True}, {**firm, "is_small": True}, {**firm, "is_small": None}]
    singles = [pack.decide(row, on=ON).outputs["amount"] for row in rows]
    assert singles == [2_100, 3_500, 20_000, None]
    for backend in ("numpy", "numba"):
        assert pack.assess(pl.DataFrame(rows), on=ON, backend=backend).frame["amount"].to_list() == singles
    assert pack.reform({"mid_part": {"2021-01-01": "0.035"}}).decide(rows[1], on=ON).outputs["amount"] == 2_450


def test_a_conflict_is_seen_whatever_is_asked_for(write_pack: WritePack) -> None:
    pack = load_pack(conflicting(write_pack))
    firm = {"x": 10, "pay": "700.00", "is_young": True, "is_small": True}
    with pytest.raises(Conflict):
        pack.decide(firm, on=ON)
    law = pack.law(ON)
    columns = {"x": np.array([10], "int32"), "pay": np.array([70_000]), "is_young": np.array([1], "int8")}
    columns["is_small"] = columns["is_young"]
    for wanted in (("outcome",), ("outcome", "outputs")):
        for backend in ("numpy", "numba"):
            found = compile_table(law, wanted=wanted, backend=backend).run(columns, on=day_number(law.day))
            assert found["outcome"].tolist() == [CONFLICT]
    result = pack.assess(pl.DataFrame([firm]), on=ON)
    assert result.frame["amount"].to_list() == [None]
    assert result.summary.totals == {"amount": 0}


def test_there_is_no_advice_against_a_yes(write_pack: WritePack) -> None:
    rules = a_rule("too_big", "x: Count, least: Count", "return x >= least") + a_rule(
        "qualifies", "too_big: Bool", "return not too_big"
    )
    pack = load_pack(the_pack(write_pack, rules, fact("x"), number("least", "100")))
    assert pack.decide({"x": 50}, on=ON).changes == []
    (change,) = pack.decide({"x": 150}, on=ON).changes
    assert (change["to"], change["clause_then"], change["then"]) == (99, "no", "yes")


def test_the_nearer_way_into_another_tier_is_found(write_pack: WritePack) -> None:
    tiers = (
        f"due:\n  type: bands\n  over: count\n  gives: rate\n  title: {WORDS}\n  values:\n    2020-01-01:\n"
        '      ref: Act\n      value: [{up_to: "20000", give: "0.04"}, {give: "0.03"}]\n'
    )
    rules = a_rule("share_due", "sales: Count, due: Bands", "return band(sales, due)", "Rate")
    rules += a_rule("qualifies", "rd: Count, sales: Count, share_due: Rate", "return share(rd, of=sales) >= share_due")
    pack = load_pack(the_pack(write_pack, rules, fact("rd") + fact("sales"), tiers))
    found = pack.decide({"rd": 700, "sales": 19_900}, on=ON).changes
    assert {change["fact"]: change["to"] for change in found} == {"rd": 796, "sales": 20_001}


def test_deep_rules_cost_no_more_than_they_are(write_pack: WritePack) -> None:
    rules = a_rule("r0", "x: Count, y: Count", "return min(x, y)", "Count")
    for level in range(1, 18):
        before = f"r{level - 1}"
        rules += a_rule(f"r{level}", f"{before}: Count, x: Count", f"return min(max({before}, x), {before})", "Count")
    rules += a_rule("qualifies", "r17: Count, least: Count", "return r17 >= least")
    pack = load_pack(the_pack(write_pack, rules, fact("x") + fact("y"), number("least", "100")))
    begin = time.perf_counter()
    assert pack.decide({"x": 5, "y": 500}, on=ON).changes[0]["to"] == 100
    assert time.perf_counter() - begin < 20  # doubling with each rule it would take hours


def test_a_long_choice_makes_no_long_kernel(write_pack: WritePack) -> None:
    def kernel(tiers: int) -> int:
        facts = fact("x") + fact("kind_of", "category", f"values: [{', '.join(f'm{n}' for n in range(tiers + 1))}]")
        facts += "".join(fact(f"pay{n}", "money", 'maximum: "1000"') for n in range(tiers + 1))
        names = ", ".join(f"pay{n}: Money" for n in range(tiers + 1))
        body = (
            "".join(f'if kind_of == "m{n}":\n        return pay{n}\n    ' for n in range(tiers)) + f"return pay{tiers}"
        )
        rules = a_rule("amount", f"kind_of: Category, {names}", body, "Money")
        rules += a_rule("qualifies", "x: Count, least: Count", "return x >= least")
        folder = the_pack(write_pack, rules, facts, number("least", "1"), outputs="[qualifies, amount]")
        return len(emit(load_pack(folder).law(ON)).source)

    assert kernel(16) < 3 * kernel(8)


def test_many_publication_days_make_few_laws(write_pack: WritePack) -> None:
    rules = a_rule("qualifies", "x: Count, least: Count", "return x >= least")
    pack = load_pack(the_pack(write_pack, rules, fact("x"), number("least", "10")))
    assert len({id(pack.law(ON, known=f"2023-01-{day:02d}")) for day in range(1, 29)}) == 1


def test_the_words_of_a_rule_show_its_own_parameters(write_pack: WritePack) -> None:
    rule = a_rule("qualifies", "x: Count, least: Count", "return x >= least").replace("X.", "At least {leest}.")
    with pytest.raises(PackError, match=r"\{leest\} in the words of qualifies is no parameter of it"):
        load_pack(the_pack(write_pack, rule, fact("x"), number("least", "10")))
