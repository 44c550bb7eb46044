"""Decide again from a record alone, so that it can be compared byte for byte."""

from __future__ import annotations

from collections.abc import Mapping

from corridor.rulebook.decision import FORMAT, Decision
from corridor.rulebook.errors import RulebookError
from corridor.rulebook.pack import Pack, load_pack


def replay(record: object, *, pack: Pack | None = None) -> Decision:
    """Decide again from a record alone.

    Args:
        record: a ``corridor.decision/1`` object.
        pack: the pack to use; found by the record's pack id unless given.

    Raises:
        RulebookError: this is no such record, or the pack has changed since (its hash differs).
    """
    if not isinstance(record, Mapping) or record.get("format") != FORMAT:
        raise RulebookError(f"this is not a {FORMAT} record.", remedy="Make one with: corridor decide … --json.")
    try:
        pack = pack or load_pack(str(record["pack"]))
        if pack.hash != record["pack_hash"]:
            raise RulebookError(
                f"the pack {pack.id} is not the one that decided: it has {pack.hash[:19]}…, the record "
                f"{str(record['pack_hash'])[:19]}….",
                remedy="Put the pack of that version on CORRIDOR_PACKS.",
            )
        if record["overlay"] is not None:
            pack = pack.reform(record["overlay"])
        facts = {fact["name"]: {"value": fact["value"], "source": fact["source"]} for fact in record["facts"]}
        return pack.decide(facts, on=record["on"], law_as_of=record["law_as_of"], known=record["known"])
    except (KeyError, TypeError, AttributeError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else "a part of it is not what a record has there"
        raise RulebookError(
            f"this record is not whole: {what}.", remedy="Make one with: corridor decide … --json."
        ) from None
