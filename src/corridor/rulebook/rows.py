"""Random firms that sit on the law's boundaries: ties, one unit to either side, empty bases, extremes, missing facts.

Used to hold the three runs of a law against each other; the same law, number and seed give the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from corridor.rulebook.emit import MISSING
from corridor.rulebook.kernels import Column
from corridor.rulebook.kinds import NUMBERS, STORAGE, Kind, day_number
from corridor.rulebook.law import Law, walk
from corridor.rulebook.tree import Band, Compare, Node, Not, Product, Ref, ShareTest, Sum

Boundary = tuple[str, str | None, int, int]
"""A fact, a base fact or none, and the ratio (numerator, denominator) at which a test turns."""


def boundary_rows(law: Law, rows: int, *, seed: int, missing: float = 0.1) -> dict[str, Column]:
    """Random firms around every threshold of a law.

    Args:
        law: the pack on its day, which is also taken to be the day of the application.
        rows: how many.
        seed: of NumPy's PCG64.
        missing: the share of cells that are missing.

    Returns:
        fact name → codes in the type of its kind.
    """
    random = np.random.default_rng(seed)
    columns: dict[str, Column] = {}
    for name, fact in law.facts.items():
        low, high = fact.minimum, fact.maximum
        if fact.kind is Kind.DATE:
            low, high = day_number(law.day) - 4000, day_number(law.day) + 1000
        if fact.kind in NUMBERS and low >= 0:  # every order of magnitude alike
            size = np.exp(random.uniform(0, np.log(float(high) + 1), rows))
            columns[name] = np.clip(size.astype(np.int64) - 1, low, high)
        else:
            columns[name] = random.integers(low, high, rows, endpoint=True, dtype=np.int64)
        edges = random.random(rows)
        columns[name][edges < 0.02] = low
        columns[name][edges > 0.98] = high
    for part, better in _favours(law):  # half of the firms are good ones, so that a single test decides
        good = np.flatnonzero(random.random(rows) < 0.97)
        good = good[good % 2 == 0]
        columns[part][good] = columns[better][good] if isinstance(better, str) else better
        columns[part][good] = np.clip(columns[part][good], law.facts[part].minimum, law.facts[part].maximum)
    boundaries = list(dict.fromkeys(_boundaries(law)))
    choice = random.integers(0, 2 * len(boundaries) + 1, rows)
    step = random.integers(-1, 1, rows, endpoint=True)
    for number, (part, base, top, bottom) in enumerate(boundaries):
        chosen = np.flatnonzero(choice == number)
        if base is None:
            value = np.full(len(chosen), top // bottom)
        else:
            most = min(law.facts[base].maximum // bottom, law.facts[part].maximum // max(abs(top), 1))
            whole = np.exp(random.uniform(0, np.log(float(most) + 1), len(chosen))).astype(np.int64) - 1
            columns[base][chosen] = np.clip(whole * bottom, law.facts[base].minimum, law.facts[base].maximum)
            value = whole * top
        columns[part][chosen] = np.clip(value + step[chosen], law.facts[part].minimum, law.facts[part].maximum)
    for name, fact in law.facts.items():
        storage = STORAGE[fact.kind]
        column = columns[name].astype(storage)
        column[random.random(rows) < missing] = MISSING[storage]
        columns[name] = column
    return columns


def _favours(law: Law) -> Iterator[tuple[str, str | int]]:
    """A fact and a value, or another fact, that passes a clause: crude, but it leads past most of them."""
    for clause in law.clauses:
        match clause.node:
            case Ref(name=name):
                yield name, 1
            case Not(item=Ref(name=name)):
                yield name, 0
            case ShareTest(op=">=" | ">", part=Ref(source="fact") as part, base=Ref(source="fact") as base):
                yield part.name, base.name
            case Compare(op=op, left=Ref(source="fact") as left, right=Ref(source="parameter") as right):
                for top, bottom in _levels(law, right):
                    level = top * left.den // bottom
                    yield left.name, level + 1 if op in {">=", ">"} else max(level - 1, 0)


def _boundaries(law: Law) -> Iterator[Boundary]:
    for root in law.roots.values():
        for node in walk(root):
            match node:
                case ShareTest(part=Ref(source="fact") as part, base=Ref(source="fact") as base):
                    for top, bottom in _levels(law, node.rate):
                        yield part.name, base.name, top, bottom
                case Band(item=Ref(source="fact") as item, table=table):
                    for row in table.rows[:-1]:
                        if node.base is None:
                            yield item.name, None, row.bound * item.den, table.over_den
                        elif isinstance(node.base, Ref) and node.base.source == "fact":
                            yield item.name, node.base.name, row.bound, table.over_den
                case Compare(left=Sum(left=Ref(source="on"), right=Ref(source="fact") as since), right=right):
                    for top, _ in _levels(law, right):  # so many days before the application
                        yield since.name, None, day_number(law.day) - top, 1
                case Compare(left=left, right=right):
                    for side, other in ((left, right), (right, left)):
                        if not (isinstance(side, Ref) and side.source == "fact" and side.kind in {*NUMBERS, Kind.DATE}):
                            continue
                        if isinstance(other, Product) and isinstance(other.right, Ref) and other.right.source == "fact":
                            for top, bottom in _levels(law, other.left):
                                yield side.name, other.right.name, top, bottom
                        for top, bottom in _levels(law, other):
                            yield side.name, None, top * side.den, bottom


def _levels(law: Law, node: Node) -> Iterator[tuple[int, int]]:
    """The values that a parameter, or a rule over a table of parameters, can have."""
    for part in walk(node):
        if not isinstance(part, Ref):
            continue
        if part.source == "parameter":
            content = law.parameters[part.name].dated.content
            if isinstance(content, int):
                yield content, part.den
            else:
                yield from ((row.give, part.den) for row in part.rows)
        elif part.source == "rule":
            yield from _levels(law, law.roots[part.name])
