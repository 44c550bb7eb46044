"""The kinds of value that a rule may speak about, and how each is stored as a whole number.

Every number is a **code**: an integer that stands for ``code / scale`` of its unit. Money is stored in minor units
(scale 100 for CNY), a rate over its fixed denominator, a date as days since 1970-01-01, a category as the position of
its member. That is why the interpreter and the kernels agree bit for bit.
"""

from __future__ import annotations

import datetime
import keyword
import re
import unicodedata
from enum import Enum
from typing import Final


class Kind(Enum):
    """The type of a fact, a parameter, a rule's result, or an expression."""

    MONEY = "money"
    COUNT = "count"
    RATE = "rate"
    SCORE = "score"
    DAYS = "days"
    BOOL = "bool"
    DATE = "date"
    CATEGORY = "category"
    BANDS = "bands"
    TABLE = "table"

    @property
    def annotation(self) -> str:
        """The name that an author writes in ``rules.py``: ``Money`` for ``money``."""
        return self.value.capitalize()


NUMBERS: Final = frozenset({Kind.MONEY, Kind.COUNT, Kind.RATE, Kind.SCORE, Kind.DAYS})
"""Kinds that can be added, compared by size and put into bands."""

STORAGE: Final = {
    Kind.MONEY: "int64",
    Kind.RATE: "int64",
    Kind.COUNT: "int32",
    Kind.SCORE: "int32",
    Kind.DAYS: "int32",
    Kind.DATE: "int32",
    Kind.CATEGORY: "int16",
    Kind.BOOL: "int8",
}
"""The array type of a column of each kind. The smallest number of that type means "missing"."""

LIMIT: Final = {"int64": 2**63 - 1, "int32": 2**31 - 1, "int16": 2**15 - 1, "int8": 2**7 - 1}
"""Largest code that a column of this array type can hold; ``-LIMIT - 1`` is the mark for missing."""

EPOCH: Final = datetime.date(1970, 1, 1)


FIRST_DAY: Final = datetime.date(1800, 1, 1)
LAST_DAY: Final = datetime.date(2200, 12, 31)
"""The days that a fact can have."""


def day_number(day: datetime.date) -> int:
    """The code of a date: days since 1970-01-01."""
    return (day - EPOCH).days


def day_of(code: int) -> datetime.date:
    """The date that a code stands for."""
    return EPOCH + datetime.timedelta(days=code)


def parse_day(text: object) -> datetime.date:
    """Read ``2024-06-30``, and no other way of writing a day.

    Raises:
        ValueError: this is not such a text.
    """
    if isinstance(text, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return datetime.date.fromisoformat(text)
    raise ValueError(f"{text!r} is not a date")


def is_plain(text: str) -> bool:
    """Whether text has no control character and no half of a surrogate pair, which no file can hold."""
    return not any(unicodedata.category(character) in {"Cc", "Cs"} for character in text)


_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)
NAMES: Final = "Use small letters and digits, parted by single underscores, no p_ in front, and no word of Python."
_TAKEN: Final = {
    "on",
    "i",
    "decide",
    "where",
    "flip",
    "divide",
    "int64",
    "uint64",
    "range",
}  # by the language and by generated code


def is_name(text: str) -> bool:
    """Whether a fact, parameter or rule may be called so; generated code relies on it to tell its own names apart."""
    return bool(_NAME.fullmatch(text)) and not (text in _TAKEN or text.startswith("p_") or keyword.iskeyword(text))
