"""Policy as code: parse, check, explain, compile. One dated, cited rule decides one firm and a million.

>>> from corridor.rulebook import load_pack
>>> pack = load_pack("stip")
>>> print(pack.decide({"revenue": "35250000.00"}, on="2024-06-30").outcome)
unknown

A pack's rules run three ways from one source, with the same answer bit for bit: the exact interpreter
(:meth:`Pack.decide`, with reasons), NumPy, and Numba (:meth:`Pack.assess`, a table at a time). NumPy, Numba and polars
are loaded only when a table is assessed. The rulebook knows no database and has no clock: the day is always given.
"""

from corridor.rulebook.errors import (
    Conflict,
    FactError,
    NotInForce,
    OverlayError,
    PackError,
    RulebookError,
    TableError,
    UnknownPack,
)
from corridor.rulebook.pack import Pack, list_packs, load_pack

__all__ = [
    "Conflict", "FactError", "NotInForce", "OverlayError", "Pack", "PackError", "RulebookError", "TableError",
    "UnknownPack", "list_packs", "load_pack",
]  # fmt: skip
