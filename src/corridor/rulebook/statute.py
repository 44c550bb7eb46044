"""What a pack has written down: its rules, parameters and facts, its life, and what it is called."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corridor.rulebook.errors import RulebookError
from corridor.rulebook.facts import Fact
from corridor.rulebook.kinds import parse_day
from corridor.rulebook.parameters import Parameter
from corridor.rulebook.source import RuleVersion
from corridor.rulebook.titles import Title

Day = datetime.date | str
"""A date, or its ISO text."""


@dataclass(frozen=True, slots=True)
class Definition:
    """How this pack's law defines a fact of the family."""

    text: Title
    ref: str


@dataclass(frozen=True, eq=False)
class Statute:
    """The text of one law or programme, read and never changed.

    Attributes:
        start: the first day in force; ``end`` the last, none while it stands.
        confirmed: whether somebody has read the law's own text.
        outcome: the Bool rule that gives yes, no or cannot tell; ``outputs`` the rules whose values are reported.
        definitions: how this law defines facts of the family.
        hash: of the content; see :func:`corridor.rulebook.pack.load_pack`.
        overlay: the reform that was laid over it, path → date → value.
    """

    id: str
    title: Title
    jurisdiction: str
    currency: str
    start: datetime.date
    end: datetime.date | None
    ref: str
    confirmed: bool
    note: Title | None
    outcome: str
    outputs: tuple[str, ...]
    definitions: Mapping[str, Definition]
    facts: Mapping[str, Fact]
    parameters: Mapping[str, Parameter]
    rules: Mapping[str, tuple[RuleVersion, ...]]
    hash: str
    folder: Path
    overlay: Mapping[str, Mapping[str, str]] | None = None

    def in_life(self, day: datetime.date) -> bool:
        """Whether the law is in force on ``day``."""
        return self.start <= day and (self.end is None or day <= self.end)


def as_date(day: Day) -> datetime.date:
    """A date, or its ISO text.

    Raises:
        RulebookError: the text is not a date.
    """
    if isinstance(day, datetime.date) and not isinstance(day, datetime.datetime):
        return day
    try:
        return parse_day(day)
    except ValueError:
        raise RulebookError(f"{day!r} is not a date.", remedy="Write it as 2024-06-30.") from None
