"""`corridor replay`: the same bytes again, from the record alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import WriteText
from cli.tools import FIRM, ON, corridor, environment, program, refusal, said, told

Record = dict[str, Any]

RECORDED = [
    ("stip", ()),
    ("stip", ("--set", "min_rd_share=1/3@2024-01-01", "--set", "min_rd_share=0.01@2025-01-01")),
    ("hnte-2008", ("--law-as-of", "2015-12-31")),
    ("hnte-2016", ("--known", "2016-01-29")),
    ("hnte-2016", ("--set", "rd_share_by_sales/1/bound=60000000@2024-01-01", "--set", "pass_mark=65@2024-01-01")),
    ("rd-super-deduction", ()),
    ("zone-1991", ("--law-as-of", "1995-01-01")),
]


@pytest.mark.parametrize(("pack", "words"), RECORDED)
def test_a_record_replays_byte_for_byte(pack: str, words: tuple[str, ...], write: WriteText) -> None:
    record = said("decide", pack, "--on", ON, "--facts", FIRM, *words, "--json")
    file = write("record.json", record)
    same = said("replay", file)
    assert same.startswith("Same bytes: ")
    assert said("replay", "-", text=record) == same
    assert told("replay", file) == {
        "same": True,
        "outcome": json.loads(record)["outcome"],
        "pack_hash": json.loads(record)["pack_hash"],
    }


def test_another_process_and_another_terminal_give_the_same_bytes(write: WriteText) -> None:
    here = said("decide", "stip", "--on", ON, "--facts", FIRM, "--json")
    for terminal in ("gb18030", "latin-1"):
        env = environment(PYTHONIOENCODING=terminal, PYTHONHASHSEED="7")
        there = program("decide", "stip", "--on", ON, "--facts", FIRM, "--json", env=env)
        assert (there.returncode, there.stdout, there.stderr) == (0, here, "")
    assert program("replay", write("record.json", here)).returncode == 0


CHANGES: list[tuple[str, Callable[[Record], object]]] = [
    ("outcome", lambda record: record.update(outcome="yes")),
    ("a fact", lambda record: record["facts"][0].update(value="1.00")),
    ("a title", lambda record: record["facts"][0]["title"].update(en="Costs")),
    ("a margin", lambda record: record["clauses"][0]["margin"].update(value="0.00")),
    ("a reference", lambda record: record.update(ref="another law")),
    ("a note gone", lambda record: record.pop("note")),
    ("one more key", lambda record: record.update(more=1)),
    ("facts gone", lambda record: record.update(facts=[])),
    ("another day", lambda record: record.update(on="2024-07-01")),
    ("a reform", lambda record: record.update(overlay={"min_rd_share": {"2024-01-01": "0.01"}})),
    ("nothing but the order", lambda record: record.update(outcome=record.pop("outcome"))),
]


@pytest.mark.parametrize(("what", "change"), CHANGES, ids=[name for name, _ in CHANGES])
def test_a_record_that_was_changed_differs(what: str, change: Callable[[Record], object], write: WriteText) -> None:
    del what
    record = told("decide", "stip", "--on", ON, "--facts", FIRM)
    change(record)
    file = write("record.json", json.dumps(record, ensure_ascii=False, indent=2) + "\n")
    result = corridor("replay", file)
    assert (result.exit_code, result.stderr) == (1, "")
    assert "differ" in result.stdout
    in_json = corridor("replay", file, "--json")
    assert (in_json.exit_code, json.loads(in_json.stdout)["same"]) == (1, False)


@pytest.mark.parametrize("change", [str.rstrip, lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text])
def test_the_same_content_in_other_bytes_differs(change: Callable[[str], str], write: WriteText) -> None:
    record = said("decide", "stip", "--on", ON, "--facts", FIRM, "--json")
    assert corridor("replay", write("record.json", change(record))).exit_code == 1


REFUSED: list[tuple[str, Callable[[Record], object], str]] = [
    ("no format", lambda record: record.pop("format"), "decision/1"),
    ("later format", lambda record: record.update(format="corridor.decision/2"), "decision/1"),
    ("no pack", lambda record: record.pop("pack"), "'pack' is missing"),
    ("no facts", lambda record: record.pop("facts"), "'facts' is missing"),
    ("pack unknown", lambda record: record.update(pack="nosuch"), "no pack 'nosuch'"),
    ("pack far away", lambda record: record.update(pack="../../../etc"), "not the folder"),
    ("pack a list", lambda record: record.update(pack=["stip"]), "no pack"),
    ("pack with a line", lambda record: record.update(pack="a/\nb"), "not the folder"),
    ("pack endless", lambda record: record.update(pack="a" * 5000), "no pack"),
    ("hash of another pack", lambda record: record.update(pack_hash="sha256:0"), "not the one that decided"),
    ("hash with a line", lambda record: record.update(pack_hash="a\n\x1b[31mb"), "not the one that decided"),
    ("hash missing", lambda record: record.update(pack_hash=None), "not the one that decided"),
    ("no day", lambda record: record.update(on=None), "not a date"),
    ("a day of another calendar", lambda record: record.update(on="2024-02-30"), "not a date"),
    ("a law date", lambda record: record.update(law_as_of="soon"), "not a date"),
    ("out of force", lambda record: record.update(on="1990-01-01"), "not in force"),
    ("overlay a list", lambda record: record.update(overlay=["x"]), "not whole"),
    ("overlay unknown", lambda record: record.update(overlay={"x": {"2024-01-01": "1"}}), "no parameter 'x'"),
    ("overlay a float", lambda record: record.update(overlay={"min_rd_share": {"2024-01-01": 0.5}}), "0.5"),
    ("overlay flat", lambda record: record.update(overlay={"min_rd_share": "0.5"}), "not whole"),
    ("facts a number", lambda record: record.update(facts=5), "not whole"),
    ("facts of lists", lambda record: record.update(facts=[[]]), "not whole"),
    ("fact without value", lambda record: record.update(facts=[{"name": "revenue"}]), "'value' is missing"),
    ("fact unknown", lambda record: record["facts"][0].update(name="nosuch"), "no fact 'nosuch'"),
    ("fact a float", lambda record: record["facts"][0].update(value=1.5), "float"),
    ("fact of text", lambda record: record["facts"][2].update(value="64"), "not a whole number"),
]


@pytest.mark.parametrize(("what", "change", "why"), REFUSED, ids=[name for name, _, _ in REFUSED])
def test_what_is_no_record_is_refused(
    what: str, change: Callable[[Record], object], why: str, write: WriteText
) -> None:
    del what
    record = told("decide", "stip", "--on", ON, "--facts", FIRM)
    change(record)
    file = write("record.json", json.dumps(record))
    sentence = refusal("replay", file)
    assert why in sentence
    assert str(file) in sentence


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "1", '"x"', "{", "{} {}", "\x00", b"\xff\xfe{\x00}\x00", "[" * 100_000, '{"format": ["x"]}'],
)
def test_what_is_no_json_is_refused(text: str | bytes, write: WriteText) -> None:
    assert "Make one with" in refusal("replay", write("record.json", text))


def test_a_pack_that_changed_since_is_refused(
    skeleton: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "my_law"
    folder.mkdir()
    for name, text in skeleton.items():
        (folder / name).write_text(text, encoding="utf-8")
    record = said("decide", folder, "--on", ON, "--facts", FIRM, "--json", text=None)
    assert "no pack 'my-law'" in refusal("replay", "-", text=record)
    monkeypatch.setenv("CORRIDOR_PACKS", str(tmp_path))
    said("replay", "-", text=record)
    parameters = folder / "parameters.yaml"
    parameters.write_text(skeleton["parameters.yaml"].replace("0.03", "0.04"), encoding="utf-8")
    assert "not the one that decided" in refusal("replay", "-", text=record)
    parameters.write_text(skeleton["parameters.yaml"], encoding="utf-8")
    (folder / "cases.yaml").write_text("", encoding="utf-8")  # cases are not law
    said("replay", "-", text=record)
