"""What would change it: for a clause in the way of a yes, the smallest change of one fact that would turn it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

from corridor.rulebook.errors import Conflict
from corridor.rulebook.facts import Fact
from corridor.rulebook.interpret import Evaluation
from corridor.rulebook.kinds import NUMBERS, Kind
from corridor.rulebook.law import Clause, Law
from corridor.rulebook.tree import Band, Choose, Compare, Extreme, Node, Not, Pick, Ref, Round, ShareTest, children


@dataclass(frozen=True, slots=True)
class Change:
    """One fact, its code now and the nearest code at which the clause turns; ``then`` is the outcome after it."""

    clause: Clause
    fact: Fact
    now: int
    to: int
    then: bool | None


def changes(run: Evaluation, clause: Clause, *, wanted: bool) -> list[Change]:
    """The single facts that could turn a clause to the answer that is wanted, the smallest change first.

    Empty where none alone can, and for a share without a base, which has nothing to fall short of.
    """
    node, law = clause.node, run.law
    if isinstance(node, ShareTest) and run.of(node.base) == 0:
        return []
    found: list[tuple[Fact, int, int]] = []
    for name, bends in _facts_of(law, clause).items():
        fact, now = law.facts[name], run.codes.get(name)

        def turns(code: int, fact: Fact = fact) -> bool:
            if not fact.minimum <= code <= fact.maximum:
                return False
            try:
                return run.with_fact(fact.name, code).clause(clause) is wanted
            except Conflict:
                return False

        if now is None:
            continue
        to = None
        if fact.kind is Kind.BOOL and isinstance(node, Ref | Not):
            to = 1 - now if turns(1 - now) else None
        elif fact.kind in NUMBERS or fact.kind is Kind.DATE:
            to = _nearest(run, clause, fact, now, turns, wanted=wanted, bends=bends)
        if to is not None:
            found.append((fact, now, to))
    kinds = list(dict.fromkeys(fact.kind for fact, _, _ in found))  # fen and heads have no common size
    found.sort(key=lambda item: (kinds.index(item[0].kind), abs(item[2] - item[1])))
    possible = []
    for fact, now, to in found:
        with suppress(Conflict):  # a change that ends in a conflict helps nobody
            possible.append(Change(clause, fact, now, to, run.with_fact(fact.name, to).outcome()))
    return possible


@lru_cache(maxsize=4096)
def _facts_of(law: Law, clause: Clause) -> dict[str, bool]:
    """The facts that a clause's test rests on; True where a tier, a rounding or a choice bends the line on the way."""
    found: dict[str, bool] = {}
    seen: set[tuple[int, bool]] = set()

    def visit(node: Node, bends: bool) -> None:
        if (id(node), bends) in seen:
            return
        seen.add((id(node), bends))
        if isinstance(node, Ref) and node.source == "fact":
            found[node.name] = found.get(node.name, False) or bends
        elif isinstance(node, Ref) and node.source == "rule":
            visit(law.roots[node.name], bends)
        for child in children(node):
            visit(child, bends or isinstance(node, Band | Choose | Extreme | Pick | Round))

    visit(clause.node, False)
    return found


def _nearest(
    run: Evaluation, clause: Clause, fact: Fact, now: int, turns: Callable[[int], bool], *, wanted: bool, bends: bool
) -> int | None:
    """The nearest code of ``fact`` that turns the clause: on a straight line, else by widening steps to both sides."""
    best = _on_a_line(run, clause, fact, now, wanted=wanted)
    if best is not None and not (turns(best) and not turns(best - 1 if best > now else best + 1)):
        best = None
    if best is not None and not bends:
        return best
    for side in (1, -1):
        end = fact.maximum if side == 1 else fact.minimum
        if best is not None:  # only what is nearer counts
            end = min(end, now + abs(best - now) - 1) if side == 1 else max(end, now - abs(best - now) + 1)
        near, step = now, 1
        while near != end:
            far = min(now + step, end) if side == 1 else max(now - step, end)
            if turns(far):
                while abs(far - near) > 1:  # near does not turn it, far does
                    middle = (near + far) // 2
                    near, far = (near, middle) if turns(middle) else (middle, far)
                best = far
                break
            near, step = far, step * 16
    return best


def _on_a_line(run: Evaluation, clause: Clause, fact: Fact, now: int, *, wanted: bool) -> int | None:
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
    slope = Fraction(there - here) / step
    distance = -here / slope
    if (clause.node.op in {">", "<"}) is wanted:  # the threshold itself is not enough
        if distance == 0:
            return now + (1 if (slope > 0) is wanted else -1)
        return now + (floor(distance) + 1 if distance > 0 else ceil(distance) - 1)
    return now + (ceil(distance) if distance >= 0 else floor(distance))
