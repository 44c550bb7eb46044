"""A new pack that already works: one share, one parameter, cases on both sides of the boundary."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from corridor.rulebook.errors import Place, RulebookError
from corridor.rulebook.pack import PACK_ID, list_packs

FILES: Final = {
    "pack.yaml": """\
format: corridor.pack/1
id: {id}
title: {{en: "{id}", zh: "{id}"}}
jurisdiction: CN
family: firm
currency: CNY
life: {{from: 2024-01-01}}
ref: "Act and article on which the programme rests"
source_status: unconfirmed        # confirmed, once somebody has read the text
outcome: qualifies
outputs: [qualifies]
""",
    "parameters.yaml": """\
min_rd_share:
  type: rate
  title: {{en: "Minimum R&D share of revenue", zh: "研发费用占比下限"}}
  values:
    2024-01-01: {{value: "0.03", ref: "Act, article"}}
""",
    "rules.py": '''\
from corridor.rulebook.language import Bool, Money, Rate, rule, share


@rule(id="{prefix}.rd_share", ref="Act, article", start="2024-01-01")
def rd_share_met(rd_expenditure: Money, revenue: Money, min_rd_share: Rate) -> Bool:
    """R&D expenditure is at least {{min_rd_share}} of revenue.
    研发费用占销售收入的比例不低于{{min_rd_share}}。"""
    return share(rd_expenditure, of=revenue) >= min_rd_share


@rule(id="{prefix}.qualifies", ref="Act", start="2024-01-01")
def qualifies(rd_share_met: Bool) -> Bool:
    """The firm meets every condition.
    企业符合全部条件。"""
    return rd_share_met
''',
    "cases.yaml": """\
- name: three percent exactly passes
  on: 2024-06-30
  facts: {{revenue: "1000000.00", rd_expenditure: "30000.00"}}
  expect: {{outcome: yes}}
- name: one fen less fails
  like: three percent exactly passes
  facts: {{rd_expenditure: "29999.99"}}
  expect: {{outcome: no, clauses: {{{prefix}.rd_share: no}}}}
- name: no revenue is no base
  like: three percent exactly passes
  facts: {{revenue: "0", rd_expenditure: "0"}}
  expect: {{outcome: no, reasons: {{{prefix}.rd_share: "no base in the period"}}}}
- name: without revenue nothing can be said
  like: three percent exactly passes
  facts: {{revenue: null}}
  expect: {{outcome: unknown, missing: [revenue]}}
- name: the day before it is not law
  like: three percent exactly passes
  on: 2023-12-31
  expect: {{outcome: not_in_force}}
""",
}


def write_skeleton(name: str, shelf: Path) -> Path:
    """Write a new pack on a shelf and give its folder; nothing is overwritten, nothing half written.

    Raises:
        RulebookError: the id is not one, the shelf is missing, or something has this name already.
    """
    if not PACK_ID.fullmatch(name) or len(name) > 80:
        raise RulebookError(
            f"{name[:80]!r} is not a pack's id.", remedy="Use small letters, digits and single hyphens."
        )
    folder = shelf / name.replace("-", "_")
    if not shelf.is_dir():
        raise RulebookError("there is no such folder.", at=Place(str(shelf)), remedy="Make it first.")
    if name in list_packs():
        raise RulebookError(f"there is a pack {name} already.", remedy="Choose another id.")
    if folder.exists():
        raise RulebookError("this exists already.", at=Place(str(folder)), remedy="Choose another id.")
    draft = shelf / f".{folder.name}.new"
    if draft.exists():
        raise RulebookError("an earlier `pack new` was broken off here.", at=Place(str(draft)), remedy="Remove it.")
    draft.mkdir()
    try:
        for file, text in FILES.items():
            (draft / file).write_text(text.format(id=name, prefix=folder.name), encoding="utf-8")
        draft.rename(folder)
    except OSError:
        for written in draft.glob("*"):
            written.unlink()
        draft.rmdir()
        raise
    return folder
