"""`corridor interview`: ask only what can still change the answer."""

from __future__ import annotations

from typing import Any

import click

from corridor.cli.options import facts_option, json_option, language_option, law_options, load, read_facts


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

    rules = load(pack, changes)
    given: dict[str, Any] = read_facts(facts) if facts else {}
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
            answer = click.prompt(
                f"{fact.title.in_language(language)} ({hint})", default="", show_default=False, err=True
            ).strip()
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
    decision = rules.decide(given, on=on, law_as_of=law_as_of, known=known, file=facts)
    click.echo("", err=True)
    click.echo(decision.to_json() if as_json else decision.text(language), nl=False)


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
    if kind in {"count", "score", "days"} and answer.replace(",", "").removeprefix("-").isdecimal():
        return int(answer.replace(",", ""))
    return answer.replace(",", "").lstrip("¥") if kind == "money" else answer
