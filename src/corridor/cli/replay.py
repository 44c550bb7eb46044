"""`corridor replay`: decide a recorded case again."""

from __future__ import annotations

import click

from corridor.cli.options import json_option, name_of, print_json, read_input


@click.command()
@click.argument("record", metavar="RECORD.json")
@json_option
def replay(record: str, as_json: bool) -> int:
    """Decide the case of RECORD.json again, from the record alone, and compare byte for byte.

    Exit code 0 when the bytes are the same, 1 when they differ, 2 when it cannot be replayed.

    \b
    Example:
      corridor decide stip --on 2024-06-30 --facts examples/firm.json --json > decision.json
      corridor replay decision.json
    """
    import json

    from corridor.rulebook.errors import Place, RulebookError
    from corridor.rulebook.replay import replay as again

    data, place = read_input(record), Place(name_of(record))
    try:
        parsed = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        remedy = "Make one with: corridor decide … --json."
        raise RulebookError("this is not a JSON record.", at=place, remedy=remedy) from None
    try:
        decision = again(parsed)
    except RulebookError as error:
        raise type(error)(error.message, at=error.at or place, remedy=error.remedy) from None
    same = decision.to_json().encode() == data
    if as_json:
        print_json({"same": same, "outcome": decision.outcome, "pack_hash": decision.record["pack_hash"]})
    elif same:
        click.echo(f"Same bytes: {decision.outcome} by {decision.record['pack']}, {decision.record['pack_hash']}.")
    else:
        changed = [key for key, value in decision.record.items() if parsed.get(key) != value]
        where = f"at {', '.join(changed)}" if changed else "in how they are written"
        click.echo(f"The bytes differ {where}: replayed, {decision.record['pack']} gives {decision.outcome}.")
    return 0 if same else 1
