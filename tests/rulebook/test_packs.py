"""The packs that ship: their cases hold and cover everything, their names are the public ones, their records fit."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from toy_pack import WritePack

import corridor.rulebook
from corridor.rulebook import Conflict, NotInForce, Pack, UnknownPack, list_packs, load_pack
from corridor.rulebook.cases import check_pack, read_cases
from corridor.rulebook.decision import ENGINE, FORMAT
from corridor.rulebook.kinds import Kind
from corridor.rulebook.law import walk
from corridor.rulebook.pack import BUILT_IN
from corridor.rulebook.replay import replay
from corridor.rulebook.titles import Title
from corridor.rulebook.tree import ShareTest

NAMES = [
    "delta-voucher", "hnte-2008", "hnte-2016", "hnte-2016-score", "innovative-sme", "little-giant",
    "rd-super-deduction", "stip", "tech-sme-2017", "zone-1991",
]  # fmt: skip
PACKS = {name: load_pack(name) for name in NAMES}
every_pack = pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)

# --- the packs --------------------------------------------------------------------------------------------------------


def test_these_packs_ship() -> None:
    assert list(list_packs()) == NAMES
    assert list_packs() == {name: BUILT_IN / name.replace("-", "_") for name in NAMES}
    assert {folder.name for folder in BUILT_IN.iterdir() if folder.is_dir()} == {n.replace("-", "_") for n in NAMES}


@every_pack
def test_its_cases_hold_and_leave_nothing_uncovered(pack: Pack) -> None:
    report = check_pack(pack)
    assert report.failures == []
    assert report.uncovered == []
    assert report.cases == len(read_cases(pack)) >= 10


@every_pack
def test_its_id_is_its_folder(pack: Pack) -> None:
    assert PACKS[pack.id] is pack
    assert pack.folder == BUILT_IN / pack.id.replace("-", "_")
    assert {file.name for file in pack.folder.iterdir() if not file.name.startswith("_")} - {"facts.yaml"} == {
        "cases.yaml", "pack.yaml", "parameters.yaml", "rules.py",
    }  # fmt: skip


def titles(pack: Pack) -> Iterator[tuple[str, Title]]:
    """Everything that a reader may be shown in either language."""
    yield "pack", pack.title
    if pack.note:
        yield "note", pack.note
    for name, definition in pack.definitions.items():
        yield f"definition of {name}", definition.text
    for name, fact in pack.facts.items():
        for words in (fact.title, fact.definition, fact.period, fact.unit):
            if words is not None:
                yield f"fact {name}", words
    for name, parameter in pack.parameters.items():
        yield f"parameter {name}", parameter.title
        yield from ((f"note of {name}", dated.note) for dated in parameter.values if dated.note)
    for name, versions in pack.rules.items():
        yield from ((f"rule {name}", version.title) for version in versions)


@every_pack
def test_its_words_are_in_both_languages(pack: Pack) -> None:
    for what, title in titles(pack):
        english = re.sub(r"[（(《〔“].*?[）)》〕”]|\{\w+\}", "", title.en)
        assert re.search("[A-Za-z]", english), what
        assert re.search("[\u4e00-\u9fff]", title.zh), what
        assert title.en != title.zh, what
        assert sorted(re.findall(r"\{\w+\}", title.en)) == sorted(re.findall(r"\{\w+\}", title.zh)), what


@every_pack
def test_every_name_in_the_words_of_a_rule_is_a_number_of_the_law(pack: Pack) -> None:
    """``{name}`` shows a parameter's value; a name that is none would be shown as it stands."""
    for law in pack.laws():
        for clause in law.clauses:
            for name in re.findall(r"\{(\w+)\}", clause.rule.title.en):
                assert name in law.parameters, f"{clause.rule.name}: {{{name}}}"
                assert isinstance(law.parameters[name].dated.content, int)


@every_pack
def test_every_number_and_rule_has_its_reference(pack: Pack) -> None:
    assert pack.ref.strip()
    for parameter in pack.parameters.values():
        assert all(dated.ref.strip() for dated in parameter.values), parameter.name
    for versions in pack.rules.values():
        assert all(version.ref.strip() for version in versions)
    assert all(definition.ref.strip() for definition in pack.definitions.values())


@every_pack
def test_every_parameter_is_used_somewhere_in_its_life(pack: Pack) -> None:
    used = {name for law in pack.laws() for name in law.parameters}
    assert used == set(pack.parameters)


@every_pack
def test_a_pack_that_is_not_confirmed_says_so_in_every_decision(pack: Pack) -> None:
    for law in pack.laws():
        unconfirmed = pack.decide({}, on=law.day).unconfirmed
        assert (pack.id in unconfirmed) is not pack.confirmed
        for name in unconfirmed:
            assert name == pack.id or not law.parameters[name].dated.confirmed


def test_the_park_rule_is_an_article_and_not_a_law() -> None:
    stip = PACKS["stip"]
    assert (stip.start.isoformat(), stip.end, stip.confirmed) == ("2018-01-01", None, False)


@every_pack
def test_an_empty_base_is_refused_in_a_case(pack: Pack) -> None:
    shares = any(
        isinstance(node, ShareTest) for law in pack.laws() for root in law.roots.values() for node in walk(root)
    )
    stated = [case.expect["reasons"].mapping("reasons") for case in read_cases(pack) if "reasons" in case.expect]
    reasons = {str(reason.raw) for case in stated for reason in case.values()}
    assert ("no base in the period" in reasons) is shares


# --- names that others rely on (issue 2, section C) -------------------------------------------------------------------

FACTS = {
    Kind.MONEY: """revenue revenue_3y rd_expenditure rd_expenditure_3y rd_expenditure_domestic_3y hightech_income
        total_income costs_and_expenses total_assets eligible_rd_expenditure service_price voucher_used_this_year""",
    Kind.COUNT: """employees tertiary_employees st_employees tertiary_st_employees rd_employees class1_ip class2_ip""",
    Kind.DATE: "registered_on",
    Kind.BOOL: """holds_core_ip exclusive_licence_5y major_incident serious_breach resident_enterprise
        prohibited_industry excluded_industry holds_hnte national_award_5y provincial_rd_body led_standard_5y
        manufacturing tech_sme chip_or_machine_tool_maker cross_city""",
    Kind.SCORE: "evaluation_score",
    Kind.RATE: "cit_rate",
}


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in FACTS.items() for name in names.split()])
def test_a_public_fact_has_its_name_and_type(kind: Kind, name: str) -> None:
    assert PACKS["stip"].facts[name].kind is kind


@pytest.mark.parametrize(
    ("name", "outputs"),
    [
        ("hnte-2016-score", {"score": Kind.SCORE}),
        ("tech-sme-2017", {"qualifies": Kind.BOOL, "score": Kind.SCORE}),
        ("rd-super-deduction", {"extra_share": Kind.RATE, "tax_saved": Kind.MONEY}),
        ("delta-voucher", {"subsidy": Kind.MONEY, "home_share": Kind.MONEY, "host_share": Kind.MONEY}),
        *((name, {"qualifies": Kind.BOOL}) for name in NAMES if name != "hnte-2016-score"),
    ],
)
def test_a_pack_gives_its_public_outputs(name: str, outputs: dict[str, Kind]) -> None:
    for law in PACKS[name].laws():
        assert {output: law.roots[output].kind for output in outputs} == outputs


@pytest.mark.parametrize(
    ("price", "used", "cross_city", "shares"),
    [
        ("90000", "0", True, (9_000_000, 6_000_000, 3_000_000)),  # AC-13
        ("100", "0", True, (10_000, 6_667, 3_333)),
        ("50000", "80000", True, (2_000_000, 1_333_333, 666_667)),  # AC-14: cut to what is left
        ("50000", "80000", False, (2_000_000, 2_000_000, 0)),
        ("50000", "100000", True, (0, 0, 0)),
        ("0.02", "0", True, (2, 1, 1)),
    ],
)
def test_a_voucher_is_cut_and_split_to_the_fen(
    price: str, used: str, cross_city: bool, shares: tuple[int, int, int]
) -> None:
    facts = {"service_price": price, "voucher_used_this_year": used, "cross_city": cross_city}
    outputs = PACKS["delta-voucher"].decide(facts, on="2024-06-30").outputs
    assert (outputs["subsidy"], outputs["home_share"], outputs["host_share"]) == shares


# --- the record and its schema ----------------------------------------------------------------------------------------

SCHEMA_FILE = Path(corridor.rulebook.__file__).parent / "schemas" / "decision-1.json"
SCHEMA: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def test_the_schema_is_a_schema_and_strict() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["title"] == SCHEMA["properties"]["format"]["const"] == FORMAT
    assert SCHEMA["properties"]["engine"]["const"] == ENGINE

    def strict(part: Any) -> None:
        if isinstance(part, dict):
            if part.get("type") == "object":
                assert "additionalProperties" in part
                if "properties" in part and "maxProperties" not in part:
                    assert part["additionalProperties"] is False
                    assert part["required"] == list(part["properties"])
            for inner in part.values():
                strict(inner)
        elif isinstance(part, list):
            for inner in part:
                strict(inner)

    strict(SCHEMA)


@every_pack
def test_the_records_of_all_its_cases_fit_the_schema_and_replay(pack: Pack) -> None:
    seen = set()
    for case in read_cases(pack):
        try:
            rules = pack.reform(case.reform) if case.reform else pack
            decision = rules.decide(case.facts, on=case.on, law_as_of=case.law_as_of, known=case.known)
        except (Conflict, NotInForce):
            continue
        text = decision.to_json()
        record = json.loads(text)
        VALIDATOR.validate(record)
        assert list(record) == SCHEMA["required"]
        assert replay(record, pack=pack).to_json() == text, case.name
        for language in ("en", "zh"):
            assert "None" not in decision.text(language)
            assert "{" not in decision.text(language)
        seen.add(decision.outcome)
    assert {"yes", "no", "unknown"} <= seen


@every_pack
def test_the_record_of_a_firm_of_which_nothing_is_known_fits_too(pack: Pack) -> None:
    for law in pack.laws():
        VALIDATOR.validate(json.loads(pack.decide({}, on=law.day, known="2999-12-31").to_json()))


RULES = '''
@rule(id="toy.qualifies", ref="Act, art. 1", start="2020-01-01", end="2030-12-31")
def qualifies(
    size: Category, allowed: Bool, founded: Date, deadline: Date, waited: Days, notice: Days, growth: Rate, part: Rate
) -> Bool:
    """Everything that has a unit.
    各种单位。"""
    return size == "small" and allowed and founded <= deadline and waited >= notice and growth < part


@rule(id="toy.grant", ref="Act, art. 2", start="2020-01-01", end="2030-12-31")
def grant(size: Category, grants: Table, revenue: Money, tiers: Bands, cost: Money, grades: Bands) -> Money:
    """The grant.
    补助。"""
    if share(cost, of=revenue, empty=True) > band(revenue, tiers):
        return pick(size, grants)
    if band(share(cost, of=revenue), grades) > 0:
        return 0
    return half_up(revenue * band(revenue, tiers))
'''


def test_a_record_of_every_kind_of_value_fits_the_schema(write_pack: WritePack) -> None:
    pack = load_pack(write_pack(RULES, outputs="[qualifies, grant]", life="{from: 2020-01-01, to: 2030-12-31}"))
    firm = {"size": "small", "founded": "2024-01-01", "waited": 1, "growth": "0.4", "revenue": "1500.5", "cost": "600"}
    reform = pack.reform({"grants/small": {"2021-01-01": "5"}, "part": {"2021-01-01": "1/7"}})
    for law in (pack, reform):
        for facts in (firm, {}, {**firm, "revenue": 0}):
            decision = law.decide(facts, on="2024-06-30", known="2024-01-01")
            VALIDATOR.validate(json.loads(decision.to_json()))
            assert decision.text() != decision.text("zh")
            assert replay(decision.record, pack=pack).to_json() == decision.to_json()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["outcome"], "maybe"),
        (["pack_hash"], "sha256:12"),
        (["on"], "30.06.2024"),
        (["law_as_of"], ""),
        (["extra"], 1),
        (["missing"], ["a", "a"]),
        (["outputs", "qualifies"], 0.5),
        (["clauses", 0, "margin", "value"], 12),
        (["clauses", 0, "margin", "value"], "1e5"),
        (["clauses", 0, "reason"], "because"),
        (["clauses", 0, "op"], "=>"),
        (["clauses", 0, "left", "why"], "x"),
        (["parameters", 0, "value"], 0.03),
        (["parameters", 0, "source_status"], "sure"),
        (["facts", 0, "value"], 0.5),
        (["facts", 0, "title"], {"en": "only"}),
        (["changes", 0, "then"], None),
        (["overlay"], {"min_rd_share": {"soon": "1"}}),
    ],
)
def test_the_schema_refuses_what_is_no_record(path: list[Any], value: object) -> None:
    facts = {"revenue": "100", "rd_expenditure": "1", "employees": 5}
    record = copy.deepcopy(PACKS["stip"].decide(facts, on="2024-06-30").record)
    VALIDATOR.validate(record)
    part = record
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(record)


# --- where packs are found --------------------------------------------------------------------------------------------


def test_a_pack_is_found_by_path_then_on_shelves_then_among_the_built_in(
    write_pack: WritePack, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = '\n@rule(id="toy.qualifies", ref="Act", start="2020-01-01")\ndef qualifies(exporter: Bool) -> Bool:\n'
    rules += '    """English.\n    中文。"""\n    return exporter\n'
    folder = write_pack(rules)
    other = write_pack(rules)
    with pytest.raises(UnknownPack, match=r"there is no pack 'toy'\."):
        load_pack("toy")
    monkeypatch.setenv("CORRIDOR_PACKS", f"{folder.parent}:{other.parent}")
    assert load_pack("toy").folder == folder
    assert load_pack(str(other)).folder == other
    assert load_pack(other).folder == other
    assert list_packs()["toy"] == folder
    assert load_pack("stip").folder == BUILT_IN / "stip"
    monkeypatch.chdir(other.parent)
    assert load_pack("./toy").folder == Path("toy")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("stipp", "Did you mean stip?"),
        ("hnte-2061", "Did you mean hnte-2016?"),
        ("xyzzy", "`corridor pack list` shows what there is."),
        ("../../etc/passwd", "It must hold pack.yaml."),
        ("", "`corridor pack list` shows what there is."),
        ("stip\0", "Did you mean stip?"),
        ("x" * 10_000, "`corridor pack list` shows what there is."),
    ],
)
def test_an_unknown_pack_is_told_with_its_neighbour(name: str, hint: str) -> None:
    with pytest.raises(UnknownPack) as caught:
        load_pack(name)
    assert caught.value.remedy == hint
    assert len(str(caught.value)) < 200
