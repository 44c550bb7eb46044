"""`corridor assess`: every row of a table decided."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corridor.cli.options import json_option, law_options, load, print_json

if TYPE_CHECKING:
    from corridor.rulebook.law import Law
    from corridor.rulebook.tables.assess import Summary


@click.command()
@click.argument("table")
@click.option("--pack", required=True, help="The rule pack, by id or folder.")
@click.option("--on", metavar="DATE", required=True, help="The day of the application.")
@click.option("--map", "map_file", metavar="MAP.toml", help="How the columns are facts; see docs/tables.md.")
@click.option("--out", metavar="OUT.parquet", help="Write a row for each row: outcome, outputs, clauses.")
@click.option("--keep", multiple=True, metavar="COLUMN", help="Carry this column into the result. May be repeated.")
@click.option("--margins", is_flag=True, help="Add each clause's exact margin to the result.")
@law_options
@json_option
def assess(
    table: str, pack: str, on: str, map_file: str | None, out: str | None, keep: tuple[str, ...], margins: bool,
    law_as_of: str | None, known: str | None, changes: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """Decide every row of TABLE (CSV or Parquet, any size) by a pack's rules.

    Prints a summary by clause. Columns named like facts are read; a map names others, sums years and converts
    currencies. Money is in major units unless the map says minor. A row that cannot be read is reported with its
    number and reason, and never guessed.

    \b
    Example:
      corridor assess examples/firms-synthetic.csv --pack hnte-2016 --on 2024-06-30 --keep firm --out decided.parquet
    """
    from corridor.rulebook.decision import unconfirmed
    from corridor.rulebook.statute import as_date
    from corridor.rulebook.tables.assess import assess_file
    from corridor.rulebook.tables.mapping import Mapping, read_mapping

    rules = load(pack, changes)
    law_date = on if law_as_of is None else law_as_of
    law = rules.law(law_date, known=known)
    mapping = read_mapping(map_file) if map_file is not None else Mapping()
    mapping = replace(mapping, keep=(*mapping.keep, *keep))
    with progress_bar("Assessing", quiet=as_json) as progress:
        summary = assess_file(
            law, Path(table), on=as_date(on), mapping=mapping, out=None if out is None else Path(out),
            margins=margins, progress=progress,
        )  # fmt: skip
    if as_json:
        head = {
            "pack": rules.id, "pack_hash": rules.hash, "on": on, "law_date": law_date,
            "unconfirmed": unconfirmed(law, law.parameters),
        }  # fmt: skip
        print_json({**head, **summary.as_json()})
        return
    print_summary(law, summary, on=on, law_date=law_date)
    if out is not None:
        click.echo(f"\nWrote {out}.")


@contextmanager
def progress_bar(label: str, *, quiet: bool) -> Iterator[Callable[[float], None] | None]:
    """A bar on standard error, where somebody watches."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1000, label=label, file=sys.stderr) as bar:

        def move(done: float) -> None:
            bar.update(max(round(done * 1000) - bar.pos, 0))

        yield move


def print_summary(law: Law, summary: Summary, *, on: str, law_date: str) -> None:
    """The summary as a table by clause."""
    from corridor.money import format_money

    for note in summary.notes:
        click.echo(f"Note: {note}.", err=True)
    for problem in summary.problems:
        click.echo(f"Bad {problem}", err=True)
    if summary.bad > len(summary.problems):
        click.echo(f"… and {summary.bad - len(summary.problems):,} more bad rows; --out lists them all.", err=True)
    firms = summary.rows - summary.bad
    words = {"yes": "yes", "no": "no", "unknown": "cannot tell"}
    if "conflict" in summary.outcomes:
        words["conflict"] = "in conflict"
    counts = ", ".join(f"{summary.outcomes.get(answer, 0):,} {word}" for answer, word in words.items())
    click.echo(
        f"{law.statute.id}: {counts}, of {firms:,} rows" + (f"; {summary.bad:,} bad rows" if summary.bad else "")
    )
    old = "" if law_date == on else f", by the law of {law_date} on purpose"
    click.echo(f"{law.statute.title.en}, applied on {on}{old}; {law.statute.hash[:19]}…")
    warn_unconfirmed(law)
    if law.statute.overlay:
        click.echo("Under a reform that is not law.")
    for name, total in summary.totals.items():
        click.echo(f"{name}: {format_money(total, law.statute.currency)} in all, where it can be told")
    width = max((len(clause.id) for clause in law.clauses), default=6)
    click.echo(f"\n{'clause':<{width}} {'yes':>11} {'no':>11} {'cannot tell':>11}  rule")
    for clause in law.clauses:
        found = summary.clauses.get(clause.id, {})
        cells = " ".join(f"{found.get(answer, 0):>11,}" for answer in ("yes", "no", "unknown"))
        click.echo(f"{clause.id:<{width}} {cells}  {clause.node.text}")
    gone = {name: number for name, number in summary.missing.items() if number}
    if gone:
        click.echo("\nMissing facts, by rows")
        for name, number in sorted(gone.items(), key=lambda item: -item[1]):
            click.echo(f"  {name:<32} {number:>11,}")
    if summary.ignored:
        click.echo(f"\nColumns not used: {', '.join(summary.ignored)}")


def warn_unconfirmed(*laws: Law) -> None:
    """Say what the laws rest on that nobody has confirmed."""
    from corridor.rulebook.decision import unconfirmed

    names = dict.fromkeys(name for law in laws for name in unconfirmed(law, law.parameters))
    if names:
        click.echo(f"Unconfirmed, do not present as the law: {', '.join(names)}")
