"""Parameters: every number by date with its reference; strict YAML; reforms that are overlays; the content hash."""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_pack import FACTS as TOY
from toy_pack import WritePack

from corridor.rulebook import NotInForce, OverlayError, Pack, PackError, load_pack
from corridor.rulebook.exact import exact_text, parse_exact, percent_text
from corridor.rulebook.facts import read_facts_file
from corridor.rulebook.parameters import Overlay, Parameter, Row, read_parameters
from corridor.rulebook.replay import replay
from corridor.rulebook.yamlfile import read_yaml

FACTS = read_facts_file(
    """\
size: {type: category, values: [micro, small, large], title: {en: S, zh: 规}, definition: {en: S, zh: 规}}
revenue: {type: money, maximum: "1000000000", title: {en: R, zh: 收}, definition: {en: R, zh: 收}}
""",
    "toy.facts.yaml",
    "CNY",
)

TITLE = "title: {en: T, zh: 题}"


def read(text: str, *, confirmed: bool = True) -> dict[str, Parameter]:
    return read_parameters(text, "parameters.yaml", facts=FACTS, currency="CNY", confirmed=confirmed)


def one(kind: str, *values: str, more: str = "") -> Parameter:
    """The parameter ``x`` with these values, a year after one another from 2020 on."""
    dated = "".join(f'    {2020 + i}-01-01: {{value: {value}, ref: "Act"}}\n' for i, value in enumerate(values))
    return read(f"x:\n  type: {kind}\n  {TITLE}\n{more}  values:\n{dated}")["x"]


def refused(text: str) -> PackError:
    """The error; it must point to the line that ends with ``#!``."""
    marked = [number for number, line in enumerate(text.splitlines(), 1) if line.endswith("#!")]
    assert len(marked) == 1, "one line of the example ends with #!"
    with pytest.raises(PackError) as caught:
        read(text)
    assert str(caught.value).startswith(f"parameters.yaml, line {marked[0]}: "), str(caught.value)
    return caught.value


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "code", "scale"),
    [
        ("money", '"100000"', 10_000_000, 100),
        ("money", '"0.01"', 1, 100),
        ("count", '"10"', 10, 1),
        ("rate", '"0.03"', 3, 100),
        ("rate", '"2/3"', 2, 3),
        ("rate", '"6/4"', 3, 2),
        ("rate", '"-0.5"', -1, 2),
        ("score", '"70"', 70, 1),
        ("days", '"365"', 365, 1),
        ("bool", "true", 1, 1),
        ("bool", "false", 0, 1),
        ("date", "1970-01-02", 1, 1),
    ],
)
def test_a_value_is_a_whole_number_over_its_scale(kind: str, value: str, code: int, scale: int) -> None:
    parameter = one(kind, value)
    assert (parameter.values[0].content, parameter.scale) == (code, scale)


def test_one_scale_holds_all_values_of_a_rate() -> None:
    parameter = one("rate", '"0.03"', '"7/200"', '"1/3"')
    assert parameter.scale == 600
    assert [dated.content for dated in parameter.values] == [18, 21, 200]
    assert [parameter.as_json(dated.content, "CNY") for dated in parameter.values] == ["0.03", "0.035", "1/3"]
    assert one("rate", '"0.03"', more="  scale: 10000\n").scale == 10_000


def test_the_value_in_force_is_the_last_one_that_has_begun() -> None:
    parameter = read(f"""\
x:
  type: rate
  {TITLE}
  values:
    2024-01-01: {{value: "0.05", ref: "Act 3"}}
    2016-01-01: {{value: "0.03", ref: "Act 1"}}
    2020-06-01: {{value: "0.04", ref: "Act 2"}}
    2027-01-01: {{value: null, ref: "Act 4"}}
""")["x"]
    found = {}
    for day in ("2015-12-31", "2016-01-01", "2020-05-31", "2020-06-01", "2024-06-30", "2027-01-01"):
        dated = parameter.on(datetime.date.fromisoformat(day))
        found[day] = dated and (dated.content, dated.ref)
    assert found == {
        "2015-12-31": None,
        "2016-01-01": (3, "Act 1"),
        "2020-05-31": (3, "Act 1"),
        "2020-06-01": (4, "Act 2"),
        "2024-06-30": (5, "Act 3"),
        "2027-01-01": (None, "Act 4"),
    }


RULES = '''
@rule(id="toy.qualifies", ref="Act, art. 1", start="2020-01-01")
def qualifies(points: Score, pass_mark: Score) -> Bool:
    """At least {pass_mark} points.
    不低于{pass_mark}分。"""
    return points >= pass_mark
'''


def test_a_value_is_used_only_by_somebody_who_could_know_it(write_pack: WritePack) -> None:
    pack = load_pack(
        write_pack(
            RULES,
            parameters=f"""\
pass_mark:
  type: score
  {TITLE}
  values:
    2020-01-01: {{value: "60", ref: "Act 1", published: 2019-12-01}}
    2023-01-01: {{value: "70", ref: "Act 2", published: 2023-03-26}}
""",
        )
    )
    facts = {"points": 65}
    assert pack.decide(facts, on="2023-02-01").outcome == "no"
    assert pack.decide(facts, on="2023-02-01", known="2023-03-26").outcome == "no"
    early = pack.decide(facts, on="2023-02-01", known="2023-03-25")
    assert early.outcome == "yes"
    assert early.record["known"] == "2023-03-25"
    assert [item["value"] for item in early.record["parameters"]] == ["60"]
    with pytest.raises(NotInForce, match=r"pass_mark has no value .* published by 2019-11-30\. Choose a later --known"):
        pack.decide(facts, on="2023-02-01", known="2019-11-30")


def test_what_is_not_confirmed_is_said(write_pack: WritePack) -> None:
    parameters = """\
pass_mark:
  type: score
  title: {en: T, zh: 题}
  source_status: confirmed
  values:
    2020-01-01: {value: "60", ref: "Act 1", source_status: unconfirmed, note: {en: "Told", zh: "转述"}}
    2023-01-01: {value: "70", ref: "Act 2"}
"""
    pack = load_pack(write_pack(RULES, parameters=parameters, source_status="unconfirmed"))
    told, read_ = pack.decide({}, on="2021-01-01"), pack.decide({}, on="2024-01-01")
    assert told.unconfirmed == ["toy", "pass_mark"]
    assert read_.unconfirmed == ["toy"]
    assert told.record["parameters"][0]["note"] == {"en": "Told", "zh": "转述"}
    assert load_pack(write_pack(RULES, parameters=parameters)).decide({}, on="2024-01-01").unconfirmed == []


def test_bands_and_tables_are_rows_in_order() -> None:
    money = read(
        f"""\
x:
  type: bands
  over: money
  gives: rate
  {TITLE}
  values:
    2020-01-01: {{ref: Act, value: [{{up_to: "50000000", give: "0.05"}}, {{below: "2e", give: "0"}}, {{give: "1/3"}}]}}
""".replace('"2e"', '"60000000.5"')
    )["x"]
    assert money.values[0].content == (Row("up_to", 5_000_000_000, 3), Row("below", 6_000_000_050, 0), Row(None, 0, 20))
    assert (money.scale, money.over_scale, money.maximum) == (60, 100, 20)
    assert money.as_json(money.values[0].content, "CNY") == [
        {"up_to": "50000000.00", "give": "0.05"},
        {"below": "60000000.50", "give": "0"},
        {"give": "1/3"},
    ]
    table = read(f"""\
x:
  type: table
  over: size
  gives: money
  {TITLE}
  values:
    2020-01-01: {{ref: Act, value: {{large: "1", micro: "3", small: "2"}}}}
""")["x"]
    assert table.values[0].content == (Row(None, 0, 300), Row(None, 0, 200), Row(None, 0, 100))


HEAD = f"x:\n  type: rate\n  {TITLE}\n  values:\n"
VALUE = f"{HEAD}    2020-01-01: "
BANDS = f"x:\n  type: bands\n  over: rate\n  gives: score\n  {TITLE}\n  values:\n    2020-01-01:\n      ref: Act\n"
TABLE = f"x:\n  type: table\n  over: size\n  gives: money\n  {TITLE}\n  values:\n    2020-01-01:\n      ref: Act\n"


@pytest.mark.parametrize(
    ("text", "wrong", "instead"),
    [
        (VALUE + '{value: 0.03, ref: Act}  #!', "0.03 is a YAML float", 'Quote it: "0.03"'),
        (VALUE + '{value: 1e-3, ref: Act}  #!', "1e-3 is a YAML float", 'Quote it: "1e-3"'),
        (VALUE + '{value: .inf, ref: Act}  #!', ".inf is a YAML float", "Quote it"),
        (VALUE + '{value: 3, ref: Act}  #!', "a number of x is not quoted", '"0.03", "2/3"'),
        (VALUE + '{value: true, ref: Act}  #!', "a number of x is not quoted", '"0.03", "2/3"'),
        (VALUE + '{value: "3%", ref: Act}  #!', "'3%' is not a plain decimal or", '"0.03"'),
        (VALUE + '{value: "1e-3", ref: Act}  #!', "'1e-3' is not a plain decimal or", '"0.03"'),
        (VALUE + '{value: "1/0", ref: Act}  #!', "'1/0' is not a plain decimal or", '"2/3"'),
        (VALUE + '{value: "NaN", ref: Act}  #!', "'NaN' is not a plain decimal or", '"2/3"'),
        (VALUE + '{value: "0.03"}  #!', "a value of x lacks ref", "Add ref: to it"),
        (VALUE + '{value: "0.03", ref: ""}  #!', "ref must be text", "Put it in quotes"),
        (VALUE + '{value: "0.03", reff: Act}  #!', "no key 'reff'", "Did you mean ref?"),
        (HEAD + '    2020-13-01: {value: "0.03", ref: Act}  #!', "'2020-13-01' is not a date", "2024-01-01"),
        (HEAD + '    20200101: {value: "0.03", ref: Act}  #!', "'20200101' is not a date", "2024-01-01"),
        (VALUE + '{value: "0", ref: A, published: May}  #!', "published must be a date", "2024-06-30"),
        (VALUE + '{value: "0", ref: A, source_status: sure}  #!', "'sure' is not a", "unconfirmed"),
        (VALUE + '{value: "0", ref: A, note: {en: N}}  #!', "note lacks zh", "Add zh: to it"),
        (VALUE + '{value: "0", ref: A}\n    2020-01-01: {value: "1", ref: A}  #!',
         "'2020-01-01' stands twice in one mapping", "Keep one of them"),
        (HEAD + '    2020-01-01: !float {value: "0", ref: A}  #!', "tags (!float) are not read", "a plain value"),
        (VALUE + '{value: !!float "0", ref: A}  #!', "tags (tag:yaml.org,2002:float)", "plain value"),
        (HEAD + '    2020-01-01: &a {value: "0", ref: A}\n    2021-01-01: *a  #!', "aliases (*a)", "Write the value"),
        (HEAD + '    2020-01-01: &a {value: "0", ref: A}\n    2021-01-01: {<<: *a}  #!', "aliases (*a)", "again"),
        (VALUE + '{value: "0", ref: A}\n? [a]  #!\n: b', "a key must be a plain name or a date", ""),
        (HEAD + '    {}  #!', "x has no values", "Give at least one, under the day it took effect."),
        (f"x:\n  type: rate  #!\n  {TITLE}", "the parameter x lacks values", "Add values: to it"),
        (f"x:\n  type: ratio  #!\n  {TITLE}\n  values: {{}}", "'ratio' is not a type here", "Use one of: bands, bool"),
        ("x:\n  type: rate\n  title: {en: T}  #!\n  values:\n    2020-01-01: {value: \"0\", ref: A}",
         "lacks zh", "Add zh"),
        (f"X:\n  type: rate  #!\n  {TITLE}\n  values: {{}}", "'X' is not a parameter's name", "small letters"),
        (f"p_x:\n  type: rate  #!\n  {TITLE}\n  values: {{}}", "'p_x' is not a parameter's name", "no p_ in front"),
        (f"revenue:\n  type: rate  #!\n  {TITLE}\n  values: {{}}",
         "revenue is also the name of a fact", "another name"),
        (f"x:\n  type: rate  #!\n  {TITLE}\n  scale: 100\n  values:\n    2020-01-01: {{value: \"1/3\", ref: A}}",
         "1/3 in x is no whole number of 1/100", "state a scale that holds it"),
        (f"x:\n  type: rate\n  {TITLE}\n  scale: 0  #!\n  values:\n    2020-01-01: {{value: \"1\", ref: A}}",
         "scale must be a whole number from 1", ""),
        (f"x:\n  type: money  #!\n  {TITLE}\n  values:\n    2020-01-01: {{value: \"0.001\", ref: A}}",
         "0.001 in x is no whole number of 1/100", "Correct the value"),
        (f"x:\n  type: count  #!\n  {TITLE}\n  values:\n    2020-01-01: {{value: \"0.5\", ref: A}}",
         "0.5 in x is no", ""),
        (f"x:\n  type: rate\n  {TITLE}\n  maximum: \"0.02\"  #!\n  values:\n    2020-01-01: {{value: \"3\", ref: A}}",
         "a value of x is above its maximum", ""),
        (BANDS + '      value: {from: "1"}  #!', "the bands of x must be a list", ""),
        (BANDS + '      value: [{give: "1"}]  #!', "bands have at least two rows", "a plain parameter"),
        (BANDS + '      value:\n        - {give: "1"}  #!\n        - {give: "0"}', "exactly one boundary", "below"),
        (BANDS + '      value:\n        - {from: "1", up_to: "2", give: "1"}  #!\n        - {give: "0"}',
         "a row has exactly one boundary", "A boundary is one of: below, up_to, from, above."),
        (BANDS + '      value:\n        - {from: "1", give: "1"}\n        - {from: "0", give: "0"}  #!',
         "the last row takes the rest", "A boundary is one of"),
        (BANDS + '      value: [{from: "1", give: "2"}, {up_to: "2", give: "1"}, {give: "0"}]  #!',
         "does not mix upper and lower bounds", "Use below/up_to, or from/above."),
        (BANDS + '      value: [{from: "1", give: "2"}, {from: "1.5", give: "1"}, {give: "0"}]  #!',
         "the boundaries are out of order", "Upper bounds rise, lower bounds fall."),
        (BANDS + '      value: [{below: "1", give: "2"}, {up_to: "1", give: "1"}, {give: "0"}]  #!',
         "the boundaries are out of order", "Upper bounds rise"),
        (f"x:\n  type: bands  #!\n  gives: rate\n  {TITLE}\n  values: {{}}",
         "the bands x lacks over", "Add over: to it"),
        (f"x:\n  type: table\n  over: revenue  #!\n  gives: rate\n  {TITLE}\n  values: {{}}",
         "'revenue' is not a cat", ""),
        (TABLE + '      value: {micro: "1", small: "2"}  #!', "the table x lacks large", "Add large: to it"),
        (TABLE + '      value:\n        micro: "1"\n        small: "2"\n        large: "3"\n        big: "4"  #!',
         "the table x has no key 'big'", "Known here: large, micro, small."),
    ],
)  # fmt: skip
def test_a_malformed_parameter_is_refused(text: str, wrong: str, instead: str) -> None:
    error = refused(text)
    assert wrong in error.message
    assert instead in error.remedy


# --- YAML -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "f.yaml: the file is empty."),
        ("# nothing\n", "f.yaml: the file is empty."),
        ("a: [1\n", "f.yaml, line 2: this is not YAML"),
        ("a: 1\n b: 2\n", "f.yaml, line 2: this is not YAML"),
        ("a: \x07\n", "f.yaml: this is not YAML"),
        ("a: 1\n---\nb: 2\n", "f.yaml, line 2: a second document begins here."),
        ("a: 1\na: 2\n", "f.yaml, line 2: 'a' stands twice in one mapping."),
        ("a:\n  - 1.5\n", "f.yaml, line 2: 1.5 is a YAML float, which is not exact."),
        ("a: 2023-02-29\n", "f.yaml, line 1: 2023-02-29 is not a day of the calendar."),
        ("a: !!python/object/apply:os.system [ls]\n", "f.yaml, line 1: tags (tag:yaml.org,2002:python/object/apply:os"),
        ("a: !mine {b: 1}\n", "f.yaml, line 1: tags (!mine) are not read."),
        ("a: &x [*x]\n", "f.yaml, line 1: aliases (*x) are not read."),
        ("[" * 5_000 + "]" * 5_000, "f.yaml, line 1: this is nested too deeply."),
        ("[" * 300_000, "f.yaml, line 1: this is nested too deeply."),
        ("- " * 5_000 + "a", "f.yaml, line 1: this is nested too deeply."),
    ],
    ids=range(15),
)
def test_yaml_that_is_not_plain_is_refused_in_one_sentence(text: str, wrong: str) -> None:
    with pytest.raises(PackError) as caught:
        read_yaml(text, "f.yaml")
    assert str(caught.value).startswith(wrong)


def test_yaml_values_are_not_guessed() -> None:
    text = 'a: yes\nb: "0.5"\nc: 12\nd: 2024-06-30\ne: ~\nf: true\ng: on\nh: 0x10\ni: 12:30\nj: "2024-06-30"\n'
    values = {key: value.raw for key, value in read_yaml(text, "f.yaml").mapping("it").items()}
    assert values == {
        "a": "yes", "b": "0.5", "c": 12, "d": datetime.date(2024, 6, 30), "e": None, "f": True, "g": "on", "h": "0x10",
        "i": "12:30", "j": "2024-06-30",
    }  # fmt: skip


# --- exact numbers ----------------------------------------------------------------------------------------------------


@given(st.fractions(max_denominator=10**12))
def test_an_exact_number_survives_being_written_and_read(number: Fraction) -> None:
    assert parse_exact(exact_text(number)) == number
    assert "e" not in exact_text(number)


@pytest.mark.parametrize(
    "text", ["", " 1", "1 ", "+1", "1e3", "1,000", ".5", "5.", "0x1", "1_000", "１", "NaN", "1/2/3"]
)
def test_what_is_not_a_plain_number_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="is not a plain decimal or fraction"):
        parse_exact(text)


def test_a_rate_is_shown_as_people_read_it() -> None:
    shown = [percent_text(Fraction(text)) for text in ("0.03", "0.6", "1", "2/3", "-0.0005", "0")]
    assert shown == ["3%", "60%", "100%", "2/3", "-0.05%", "0%"]


# --- reforms ----------------------------------------------------------------------------------------------------------

REFORMABLE = '''
@rule(id="toy.qualifies", ref="Act, art. 1", start="2020-01-01")
def qualifies(points: Score, mark: Score, exporter: Bool, allowed: Bool, founded: Date, deadline: Date) -> Bool:
    """What is tested.
    所测试者。"""
    return points >= mark and exporter and allowed and founded <= deadline


@rule(id="toy.tier", ref="Act, art. 2", start="2020-01-01")
def tier(revenue: Money, tiers: Bands) -> Rate:
    """The tier.
    档次。"""
    return band(revenue, tiers)


@rule(id="toy.grade", ref="Act, art. 3", start="2020-01-01")
def grade(cost: Money, revenue: Money, grades: Bands) -> Score:
    """The grade.
    评分。"""
    return band(share(cost, of=revenue), grades)


@rule(id="toy.grant", ref="Act, art. 4", start="2020-01-01")
def grant(size: Category, grants: Table) -> Money:
    """The grant.
    补助。"""
    return pick(size, grants)


@rule(id="toy.third", ref="Act, art. 5", start="2020-01-01")
def third(revenue: Money, part: Rate) -> Money:
    """A part.
    部分。"""
    return half_up(revenue * part)
'''


@pytest.fixture(scope="module")
def reformable(write_pack: WritePack) -> Pack:
    return load_pack(write_pack(REFORMABLE, outputs="[qualifies, tier, grade, grant, third]"))


FIRM = {
    "revenue": "1000", "cost": "500", "points": 60, "exporter": True, "founded": "2020-05-05", "size": "small",
}  # fmt: skip


def outputs(pack: Pack, on: str = "2024-06-30") -> dict[str, object]:
    return pack.decide(FIRM, on=on).outputs


def test_a_reform_stands_beside_the_law_and_never_changes_it(reformable: Pack) -> None:
    before = outputs(reformable)
    reform = reformable.reform({"mark": {"2022-01-01": "61"}})
    assert outputs(reform)["qualifies"] is False
    assert outputs(reform, "2021-12-31")["qualifies"] is True
    assert outputs(reformable) == before
    assert reformable.overlay is None
    assert reformable.parameters["mark"].values[0].content == 60
    assert len(reformable.parameters["mark"].values) == 1
    assert reform.hash == reformable.hash
    record = reform.decide(FIRM, on="2024-06-30").record
    assert record["overlay"] == {"mark": {"2022-01-01": "61"}}
    mark = next(item for item in record["parameters"] if item["name"] == "mark")
    assert (mark["source_status"], mark["ref"], mark["since"]) == ("reform", "reform", "2022-01-01")
    assert "reform" in reform.decide(FIRM, on="2024-06-30").text()


@pytest.mark.parametrize(
    ("path", "value", "output", "result"),
    [
        ("mark", "61", "qualifies", False),
        ("allowed", "false", "qualifies", False),
        ("deadline", "2020-05-04", "qualifies", False),
        ("deadline", "2020-05-05", "qualifies", True),
        ("part", "0.123", "third", 12_300),
        ("part", "1/7", "third", 14_286),
        ("tiers/1", "0.06", "tier", "0.06"),
        ("tiers/1", "1/7", "tier", "1/7"),
        ("tiers/2", "0.9", "tier", "0.05"),
        ("tiers/1/bound", "999.99", "tier", "1/3"),
        ("tiers/3", "0.5", "tier", "0.05"),
        ("grades/1", "30", "grade", 30),
        ("grades/1/bound", "0.50001", "grade", 10),
        ("grades/1/bound", "4/7", "grade", 10),
        ("grants/small", "123.45", "grant", 12_345),
        ("grants/micro", "1", "grant", 20_000),
    ],
)
def test_a_reform_reaches_every_kind_of_number(
    reformable: Pack, path: str, value: str, output: str, result: object
) -> None:
    assert outputs(reformable.reform({path: {"2024-01-01": value}}))[output] == result
    assert outputs(reformable.reform({path: {datetime.date(2024, 7, 1): value}})) == outputs(reformable)


def test_later_values_give_way_to_a_reform(write_pack: WritePack) -> None:
    parameters = f"""\
pass_mark:
  type: score
  {TITLE}
  values:
    2020-01-01: {{value: "60", ref: "Act 1"}}
    2022-01-01: {{value: "70", ref: "Act 2"}}
    2024-01-01: {{value: "80", ref: "Act 3"}}
"""
    pack = load_pack(write_pack(RULES, parameters=parameters))
    reform = pack.reform({"pass_mark": {"2021-01-01": "50", "2023-01-01": "55"}})
    days = ["2020-12-31", "2021-01-01", "2022-06-01", "2023-01-01", "2024-06-30"]
    marks = [reform.decide({}, on=day).record["parameters"][0]["value"] for day in days]
    assert marks == ["60", "50", "50", "55", "55"]


@pytest.mark.parametrize(
    ("overlay", "wrong"),
    [
        ({"marc": {"2024-01-01": "1"}}, "there is no parameter 'marc' to change. Did you mean mark?"),
        ({"xyzzy": {"2024-01-01": "1"}}, "there is no parameter 'xyzzy' to change. The pack has: allowed, deadline"),
        ({"mark": {"2024": "1"}}, "'2024' for mark is not a date. Write it as 2027-01-01."),
        ({"mark": {"2024-02-30": "1"}}, "'2024-02-30' for mark is not a date."),
        ({"mark": {"2024-01-01": "sixty"}}, "mark: 'sixty' is not a value that it can take. Write a plain decimal"),
        ({"mark": {"2024-01-01": "60.5"}}, "mark: 60.5 is not a whole number of the smallest unit."),
        ({"mark/1": {"2024-01-01": "60"}}, "mark/1: this is a single number. Write mark."),
        ({"part": {"2024-01-01": 0.5}}, "part: 0.5 is not a value that it can take."),
        ({"part": {"2024-01-01": "1e-3"}}, "part: '1e-3' is not a value that it can take."),
        ({"allowed": {"2024-01-01": "yes"}}, "allowed: 'yes' is not a value that it can take."),
        ({"deadline": {"2024-01-01": "soon"}}, "deadline: 'soon' is not a value that it can take."),
        ({"tiers": {"2024-01-01": "1"}}, "tiers: a band table is changed row by row. Write tiers/1 or tiers/1/bound."),
        ({"tiers/x": {"2024-01-01": "1"}}, "tiers/x: a band table is changed row by row."),
        ({"tiers/1/give": {"2024-01-01": "1"}}, "tiers/1/give: a band table is changed row by row."),
        ({"tiers/4": {"2024-01-01": "1"}}, "tiers/4: there is no such row on 2024-01-01."),
        ({"tiers/0": {"2024-01-01": "1"}}, "tiers/0: there is no such row on 2024-01-01."),
        ({"tiers/3/bound": {"2024-01-01": "1"}}, "tiers/3/bound: there is no such row on 2024-01-01."),
        ({"tiers/1/bound": {"2024-01-01": "2000"}}, "tiers: the boundaries would be out of order on 2024-01-01."),
        ({"tiers/1/bound": {"2024-01-01": "0.001"}}, "tiers/1/bound: 0.001 is not a whole number of the smallest"),
        ({"tiers/1": {"2019-01-01": "1"}}, "tiers/1: there is no such row on 2019-01-01."),
        ({"grants": {"2024-01-01": "1"}}, "grants: a table is changed by member: micro, small, large."),
        ({"grants/tiny": {"2024-01-01": "1"}}, "grants/tiny: a table is changed by member: micro, small, large."),
        ({"grants/micro": {"2019-01-01": "1"}}, "grants/micro: the table is not in force on 2019-01-01."),
    ],
)
def test_a_reform_that_does_not_fit_is_refused(reformable: Pack, overlay: Overlay, wrong: str) -> None:
    with pytest.raises(OverlayError) as caught:
        reformable.reform(overlay)
    assert str(caught.value).startswith(wrong)


def test_a_reform_beyond_int64_is_refused(reformable: Pack) -> None:
    with pytest.raises(OverlayError, match=r"cannot work with this reform: this can reach .* does not fit int64"):
        reformable.reform({"part": {"2024-01-01": "0." + "0" * 11 + "1"}})


def test_all_boundaries_of_a_table_can_move_at_once(reformable: Pack) -> None:
    """Each step alone would put them out of order for a moment."""
    day = "2024-01-01"
    up = reformable.reform({"tiers/1/bound": {day: "5000"}, "tiers/2/bound": {day: "6000"}})
    assert outputs(up)["tier"] == "0.05"
    down = reformable.reform({"grades/1/bound": {day: "0.2"}, "grades/2/bound": {day: "0.1"}})
    assert outputs(down)["grade"] == 20


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"mark": {"2021-01-01": "50"}}, {"mark": {"2023-01-01": "70"}}),
        ({"mark": {"2023-01-01": "70"}}, {"mark": {"2021-01-01": "50"}}),
        ({"mark": {"2022-01-01": "50"}}, {"mark": {"2022-01-01": "70"}}),
        ({"tiers/1": {"2023-01-01": "0.1"}}, {"tiers/2": {"2021-01-01": "0.2"}}),
        ({"tiers/1": {"2021-01-01": "0.1"}}, {"tiers/2": {"2021-01-01": "0.2"}}),
        ({"tiers/1": {"2021-01-01": "0.1"}, "mark": {"2022-01-01": "9"}}, {"part": {"2022-01-01": "0.2"}}),
    ],
)
def test_a_reform_of_a_reform_is_recorded_whole(reformable: Pack, first: Overlay, second: Overlay) -> None:
    twice = reformable.reform(first).reform(second)
    for day in ("2020-06-30", "2021-06-30", "2022-06-30", "2024-06-30"):
        decision = twice.decide(FIRM, on=day)
        assert replay(decision.record, pack=reformable).to_json() == decision.to_json()


# --- the content hash -------------------------------------------------------------------------------------------------

DEFINED = '{points: {en: "Points of the panel", zh: "专家评分", ref: "Act"}}'
MARK = f'pass_mark: {{type: score, {TITLE}, values: {{2020-01-01: {{value: "60", ref: "Act"}}}}}}\n'


def digest(write_pack: WritePack, **parts: str | None) -> str:
    return load_pack(write_pack(parts.pop("rules", None) or RULES, **{"parameters": MARK, **parts})).hash


def test_the_hash_is_of_content_and_not_of_place(write_pack: WritePack) -> None:
    folder = write_pack(RULES, parameters=MARK)
    pack = load_pack(folder)
    assert pack.hash.startswith("sha256:")
    assert len(pack.hash) == len("sha256:") + 64
    assert digest(write_pack) == pack.hash
    for file in ("pack.yaml", "rules.py", "parameters.yaml", "../toy.facts.yaml"):
        text = (folder / file).read_bytes()
        (folder / file).write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
    assert load_pack(folder).hash == pack.hash
    (folder / "cases.yaml").write_text("- {name: a, on: 2024-01-01, expect: {outcome: unknown}}\n")
    assert load_pack(folder).hash == pack.hash


def test_the_hash_changes_with_the_law(write_pack: WritePack) -> None:
    points = TOY[TOY.index("points:") : TOY.index("waited:")]
    changed = [
        digest(write_pack),
        digest(write_pack, parameters=MARK.replace('"60"', '"61"')),
        digest(write_pack, parameters=MARK.replace('"60", ref: "Act"', '"60", ref: "Act 2"')),
        digest(write_pack, rules=RULES.replace(">=", ">")),
        digest(write_pack, definitions=DEFINED),
        digest(write_pack, facts=TOY.replace(points, points.replace('en: "Points"', 'en: "Points of the jury"'))),
        digest(write_pack, facts=TOY.replace(points, points.replace('"100"', '"200"'))),
        digest(write_pack, facts=TOY.replace(points, points.replace("}\n", ", unit: {en: mark, zh: 分}}\n"))),
        digest(write_pack, facts=TOY.replace(points, points.replace("}\n", ", period: {en: year, zh: 年}}\n"))),
    ]
    assert len(set(changed)) == len(changed)


def test_the_hash_leaves_out_facts_that_the_law_does_not_name(write_pack: WritePack) -> None:
    assert digest(write_pack, facts=TOY.replace('"36500"', '"36501"')) == digest(write_pack)


def test_a_table_is_shown_by_member(reformable: Pack) -> None:
    decision = reformable.reform({"grants/small": {"2024-01-01": "123.45"}}).decide(FIRM, on="2024-06-30")
    grants = next(item for item in decision.record["parameters"] if item["name"] == "grants")
    assert grants["value"] == {"micro": "300.00", "small": "123.45", "large": "100.50"}
    assert "Grants = micro: ¥300.00, small: ¥123.45, large: ¥100.50" in decision.text()
