"""What the rulebook says when it cannot go on: what happened, where, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something stands; line and column count from 1."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}, line {self.line}"


class RulebookError(Exception):
    """Base of every error that a person can mend: one sentence, its place, and the remedy."""

    def __init__(self, message: str, *, at: Place | None = None, remedy: str = "") -> None:
        self.message = message
        self.at = at
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        where = f"{self.at}: " if self.at else ""
        then = f" {self.remedy}" if self.remedy else ""
        return f"{where}{self.message}{then}"


class PackError(RulebookError):
    """A pack's own files are wrong."""


class UnknownPack(RulebookError):
    """No pack answers to this name."""


class NotInForce(RulebookError):
    """The day lies outside the life of the law. The answer is never a guess."""


class FactError(RulebookError):
    """A fact about a firm cannot be read."""


class OverlayError(RulebookError):
    """A reform names something that the pack does not have."""


class Conflict(RulebookError):
    """Two exceptions to one rule apply to the same firm."""


class TableError(RulebookError):
    """A table of firms, or the map that explains its columns, cannot be read."""
