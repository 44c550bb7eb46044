"""pack.yaml, cases.yaml, and the skeleton of a new pack: what is wrong is said with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from toy_pack import WritePack

from corridor.rulebook import NotInForce, PackError, RulebookError, load_pack
from corridor.rulebook.cases import Report, check_pack
from corridor.rulebook.describe import describe
from corridor.rulebook.skeleton import write_skeleton

RULES = '''
@rule(id="toy.enough", ref="Act, art. 2", start="2020-01-01")
def enough(points: Score, mark: Score) -> Bool:
    """At least {mark} points.
    不低于{mark}分。"""
    return points >= mark


@rule(id="toy.qualifies", ref="Act, art. 1", start="2020-01-01")
def qualifies(enough: Bool, exporter: Bool, labour: Bool) -> Bool:
    """Enough points, or an exporter.
    分数足够或出口。"""
    return exporter if labour else enough


@rule(id="toy.grant", ref="Act, art. 3", start="2020-01-01")
def grant(revenue: Money, part: Rate) -> Money:
    """A part of the revenue.
    收入的一部分。"""
    return half_up(revenue * part)
'''

# --- pack.yaml --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "value", "wrong", "instead"),
    [
        ("format", "corridor.pack/2", "the format 'corridor.pack/2' is not read", "Write corridor.pack/1."),
        ("id", "other", "the id does not match the folder", "The folder is the id with underscores."),
        ("id", "T o y", "this is not a pack's id", "small letters"),
        ("title", "Toy", "title must be a mapping", ""),
        ("title", "{en: Toy}", "title lacks zh", "Add zh: to it."),
        ("title", '{en: "", zh: 玩具}', "title, en must be text", "Put it in quotes."),
        ("family", "../secret", "'../secret' is not the name of a family", ""),
        ("family", "nobody", "there is no nobody.facts.yaml beside the pack", "Write one, or use family: firm."),
        ("currency", "cny", "the currency 'cny' is not known", "Known: CNY, EUR"),
        ("life", "{from: 2020}", "life, from must be a date", "Write it as 2024-06-30, without quotes."),
        ("life", '{from: "2020-01-01"}', "life, from must be a date", "without quotes"),
        ("life", "{from: 2020-01-01, to: 2019-12-31}", "the pack's life ends before it begins", ""),
        ("life", "{to: 2020-01-01}", "life lacks from", "Add from: to it."),
        ("source_status", "maybe", "'maybe' is not a source status", "Write confirmed or unconfirmed."),
        ("outcome", "qualifes", "there is no rule 'qualifes'", "The pack has: enough, qualifies, grant."),
        ("outcome", "grant", "grant is not a Bool rule", "The outcome is yes, no or cannot tell."),
        ("outcome", "exporter", "there is no rule 'exporter'", "The pack has"),
        ("outputs", "[qualifies, bonus]", "there is no rule 'bonus'", "The pack has"),
        ("outputs", "qualifies", "outputs must be a list", ""),
        ("definitions", "{height: {en: a, zh: b, ref: c}}", "there is no fact 'height' to define", ""),
        ("definitions", "{points: {en: a, zh: b}}", "the definition of points lacks ref", "Add ref: to it."),
        ("note", "{en: a, zh: b, fr: c}", "note has no key 'fr'", "Known here: en, zh."),
        ("outcomes", "x", "a pack has no key 'outcomes'", "Did you mean outcome?"),
        ("ref", None, "a pack lacks ref", "Add ref: to it."),
    ],
)
def test_a_malformed_pack_file_is_refused(
    write_pack: WritePack, line: str, value: str | None, wrong: str, instead: str
) -> None:
    folder = write_pack(RULES, **{"outputs": "[qualifies, grant]", line: value})
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    text = (folder / "pack.yaml").read_text(encoding="utf-8").splitlines()
    place = next((number for number, written in enumerate(text, 1) if written.startswith(f"{line}:")), 1)
    assert str(caught.value.at) == f"{folder / 'pack.yaml'}, line {place}"
    assert wrong in caught.value.message
    assert instead in caught.value.remedy


def test_a_missing_or_unreadable_file_is_named(write_pack: WritePack) -> None:
    for file in ("pack.yaml", "rules.py", "parameters.yaml"):
        folder = write_pack(RULES, outputs="[qualifies, grant]")
        (folder / file).write_bytes("é".encode("latin-1"))
        with pytest.raises(PackError, match="the file is not UTF-8") as caught:
            load_pack(folder)
        assert str(caught.value.at) == str(folder / file)
        (folder / file).unlink()
        with pytest.raises(PackError, match="the file is missing"):
            load_pack(folder)


def test_a_life_has_a_first_and_a_last_day(write_pack: WritePack) -> None:
    life = "{from: 2020-01-01, to: 2021-12-31}"
    pack = load_pack(write_pack(RULES, outputs="[qualifies, grant]", life=life))
    for day in ("2020-01-01", "2021-12-31"):
        assert pack.decide({}, on=day).outcome == "unknown"
    for day in ("2019-12-31", "2022-01-01"):
        with pytest.raises(NotInForce, match="it is from 2020-01-01 to 2021-12-31"):
            pack.decide({}, on=day)
        assert pack.decide({}, on=day, law_as_of="2020-06-01").record["on"] == day


# --- cases.yaml -------------------------------------------------------------------------------------------------------


def check(write_pack: WritePack, cases: str) -> tuple[Report, str]:
    folder = write_pack(RULES, outputs="[qualifies, grant]", cases=cases)
    return check_pack(load_pack(folder)), str(folder / "cases.yaml")


@pytest.mark.parametrize(
    ("facts", "expect", "problem"),
    [
        ("{points: 60, labour: false}", "{outcome: yes}", None),
        ("{points: 60, labour: false}", "{outcome: no}", "expected no, got yes"),
        ("{points: 59, labour: false}", "{clauses: {toy.enough: no}, margins: {toy.enough: '-1'}}", None),
        ("{points: 59, labour: false}", "{margins: {toy.enough: '0'}}", "toy.enough: expected 0, got -1"),
        ("{points: 59, labour: false}", "{clauses: {toy.enough: yes}}", "toy.enough: expected yes, got no"),
        ("{points: 59, labour: false}", "{clauses: {toy.enogh: yes}}", "there is no toy.enogh among the clauses"),
        ("{}", "{outcome: unknown, missing: [points, exporter, labour, revenue]}", None),
        ("{}", "{missing: [points]}", "missing: expected points, got revenue, points, exporter, labour"),
        ("{revenue: '100.00'}", "{outputs: {grant: '33.33', qualifies: unknown}}", None),
        ("{revenue: '100.00'}", "{outputs: {grant: '33.34'}}", "grant: expected 33.34, got 33.33"),
        ("{points: 60, labour: false}", "{outputs: {qualifies: yes, grant: unknown}, unconfirmed: []}", None),
        ("{points: 60}", "{unconfirmed: [mark]}", "unconfirmed: expected mark, got none"),
        ("{points: 999}", "{outcome: yes}", "points: 999 is outside 0 to 100."),
        ("{pints: 1}", "{outcome: yes}", "there is no fact 'pints'. Did you mean points?"),
        ("{points: 60}", "{outcome: not_in_force}", "expected not_in_force, got unknown"),
    ],
)
def test_a_case_holds_or_is_reported(write_pack: WritePack, facts: str, expect: str, problem: str | None) -> None:
    cases = f"- name: only\n  on: 2024-06-30\n  facts: {facts}\n  expect: {expect}\n"
    report, file = check(write_pack, cases)
    assert report.cases == 1
    if problem is None:
        assert report.failures == []
    else:
        (failure,) = report.failures
        assert failure.startswith(f"{file}, line 1: only: ")
        assert failure.endswith(problem)


def test_a_case_can_expect_that_the_law_is_not_in_force(write_pack: WritePack) -> None:
    cases = """\
- {name: before, on: 2019-12-31, facts: {points: 1}, expect: {outcome: not_in_force}}
- {name: on purpose, like: before, law_as_of: 2020-01-01, expect: {outcome: unknown}}
- {name: wrong, like: before, expect: {outcome: yes}}
- {name: nothing said, like: before, expect: {missing: []}}
"""
    report, file = check(write_pack, cases)
    assert report.failures == [
        f"{file}, line 3: wrong: expected yes, got not_in_force",
        f"{file}, line 4: nothing said: expected a decision, got not_in_force",
    ]


@pytest.mark.parametrize(
    ("cases", "line", "wrong"),
    [
        ("name: x", 1, "a cases file must be a list"),
        ("- {name: a, on: 2024-06-30, expect: {}}", 1, "the case expects nothing"),
        ("- {name: a, expect: {outcome: yes}}", 1, "the case has no day"),
        ("- {name: a, on: soon, expect: {outcome: yes}}", 1, "on must be a date"),
        ("- {name: a, on: 2024-06-30}", 1, "a case lacks expect"),
        ("- {name: a, on: 2024-06-30, expect: {outcom: yes}}", 1, "expect has no key 'outcom'"),
        ("- {name: a, on: 2024-06-30, expect: {outcome: maybe}}", 1, "'maybe' is no outcome"),
        ("- {name: a, on: 2024-06-30, expect: {outcome: [yes]}}", 1, "is no outcome"),
        ("- {name: a, like: b, expect: {outcome: yes}}", 1, "there is no case 'b' above this one"),
        ("- {name: a, on: 2024-06-30, facts: {points: [1]}, expect: {outcome: yes}}", 1, "a case states plain values"),
        ("- {name: a, on: 2024-06-30, facts: {revenue: 1.5}, expect: {outcome: yes}}", 1, "1.5 is a YAML float"),
        (
            "- {name: a, on: 2024-06-30, facts: {revenue: '1'}, expect: {outputs: {grant: much}}}",
            1,
            "'much' is not a plain decimal",
        ),
        (
            "- {name: a, on: 2024-06-30, expect: {outcome: yes}}\n- {name: a, on: 2024-06-30, expect: {outcome: no}}",
            2,
            "two cases are called 'a'",
        ),
    ],
)
def test_a_malformed_case_is_refused(write_pack: WritePack, cases: str, line: int, wrong: str) -> None:
    folder = write_pack(RULES, outputs="[qualifies, grant]", cases=cases)
    with pytest.raises(PackError) as caught:
        check_pack(load_pack(folder))
    assert str(caught.value).startswith(f"{folder / 'cases.yaml'}, line {line}: ")
    assert wrong in str(caught.value)


def test_a_cases_file_that_is_not_utf8_is_named(write_pack: WritePack) -> None:
    folder = write_pack(RULES, outputs="[qualifies, grant]")
    (folder / "cases.yaml").write_bytes("- name: é".encode("latin-1"))
    with pytest.raises(PackError, match=r"cases\.yaml: the file is not UTF-8"):
        check_pack(load_pack(folder))


ALL = """\
- {name: passes, on: 2024-06-30, facts: {points: 60, labour: false, revenue: "1"}, expect: {outcome: yes}}
- {name: fails, like: passes, facts: {points: 59}, expect: {outcome: no}}
- {name: other way, like: fails, facts: {labour: true, exporter: true}, expect: {outcome: yes}}
"""


def test_what_no_case_reaches_is_named(write_pack: WritePack) -> None:
    assert check(write_pack, ALL)[0].ok
    report, _ = check(write_pack, "".join(ALL.splitlines(keepends=True)[:1]))
    assert not report.ok
    assert report.failures == []
    (boundary, way) = report.uncovered
    assert boundary.endswith("points >= mark: mark@2020-01-01: just failing")
    assert way.endswith("exporter if labour else enough: if: the way taken when it holds")
    far = ALL.replace("points: 59", "points: 58")
    assert [line.rpartition(": ")[2] for line in check(write_pack, far)[0].uncovered] == ["just failing"]


def test_a_pack_without_cases_covers_nothing(write_pack: WritePack) -> None:
    folder = write_pack(RULES, outputs="[qualifies, grant]")
    report = check_pack(load_pack(folder))
    assert report.cases == 0
    assert "rule qualifies: version of 2020-01-01" in report.uncovered
    assert "parameter mark: value of 2020-01-01" in report.uncovered


def test_an_empty_base_must_have_a_case(write_pack: WritePack) -> None:
    rules = '\n@rule(id="toy.qualifies", ref="Act", start="2020-01-01")\n'
    rules += "def qualifies(cost: Money, revenue: Money, part: Rate) -> Bool:\n"
    rules += '    """English.\n    中文。"""\n    return share(cost, of=revenue) >= part\n'
    cases = """\
- {name: passes, on: 2024-06-30, facts: {revenue: "3", cost: "1"}, expect: {outcome: yes}}
- {name: fails, like: passes, facts: {cost: "0.99"}, expect: {outcome: no}}
"""
    report = check_pack(load_pack(write_pack(rules, cases=cases)))
    (uncovered,) = report.uncovered
    assert "empty base" in uncovered
    empty = cases + '- {name: empty, like: passes, facts: {revenue: "0"}, expect: {outcome: no}}\n'
    assert check_pack(load_pack(write_pack(rules, cases=empty))).ok


# --- a new pack -------------------------------------------------------------------------------------------------------


def test_a_new_pack_works_at_once(tmp_path: Path) -> None:
    folder = write_skeleton("my-first-pack", tmp_path)
    assert folder == tmp_path / "my_first_pack"
    pack = load_pack(folder)
    report = check_pack(pack)
    assert (report.ok, report.failures, report.uncovered) == (True, [], [])
    assert pack.decide({"revenue": "100", "rd_expenditure": "3"}, on="2024-06-30").outcome == "yes"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["my_first_pack"]


@pytest.mark.parametrize("name", ["My-Pack", "my_pack", "my--pack", "-x", "x-", "", "a/b", "../x", "包", "x" * 300])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RulebookError, match="is not a pack's id"):
        write_skeleton(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    write_skeleton("mine", tmp_path)
    (tmp_path / "mine" / "rules.py").write_text("# changed\n")
    with pytest.raises(RulebookError, match="this exists already"):
        write_skeleton("mine", tmp_path)
    assert (tmp_path / "mine" / "rules.py").read_text() == "# changed\n"
    with pytest.raises(RulebookError, match="there is no such folder"):
        write_skeleton("mine", tmp_path / "nowhere")


# --- what a pack says -------------------------------------------------------------------------------------------------


def test_a_law_is_described_for_people(write_pack: WritePack) -> None:
    pack = load_pack(write_pack(RULES, outputs="[qualifies, grant]"))
    said = describe(pack.law("2024-06-30"))
    assert (said["pack"], said["since"]) == ("toy", "2020-01-01")
    assert [item["name"] for item in said["rules"]] == ["enough", "qualifies", "grant"]
    assert said["rules"][0]["lines"] == ["points >= mark", "[Act, art. 2; since 2020-01-01]"]
    assert [(item["name"], item["value"]) for item in said["parameters"]] == [("mark", "60"), ("part", "1/3")]
    assert [item["name"] for item in said["facts"]] == ["revenue", "points", "exporter", "labour"]
    assert said["facts"][1]["unit"] == "point"
