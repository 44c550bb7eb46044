"""Facts: what is malformed is refused in one sentence with its place; what is missing is missing, never 0."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_pack import WritePack

from corridor.rulebook import FactError, Pack, PackError, load_pack
from corridor.rulebook.facts import code_of, parse_json_facts, read_facts, read_facts_file

FACTS = """\
revenue: {type: money, title: {en: R, zh: 收}, definition: {en: R, zh: 收}, maximum: "1000000000"}
employees: {type: count, title: {en: E, zh: 人}, definition: {en: E, zh: 人}, maximum: "1000000"}
growth: {type: rate, scale: 10000, title: {en: G, zh: 增}, definition: {en: G, zh: 增}, minimum: "-1", maximum: "10"}
points: {type: score, title: {en: P, zh: 分}, definition: {en: P, zh: 分}, maximum: "100"}
waited: {type: days, title: {en: W, zh: 天}, definition: {en: W, zh: 天}, maximum: "36500"}
founded: {type: date, title: {en: F, zh: 日}, definition: {en: F, zh: 日}}
exporter: {type: bool, title: {en: X, zh: 出}, definition: {en: X, zh: 出}}
size: {type: category, values: [micro, small, large], title: {en: S, zh: 规}, definition: {en: S, zh: 规}}
"""
DECLARED = read_facts_file(FACTS, "toy.facts.yaml", "CNY")


def code(name: str, value: object) -> int | None:
    return read_facts({name: value}, DECLARED, "CNY")[name].code


def refused(facts: Any) -> str:
    with pytest.raises(FactError) as caught:
        read_facts(facts, DECLARED, "CNY", file="firm.json")
    text = str(caught.value)
    assert text.startswith("firm.json: ")
    assert "\n" not in text
    assert len(text) < 250
    return text.removeprefix("firm.json: ")


# --- what is read -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("revenue", "35250000.00", 3_525_000_000),
        ("revenue", "35250000", 3_525_000_000),
        ("revenue", 35_250_000, 3_525_000_000),
        ("revenue", Decimal("0.010"), 1),
        ("revenue", Fraction(1, 4), 25),
        ("revenue", "1/4", 25),
        ("revenue", "1000000000", 100_000_000_000),
        ("revenue", 0, 0),
        ("revenue", None, None),
        ("revenue", {"value": "1.50"}, 150),
        ("revenue", {"value": "1.50", "currency": "CNY", "source": "tax return 2023"}, 150),
        ("revenue", {"value": None, "source": "not filed"}, None),
        ("employees", 64, 64),
        ("employees", 1_000_000, 1_000_000),
        ("growth", "-0.0001", -1),
        ("growth", "1/8", 1_250),
        ("points", 100, 100),
        ("waited", 0, 0),
        ("founded", "1970-01-31", 30),
        ("founded", datetime.date(1969, 12, 31), -1),
        ("exporter", True, 1),
        ("exporter", False, 0),
        ("size", "large", 2),
    ],
)
def test_a_fact_is_read_as_a_code(name: str, value: object, expected: int | None) -> None:
    assert code(name, value) == expected


def test_a_source_is_kept() -> None:
    found = read_facts({"revenue": {"value": "1", "source": "报税表 2023"}}, DECLARED, "CNY")["revenue"]
    assert (found.code, found.source) == (100, "报税表 2023")


@given(st.sampled_from(sorted(DECLARED)), st.data())
def test_a_code_survives_being_written_and_read(name: str, data: st.DataObject) -> None:
    fact = DECLARED[name]
    stored = data.draw(st.integers(fact.minimum, fact.maximum))
    written = json.dumps(fact.as_json(stored, "CNY"))
    assert code_of(json.loads(written), fact, "CNY") == stored
    assert fact.show(stored, "CNY")


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        # text for a number
        ("revenue", "much", "revenue: 'much' is not a plain decimal; write it such as \"1000000.00\"."),
        ("revenue", "", "revenue: '' is not a plain decimal"),
        ("revenue", "1,000.00", "revenue: '1,000.00' is not a plain decimal"),
        ("revenue", "¥100", "revenue: '¥100' is not a plain decimal"),
        ("revenue", "１００", "revenue: '１００' is not a plain decimal"),
        ("revenue", " 1", "revenue: ' 1' is not a plain decimal"),
        ("revenue", "NaN", "revenue: 'NaN' is not a plain decimal"),
        ("revenue", "Infinity", "revenue: 'Infinity' is not a plain decimal"),
        ("revenue", "1e30", "revenue: '1e30' is not a plain decimal"),
        ("revenue", "1/0", "revenue: '1/0' is not a plain decimal"),
        ("growth", "15%", "growth: '15%' is not a plain decimal; write it such as \"0.15\"."),
        ("employees", "64", "employees: '64' is not a whole number; write it plainly, such as 64."),
        ("founded", "June", "founded: 'June' is not a date; write it as \"2024-06-30\"."),
        ("exporter", "yes", "exporter: 'yes' is neither true nor false; write true or false without quotes."),
        ("size", "tiny", "size: 'tiny' is not one of: micro, small, large."),
        # out of range
        ("employees", -1, "employees: -1 is outside 0 to 1,000,000."),
        ("employees", 1_000_001, "employees: 1000001 is outside 0 to 1,000,000."),
        ("revenue", "-0.01", "revenue: '-0.01' is outside ¥0.00 to ¥1,000,000,000.00."),
        ("revenue", "1000000000.01", "revenue: '1000000000.01' is outside ¥0.00 to ¥1,000,000,000.00."),
        ("revenue", Decimal("1e30"), "revenue: '1E+30' is outside ¥0.00 to ¥1,000,000,000.00."),
        ("revenue", Decimal("1e999999"), "revenue: '1E+999999' is outside every range."),
        ("revenue", Decimal("1e-999999"), "revenue: '1E-999999' is outside every range."),
        ("growth", "-1.0001", "growth: '-1.0001' is outside -1 to 10."),
        ("founded", "1799-12-31", "founded: '1799-12-31' is outside 1800-01-01 to 2200-12-31."),
        ("employees", 10**30, "employees: 1000000000000000000000000000000 is outside"),
        pytest.param("employees", 10**5000, "employees: a number of thousands of digits is outside 0 to", id="huge"),
        pytest.param("revenue", -(10**5000), "revenue: a number of thousands of digits is outside ¥0", id="huge money"),
        pytest.param(
            "revenue", Fraction(1, 10**5000), "revenue: a number of thousands of digits has more than 2", id="tiny"
        ),
        # too fine
        ("revenue", "1.005", "revenue: '1.005' has more than 2 decimals; round it to the minor unit."),
        ("revenue", Decimal("1.005"), "revenue: '1.005' has more than 2 decimals"),
        ("revenue", "1/3", "revenue: '1/3' has more than 2 decimals"),
        ("growth", "0.00001", "growth: '0.00001' is finer than 1/10000; state it to that precision."),
        # not exact, not a number, not of this type
        ("revenue", 1.5, "revenue: 1.5 is a float, which is not exact; give text, a Decimal or an integer."),
        ("revenue", float("nan"), "revenue: nan is a float"),
        ("revenue", 1e30, "revenue: 1e+30 is a float"),
        ("revenue", Decimal("NaN"), "revenue: 'NaN' is not a number."),
        ("revenue", Decimal("-Infinity"), "revenue: '-Infinity' is not a number."),
        ("revenue", True, "revenue: True is not a number"),
        ("revenue", [1, 2], 'revenue: [1, 2] is not a number; write it as a decimal, such as "1000000.00".'),
        ("revenue", b"1", "revenue: b'1' is not a number"),
        ("employees", True, "employees: True is not a whole number"),
        ("employees", False, "employees: False is not a whole number"),
        ("employees", 64.0, "employees: 64.0 is not a whole number"),
        ("employees", Decimal(64), "employees: '64' is not a whole number"),
        ("points", "70", "points: '70' is not a whole number"),
        ("waited", 1.0, "waited: 1.0 is not a whole number"),
        ("exporter", 1, "exporter: 1 is neither true nor false"),
        ("exporter", [], "exporter: [] is neither true nor false"),
        ("founded", 20240630, "founded: 20240630 is not a date"),
        ("founded", "20240630", "founded: '20240630' is not a date"),
        ("founded", "2024-W26-7", "founded: '2024-W26-7' is not a date"),
        ("founded", "2024-02-30", "founded: '2024-02-30' is not a date"),
        ("founded", datetime.datetime(2024, 6, 30, tzinfo=datetime.UTC), "founded: datetime.datetime("),
        ("size", 0, "size: 0 is not one of: micro, small, large."),
        ("size", ["micro"], "size: ['micro'] is not one of"),
        ("size", "x" * 10_000, "size: 'xxxxxxxx"),
        # objects
        ("revenue", {}, "revenue: an object here has value, and may have source and currency."),
        ("revenue", {"amount": "1"}, "revenue: an object here has value"),
        ("revenue", {"value": "1", "year": 2023}, "revenue: an object here has value"),
        ("revenue", {"value": {"value": "1"}}, "revenue: {'value': '1'} is not a number"),
        ("revenue", {"value": "1", "source": 5}, "revenue: source must be one line of text."),
        ("revenue", {"value": "1", "source": "a\x1b[2Jb"}, "revenue: source must be one line of text."),
        ("revenue", {"value": "1", "source": "\ud800"}, "revenue: source must be one line of text."),
        ("revenue", {"value": "1", "currency": "USD"}, "revenue is in 'USD', the rules are in CNY. Convert it first"),
        ("revenue", {"value": None, "currency": "USD"}, "revenue is in 'USD', the rules are in CNY."),
    ],
)
def test_a_malformed_fact_is_refused_in_one_sentence(name: str, value: object, wrong: str) -> None:
    assert refused({name: value}).startswith(wrong)


def test_an_unknown_fact_is_named_with_its_neighbour() -> None:
    assert refused({"revenu": "1"}) == "there is no fact 'revenu'. Did you mean revenue?"
    assert refused({"x\n" * 500: 1}).startswith("there is no fact 'x\\nx\\n")
    assert refused({"zzz": 1}) == "there is no fact 'zzz'. Known facts begin with revenue, employees, growth, points."
    assert refused({5: 1}).startswith("there is no fact '5'.")


@pytest.mark.parametrize("facts", [None, [], ["revenue"], "revenue", 5])
def test_facts_are_an_object(facts: object) -> None:
    assert refused(facts) == "facts must be an object of names and values."


# --- the file ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "f.json, line 1: this is not JSON: Expecting value."),
        ("{", "f.json, line 1: this is not JSON"),
        ('{"a": 1,\n "b": }', "f.json, line 2: this is not JSON: Expecting value."),
        ("{'a': 1}", "f.json, line 1: this is not JSON"),
        ('{"a": 1} {}', "f.json, line 1: this is not JSON: Extra data."),
        ("[1]", "f.json: a facts file holds one JSON object."),
        ("null", "f.json: a facts file holds one JSON object."),
        ('"x"', "f.json: a facts file holds one JSON object."),
        ('{"a": 1, "a": 2}', "f.json: 'a' stands twice. Keep one of them."),
        ('{"a": {"value": 1, "value": 2}}', "f.json: 'value' stands twice."),
        ('{"a": NaN}', "f.json: NaN is not a number that a fact can have."),
        ('{"a": [Infinity]}', "f.json: Infinity is not a number that a fact can have."),
        ('{"a": -Infinity}', "f.json: -Infinity is not a number that a fact can have."),
        ('{"a": ' + "9" * 5000 + "}", "f.json: 999999999999… is not a number that a fact can have."),
        ("[" * 200_000, "f.json: this JSON is nested too deeply."),
        ('{"a":' * 200_000, "f.json: this JSON is nested too deeply."),
    ],
    ids=range(16),
)
def test_a_facts_file_that_is_not_plain_json_is_refused(text: str, wrong: str) -> None:
    with pytest.raises(FactError) as caught:
        parse_json_facts(text, "f.json")
    assert str(caught.value).startswith(wrong)


def test_numbers_of_a_facts_file_stay_exact() -> None:
    facts = parse_json_facts('{"revenue": 0.10, "employees": 64, "growth": 1e-4}', "f.json")
    assert facts == {"revenue": Decimal("0.10"), "employees": 64, "growth": Decimal("0.0001")}
    assert [given.code for given in read_facts(facts, DECLARED, "CNY").values()] == [10, 64, 1]


@given(
    st.dictionaries(
        st.sampled_from([*DECLARED, "unknown"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.decimals(),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["value", "x"]), inner),
            max_leaves=4,
        ),
    )
)
def test_whatever_is_given_is_read_or_refused_as_a_fact(facts: dict[str, object]) -> None:
    try:
        found = read_facts(facts, DECLARED, "CNY")
    except FactError:
        return
    for name, given_ in found.items():
        assert given_.code is None or DECLARED[name].minimum <= given_.code <= DECLARED[name].maximum


# --- declarations -----------------------------------------------------------------------------------------------------

WORDS = "title: {en: X, zh: 甲}, definition: {en: X, zh: 甲}"


@pytest.mark.parametrize(
    ("text", "wrong", "instead"),
    [
        (f"x: {{type: money, {WORDS}}}", "the fact x has no maximum", "Overflow can only be excluded below a stated"),
        (f"x: {{type: money, {WORDS}, maximum: 1000}}", "maximum must be text", "Put it in quotes"),
        (f"x: {{type: money, {WORDS}, maximum: '1e9'}}", "'1e9' is not a plain decimal", 'maximum: "1000000"'),
        (f"x: {{type: money, {WORDS}, maximum: '0.001'}}", "the bounds of x are not a range at scale 100", ""),
        (f"x: {{type: money, {WORDS}, minimum: '2', maximum: '1'}}", "the bounds of x are not a range", ""),
        (f"x: {{type: money, {WORDS}, maximum: '99999999999999999'}}", "does not fit a column of int64", "Lower it"),
        (f"x: {{type: count, {WORDS}, maximum: '2147483648'}}", "does not fit a column of int32", "Lower it"),
        (f"x: {{type: count, {WORDS}, minimum: '-2147483648', maximum: '1'}}", "does not fit a column of int32", ""),
        (f"x: {{type: rate, {WORDS}, maximum: '1'}}", "the rate x has no scale", "Add scale: 10000."),
        (f"x: {{type: rate, {WORDS}, maximum: '1', scale: 0}}", "scale must be a whole number", ""),
        (f"x: {{type: category, {WORDS}}}", "the category x has no values", "Add values: [a, b]."),
        (f"x: {{type: category, {WORDS}, values: []}}", "the members of a category must differ", ""),
        (f"x: {{type: category, {WORDS}, values: [a, a]}}", "the members of a category must differ", ""),
        (f"x: {{type: category, {WORDS}, values: [1]}}", "a member must be text", "Put it in quotes"),
        (f"x: {{type: bands, {WORDS}}}", "'bands' is not a type of fact", "Use one of: money, count"),
        (f"x: {{type: bool, {WORDS}, unit: {{en: a}}}}", "the unit of x lacks zh", "Add zh: to it"),
        ("x: {type: bool, title: {en: X, zh: 甲}}", "the fact x lacks definition", "Add definition: to it"),
        (f"x: {{type: bool, {WORDS}, maximun: '1'}}", "the fact x has no key 'maximun'", "Did you mean maximum?"),
        (f"X: {{type: bool, {WORDS}}}", "'X' is not a fact's name", "small letters"),
        (f"on: {{type: bool, {WORDS}}}", "'on' is not a fact's name", "small letters"),
        (f"a__b: {{type: bool, {WORDS}}}", "'a__b' is not a fact's name", "single underscores"),
        (f"class: {{type: bool, {WORDS}}}", "'class' is not a fact's name", "no word of Python"),
        (f"uint64: {{type: bool, {WORDS}}}", "'uint64' is not a fact's name", ""),
        (f"i: {{type: bool, {WORDS}}}", "'i' is not a fact's name", ""),
        (f"p_x: {{type: bool, {WORDS}}}", "'p_x' is not a fact's name", "no p_ in front"),
        ("- a", "a facts file must be a mapping", ""),
    ],
)
def test_a_malformed_declaration_is_refused(text: str, wrong: str, instead: str) -> None:
    with pytest.raises(PackError) as caught:
        read_facts_file(text, "toy.facts.yaml", "CNY")
    assert str(caught.value).startswith("toy.facts.yaml, line 1: ")
    assert wrong in caught.value.message
    assert instead in caught.value.remedy


def test_a_currency_without_minor_units_has_none() -> None:
    yen = read_facts_file(f"x: {{type: money, {WORDS}, maximum: '100'}}", "f", "JPY")["x"]
    assert (yen.scale, code_of("5", yen, "JPY"), yen.as_json(5, "JPY")) == (1, 5, "5")
    with pytest.raises(ValueError, match="has more than 0 decimals"):
        code_of("5.5", yen, "JPY")


def test_a_category_has_no_member_beyond_its_last() -> None:
    facts = read_facts_file(f"x: {{type: category, {WORDS}, values: [only]}}\ny: {{type: bool, {WORDS}}}", "f", "CNY")
    assert {name: (fact.minimum, fact.maximum) for name, fact in facts.items()} == {"x": (0, 0), "y": (0, 1)}


OWN = f"panel: {{type: score, {WORDS}, maximum: '10', unit: {{en: mark, zh: 分}}}}\n"
RULE = '''
@rule(id="toy.qualifies", ref="Act, art. 1", start="2020-01-01")
def qualifies(panel: Score, points: Score) -> Bool:
    """At least as many.
    不少于。"""
    return panel >= points
'''


def test_a_pack_may_add_facts_of_its_own(write_pack: WritePack) -> None:
    pack = load_pack(write_pack(RULE, own_facts=OWN))
    record = pack.decide({"panel": 1, "points": 2}, on="2024-06-30").record
    assert record["outcome"] == "no"
    assert [fact["unit"] for fact in record["facts"]] == ["point", "mark"]
    with pytest.raises(PackError, match=r"facts\.yaml, line 1: points is declared by the family already\. Remove it"):
        load_pack(write_pack(RULE, own_facts=OWN.replace("panel", "points")))


def test_nothing_is_guessed_for_a_missing_fact(write_pack: WritePack) -> None:
    pack: Pack = load_pack(write_pack(RULE, own_facts=OWN))
    for facts in ({}, {"panel": None, "points": None}, {"panel": 0}, {"points": 0}):
        decision = pack.decide(facts, on="2024-06-30")
        assert decision.outcome == "unknown"
        assert decision.missing == [name for name in ("points", "panel") if facts.get(name) is None]
    zero = pack.decide({"panel": 0, "points": 0}, on="2024-06-30")
    assert zero.outcome == "yes"


def test_a_fact_knows_its_unit() -> None:
    units = [DECLARED[name].unit_of("CNY") for name in DECLARED]
    assert units == ["CNY", "item", "share", "point", "day", "day", "", ""]
