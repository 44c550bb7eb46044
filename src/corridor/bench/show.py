"""The report of `corridor bench rulebook` as text. A number beside a promise is rounded against Corridor."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from corridor.bench.rulebook import WAYS, Report, Target


def text(report: Report) -> str:
    """The whole report, to be read in a terminal 100 characters wide."""
    lines = [*_machine(report)]
    for name, show in (("park", _park), ("wide", _wide), ("start", _start), ("agreement", _agreement)):
        if name in report.parts:
            lines += ["", *show(report, report.parts[name])]
    lines += ["", *_targets(report)]
    failures = {**report.failures, **report.peer_failures}
    if failures:
        lines += ["", "Failed"]
        lines += [f"  {name}: {reason}" for name, reason in failures.items()]
    return "\n".join(lines) + "\n"


def _machine(report: Report) -> Iterator[str]:
    machine, settings = report.machine, report.settings
    cache = f"{machine['last_level_cache_bytes'] >> 20} MiB last-level cache"
    assumed = " (assumed; the system does not tell)" if machine["last_level_cache_assumed"] else ""
    yield f"Corridor {machine['corridor']}: the rulebook on this machine"
    yield f"  {machine['processor']}, {machine['processors']} processors, {cache}{assumed}"
    yield f"  Python {machine['python']}, NumPy {machine['numpy']}, Numba {machine['numba']}"
    repeats = f"{settings.repeat} repeats in {settings.rounds} rounds"
    if machine["load_at_start"] > machine["processors"] / 4:
        load = machine["load_at_start"]
        yield f"  The machine was busy when this began (load {load}): times are too long, ratios uncertain."
    yield f"  {settings.firms:,} firms, {settings.threads} threads, {repeats}; medians"


def _park(report: Report, part: dict[str, Any]) -> Iterator[str]:
    yield f"Park rule and tiered voucher ({part['eligible']:,} firms qualify)"
    yield _row("", "median", "best", "× pass", "slower than", "wrong")
    yield _row("", "ms", "ms", "", "Corridor", "vouchers")
    yield _pass_row(part)
    for name, title in (("numba", "Corridor, Numba, exact"), ("numpy", "Corridor, NumPy, exact")):
        own = part[name]
        slower = _number(own["median_s"] / part["numba"]["median_s"], 1, up=False) + " ×"
        yield _row(
            title, *_milliseconds(own), _number(own["to_pass"], 2, up=True), slower, f"{own['wrong_vouchers']:,}"
        )
    for peer in part["peers"]:
        version = peer["versions"].get(peer["name"], "")
        for way, times in peer["ways"].items():
            title = " ".join(filter(None, (peer["name"], version)))
            if len(peer["ways"]) > 1:
                title = f"{title}, {WAYS[way].removeprefix('its ')}"
            slower = _number(peer["times_slower"][way], 1, up=False) + " ×"
            ratio = _number(times["median_s"] / part["pass"]["median_s"], 2, up=False)
            yield _row(title, *_milliseconds(times), ratio, slower, f"{peer['wrong_vouchers']:,}")
    if not report.settings.peers:
        yield "  peers: not run (--no-peers)"
    yield f"  {part['sets']} equal sets of arrays in turn, so that none is found in the cache."
    yield f"  Corridor's first call, with compiling or its cached result, took {part['numba']['first_s']:.2f} s."
    yield "  The peers run as programs of their own; their set-up is not timed."


def _wide(_report: Report, part: dict[str, Any]) -> Iterator[str]:
    outcomes = ", ".join(f"{count:,} {outcome}" for outcome, count in part["outcomes"].items())
    yield f"The whole of {part['pack']}, a fifth of the facts missing ({outcomes})"
    yield _row("", "median", "best", "× pass", "", "")
    yield _pass_row(part)
    for name, title in (("numba", "Corridor, Numba"), ("numpy", "Corridor, NumPy")):
        yield _row(title, *_milliseconds(part[name]), _number(part[name]["to_pass"], 2, up=True), "", "")


def _pass_row(part: dict[str, Any]) -> str:
    limit = part["pass"]
    title = f"pass over {limit['bytes_per_firm']} B a firm ({limit['gb_per_s']:.1f} GB/s)"
    return _row(title, *_milliseconds(limit), "1.00", "", "")


def _start(_report: Report, part: dict[str, Any]) -> Iterator[str]:
    yield "Start"
    for firm, times in part["decisions"].items():
        decide, text, record = (
            _number(times[way]["median_s"] * 1e3, 3, up=True)
            for way in ("decide", "decide_and_text", "decide_and_json")
        )
        yield f"  one decision of {part['pack']}, warm, a firm that {firm:<16} {decide:>8} ms"
        yield f"    and written out: as text {text} ms in all, as JSON {record} ms in all"
    process, imported = part["decide_process"]["median_s"], part["import_above_bare_s"]
    yield f"  {'corridor decide, a whole process':<57} {_number(process, 3, up=True):>8} s"
    yield f"  {'import corridor.rulebook, above bare Python':<57} {_number(imported, 3, up=True):>8} s"


def _agreement(_report: Report, part: dict[str, Any]) -> Iterator[str]:
    yield "The same answer three ways, on rows of ties, boundaries and missing facts"
    yield f"  {'pack':<28}{'laws':>5}{'rows':>12}{'NumPy ≠ Numba':>15}{'interpreted':>13}{'≠ interpreter':>15}"
    for name, pack in part.items():
        yield (
            f"  {name:<28}{pack['laws']:>5}{pack['rows']:>12,}{pack['kernel_differences']:>15,}"
            f"{pack['interpreted_rows']:>13,}{pack['interpreter_differences']:>15,}"
        )
        yield from (f"    {example}" for example in pack.get("examples", ()))


def _targets(report: Report) -> Iterator[str]:
    yield "Targets"
    yield from (_target(target) for target in report.targets)
    if report.settings.quick_look:
        yield "  A quick look: too short for a claim."


def _target(target: Target) -> str:
    word = "met" if target.met else "MISSED"
    sign = "≤" if target.at_most else "≥"
    if target.measured is None:
        found = "not measured"
    elif target.unit:
        found = f"{_number(target.measured, 3, up=target.at_most)} {target.unit}"
    else:
        found = f"{target.measured:,.0f}"
    return f"  {word:<7}{target.name:<64} {sign} {f'{target.limit:g} {target.unit}':<8}{found:>13}"


def _row(title: str, *cells: str) -> str:
    return (
        f"  {title:<56}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, (9, 9, 9, 13, 10), strict=True))
    ).rstrip()


def _milliseconds(times: dict[str, Any]) -> tuple[str, str]:
    return f"{times['median_s'] * 1e3:.2f}", f"{times['best_s'] * 1e3:.2f}"


def _number(value: float, decimals: int, *, up: bool) -> str:
    """A number cut to some decimals, always upwards or always downwards."""
    step = Decimal(1).scaleb(-decimals)
    return str(Decimal(value).quantize(step, ROUND_CEILING if up else ROUND_FLOOR))
