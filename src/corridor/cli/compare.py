"""`corridor compare`: two laws over one table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corridor.cli.assess import progress_bar, warn_unconfirmed
from corridor.cli.options import json_option, load, print_json

if TYPE_CHECKING:
    from corridor.rulebook.law import Law
    from corridor.rulebook.tables.compare import Comparison


@click.command()
@click.argument("table")
@click.option("--pack", required=True, help="The base: the law that stands.")
@click.option("--with", "other", metavar="PACK", help="The other law.")
@click.option(
    "--set", "changes", multiple=True, metavar="PARAMETER=VALUE@DATE",
    help="Instead of --with: the base under a reform. May be repeated.",
)  # fmt: skip
@click.option("--on", metavar="DATE", required=True, help="The day of the application.")
@click.option("--law-as-of", metavar="DATE", help="The base law's date, where it is not --on.")
@click.option("--with-law-as-of", metavar="DATE", help="The other law's date, where it is not --on.")
@click.option("--map", "map_file", metavar="MAP.toml", help="How the columns are facts; see docs/tables.md.")
@click.option("--group", metavar="COLUMN", help="Count gains and losses by this column.")
@json_option
def compare(
    table: str, pack: str, other: str | None, changes: tuple[str, ...], on: str, law_as_of: str | None,
    with_law_as_of: str | None, map_file: str | None, group: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Compare two packs, or a pack and a reform of it, over TABLE: who gains, who loses, why, and at what cost.

    \b
    Examples:
      corridor compare examples/firms-synthetic.csv --pack hnte-2016 --with hnte-2008 --with-law-as-of 2015-12-31 \\
          --on 2024-06-30 --group city
      corridor compare examples/firms-synthetic.csv --pack stip --set min_rd_share=0.04@2024-01-01 --on 2024-06-30
    """
    from corridor.rulebook.decision import unconfirmed
    from corridor.rulebook.statute import as_date
    from corridor.rulebook.tables.compare import compare_file
    from corridor.rulebook.tables.mapping import read_mapping

    if (other is not None) == bool(changes):
        raise click.UsageError("Give either --with PACK or --set PARAMETER=VALUE@DATE.")
    base = load(pack)
    alternative = load(other) if other is not None else load(pack, changes)
    base_day = on if law_as_of is None else law_as_of
    other_day = with_law_as_of if with_law_as_of is not None else base_day if other is None else on
    laws = base.law(base_day), alternative.law(other_day)
    mapping = read_mapping(map_file) if map_file is not None else None
    with progress_bar("Comparing", quiet=as_json) as progress:
        found = compare_file(*laws, Path(table), on=as_date(on), mapping=mapping, group=group, progress=progress)
    if as_json:
        head = {
            "on": on,
            "unconfirmed": list(dict.fromkeys(name for law in laws for name in unconfirmed(law, law.parameters))),
            "base": {"pack": base.id, "pack_hash": base.hash, "law_date": base_day},
            "other": {
                "pack": alternative.id, "pack_hash": alternative.hash, "law_date": other_day,
                "overlay": alternative.overlay,
            },
        }  # fmt: skip
        print_json({**head, **found.as_json()})
        return
    print_comparison(*laws, found)


def print_comparison(base: Law, other: Law, found: Comparison) -> None:
    """The comparison as text, the result first."""
    from corridor.money import format_money
    from corridor.rulebook.tables.compare import BINS, WIDTH

    for problem in found.problems:
        click.echo(f"Bad {problem}", err=True)
    firms = found.rows - found.bad
    change = found.gain - found.lose
    click.echo(
        f"{found.gain:,} gain a yes and {found.lose:,} lose theirs, of {firms:,} rows: "
        f"{'+' if change > 0 else chr(0x2212) if change < 0 else ''}{abs(change):,} yes"
        + (f"; {found.bad:,} bad rows" if found.bad else "")
    )
    name = f"{other.statute.id} ({other.statute.title.en})"
    if other.statute.overlay:
        reform = ", ".join(
            f"{path} = {v} from {d}" for path, days in other.statute.overlay.items() for d, v in days.items()
        )
        name = f"a reform that is not law: {reform}"
    days = [f", law of {law.day} on" for law in (base, other)]
    click.echo(f"base {base.statute.id} ({base.statute.title.en}{days[0]}); other {name}{days[1]}")
    warn_unconfirmed(base, other)
    currency = base.statute.currency
    for output, cost in found.costs.items():
        step = cost.other - cost.base
        sign = "+" if step > 0 else ""
        click.echo(
            f"{output}: {format_money(cost.base, currency)} → {format_money(cost.other, currency)} "
            f"({sign}{format_money(step, currency)}); {cost.gainers:,} get more, {cost.losers:,} less"
        )
    click.echo("\nfrom → to")
    for (before, after), rows in sorted(found.moves.items(), key=lambda move: -move[1]):
        words = [answer.replace("unknown", "cannot tell") for answer in (before, after)]
        click.echo(f"  {words[0]:>11} → {words[1]:<11} {rows:>11,}")
    for heading, counts in (
        ("What the gainers failed before", found.gained_by),
        ("What the losers fail now", found.lost_by),
    ):
        if counts:
            click.echo(f"\n{heading} (a row may fail several)")
            for clause, rows in sorted(counts.items(), key=lambda item: -item[1]):
                click.echo(f"  {clause:<32} {rows:>11,}")
    if found.groups:
        click.echo(f"\n{'group':<24} {'rows':>11} {'gain':>9} {'lose':>9}")
        for group, row in found.groups.items():
            click.echo(f"{group or '(none)':<24} {row['rows']:>11,} {row['gain']:>9,} {row['lose']:>9,}")
    shown = {clause: bins for clause, bins in found.bunching.items() if sum(bins)}
    if shown:
        click.echo(f"\nRows near the base's thresholds, in steps of {WIDTH:.0%} of the threshold (below | at or above)")
        for clause, bins in shown.items():
            below, above = bins[:BINS], bins[BINS:]
            click.echo(f"  {clause:<32} {' '.join(f'{n:>6,}' for n in below)} | {' '.join(f'{n:>6,}' for n in above)}")
