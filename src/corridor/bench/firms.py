"""The random firms of the rulebook benchmark, as exact whole numbers.

A million firms whose revenue spreads over five orders of magnitude, so that every tier of the voucher is met and about
a quarter of the firms qualify. Money is drawn to the fen: no firm's figures depend on how a float is printed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Columns = dict[str, NDArray[Any]]

SEED: Final = 7
"""Seed of the benchmark's firms; another seed gives other firms of the same kind."""

FACTS: Final = ("revenue", "rd_expenditure", "employees", "tertiary_employees", "rd_employees")
"""The facts of a firm in the benchmark, in the order of its columns: 8 + 8 + 4 + 4 + 4 = 28 bytes."""


def make_firms(count: int, seed: int = SEED) -> Columns:
    """Draw firms: ``revenue`` and ``rd_expenditure`` in fen as int64, three head counts as int32.

    The same count and seed give the same firms.
    """
    draw = np.random.default_rng(seed)
    revenue = np.rint(np.exp(draw.normal(16.5, 2.0, count)) * 100).astype(np.int64)
    rd_expenditure = np.rint(revenue * draw.beta(1.2, 18, count)).astype(np.int64)
    employees = draw.integers(1, 2000, count, dtype=np.int32)
    tertiary_employees = (employees * draw.beta(2, 3, count)).astype(np.int32)
    rd_employees = (employees * draw.beta(1.5, 8, count)).astype(np.int32)
    columns = (revenue, rd_expenditure, employees, tertiary_employees, rd_employees)
    return dict(zip(FACTS, columns, strict=True))


def exact_vouchers(firms: Columns) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Who qualifies and the voucher in fen, by whole-number arithmetic written out by hand.

    This is the answer that Corridor and every peer are counted against; it shares no code with the engine.
    """
    revenue, rd = firms["revenue"], firms["rd_expenditure"]
    staff = firms["employees"].astype(np.int64)
    qualifies = (
        (100 * rd >= 3 * revenue)
        & (10 * firms["tertiary_employees"] >= 3 * staff)
        & (10 * firms["rd_employees"] >= staff)
    )
    cap = np.where(revenue < 2_000_000_000, 20_000_000, np.where(revenue < 40_000_000_000, 50_000_000, 100_000_000))
    voucher = np.minimum((3 * rd + 5) // 10, cap)
    return qualifies, np.where(qualifies, voucher, 0)


def write_firms(firms: Columns, path: Path) -> None:
    """Write the firms to an uncompressed ``.npz`` file, as the peers read them."""
    columns: dict[str, Any] = dict(firms)
    np.savez(path, **columns)
