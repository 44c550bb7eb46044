"""`corridor replay`: decide a recorded case again."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from corridor.cli.options import json_option


@click.command()
@click.argument("record", metavar="RECORD.json")
@json_option
def replay(record: str, as_json: bool) -> int:
    """Decide the case of RECORD.json again, from the record alone, and compare byte for byte.

    Exit code 0 when the bytes are the same, 1 when they differ, 2 when it cannot be replayed.

    \b
    Example:
      corridor decide stip --on 2024-06-30 --facts firm.json --json > decision.json
      corridor replay decision.json
    """
    import json

    from corridor.rulebook.errors import Place, RulebookError
    from corridor.rulebook.replay import replay as again

    data = sys.stdin.buffer.read() if record == "-" else Path(record).read_bytes()
    try:
        parsed = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise RulebookError("this is not a JSON record.", at=Place(record)) from None
    decision = again(parsed)
    same = decision.to_json().encode() == data
    if as_json:
        click.echo(json.dumps({"same": same, "outcome": decision.outcome, "pack_hash": decision.record["pack_hash"]}))
    elif same:
        click.echo(f"Same bytes: {decision.outcome} by {decision.record['pack']}, {decision.record['pack_hash']}.")
    else:
        click.echo(f"The bytes differ: replayed, {decision.record['pack']} gives {decision.outcome}.")
    return 0 if same else 1
