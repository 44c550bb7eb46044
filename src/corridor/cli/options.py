"""What several commands share: how a pack, a law date, facts and a reform are given."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from corridor.rulebook import OverlayError, Pack, load_pack
from corridor.rulebook.errors import FactError, Place
from corridor.rulebook.facts import parse_json_facts

Command = TypeVar("Command", bound=Callable[..., Any])


def facts_option(*, required: bool) -> Callable[[Command], Command]:
    """`--facts FILE`."""
    return click.option(
        "--facts", metavar="FILE", required=required, help="JSON facts of the firm; - reads them from standard input."
    )


def law_options(command: Command) -> Command:
    """`--law-as-of`, `--known` and `--set`."""
    command = click.option(
        "--set", "changes", multiple=True, metavar="PARAMETER=VALUE@DATE",
        help="Decide under a reform: the parameter has this value from DATE on. May be repeated.",
    )(command)  # fmt: skip
    command = click.option("--known", metavar="DATE", help="Only what was published by DATE.")(command)
    return click.option("--law-as-of", metavar="DATE", help="Apply the law of DATE instead, on purpose.")(command)


language_option = click.option(
    "--language", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language of the text."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def load(pack: str, changes: tuple[str, ...] = ()) -> Pack:
    """The pack of a command line, under the reform that `--set` states."""
    rules = load_pack(pack)
    overlay: dict[str, dict[datetime.date | str, str]] = {}
    for change in changes:
        path, equals, rest = change.partition("=")
        value, at, day = rest.rpartition("@")
        if not (path and equals and value and at and day):
            raise OverlayError(f"--set {change!r} is not read.", remedy="Write --set min_rd_share=0.035@2027-01-01.")
        if day in overlay.setdefault(path, {}):
            raise OverlayError(f"--set changes {path} twice on {day}.", remedy="Keep one.")
        overlay[path][day] = value
    return rules.reform(overlay) if overlay else rules


def read_facts(file: str) -> dict[str, Any]:
    """The JSON facts of a file, or of standard input for `-`."""
    name = "standard input" if file == "-" else file
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FactError("the facts are not UTF-8.", at=Place(name), remedy="Save them as UTF-8.") from None
    return parse_json_facts(text, name)
