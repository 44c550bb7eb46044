"""How these tests call Corridor: in this process, or as a program of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from click.testing import CliRunner, Result

from corridor.cli import main

ROOT: Final = Path(__file__).parents[2]
TABLE: Final = ROOT / "examples" / "firms-synthetic.csv"
FIRM: Final = ROOT / "examples" / "firm.json"
ON: Final = "2024-06-30"


def corridor(*words: object, text: str | bytes | None = None) -> Result:
    """A command line in this process."""
    return CliRunner().invoke(main, [str(word) for word in words], input=text)


def said(*words: object, text: str | bytes | None = None) -> str:
    """What a command line that must work prints."""
    result = corridor(*words, text=text)
    assert result.exit_code == 0, f"{words}: {result.stderr}"
    return result.stdout


def told(*words: object, text: str | bytes | None = None) -> Any:
    """The JSON that a command line prints, with nothing around it."""
    return json.loads(said(*words, "--json", text=text))


def decided(pack: object, facts: Mapping[str, object], *words: object, on: str = ON) -> dict[str, Any]:
    """The decision record of one firm."""
    record = told("decide", pack, "--on", on, "--facts", "-", *words, text=json.dumps(facts))
    assert isinstance(record, dict)
    return record


def refusal(*words: object, text: str | bytes | None = None) -> str:
    """The one sentence with which a command line refuses bad input: exit 2, no traceback, nothing on stdout."""
    result = corridor(*words, text=text)
    return one_sentence(result.exit_code, result.stdout, result.stderr)


def one_sentence(code: int, out: str, err: str) -> str:
    """Check that a program refused in one line, and give that line."""
    assert code == 2, (code, out, err)
    assert out == ""
    assert "Traceback" not in err
    assert "fault of Corridor" not in err
    assert err.endswith("\n")
    assert err.count("\n") == 1, err
    assert err.startswith("corridor: ")
    assert err.rstrip("\n").endswith((".", "?", ")", "…")), err
    assert len(err) < 1000
    assert err.rstrip("\n").isprintable() or "\u3000" in err
    return err


def environment(**changes: str | None) -> dict[str, str]:
    """This process's environment with some names set, or (None) gone."""
    found = {**os.environ, **{name: value for name, value in changes.items() if value is not None}}
    return {name: value for name, value in found.items() if changes.get(name, "") is not None}


def program(
    *words: object, text: str | None = None, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """A command line as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "corridor", *map(str, words)],
        input=text, env=env, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip


def clauses(record: Mapping[str, Any]) -> dict[str, str]:
    """Clause id → outcome."""
    return {clause["id"]: clause["outcome"] for clause in record["clauses"]}


def yuan(amount: str) -> int:
    """An amount in major units, in fen."""
    fen = Fraction(amount) * 100
    assert fen.denominator == 1
    return int(fen)
