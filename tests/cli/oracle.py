"""What the rules say, worked out again by hand in plain Python: exact fractions, three values, no engine."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path

Truth = bool | None
Row = Mapping[str, str]
WORD = {True: "yes", False: "no", None: "unknown"}


def rows(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV file as text."""
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def number(row: Row, name: str) -> Fraction | None:
    """A cell as an exact number; None where it is empty."""
    return Fraction(row[name]) if row[name] else None


def at_least(row: Row, part: str, base: str, rate: Fraction | None) -> Truth:
    """Whether a share is at least a rate; no where the base is nought, cannot tell where something is missing."""
    a, b = number(row, part), number(row, base)
    if b == 0:
        return False
    return None if a is None or b is None or rate is None else a >= rate * b


def yes(row: Row, name: str) -> Truth:
    """A cell with yes or no."""
    return {"yes": True, "no": False, "": None}[row[name]]


def flip(value: Truth) -> Truth:
    """Not."""
    return None if value is None else not value


def every(values: Iterable[Truth]) -> Truth:
    """And, by Kleene: one no decides."""
    found = list(values)
    if False in found:
        return False
    return None if None in found else True


def park(row: Row, rd_share: Fraction = Fraction(3, 100)) -> dict[str, Truth]:
    """The clauses of `stip`, and its outcome."""
    clauses = {
        "stip.rd_share": at_least(row, "rd_expenditure", "revenue", rd_share),
        "stip.tertiary_share": at_least(row, "tertiary_employees", "employees", Fraction(30, 100)),
        "stip.rd_staff_share": at_least(row, "rd_employees", "employees", Fraction(10, 100)),
    }
    return {"outcome": every(clauses.values()), **clauses}


def high_tech(row: Row, on: datetime.date) -> dict[str, Truth]:
    """The clauses of `hnte-2016`, and its outcome."""
    sales = number(row, "revenue")
    due = None
    if sales is not None:
        due = (
            Fraction(5, 100) if sales <= 50_000_000 else Fraction(4, 100) if sales <= 200_000_000 else Fraction(3, 100)
        )
    born = row["registered_on"]
    score = number(row, "evaluation_score")
    rd_share = at_least(row, "rd_expenditure_3y", "revenue_3y", due)
    clauses = {
        "hnte.age": (on - datetime.date.fromisoformat(born)).days >= 365 if born else None,
        "hnte.core_ip": yes(row, "holds_core_ip"),
        "hnte.st_staff": at_least(row, "st_employees", "employees", Fraction(1, 10)),
        "hnte.rd_share": rd_share,
        "hnte.rd_domestic": at_least(row, "rd_expenditure_domestic_3y", "rd_expenditure_3y", Fraction(6, 10)),
        "hnte.hightech_income": at_least(row, "hightech_income", "total_income", Fraction(6, 10)),
        "hnte.evaluation": None if score is None else score > 70,
        "hnte.no_accident": flip(yes(row, "major_incident")),
        "hnte.no_breach": flip(yes(row, "serious_breach")),
    }
    return {"outcome": every(clauses.values()), **clauses}
