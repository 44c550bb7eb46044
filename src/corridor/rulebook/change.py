"""What would change it: for a clause that fails, the smallest change of one fact that would pass it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from corridor.rulebook.errors import Conflict
from corridor.rulebook.facts import Fact
from corridor.rulebook.interpret import Evaluation
from corridor.rulebook.kinds import NUMBERS, Kind
from corridor.rulebook.law import Clause, walk
from corridor.rulebook.tree import Compare, Node, Not, Ref, ShareTest


@dataclass(frozen=True, slots=True)
class Change:
    """One fact, its code now and the nearest code at which the clause passes; ``then`` is the outcome after it."""

    clause: Clause
    fact: Fact
    now: int
    to: int
    then: bool | None


def changes(run: Evaluation, clause: Clause) -> list[Change]:
    """The single facts that could pass a failing clause, the smallest change first; empty where none alone can."""
    node = clause.node
    law = run.law
    if isinstance(node, ShareTest) and run.of(node.base) == 0:
        return []  # without a base there is nothing to fall short of
    found: list[tuple[Fact, int, int]] = []
    if isinstance(node, Ref | Not):
        wanted = isinstance(node, Ref)
        name = next(part.name for part in walk(node) if isinstance(part, Ref))
        found.append((law.facts[name], int(not wanted), int(wanted)))
    else:
        for name in dict.fromkeys(_facts_of(run, node)):
            fact, now = law.facts[name], run.codes.get(name)
            if now is not None and (fact.kind in NUMBERS or fact.kind is Kind.DATE):
                to = _nearest(run, clause, fact, now)
                if to is not None:
                    found.append((fact, now, to))
    found.sort(key=lambda item: abs(item[2] - item[1]))
    possible = []
    for fact, now, to in found:
        with suppress(Conflict):  # a change that ends in a conflict helps nobody
            possible.append(Change(clause, fact, now, to, run.with_fact(fact.name, to).outcome()))
    return possible


def _facts_of(run: Evaluation, node: Node) -> Iterator[str]:
    for part in walk(node):
        if isinstance(part, Ref) and part.source == "fact":
            yield part.name
        elif isinstance(part, Ref) and part.source == "rule":
            yield from _facts_of(run, run.law.roots[part.name])


def _nearest(run: Evaluation, clause: Clause, fact: Fact, now: int) -> int | None:
    """The nearest code of ``fact`` at which ``clause`` passes; tests are monotone in a fact but for tiers."""

    def passes(code: int) -> bool:
        if not fact.minimum <= code <= fact.maximum:
            return False
        try:
            return run.with_fact(fact.name, code).clause(clause) is True
        except Conflict:
            return False

    straight = _on_a_line(run, clause, fact, now)
    if straight is not None:
        back = straight - 1 if straight > now else straight + 1
        if passes(straight) and not passes(back):
            return straight
    best: int | None = None
    for end in (fact.maximum, fact.minimum):
        if not passes(end):
            continue
        near, far = now, end  # near fails, far passes
        while abs(far - near) > 1:
            middle = (near + far) // 2
            near, far = (near, middle) if passes(middle) else (middle, far)
        if best is None or abs(far - now) < abs(best - now):
            best = far
    return best


def _on_a_line(run: Evaluation, clause: Clause, fact: Fact, now: int) -> int | None:
    """Where the margin would reach the threshold if it went on as it does from one unit to the next."""
    if clause.margin is None or not isinstance(clause.node, Compare | ShareTest):
        return None
    step = 1 if now < fact.maximum else -1
    try:
        here, there = run.of(clause.margin), run.with_fact(fact.name, now + step).of(clause.margin)
    except Conflict:
        return None
    if here is None or there is None or here == there:
        return None
    distance = Fraction(-here) / (there - here) * step
    if clause.node.op in {">", "<"}:
        return now + (floor(distance) + 1 if distance >= 0 else ceil(distance) - 1)
    return now + (ceil(distance) if distance >= 0 else floor(distance))
