"""What several commands share: how a pack, a law date, facts and a reform are given."""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from corridor.rulebook import OverlayError, Pack, load_pack
from corridor.rulebook.errors import FactError, Place, RulebookError
from corridor.rulebook.facts import parse_json_facts

Command = TypeVar("Command", bound=Callable[..., Any])

LONGEST = 16 * 2**20  # bytes of facts or of a record; nobody writes so many about one firm


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


def name_of(file: str) -> str:
    """What an input is called in a message."""
    return "standard input" if file == "-" else file


def read_input(file: str) -> bytes:
    """The bytes of a file, or of standard input for `-`, as far as they are fit for one firm.

    Raises:
        RulebookError: standard input is closed, or there is far too much.
    """
    if file == "-":
        if sys.stdin is None:
            raise RulebookError("standard input is closed.", remedy="Name a file instead of -.")
        data = sys.stdin.buffer.read(LONGEST + 1)
    else:
        with Path(file).open("rb") as source:
            data = source.read(LONGEST + 1)
    if len(data) > LONGEST:
        raise RulebookError(
            "this is longer than 16 MiB.", at=Place(name_of(file)), remedy="It should be the JSON of one firm."
        )
    return data


def read_facts(file: str) -> dict[str, Any]:
    """The JSON facts of a file, or of standard input for `-`."""
    try:
        text = read_input(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FactError("the facts are not UTF-8.", at=Place(name_of(file)), remedy="Save them as UTF-8.") from None
    return parse_json_facts(text, name_of(file))


def print_json(value: object) -> None:
    """Print a value as JSON, or text that is JSON already: in UTF-8, whatever the terminal speaks."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    click.echo(text.encode(), nl=False)
