"""The interview: which missing fact to ask for next, and when to stop."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from corridor.rulebook.errors import Conflict
from corridor.rulebook.facts import Fact, Given
from corridor.rulebook.interpret import Evaluation
from corridor.rulebook.kinds import Kind, day_number
from corridor.rulebook.law import Law


@dataclass(frozen=True, slots=True)
class Question:
    """A fact that can still change the answer, and the clauses that wait for it."""

    fact: Fact
    clauses: tuple[str, ...]


def questions(law: Law, given: Mapping[str, Given], on: datetime.date) -> list[Question]:
    """The facts worth asking for, the most decisive first; empty as soon as the answer is certain.

    Most decisive is the fact that most often settles the outcome alone (tried at the ends of its range, and at every
    member of a list); then the one whose clause waits for the fewest facts; then the law's own order.

    Raises:
        Conflict: two exceptions to one rule apply.
    """
    run = Evaluation(law, {name: fact.code for name, fact in given.items()}, day_number(on))
    run.outcome()
    missing = run.missing(worth=True)
    waiting: dict[str, list[str]] = {name: [] for name in missing}
    fewest = dict.fromkeys(missing, len(missing) + 1)
    for clause in law.clauses:
        if run.clause(clause) is not None:
            continue
        needs: set[str] = set()
        run.collect(clause.node, needs, set())
        for name in needs & set(missing):
            waiting[name].append(clause.id)
            fewest[name] = min(fewest[name], len(needs))

    def settles(name: str) -> float:
        fact = law.facts[name]
        few = fact.kind in {Kind.BOOL, Kind.CATEGORY}
        tries = range(fact.minimum, fact.maximum + 1) if few else (fact.minimum, fact.maximum)
        return sum(certain(name, code) for code in tries) / len(tries)

    def certain(name: str, code: int) -> bool:
        try:
            return run.with_fact(name, code).outcome() is not None
        except Conflict:
            return False

    ranked = sorted(missing, key=lambda name: (-settles(name), fewest[name]))
    return [Question(law.facts[name], tuple(waiting[name])) for name in ranked]
