"""`corridor pack`: list, show, check and start rule packs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from corridor.cli.options import json_option, print_json


@click.group()
def pack() -> None:
    """Look at rule packs and work on them.

    \b
    Example:
      corridor pack list
      corridor pack show hnte-2016 --on 2024-06-30 --kernel
    """


@pack.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """List the packs on the shelves: CORRIDOR_PACKS, installed distributions, built in.

    \b
    Example:
      corridor pack list --json
    """
    from corridor.rulebook import RulebookError, list_packs, load_pack

    rows: list[dict[str, Any]] = []
    for name, folder in list_packs().items():
        try:
            rules = load_pack(folder)
        except RulebookError as error:
            rows.append({"id": name, "problem": str(error), "folder": str(folder)})
            continue
        rows.append(
            {
                "id": rules.id, "from": str(rules.start), "to": str(rules.end) if rules.end else None,
                "source_status": "confirmed" if rules.confirmed else "unconfirmed", "title": rules.title.as_json(),
                "hash": rules.hash, "folder": str(folder),
            }
        )  # fmt: skip
    if as_json:
        print_json(rows)
        return
    width = max((len(row["id"]) for row in rows), default=0)
    for row in rows:
        if "problem" in row:
            click.echo(f"{row['id']:<{width}}  cannot be read: {row['problem']}")
            continue
        life = f"{row['from']} to {row['to'] or '…':<10}"
        status = "" if row["source_status"] == "confirmed" else "  (unconfirmed)"
        click.echo(f"{row['id']:<{width}}  {life}  {row['title']['en']} · {row['title']['zh']}{status}")


@pack.command()
@click.argument("name", metavar="PACK")
@click.option("--on", metavar="DATE", help="The law of this day; by default the latest.")
@click.option("--kernel", is_flag=True, help="Print the generated kernel of that day.")
@json_option
def show(name: str, on: str | None, kernel: bool, as_json: bool) -> None:
    """Show what PACK says on a day: clauses, parameters, facts; or the kernel that is generated from it.

    \b
    Example:
      corridor pack show stip --on 2024-06-30
      corridor pack show hnte-2016 --kernel
    """
    from corridor.rulebook import load_pack
    from corridor.rulebook.describe import describe

    rules = load_pack(name)
    law = rules.law(on) if on is not None else list(rules.laws())[-1]
    if kernel:
        from corridor.rulebook.emit import emit

        source = emit(law).source
        if as_json:
            print_json({"pack": rules.id, "kernel": source})
        else:
            click.echo(source, nl=False)
        return
    record = describe(law)
    if as_json:
        print_json(record)
        return
    click.echo(f"{rules.id}: {rules.title.en} · {rules.title.zh}")
    click.echo(rules.ref)
    click.echo(
        f"in force from {rules.start} {f'to {rules.end}' if rules.end else 'on'}; shown: the law of {on or law.day}"
    )
    click.echo(f"{rules.hash}")
    for heading, key in (("Rules", "rules"), ("Parameters", "parameters"), ("Facts", "facts")):
        click.echo(f"\n{heading}")
        for item in record[key]:
            click.echo(f"  {item['name']}: {item['title']['en']} · {item['title']['zh']}")
            for line in item["lines"]:
                click.echo(f"      {line}")


@pack.command()
@click.argument("names", metavar="PACK...", nargs=-1, required=True)
@json_option
def check(names: tuple[str, ...], as_json: bool) -> int:
    """Run the cases of each PACK and report what they do not reach.

    Coverage is every branch and table row, every dated version, and both sides of every boundary. Exit code 0 when all
    is in order, 1 when a case fails or something is not reached, 2 when a pack cannot be read.

    \b
    Example:
      corridor pack check hnte-2016
    """
    from corridor.rulebook import load_pack
    from corridor.rulebook.cases import check_pack

    bad = 0
    results = []
    for name in names:
        rules = load_pack(name)
        report = check_pack(rules)
        bad |= not report.ok
        results.append(
            {"id": rules.id, "cases": report.cases, "failures": report.failures, "uncovered": report.uncovered}
        )
        if as_json:
            continue
        for failure in report.failures:
            click.echo(f"{rules.id}: case fails: {failure}")
        for gap in report.uncovered:
            click.echo(f"{rules.id}: no case reaches {gap}")
        state = "in order" if report.ok else f"{len(report.failures)} failing, {len(report.uncovered)} not reached"
        click.echo(f"{rules.id}: {report.cases} cases, {state}")
    if as_json:
        print_json(results)
    return int(bad)


@pack.command()
@click.argument("name", metavar="ID")
@click.option("--in", "shelf", metavar="FOLDER", default=".", help="The shelf to put it on.", show_default=True)
@json_option
def new(name: str, shelf: str, as_json: bool) -> None:
    """Write a working skeleton of a pack with the id ID, ready for `corridor pack check`.

    \b
    Example:
      corridor pack new my-voucher --in packs
      CORRIDOR_PACKS=packs corridor pack check my-voucher
    """
    from corridor.rulebook.skeleton import write_skeleton

    folder = write_skeleton(name, Path(shelf))
    if as_json:
        print_json({"id": name, "folder": str(folder)})
    else:
        click.echo(f"Wrote {folder}. Next: corridor pack check {folder}")
