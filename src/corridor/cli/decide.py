"""`corridor decide`: one case by a pack's rules, with reasons."""

from __future__ import annotations

import click

from corridor.cli.options import (
    facts_option,
    json_option,
    language_option,
    law_options,
    load,
    name_of,
    print_json,
    read_facts,
)


@click.command()
@click.argument("pack")
@click.option("--on", metavar="DATE", required=True, help="The day of the application (of the cost, for a tax rule).")
@facts_option(required=True)
@law_options
@language_option
@json_option
def decide(
    pack: str, on: str, facts: str, law_as_of: str | None, known: str | None, changes: tuple[str, ...],
    language: str, as_json: bool,
) -> None:  # fmt: skip
    """Decide one case by PACK, an id (`corridor pack list`) or a folder.

    Prints the outcome with every clause, its margin and reference, and what would change it. A facts file is a JSON
    object: money a decimal text in major units, rates decimal text, counts integers, dates ISO; what is absent or
    null is missing. Exit code 0 for yes, no and cannot tell; 2 for bad input.

    \b
    Example:
      echo '{"revenue": "35250000.00", "rd_expenditure": "645500.00", "employees": 64,
             "tertiary_employees": 41, "rd_employees": 13}' |
        corridor decide stip --on 2024-06-30 --facts -
    """
    rules = load(pack, changes)
    decision = rules.decide(read_facts(facts), on=on, law_as_of=law_as_of, known=known, file=name_of(facts))
    if as_json:
        print_json(decision.to_json())
    else:
        click.echo(decision.text(language), nl=False)
