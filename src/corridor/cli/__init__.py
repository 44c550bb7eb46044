"""The command line. Thin: a command parses its words, calls a room of the house, and prints what comes back.

Subcommands are imported when they are called, so that `corridor --help` and `corridor decide` start fast.
"""

from __future__ import annotations

import difflib
import errno
import importlib
import io
import os
import sys
import traceback
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import click

from corridor import __version__

EXIT_BAD_INPUT = 2
EXIT_BUG = 70
EXIT_INTERRUPTED = 130


class LazyGroup(click.Group):
    """A group of commands that are imported when called.

    Args:
        lazy: for each command's name, where it is (`"module:attribute"`) and one line of help.
    """

    def __init__(self, *args: Any, lazy: Mapping[str, tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lazy = dict(lazy or {})

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Name the commands in the order in which they were declared."""
        return [*self._lazy, *(name for name in self.commands if name not in self._lazy)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command, or answer None when there is none of that name."""
        if cmd_name not in self._lazy:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = self._lazy[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command), f"{module}:{attribute} is not a command"
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        rows: list[tuple[str, str]] = []
        for name in self.list_commands(ctx):
            if name in self._lazy:
                rows.append((name, self._lazy[name][1]))
            elif not self.commands[name].hidden:
                rows.append((name, self.commands[name].get_short_help_str()))
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the words name; suggest the nearest name when there is none."""
        name = args[0]
        names = self.list_commands(ctx)
        if name not in names and not name.startswith("-") and not ctx.resilient_parsing:
            near = difflib.get_close_matches(name, names, n=1)
            then = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(names)}."
            raise click.UsageError(f"No such command '{name}'. {then}", ctx)
        return super().resolve_command(ctx, args)


class FrontDoor(LazyGroup):
    """The outermost group: it alone turns errors into one sentence and an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line; with `standalone_mode` (the normal case) end the process with its exit code."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
            sys.stdout.reconfigure(errors="replace")  # a terminal without Chinese shows question marks
        try:
            result = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            code = result if type(result) is int else 0
        except Exception as error:  # noqa: BLE001  (the one place that must let nothing through)
            code = _report(error)
        sys.exit(code)


def _report(error: Exception) -> int:
    """Print an error the way a user can use it; return the exit code."""
    if os.environ.get("CORRIDOR_DEBUG") == "1" and not isinstance(error, click.ClickException | click.Abort):
        traceback.print_exception(error)
    match error:
        case click.ClickException():
            error.show()
            return EXIT_BAD_INPUT
        case click.Abort():
            if isinstance(error.__cause__ or error.__context__, EOFError):
                return _say("the input ended before the last answer.")
            return EXIT_INTERRUPTED
        case BrokenPipeError():
            _give_up_stdout()
            return 1
        case OSError():
            _give_up_stdout()
            return _say(_os_sentence(error))
        case MemoryError():
            return _say("there is not enough memory for this.")
    # Whoever raised a RulebookError has imported its module: no need to import it here.
    errors = sys.modules.get("corridor.rulebook.errors")
    if errors is not None and isinstance(error, errors.RulebookError):
        return _say(str(error))
    summary = " ".join(f"{type(error).__name__}: {error}".split())
    _say(
        f"this is a fault of Corridor ({summary}). Please report it, with the command and what it prints "
        "when CORRIDOR_DEBUG=1 is set."
    )
    return EXIT_BUG


def _say(sentence: str) -> int:
    click.echo(f"corridor: {one_line(sentence)}", err=True)
    return EXIT_BAD_INPUT


def one_line(text: str) -> str:
    """Text from anywhere, on one line and without signs that a terminal would obey."""
    return "".join(
        repr(sign)[1:-1] if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else sign for sign in text
    )


def _give_up_stdout() -> None:
    """If standard output cannot take what is left, drop it, so that the interpreter ends in silence."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        # Never closed: it stands in for standard output until the process ends.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115


def _os_sentence(error: OSError) -> str:
    name = os.fsdecode(error.filename)[:300] if isinstance(error.filename, str | bytes) else None
    what = name or "a file"
    match error.errno:
        case errno.ENOENT:
            return f"{what}: there is no such file or folder."
        case errno.EACCES | errno.EPERM:
            return f"{what}: permission denied."
        case errno.EISDIR:
            return f"{what}: this is a folder, not a file."
        case errno.ENOTDIR:
            return f"{what}: a part of this path is a file, not a folder."
        case errno.ENOSPC | errno.EDQUOT:
            return f"{name or 'the output'}: the disk is full; free some space and try again."
        case errno.EROFS:
            return f"{what}: the file system is read-only."
    text = error.strerror or str(error) or type(error).__name__
    return f"{name}: {text}." if name else f"{text}."


@click.group(
    cls=FrontDoor,
    lazy={
        "decide": ("corridor.cli.decide:decide", "Decide one case by a pack's rules, with reasons."),
        "interview": ("corridor.cli.interview:interview", "Ask only what can still change the answer."),
        "replay": ("corridor.cli.replay:replay", "Decide a recorded case again and compare, byte for byte."),
        "assess": ("corridor.cli.assess:assess", "Decide every row of a table."),
        "compare": ("corridor.cli.compare:compare", "Compare two packs, or a pack and a reform, over a table."),
        "pack": ("corridor.cli.pack:pack", "List, show, check and start rule packs."),
        "bench": ("corridor.cli.bench:bench", "Measure Corridor on this machine."),
        "test": ("corridor.cli.test:test", "Check style, types and layers, and run the tests (in a clone)."),
    },
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="corridor", message="%(prog)s %(version)s")
def main() -> None:
    """Corridor runs an innovation region: it decides, pays, tracks and rehearses.

    \b
    Example:
      corridor decide stip --on 2024-06-30 --facts examples/firm.json
    """
