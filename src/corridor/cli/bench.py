"""`corridor bench`: what Corridor measures on this machine."""

from __future__ import annotations

import json

import click


@click.group()
def bench() -> None:
    """Measure Corridor on this machine.

    \b
    Example:
      corridor bench rulebook --quick
    """


@bench.command()
@click.option("--firms", type=click.IntRange(10_000), default=1_000_000, show_default=True, help="Firms in the tables.")
@click.option("--repeat", type=click.IntRange(3), default=15, show_default=True, help="Times each work is measured.")
@click.option("--no-peers", is_flag=True, help="Leave OpenFisca, PolicyEngine, NumPy and polars out.")
@click.option("--quick", is_flag=True, help="A look in about a minute; too short for a claim.")
@click.option("--strict", is_flag=True, help="Exit 1 when a target is missed or could not be measured.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.pass_context
def rulebook(
    ctx: click.Context, firms: int, repeat: int, no_peers: bool, quick: bool, strict: bool, as_json: bool
) -> None:
    """How fast and how exact the rulebook is, beside the memory's limit and beside other engines.

    Decides a million random firms by a park rule with a tiered voucher and by the whole of hnte-2016, times one
    decision and whole processes, and counts where NumPy, Numba, the exact interpreter and the peers differ. The peers
    are installed on demand into an environment of their own in the cache folder ($CORRIDOR_CACHE, else
    ~/.cache/corridor) and run as separate programs; OpenFisca and PolicyEngine are AGPL-3.0 and no part of Corridor.

    Exit 0 also when a target is missed (see --strict); 1 when a part of the benchmark itself broke.

    \b
    Examples:
      corridor bench rulebook
      corridor bench rulebook --quick --no-peers
      corridor bench rulebook --json > bench.json
    """
    from corridor.bench import rulebook as harness
    from corridor.bench.show import text

    if quick:
        settings = harness.Settings.quick(firms=firms, repeat=repeat, peers=not no_peers)
    else:
        settings = harness.Settings(firms=firms, repeat=repeat, peers=not no_peers)
    report = harness.run(settings, lambda line: click.echo(line, err=True))
    click.echo(
        json.dumps(report.as_json(), ensure_ascii=False, indent=2) if as_json else "\n" + text(report), nl=as_json
    )
    if report.failures or (strict and report.missed):
        ctx.exit(1)
