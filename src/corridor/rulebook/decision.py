"""The decision record, ``corridor.decision/1``: outcome, clauses with margins, law, facts, and what would change it.

A record holds all that is needed to make it again: pack hash, law date, overlay and facts. ``replay`` does so, to be
compared byte for byte. The record has no time stamp and no machine in it. The JSON schema stands beside this file in
``schemas/decision-1.json``.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from corridor.money import DECIMALS, format_money, minor_units
from corridor.rulebook.change import Change, changes
from corridor.rulebook.exact import exact_text, percent_text, scaled_text
from corridor.rulebook.facts import NO_UNIT, UNIT_OF, Given
from corridor.rulebook.interpret import NO_BASE, Evaluation
from corridor.rulebook.kinds import Kind, day_number, day_of
from corridor.rulebook.law import Clause, Law, Value, walk
from corridor.rulebook.tree import Compare, Node, Ref, ShareTest

FORMAT: Final = "corridor.decision/1"
ENGINE: Final = "corridor.rulebook/1"
"""Raised when the same pack and facts could give other bytes."""

WORDS: Final[dict[bool | None, str]] = {True: "yes", False: "no", None: "unknown"}


@dataclass(frozen=True, slots=True)
class Decision:
    """One firm decided under one law. ``record`` is the ``corridor.decision/1`` object."""

    record: dict[str, Any]

    @property
    def outcome(self) -> str:
        """``"yes"``, ``"no"`` or ``"unknown"``."""
        return str(self.record["outcome"])

    @property
    def outputs(self) -> dict[str, Any]:
        """Output name → money in minor units (int), rate as exact text, count or points (int), ``None`` if unknown."""
        return dict(self.record["outputs"])

    @property
    def clauses(self) -> list[dict[str, Any]]:
        """The clauses as the record has them."""
        return list(self.record["clauses"])

    @property
    def missing(self) -> list[str]:
        """Missing facts that keep the outcome or an output at "cannot tell"; none once the outcome is no."""
        return list(self.record["missing"])

    @property
    def unconfirmed(self) -> list[str]:
        """What the decision used whose text was not confirmed: parameters by name, and the pack's id."""
        return list(self.record["unconfirmed"])

    @property
    def changes(self) -> list[dict[str, Any]]:
        """For each clause in the way of a yes the smallest changes of one fact that would turn it."""
        return list(self.record["changes"])

    def to_json(self) -> str:
        """The record as bytes are compared: UTF-8 JSON, two spaces, a final newline."""
        return json.dumps(self.record, ensure_ascii=False, indent=2) + "\n"

    def text(self, language: str = "en") -> str:
        """The decision as people read it, in ``"en"`` or ``"zh"``."""
        from corridor.rulebook.letter import letter

        return letter(self.record, language)


def decide(
    law: Law,
    given: Mapping[str, Given],
    *,
    on: datetime.date,
    law_date: datetime.date,
    on_purpose: bool = False,
    known: datetime.date | None = None,
) -> Decision:
    """Decide one firm whose facts have been read.

    Args:
        law: the law on ``law_date``.
        given: the facts.
        on: the day of the application.
        law_date: the day whose law is applied.
        on_purpose: whether that day was chosen instead of the day of the application.
        known: only what was published by then.

    Raises:
        Conflict: two exceptions to one rule apply.
    """
    statute = law.statute
    run = Evaluation(law, {name: fact.code for name, fact in given.items()}, day_number(on))
    outcome = run.outcome()
    answers = [(clause, run.clause(clause)) for clause in law.clauses]
    outputs = {name: _output(run.rule(name), law.roots[name].kind) for name in law.outputs}
    used = [name for name in law.parameters if name in run.used]
    record = {
        "format": FORMAT,
        "engine": ENGINE,
        "pack": statute.id,
        "pack_title": statute.title.as_json(),
        "pack_hash": statute.hash,
        "jurisdiction": statute.jurisdiction,
        "currency": statute.currency,
        "on": on.isoformat(),
        "law_date": law_date.isoformat(),
        "law_as_of": law_date.isoformat() if on_purpose else None,
        "known": None if known is None else known.isoformat(),
        "overlay": None if statute.overlay is None else {path: dict(days) for path, days in statute.overlay.items()},
        "outcome": WORDS[outcome],
        "outputs": outputs,
        "clauses": [_clause(run, clause, answer) for clause, answer in answers if answer != "n/a"],
        "missing": run.missing(),
        "unconfirmed": unconfirmed(law, used),
        "changes": _changes(run, outcome, answers),
        "rules": [_rule(run, name) for name in run.rules],
        "parameters": [_copy(_parameter(law, name)) for name in used],
        "facts": [_fact(law, name, given.get(name)) for name in law.facts],
        "ref": statute.ref,
        "note": None if statute.note is None else statute.note.as_json(),
    }
    return Decision(record)


def _copy(kept: Any) -> Any:
    """A part that is kept for the next record, so that whoever changes this one changes no other."""
    if isinstance(kept, dict):
        return {name: _copy(part) for name, part in kept.items()}
    return [_copy(part) for part in kept] if isinstance(kept, list) else kept


def _truth(value: Value) -> bool | None:
    return None if value is None else bool(value)


def _output(value: Value, kind: Kind) -> int | str | bool | None:
    if value is None or kind is Kind.BOOL:
        return None if value is None else bool(value)
    return exact_text(value) if kind is Kind.RATE else int(value)


def amount(value: Value, kind: Kind, currency: str, members: tuple[str, ...] = ()) -> str | None:
    """A value of the interpreter as exact text in its unit: money in major units, dates ISO."""
    if value is None:
        return None
    match kind:
        case Kind.MONEY if isinstance(value, int):
            return scaled_text(value, minor_units(currency), decimals=DECIMALS[currency])
        case Kind.MONEY:
            return exact_text(Fraction(value) / minor_units(currency), decimals=DECIMALS[currency])
        case Kind.DATE:
            return day_of(int(value)).isoformat()
        case Kind.CATEGORY:
            return members[int(value)]
        case Kind.BOOL:
            return WORDS[bool(value)]
    return exact_text(value)


@lru_cache(maxsize=4096)
def unit_of(law: Law, node: Node) -> str:
    """What one of an expression's value is called: the unit of the first fact of its kind in it."""
    if node.kind is Kind.MONEY:
        return law.statute.currency
    for part in walk(node):
        if isinstance(part, Ref) and part.source == "fact" and part.kind is node.kind:
            return law.facts[part.name].unit_of(law.statute.currency)
    return UNIT_OF.get(node.kind, NO_UNIT).en


def _side(run: Evaluation, node: Node, members: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "text": node.text,
        "value": amount(run.of(node), node.kind, run.law.statute.currency, members),
        "unit": unit_of(run.law, node),
    }


def _clause(run: Evaluation, clause: Clause, answer: bool | str | None) -> dict[str, Any]:
    law, node, version = run.law, clause.node, clause.rule
    left = right = margin = reason = share = None
    if isinstance(node, Compare):
        members = next((side.members for side in (node.left, node.right) if isinstance(side, Ref)), ())
        left, right = _side(run, node.left, members), _side(run, node.right, members)
        if right["unit"] != left["unit"] and unit_of(law, node.right) == UNIT_OF.get(node.right.kind, NO_UNIT).en:
            right["unit"] = left["unit"]  # a parameter counts what it is compared with
    elif isinstance(node, ShareTest):
        left, right = _side(run, node.part), _side(run, node.threshold)
        right["text"] = f"{node.rate.text} * {node.base.text}"
        right["unit"] = left["unit"]
        part, base, rate = run.of(node.part), run.of(node.base), run.of(node.rate)
        share = {
            "value": None if part is None or not base else exact_text(Fraction(part) / Fraction(base)),
            "rate": None if rate is None else exact_text(rate),
            "base": _side(run, node.base),
        }
        reason = NO_BASE if base == 0 else None
    if clause.margin is not None:
        value = run.of(clause.margin)
        if value is not None and reason is None:
            margin = {
                "value": amount(value, clause.margin.kind, law.statute.currency),
                "unit": left["unit"] if left and clause.margin.kind is not Kind.DAYS else unit_of(law, clause.margin),
            }
    return {
        "id": clause.id,
        "rule": version.name,
        "title": dict(rule_title(law, version.name)),
        "outcome": WORDS[answer if isinstance(answer, bool) else None],
        "test": node.text,
        "op": node.op if isinstance(node, Compare | ShareTest) else None,
        "left": left,
        "right": right,
        "share": share,
        "margin": margin,
        "reason": reason,
        "ref": version.ref,
        "since": version.start.isoformat(),
        "until": None if version.end is None else version.end.isoformat(),
    }


@lru_cache(maxsize=1024)
def rule_title(law: Law, name: str) -> dict[str, str]:
    """The words of a rule, in both languages, with the values of its parameters."""

    def filled(words: str, language: str) -> str:
        def value(match: re.Match[str]) -> str:
            return show_parameter(law, match[1], language) if match[1] in law.parameters else match[0]

        return re.sub(r"\{(\w+)\}", value, words)

    return {language: filled(words, language) for language, words in law.rules[name].title.as_json().items()}


def show_parameter(law: Law, name: str, language: str = "en") -> str:
    """A single-number parameter as people read it: ``3%``, ``¥100,000.00`` (in Chinese 100,000.00 元), ``365``."""
    parameter, content = law.parameters[name].parameter, law.parameters[name].dated.content
    currency = law.statute.currency
    if parameter.kind is Kind.RATE and isinstance(content, int):
        return percent_text(Fraction(content, parameter.scale))
    if parameter.kind is Kind.MONEY and isinstance(content, int):
        return format_money(content, currency, language)
    return str(parameter.as_json(content, currency))


def _rule(run: Evaluation, name: str) -> dict[str, Any]:
    law = run.law
    version, root = law.rules[name], law.roots[name]
    value = run.rule(name)
    return {
        "name": name,
        "id": version.id,
        "title": dict(rule_title(law, name)),
        "value": WORDS[_truth(value)] if root.kind is Kind.BOOL else amount(value, root.kind, law.statute.currency),
        "unit": "" if root.kind is Kind.BOOL else unit_of(law, root),
        "ref": version.ref,
        "since": version.start.isoformat(),
        "until": None if version.end is None else version.end.isoformat(),
    }


@lru_cache(maxsize=1024)
def _parameter(law: Law, name: str) -> dict[str, Any]:
    in_force = law.parameters[name]
    parameter, dated = in_force.parameter, in_force.dated
    return {
        "name": name,
        "title": parameter.title.as_json(),
        "type": parameter.kind.value,
        "over": parameter.over_fact or (parameter.over.value if parameter.over else None),
        "gives": parameter.gives.value if parameter.gives else None,
        "value": parameter.as_json(dated.content, law.statute.currency),
        "since": dated.since.isoformat(),
        "ref": dated.ref,
        "published": None if dated.published is None else dated.published.isoformat(),
        "source_status": "reform" if dated.reform else "confirmed" if dated.confirmed else "unconfirmed",
        "note": None if dated.note is None else dated.note.as_json(),
    }


def _fact(law: Law, name: str, given: Given | None) -> dict[str, Any]:
    fact = law.facts[name]
    code = None if given is None else given.code
    defined = law.statute.definitions.get(name)
    return {
        "name": name,
        "title": fact.title.as_json(),
        "value": None if code is None else fact.as_json(code, law.statute.currency),
        "unit": fact.unit_of(law.statute.currency),
        "unit_title": fact.unit_title(law.statute.currency).as_json(),
        "source": None if given is None else given.source,
        "definition": (defined.text if defined else fact.definition).as_json(),
        "definition_ref": defined.ref if defined else None,
        "period": None if fact.period is None else fact.period.as_json(),
    }


def _changes(
    run: Evaluation, outcome: bool | None, answers: Iterable[tuple[Clause, bool | str | None]]
) -> list[dict[str, Any]]:
    """What would turn each clause that stands in the way; nothing once the outcome is yes."""
    found = []
    for clause, answer in answers if outcome is not True else ():
        wanted = run.law.helps.get(clause.rule.name)
        if wanted is not None and answer is (not wanted):
            found += [_change(run, change, wanted) for change in changes(run, clause, wanted=wanted)]
    return found


def _change(run: Evaluation, change: Change, wanted: bool) -> dict[str, Any]:
    fact, currency = change.fact, run.law.statute.currency
    kind = Kind.DAYS if fact.kind is Kind.DATE else fact.kind
    step: Value = change.to - change.now
    if fact.kind is Kind.RATE:
        step = Fraction(change.to - change.now, fact.scale)
    return {
        "clause": change.clause.id,
        "fact": fact.name,
        "title": fact.title.as_json(),
        "from": fact.as_json(change.now, currency),
        "to": fact.as_json(change.to, currency),
        "by": None
        if fact.kind is Kind.BOOL
        else {"value": amount(step, kind, currency), "unit": fact.unit_of(currency)},
        "clause_then": WORDS[wanted],
        "then": WORDS[change.then],
    }


def unconfirmed(law: Law, used: Iterable[str]) -> list[str]:
    """What was used although its text is not confirmed: the pack itself, then parameters."""
    found = [] if law.statute.confirmed else [law.statute.id]
    return found + [name for name in used if not law.parameters[name].dated.confirmed]
