"""`corridor pack`: list, show, check, new; and where packs are found."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from cli.conftest import WriteText
from cli.tools import ON, ROOT, corridor, environment, one_sentence, program, refusal, said, told

SHELF = ROOT / "src" / "corridor" / "packs" / "rules"
BUILT_IN = sorted(folder.name.replace("_", "-") for folder in SHELF.iterdir() if (folder / "pack.yaml").is_file())


def put(shelf: Path, files: Mapping[str, str], *changes: tuple[str, str], name: str = "my-law") -> Path:
    """A pack on a shelf, with words replaced in all of its files."""
    folder = shelf / name.replace("-", "_")
    folder.mkdir(parents=True)
    for file, words in files.items():
        text = words.replace("my-law", name).replace("my_law", name.replace("-", "_"))
        for old, new in changes:
            text = text.replace(old, new)
        (folder / file).write_text(text, encoding="utf-8")
    return folder


# --- list and show ----------------------------------------------------------------------------------------------------


def test_the_list_has_every_pack_once() -> None:
    rows = told("pack", "list")
    assert [row["id"] for row in rows] == BUILT_IN
    for row in rows:
        assert set(row) == {"id", "from", "to", "source_status", "title", "hash", "folder"}
        assert row["source_status"] in {"confirmed", "unconfirmed"}
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["from"])
    text = said("pack", "list")
    assert [line.split()[0] for line in text.splitlines()] == BUILT_IN


def test_a_pack_that_cannot_be_read_does_not_hide_the_others(
    skeleton: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, skeleton, ('"0.03"', "0.03"))
    monkeypatch.setenv("CORRIDOR_PACKS", str(tmp_path))
    rows = {row["id"]: row for row in told("pack", "list")}
    assert set(rows) == {*BUILT_IN, "my-law"}
    assert "YAML float" in rows["my-law"]["problem"]
    assert "my-law" in said("pack", "list")
    said("pack", "check", "stip")


@pytest.mark.parametrize("pack", BUILT_IN)
def test_show_names_every_rule_parameter_and_fact(pack: str) -> None:
    record = told("pack", "show", pack)
    text = said("pack", "show", pack)
    for key in ("rules", "parameters", "facts"):
        for item in record[key]:
            assert item["title"]["en"]
            assert item["title"]["zh"]
            assert item["name"] in text


@pytest.mark.parametrize("pack", BUILT_IN)
def test_the_kernel_is_readable_python_with_its_references(pack: str) -> None:
    kernel = said("pack", "show", pack, "--kernel")
    compile(kernel, "kernel", "exec")
    assert kernel.startswith("def decide(")
    assert told("pack", "show", pack, "--kernel") == {"pack": pack, "kernel": kernel}
    for item in told("pack", "show", pack)["rules"]:
        reference = item["lines"][-1][1:].partition("; since")[0]
        assert f"# {item['id']}: {reference}" in kernel


def test_show_on_a_day() -> None:
    early = said("pack", "show", "rd-super-deduction", "--on", "2010-06-30")
    assert "50%" in early
    assert "chip" not in early
    assert "120%" in said("pack", "show", "rd-super-deduction", "--on", ON)
    assert "not in force" in refusal("pack", "show", "rd-super-deduction", "--on", "2007-12-31")
    assert "not a date" in refusal("pack", "show", "stip", "--on", "")


# --- new and check ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["my-voucher", "a", "x2-y3", "class", "a" * 60])
def test_a_new_pack_works_at_once(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / name.replace("-", "_")
    assert told("pack", "new", name, "--in", tmp_path) == {"id": name, "folder": str(folder)}
    assert [file.name for file in tmp_path.iterdir()] == [folder.name]
    assert sorted(file.name for file in folder.iterdir()) == ["cases.yaml", "pack.yaml", "parameters.yaml", "rules.py"]
    assert "in order" in said("pack", "check", folder)
    facts = '{"revenue": "100", "rd_expenditure": "3"}'
    by_path = said("decide", folder, "--on", ON, "--facts", "-", "--json", text=facts)
    assert json.loads(by_path)["outcome"] == "yes"
    assert refusal("decide", name, "--on", ON, "--facts", "-", text=facts)
    monkeypatch.setenv("CORRIDOR_PACKS", str(tmp_path))
    assert said("decide", name, "--on", ON, "--facts", "-", "--json", text=facts) == by_path
    assert told("pack", "check", name, "stip") == [
        {"id": name, "cases": 5, "failures": [], "uncovered": []},
        {"id": "stip", "cases": 16, "failures": [], "uncovered": []},
    ]


def test_new_says_what_to_do_next_and_it_works(tmp_path: Path) -> None:
    text = said("pack", "new", "my-law", "--in", tmp_path)
    words = re.search(r"Next: corridor (.*)\n", text)
    assert words is not None
    said(*words[1].split())


@pytest.mark.parametrize(
    "name",
    ["", "A", "a_b", "a--b", "a-", "../x", "a/b", "a\n", "1a", "é", "a b", "a'b", 'a"b', "a;b", "a\x00b", "{id}"],
)
def test_what_is_no_id(name: str, tmp_path: Path) -> None:
    assert "is not a pack's id" in refusal("pack", "new", "--in", tmp_path, "--", name)
    assert list(tmp_path.iterdir()) == []


def test_new_overwrites_nothing(tmp_path: Path, write: WriteText) -> None:
    said("pack", "new", "my-law", "--in", tmp_path)
    before = (tmp_path / "my_law" / "rules.py").read_bytes()
    assert "exists already" in refusal("pack", "new", "my-law", "--in", tmp_path)
    assert (tmp_path / "my_law" / "rules.py").read_bytes() == before
    write("taken", "a file")
    assert "exists already" in refusal("pack", "new", "taken", "--in", tmp_path)
    for shelf in (tmp_path / "nosuch", tmp_path / "taken"):
        assert "no such folder" in refusal("pack", "new", "other", "--in", shelf)
    (tmp_path / ".broken.new").mkdir()
    assert "Remove it" in refusal("pack", "new", "broken", "--in", tmp_path)
    refusal("pack", "new", "a" * 300, "--in", tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == [".broken.new", "my_law", "taken"]


def test_check_reports_what_fails_and_what_is_not_reached(skeleton: dict[str, str], tmp_path: Path) -> None:
    failing = put(tmp_path, skeleton, ("outcome: yes", "outcome: no"), name="failing-law")
    result = corridor("pack", "check", failing)
    assert (result.exit_code, result.stderr) == (1, "")
    assert "failing-law: case fails: " in result.stdout
    assert "cases.yaml, line 1: three percent exactly passes: expected no, got yes" in result.stdout
    bare = put(
        tmp_path, {**skeleton, "cases.yaml": skeleton["cases.yaml"].split("- name: one fen")[0]}, name="bare-law"
    )
    result = corridor("pack", "check", bare)
    assert result.exit_code == 1
    assert "no case reaches" in result.stdout
    assert "just failing" in result.stdout
    none = put(tmp_path, {name: text for name, text in skeleton.items() if name != "cases.yaml"}, name="no-cases")
    assert corridor("pack", "check", none).exit_code == 1
    together = corridor("pack", "check", failing, "stip", "--json")
    assert together.exit_code == 1
    found = {row["id"]: row for row in json.loads(together.stdout)}
    assert found["stip"]["failures"] == []
    assert len(found["failing-law"]["failures"]) == 1


@pytest.mark.parametrize("pack", BUILT_IN)
def test_the_packs_that_ship_are_in_order(pack: str) -> None:
    [found] = told("pack", "check", pack)
    assert found["failures"] == found["uncovered"] == []
    assert found["cases"] > 3


def test_a_broken_pack_stops_the_check(skeleton: dict[str, str], tmp_path: Path) -> None:
    broken = put(tmp_path, skeleton, ("return rd_share_met", "return open('/etc/passwd')"))
    assert "rules.py, line 15" in refusal("pack", "check", broken)
    assert "rules.py, line 15" in refusal("pack", "check", broken, "--json")
    result = corridor("pack", "check", "stip", "nosuch", "--json")
    one_sentence(result.exit_code, result.stdout, result.stderr)


# --- where packs are found --------------------------------------------------------------------------------------------


def distribution(site: Path, files: Mapping[str, str], value: str) -> None:
    """An installed distribution that names a package as a shelf of packs."""
    info = site / "fake-1.0.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fake\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[corridor.packs]\nfake = {value}\n", encoding="utf-8")
    for file, text in files.items():
        (site / file).parent.mkdir(parents=True, exist_ok=True)
        (site / file).write_text(text, encoding="utf-8")


def who(pack: object) -> str:
    """The title of the pack that answers to a name."""
    title = told("decide", pack, "--on", ON, "--facts", "-", text="{}")["pack_title"]["en"]
    assert isinstance(title, str)
    return title


def test_path_before_corridor_packs_before_entry_points_before_built_in(
    skeleton: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def titled(title: str) -> tuple[str, str]:
        return '{en: "stip", zh: "stip"}', f'{{en: "{title}", zh: "{title}"}}'

    built_in = who("stip")
    site = tmp_path / "site"
    distribution(site, {"fakeshelf/__init__.py": "raise SystemExit('a shelf is never imported')"}, "fakeshelf")
    put(site / "fakeshelf", skeleton, titled("entry point"), name="stip")
    monkeypatch.syspath_prepend(str(site))
    assert who("stip") == "entry point" != built_in
    for shelf in ("first", "second"):
        put(tmp_path / shelf, skeleton, titled(shelf), name="stip")
    monkeypatch.setenv("CORRIDOR_PACKS", f"{tmp_path / 'nosuch'}:{tmp_path / 'first'}::{tmp_path / 'second'}")
    assert who("stip") == "first"
    assert {row["id"]: row["title"]["en"] for row in told("pack", "list")}["stip"] == "first"
    monkeypatch.setenv("CORRIDOR_PACKS", f"{tmp_path / 'second'}:{tmp_path / 'first'}")
    assert who("stip") == "second"
    here = put(tmp_path / "bench", skeleton, titled("path"), name="stip")
    assert who(here) == "path"
    monkeypatch.chdir(tmp_path / "bench")
    assert who("./stip") == who("../bench/stip") == "path"
    assert who("stip") == "second"  # a bare id is an id, whatever lies in the working folder
    monkeypatch.chdir(here)
    assert who(".") == "path"


@pytest.mark.parametrize(
    "value", ["nosuch", "nosuch.packs", "boom.packs", "fakeshelf:attribute", "os", "json.decoder", "1 2", "fakeshelf.x"]
)
def test_a_broken_distribution_takes_no_other_pack_away(
    value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distribution(
        tmp_path,
        {"boom/__init__.py": "raise RuntimeError('boom')", "fakeshelf/__init__.py": ""},
        value,
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert [row["id"] for row in told("pack", "list")] == BUILT_IN
    assert "no pack" in refusal("decide", "my-law", "--on", ON, "--facts", "-", text="{}")


def test_links_to_packs_are_followed(skeleton: dict[str, str], tmp_path: Path) -> None:
    folder = put(tmp_path, skeleton)
    for name in ("my_law", "other"):
        link = tmp_path / "links" / name
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(folder)
        assert "in order" in said("pack", "check", link)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert "not the folder of a pack" in refusal("pack", "check", loop)


def test_the_readme_s_way_as_a_program(tmp_path: Path) -> None:
    shelf = tmp_path / "packs"
    shelf.mkdir()
    env = environment(CORRIDOR_PACKS="packs")
    assert program("pack", "new", "my-voucher", "--in", "packs", cwd=tmp_path).returncode == 0
    checked = program("pack", "check", "my-voucher", cwd=tmp_path, env=env)
    assert (checked.returncode, checked.stdout) == (0, "my-voucher: 5 cases, in order\n")
