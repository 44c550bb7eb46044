"""`corridor interview`: ask only what can still change the answer."""

from __future__ import annotations

import re
import sys
from typing import Any

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

_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")


@click.command()
@click.argument("pack")
@click.option("--on", metavar="DATE", required=True, help="The day of the application.")
@facts_option(required=False)
@law_options
@language_option
@json_option
def interview(
    pack: str, on: str, facts: str | None, law_as_of: str | None, known: str | None, changes: tuple[str, ...],
    language: str, as_json: bool,
) -> None:  # fmt: skip
    """Ask for the facts that can still change the answer, the most decisive first, and stop when it is certain.

    An empty line means "I do not know"; the question is not asked again. Questions go to standard error, so that with
    --json only the decision record is printed.

    \b
    Example:
      corridor interview stip --on 2024-06-30
    """
    from corridor.rulebook.errors import FactError

    if sys.stdin is None:
        raise FactError("standard input is closed, so there is nobody to ask.", remedy="Use corridor decide.")
    rules = load(pack, changes)
    given: dict[str, Any] = read_facts(facts) if facts is not None else {}
    if facts is not None:
        rules.read(given, file=name_of(facts))
    skipped: set[str] = set()
    asked = 0
    while True:
        open_questions = rules.interview(given, on=on, law_as_of=law_as_of, known=known)
        question = next((item for item in open_questions if item.fact.name not in skipped), None)
        if question is None:
            break
        fact = question.fact
        defined = rules.definitions.get(fact.name)
        definition = (defined.text if defined else fact.definition).in_language(language)
        hint = {
            "bool": "yes or no", "date": "YYYY-MM-DD", "category": " / ".join(fact.members),
            "money": rules.currency, "rate": "a decimal, such as 0.15",
        }.get(fact.kind.value, fact.unit_title(rules.currency).in_language(language))  # fmt: skip
        click.echo(f"\n{definition}", err=True)
        while True:
            try:
                answer = click.prompt(
                    f"{fact.title.in_language(language)} ({hint})", default="", show_default=False, err=True
                ).strip()
            except click.Abort:
                click.echo("", err=True)
                raise
            except UnicodeDecodeError:
                click.echo("", err=True)
                raise FactError("an answer is not in the terminal's encoding.", remedy="Use UTF-8.") from None
            if not answer:
                skipped.add(fact.name)
                break
            value = _value(fact.kind.value, answer)
            try:
                rules.read({fact.name: value})
            except FactError as error:
                click.echo(f"  {error}", err=True)
                continue
            given[fact.name] = {"value": value, "source": "interview"}
            asked += 1
            break
    decision = rules.decide(given, on=on, law_as_of=law_as_of, known=known, file=name_of(facts) if facts else None)
    click.echo("", err=True)
    if as_json:
        print_json(decision.to_json())
    else:
        click.echo(decision.text(language), nl=False)


def _value(kind: str, answer: str) -> Any:
    """What was typed, as a facts file would have it."""
    if kind == "bool":
        return {
            "yes": True,
            "y": True,
            "true": True,
            "是": True,
            "no": False,
            "n": False,
            "false": False,
            "否": False,
        }.get(answer.lower(), answer)
    if kind == "money":
        answer = answer.lstrip("¥￥").strip()
    if kind in {"money", "count", "score", "days"} and _GROUPED.fullmatch(answer):  # 1,5 stays as it is, and is refused
        answer = answer.replace(",", "")
    if kind in {"count", "score", "days"} and re.fullmatch(r"-?[0-9]{1,40}", answer):
        return int(answer)
    return answer
