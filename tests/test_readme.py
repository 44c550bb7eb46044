"""The README is true: its decision is what the command prints, and its Python runs."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
from click.testing import CliRunner

from corridor.cli import main
from corridor.rulebook import load_pack

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_decision_is_what_the_command_prints() -> None:
    shown = re.search(r"## A decision as it prints\n\n```\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    words = ["decide", "stip", "--on", "2024-06-30", "--facts", str(ROOT / "examples" / "firm.json")]
    printed = CliRunner().invoke(main, words)
    assert printed.stdout == shown[1]


def test_the_python_runs_and_says_what_its_comments_say() -> None:
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert code is not None
    frame = pl.DataFrame({"employees": [100], "st_employees": [11]})
    names: dict[str, object] = {"frame": frame}
    exec(code[1], names)  # noqa: S102 - our own README
    decision = names["decision"]
    assert decision.outcome == "no"  # type: ignore[attr-defined]
    assert decision.changes[0]["to"] == 10  # type: ignore[attr-defined]


def test_every_command_is_listed() -> None:
    for name in main.list_commands(None):  # type: ignore[arg-type]
        assert f"`{name}" in README, f"the README does not mention {name}"


def test_the_packs_are_as_many_as_it_says() -> None:
    assert "ten rule packs" in README
    shelf = ROOT / "src" / "corridor" / "packs" / "rules"
    assert len(list(shelf.glob("*/pack.yaml"))) == 10
    assert load_pack("stip").id == "stip"
