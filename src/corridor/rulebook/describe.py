"""A law as a list of its rules, parameters and facts, for people who want to read it."""

from __future__ import annotations

from typing import Any

from corridor.rulebook.decision import rule_title, show_parameter
from corridor.rulebook.law import Law


def describe(law: Law) -> dict[str, Any]:
    """What a pack says on a day.

    Returns:
        ``rules``, ``parameters`` and ``facts``: each a list of objects with ``name``, ``title`` and the ``lines`` that
        say the rest (test, value, reference, dates, definition).
    """
    currency = law.statute.currency
    rules = [
        {
            "name": name,
            "id": version.id,
            "title": rule_title(law, name),
            "lines": [
                *(clause.node.text for clause in law.clauses if clause.rule is version),
                f"[{version.ref}; since {version.start}{f', until {version.end}' if version.end else ''}]",
            ],
        }
        for name, version in law.rules.items()
    ]
    parameters = []
    for name, item in law.parameters.items():
        value = item.parameter.as_json(item.dated.content, currency)
        shown = show_parameter(law, name) if isinstance(value, str | bool) else _rows(value)
        status = "" if item.dated.confirmed else "; unconfirmed"
        parameters.append(
            {
                "name": name,
                "title": item.parameter.title.as_json(),
                "value": value,
                "lines": [
                    shown,
                    f"[{item.dated.ref}; since {item.dated.since}{status}]",
                    *([item.dated.note.en] if item.dated.note else []),
                ],
            }
        )
    facts = []
    for name, fact in law.facts.items():
        defined = law.statute.definitions.get(name)
        definition = defined.text if defined else fact.definition
        facts.append(
            {
                "name": name,
                "type": fact.kind.value,
                "unit": fact.unit_of(currency),
                "title": fact.title.as_json(),
                "definition": definition.as_json(),
                "lines": [
                    f"{fact.kind.value}{f', {fact.period.en}' if fact.period else ''}",
                    definition.en,
                    *([f"[{defined.ref}]"] if defined else []),
                ],
            }
        )
    return {"pack": law.statute.id, "since": str(law.day), "rules": rules, "parameters": parameters, "facts": facts}


def _rows(rows: object) -> str:
    """The rows of bands or of a table, in a line."""
    if isinstance(rows, dict):
        return ", ".join(f"{member}: {give}" for member, give in rows.items())
    assert isinstance(rows, list)
    parts = []
    for row in rows:
        bound = " ".join(f"{word.replace('_', ' ')} {number}" for word, number in row.items() if word != "give")
        parts.append(f"{bound or 'otherwise'}: {row['give']}")
    return ", ".join(parts)
