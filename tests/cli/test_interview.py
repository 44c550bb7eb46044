"""`corridor interview`: asks what can still change the answer, and nothing else."""

from __future__ import annotations

import json
import re

import pytest

from cli.conftest import WriteText
from cli.tools import FIRM, ON, corridor, decided, environment, program
from corridor.rulebook import load_pack

PARK = {"revenue": "35250000", "rd_expenditure": "2000000", "employees": "64", "tertiary_employees": "41",
        "rd_employees": "13"}  # fmt: skip
TITLES = {load_pack("stip").facts[name].title.en: name for name in PARK}


def asked(stderr: str) -> list[str]:
    """The facts that were asked for, in order; one that was asked again stands again."""
    return [TITLES[found] for found in re.findall(r"^(.+?) \([^()]*\): ", stderr, re.MULTILINE) if found in TITLES]


def answers(values: dict[str, str], given: dict[str, object] | None = None) -> str:
    """What to type: the answers in the order in which the interview asks."""
    pack, known, typed = load_pack("stip"), dict(given or {}), []
    while questions := pack.interview(known, on=ON):
        name = questions[0].fact.name
        typed.append(values[name])
        known[name] = int(values[name]) if name.endswith("employees") else values[name]
    return "".join(f"{value}\n" for value in typed)


def test_a_full_interview_decides_as_a_facts_file_does() -> None:
    result = corridor("interview", "stip", "--on", ON, "--json", text=answers(PARK))
    assert result.exit_code == 0
    record = json.loads(result.stdout)
    facts = {name: int(value) if name.endswith("employees") else value for name, value in PARK.items()}
    same = decided("stip", facts)
    for fact in record["facts"]:
        assert fact["source"] == "interview"
        fact["source"] = None
    assert record == same
    assert set(asked(result.stderr)) == set(PARK)
    assert len(asked(result.stderr)) == len(PARK)


@pytest.mark.parametrize(
    "no", [{"rd_expenditure": "1"}, {"rd_employees": "0"}, {"tertiary_employees": "1"}, {"employees": "0"}]
)
def test_it_stops_as_soon_as_the_answer_is_certain(no: dict[str, str]) -> None:
    typed = answers({**PARK, **no})
    result = corridor("interview", "stip", "--on", ON, "--json", text=typed + "never read\n" * 5)
    record = json.loads(result.stdout)
    assert record["outcome"] == "no"
    assert len(asked(result.stderr)) == typed.count("\n")
    if no != {"rd_employees": "0"}:  # the last question of all
        assert len(asked(result.stderr)) < len(PARK)


def test_what_is_known_is_not_asked() -> None:
    everything = corridor("interview", "stip", "--on", ON, "--facts", FIRM, "--json", text="")
    assert json.loads(everything.stdout) == decided("stip", json.loads(FIRM.read_text(encoding="utf-8")))
    assert asked(everything.stderr) == []


def test_some_facts_from_a_file_the_rest_from_people(write: WriteText) -> None:
    file = write("some.json", '{"revenue": {"value": "35250000", "source": "audit"}, "rd_expenditure": "2000000"}')
    typed = answers(PARK, {"revenue": "35250000", "rd_expenditure": "2000000"})
    result = corridor("interview", "stip", "--on", ON, "--facts", file, "--json", text=typed)
    sources = {fact["name"]: fact["source"] for fact in json.loads(result.stdout)["facts"]}
    assert sources == {"revenue": "audit", "rd_expenditure": None, "employees": "interview",
                       "tertiary_employees": "interview", "rd_employees": "interview"}  # fmt: skip


def test_an_empty_line_skips_and_the_question_does_not_come_again() -> None:
    result = corridor("interview", "stip", "--on", ON, "--json", text="\n" * len(PARK))
    assert result.exit_code == 0
    assert sorted(asked(result.stderr)) == sorted(PARK)
    record = json.loads(result.stdout)
    assert record["outcome"] == "unknown"
    assert set(record["missing"]) == set(PARK)


@pytest.mark.parametrize(
    "wrong",
    ["abc", "-5", "1e30", "NaN", "1,5", "1,2,3", "0.001", "１２", "yes", "100 000", "=1+1", "1\x00", "9" * 5000],
)
def test_a_wrong_answer_is_asked_again(wrong: str) -> None:
    right = answers(PARK)
    result = corridor("interview", "stip", "--on", ON, "--json", text=f"{wrong}\n{right}")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["outcome"] == "yes"
    first = asked(result.stderr)[0]
    assert asked(result.stderr)[:2] == [first, first]
    assert re.search(rf"^  {first}: .*\.$", result.stderr, re.MULTILINE)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("35,250,000.00", "35250000.00"), ("¥35250000", "35250000.00"), (" ￥ 1,000 ", "1000.00"), ("1000", "1000.00")],
)
def test_money_as_people_write_it(typed: str, value: str) -> None:
    assert load_pack("stip").interview({}, on=ON)[0].fact.name == "revenue"
    result = corridor("interview", "stip", "--on", ON, "--json", text=f"{typed}\n" + "\n" * 9)
    facts = {fact["name"]: fact["value"] for fact in json.loads(result.stdout)["facts"]}
    assert facts["revenue"] == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [("yes", True), ("Y", True), ("是", True), ("否", False), ("FALSE", False), ("1", None), ("maybe", None)],
)
def test_yes_and_no_as_people_write_them(typed: str, value: bool | None) -> None:
    pack = load_pack("hnte-2016")
    first = pack.interview({}, on=ON)[0].fact
    assert first.kind.value == "bool"
    result = corridor("interview", "hnte-2016", "--on", ON, "--json", text=f"{typed}\n" + "\n" * 20)
    facts = {fact["name"]: fact["value"] for fact in json.loads(result.stdout)["facts"]}
    assert facts[first.name] is value


def test_json_alone_on_standard_output_and_chinese_questions() -> None:
    result = corridor("interview", "stip", "--on", ON, "--json", "--language", "zh", text=answers(PARK))
    assert result.stdout.startswith("{\n")
    assert result.stdout.endswith("}\n")
    assert "销售收入" in result.stderr
    text = corridor("interview", "stip", "--on", ON, "--language", "zh", text=answers(PARK))
    assert text.stdout.startswith("符合：")


@pytest.mark.parametrize("typed", ["", "35250000\n", "abc\n", "35250000\n\n"])
def test_when_the_answers_end_too_early(typed: str) -> None:
    result = corridor("interview", "stip", "--on", ON, "--json", text=typed)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("\ncorridor: the input ended before the last answer.\n")


def test_answers_that_are_no_text() -> None:
    result = corridor("interview", "stip", "--on", ON, text=b"\xff\xfe\n")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "\ncorridor: " in result.stderr
    assert "fault" not in result.stderr


def test_as_a_program_of_its_own() -> None:
    result = program("interview", "stip", "--on", ON, "--json", text=answers(PARK), env=environment())
    assert result.returncode == 0
    assert json.loads(result.stdout)["outcome"] == "yes"
    ended = program("interview", "stip", "--on", ON, text="1\n")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.endswith("\ncorridor: the input ended before the last answer.\n")


def test_a_reform_and_an_old_law_are_asked_by_their_own_facts() -> None:
    words = ("interview", "hnte-2008", "--on", ON, "--law-as-of", "2015-12-31", "--json")
    record = json.loads(corridor(*words, text="\n" * 30).stdout)
    assert record["law_as_of"] == "2015-12-31"
    certain = corridor("interview", "stip", "--on", ON, "--set", "min_rd_share=1@2024-01-01", "--json",
                       text="100\n1\n" + "\n" * 9)  # fmt: skip
    assert json.loads(certain.stdout)["outcome"] == "no"
