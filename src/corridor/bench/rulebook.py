"""`corridor bench rulebook`: how fast and how exact the rulebook is on this machine, beside the limit and the peers.

Every number of one report comes from one run. Times that are compared are taken in turn, over sets of arrays that are
larger together than the last-level cache, and ratios are ratios of medians. Nothing is rounded in Corridor's favour.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

import numpy as np

import corridor
from corridor.bench import memory, scratch
from corridor.bench.firms import FACTS, SEED, Columns, exact_vouchers, make_firms, write_firms
from corridor.rulebook import Conflict, Pack, list_packs, load_pack
from corridor.rulebook.emit import CONFLICT, ELSEWHERE, MISSING, NO, UNKNOWN, YES
from corridor.rulebook.interpret import Evaluation
from corridor.rulebook.kernels import compile_table
from corridor.rulebook.kinds import Kind, day_number
from corridor.rulebook.law import Law
from corridor.rulebook.rows import boundary_rows

FORMAT: Final = "corridor.bench.rulebook/1"
PARK: Final = Path(__file__).parent / "packs" / "park_voucher"
ON: Final = datetime.date(2024, 6, 30)
WIDE_PACK: Final = "hnte-2016"
WIDE_MISSING: Final = 0.20
DISAGREEMENTS_SHOWN: Final = 5

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """How much to measure."""

    firms: int = 1_000_000
    repeat: int = 15
    rounds: int = 3
    threads: int = 2
    seed: int = SEED
    peers: bool = True
    processes: int = 11
    rows: int = 1_000_000
    interpreted_rows: int = 20_000
    quick_look: bool = False

    @classmethod
    def quick(cls, *, firms: int, repeat: int, peers: bool) -> Settings:
        """A look in about a minute; too short for a claim."""
        return cls(
            firms=min(firms, 200_000),
            repeat=min(repeat, 6),
            rounds=2,
            peers=peers,
            processes=3,
            rows=50_000,
            interpreted_rows=1_000,
            quick_look=True,
        )


@dataclass(frozen=True, slots=True)
class Target:
    """A number that was promised, and the one that was measured (None if it could not be)."""

    name: str
    limit: float
    measured: float | None
    at_most: bool = True
    unit: str = "×"

    @property
    def met(self) -> bool:
        """Whether the unrounded number keeps the promise."""
        if self.measured is None:
            return False
        return self.measured <= self.limit if self.at_most else self.measured >= self.limit

    def as_json(self) -> dict[str, Any]:
        """The target as the report has it."""
        return asdict(self) | {"met": self.met}


@dataclass
class Report:
    """What a run found."""

    settings: Settings
    machine: dict[str, Any]
    parts: dict[str, Any] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    peer_failures: dict[str, str] = field(default_factory=dict)

    @property
    def missed(self) -> list[Target]:
        """The targets that were not met, or not measured."""
        return [target for target in self.targets if not target.met]

    def as_json(self) -> dict[str, Any]:
        """The report as one JSON object."""
        return {
            "format": FORMAT,
            "machine": self.machine,
            "settings": asdict(self.settings),
            "parts": self.parts,
            "targets": [target.as_json() for target in self.targets],
            "failures": self.failures,
            "peer_failures": self.peer_failures,
        }


def run(settings: Settings, say: Say) -> Report:
    """Measure everything; a part that fails is reported and does not stop the others."""
    report = Report(settings, describe_machine())
    parts: dict[str, Callable[[Report, Say], dict[str, Any]]] = {
        "start": measure_start,
        "park": measure_park,
        "wide": measure_wide,
        "agreement": measure_agreement,
    }
    for name, part in parts.items():
        try:
            report.parts[name] = part(report, say)
        except Exception as error:  # noqa: BLE001  (whatever it is, it is printed and the other parts still run)
            report.failures[name] = " ".join(f"{type(error).__name__}: {error}".split())
            say(f"{name} FAILED: {report.failures[name]}")
    return report


def describe_machine() -> dict[str, Any]:
    """Processor, caches and versions, as far as the system tells."""
    cache, told = memory.last_level_cache()
    return {
        "processor": _processor(),
        "processors": os.cpu_count() or 1,
        "load_at_start": round(os.getloadavg()[0], 2),
        "last_level_cache_bytes": cache,
        "last_level_cache_assumed": not told,
        "corridor": corridor.__version__,
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "numba": version("numba"),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.machine()


# --- one decision, one process ----------------------------------------------------------------------------------------

FIRM: Final = {
    "revenue": "35250000.00",
    "revenue_3y": "96000000.00",
    "rd_expenditure_3y": "6200000.00",
    "rd_expenditure_domestic_3y": "6100000.00",
    "hightech_income": "28000000.00",
    "total_income": "35400000.00",
    "employees": 64,
    "st_employees": 20,
    "holds_core_ip": True,
    "registered_on": "2015-04-01",
    "evaluation_score": 82,
    "major_incident": False,
    "serious_breach": False,
}
FAILING: Final = {"rd_expenditure_3y": "3000000.00", "rd_expenditure_domestic_3y": "2900000.00", "evaluation_score": 70}
"""The firm that is decided alone, and what makes two of its tests fail."""


def measure_start(report: Report, say: Say) -> dict[str, Any]:
    """One cited decision when warm; a whole process that decides; what importing the rulebook costs."""
    say("one decision, and whole processes …")
    pack = load_pack(WIDE_PACK)
    firms = {"passes": FIRM, "fails two tests": {**FIRM, **FAILING}}
    decisions = {name: _time_decision(pack, firm) for name, firm in firms.items()}
    slowest = max(times["decide"]["median_s"] for times in decisions.values())
    with tempfile.TemporaryDirectory(prefix="corridor-bench-") as folder:
        file = Path(folder) / "firm.json"
        file.write_text(json.dumps(firms["fails two tests"]), encoding="utf-8")
        words = {
            "bare": [sys.executable, "-c", "pass"],
            "import": [sys.executable, "-c", "import corridor.rulebook"],
            "decide": [*_command(), "decide", WIDE_PACK, "--on", ON.isoformat(), "--facts", str(file)],
        }
        times: dict[str, list[float]] = {name: [] for name in words}
        for _ in range(report.settings.processes + 1):
            for name, line in words.items():
                times[name].append(_process(line))
    medians = {name: median(seconds[1:]) for name, seconds in times.items()}
    above = medians["import"] - medians["bare"]
    report.targets += [
        Target("one cited decision, warm", 1.0, slowest * 1e3, unit="ms"),
        Target("corridor decide, a whole process", 0.4, medians["decide"], unit="s"),
        Target("import corridor.rulebook, above bare Python", 0.15, above, unit="s"),
    ]
    return {
        "pack": WIDE_PACK,
        "decisions": decisions,
        "decide_process": _times(times["decide"][1:]),
        "import_process": _times(times["import"][1:]),
        "bare_process": _times(times["bare"][1:]),
        "import_above_bare_s": above,
    }


def _time_decision(pack: Pack, firm: dict[str, Any]) -> dict[str, Any]:
    """Seconds of the decision, with its clauses, references, margins and changes; then also written out."""
    ways: dict[str, Callable[[], object]] = {
        "decide": lambda: pack.decide(firm, on=ON),
        "decide_and_text": lambda: pack.decide(firm, on=ON).text(),
        "decide_and_json": lambda: pack.decide(firm, on=ON).to_json(),
    }
    found: dict[str, Any] = {"outcome": pack.decide(firm, on=ON).outcome}
    for name, work in ways.items():
        for _ in range(20):
            work()
        found[name] = _times([memory.stopwatch(work) for _ in range(200)])
    return found


def _command() -> list[str]:
    """The installed command beside this Python, or the package run as a module."""
    script = Path(sys.executable).with_name("corridor")
    return [str(script)] if script.is_file() else [sys.executable, "-m", "corridor"]


def _process(words: Sequence[str]) -> float:
    return memory.stopwatch(
        lambda: subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    )


def _times(seconds: Sequence[float]) -> dict[str, Any]:
    return {"median_s": median(seconds), "best_s": min(seconds), "repeats": len(seconds)}


# --- a million firms: park rule and voucher ---------------------------------------------------------------------------


def measure_park(report: Report, say: Say) -> dict[str, Any]:
    """The park rule with its voucher: Corridor, the pass over the same bytes, and the peers, in turn."""
    settings = report.settings
    say(f"park rule and voucher, {settings.firms:,} firms …")
    firms = make_firms(settings.firms, settings.seed)
    qualifies, vouchers = exact_vouchers(firms)
    bench = _Bench(load_pack(PARK).law(ON), firms, settings)
    # The pass writes what the work is defined to write: a voucher and an answer, 9 bytes.
    writes: dict[str, np.dtype[Any]] = {"voucher": np.dtype(np.int64), "qualifies": np.dtype(np.int8)}
    peers = _Peers(report, firms, vouchers, say) if settings.peers else None
    try:
        reads: dict[str, np.dtype[Any]] = {name: firms[name].dtype for name in FACTS}
        bench.start(reads, writes)
        per_round = -(-settings.repeat // settings.rounds)
        for number in range(settings.rounds):
            bench.take_turns(per_round)
            if peers:
                say(f"  round {number + 1} of {settings.rounds}: peers")
                peers.take_turns(per_round)
        answers = {
            backend: {name: bench.answers[backend][name] for name in ("outcome", "voucher")}
            for backend in bench.answers
        }
        found = bench.summary()
    finally:
        bench.close()
        if peers:
            peers.close()
    for backend, answer in answers.items():
        found[backend]["wrong_outcomes"] = int(np.count_nonzero(answer["outcome"] != qualifies))
        found[backend]["wrong_vouchers"] = int(np.count_nonzero(answer["voucher"] != vouchers))
    found |= {"eligible": int(np.count_nonzero(qualifies)), "pass_bytes": 37}
    ours, limit = found["numba"]["median_s"], found["pass"]["median_s"]
    report.targets.append(Target("park rule and voucher, to the pass over 37 B a firm", 4.0, ours / limit))
    wrong = sum(found[backend][f"wrong_{what}"] for backend in answers for what in ("outcomes", "vouchers"))
    report.targets.append(Target("wrong answers of Corridor, both backends", 0, wrong, unit=""))
    found["peers"] = peers.summary(ours) if peers else []
    if settings.peers:
        for name, least in (("openfisca-core", 20.0), ("policyengine-core", 6.0)):
            ratios = {
                way: ratio
                for peer in found["peers"]
                if peer["name"] == name
                for way, ratio in peer["times_slower"].items()
            }
            for way, meaning in WAYS.items():
                title = f"faster than {name}, {meaning}"
                report.targets.append(Target(title, least, ratios.get(way), at_most=False))
    return found


WAYS: Final = {
    "calculate": "its simulation kept and refilled",
    "build_and_calculate": "a new simulation each time",
}
"""The ways in which the peers with simulations are run, the one more favourable to them first."""


class _Bench:
    """One law over one population: the pass, Numba and NumPy, taking turns over sets that the cache cannot hold."""

    def __init__(self, law: Law, columns: Columns, settings: Settings) -> None:
        wanted = ("outcome", "outputs")
        self._settings = settings
        self._on = day_number(ON)
        self._tables = {name: compile_table(law, wanted=wanted, backend=name) for name in ("numba", "numpy")}
        self._columns = {name: columns[name] for name in self._tables["numba"].facts}
        self._first: dict[str, float] = {}
        self._seconds: dict[str, list[float]] = {"pass": [], "numba": [], "numpy": []}
        self._bytes = 0
        self._number = 0
        self.answers: dict[str, dict[str, memory.Array]] = {}

    def start(
        self, reads: dict[str, np.dtype[Any]] | None = None, writes: dict[str, np.dtype[Any]] | None = None
    ) -> None:
        """Compile, keep the answers, lay out the sets; the pass reads and writes what the law does unless told."""
        for name, table in self._tables.items():
            start = perf_counter()
            self.answers[name] = self._run(table, self._columns, None)
            self._first[name] = perf_counter() - start
        rooms: dict[str, np.dtype[Any]] = {r.name: np.dtype(r.storage) for r in self._tables["numba"].results}
        passed_reads = reads or {name: column.dtype for name, column in self._columns.items()}
        passed_writes = writes or rooms
        self._bytes = sum(d.itemsize for d in (*passed_reads.values(), *passed_writes.values()))
        self._names = tuple(passed_writes)
        self._number = memory.sets_needed(self._bytes, self._settings.firms)
        self._sets = memory.copies(self._columns, rooms | passed_writes, self._number)
        self._room_names = tuple(rooms)
        self._turn = 0
        self._pass = memory.Pass(tuple(passed_reads.values()), tuple(passed_writes.values()), self._settings.threads)
        self._pass.settle((self._next_for_pass() for _ in count()), 5)
        self._ours("numba")

    def _next(self) -> memory.Set:
        self._turn += 1
        return self._sets[self._turn % self._number]

    def _next_for_pass(self) -> memory.Set:
        facts, rooms = self._next()
        return facts, {name: rooms[name] for name in self._names}

    def _run(self, table: Any, facts: Columns, out: Columns | None) -> Columns:
        answers: Columns = table.run(facts, on=self._on, threads=self._settings.threads, out=out)
        return answers

    def _ours(self, name: str) -> float:
        facts, rooms = self._next()
        out = {room: rooms[room] for room in self._room_names}
        return memory.stopwatch(lambda: self._run(self._tables[name], facts, out))

    def take_turns(self, times: int) -> None:
        """Time the pass and both backends one after the other, each on the set that has been out of use longest."""
        for _ in range(times):
            self._seconds["pass"].append(self._pass.time(self._next_for_pass()))
            self._seconds["numba"].append(self._ours("numba"))
            self._seconds["numpy"].append(self._ours("numpy"))

    def summary(self) -> dict[str, Any]:
        """Medians, and ratios to the pass."""
        found: dict[str, Any] = {name: _times(seconds) for name, seconds in self._seconds.items()}
        limit = found["pass"]["median_s"]
        found["pass"] |= {
            "bytes_per_firm": self._bytes,
            "threads": self._pass.on_threads,
            "gb_per_s": self._bytes * self._settings.firms / limit / 1e9,
        }
        for name in self._tables:
            found[name] |= {"to_pass": found[name]["median_s"] / limit, "first_s": self._first[name]}
        return found | {"sets": self._number, "facts": list(self._columns)}

    def close(self) -> None:
        """Let the threads and the memory go."""
        if self._number:
            self._pass.close()
            self._sets.clear()


class _Peers:
    """The other engines on the same firms; one that fails is reported and left out of the later rounds."""

    def __init__(self, report: Report, firms: Columns, vouchers: memory.Array, say: Say) -> None:
        self._report, self._vouchers = report, vouchers
        self._folder = tempfile.TemporaryDirectory(prefix="corridor-bench-")
        self._file = Path(self._folder.name) / "firms.npz"
        write_firms(firms, self._file)
        self._python: dict[str, Path] = {}
        self._seconds: dict[str, dict[str, list[float]]] = {}
        self._wrong: dict[str, int] = {}
        self._worst: dict[str, int] = {}
        self._said: dict[str, dict[str, Any]] = {}
        say("  peers: the scratch environment is made on the first run, which takes a minute or two")
        for peer in scratch.ALL_PEERS:
            try:
                self._python[peer.name] = scratch.scratch_python() if peer.scratch else Path(sys.executable)
            except scratch.PeerError as error:
                self._fail(peer, error, say)
        self._say = say

    def _fail(self, peer: scratch.Peer, error: Exception, say: Say) -> None:
        self._report.peer_failures[peer.name] = str(error)
        self._python.pop(peer.name, None)
        say(f"  {peer.name} FAILED: {error}")

    def take_turns(self, repeat: int) -> None:
        """Run each peer once as a program that repeats its work."""
        for peer in scratch.ALL_PEERS:
            python = self._python.get(peer.name)
            if python is None:
                continue
            result = Path(self._folder.name) / "vouchers.npy"
            result.unlink(missing_ok=True)
            try:
                said = scratch.run_peer(peer, python, self._file, result, repeat, self._report.settings.threads)
                self._keep(peer.name, said, np.load(result))
            except (scratch.PeerError, OSError, ValueError, KeyError) as error:
                self._fail(peer, error, self._say)

    def _keep(self, name: str, said: dict[str, Any], yuan: memory.Array) -> None:
        off = np.abs(np.rint(yuan.astype(np.float64) * 100).astype(np.int64) - self._vouchers)
        self._wrong[name], self._worst[name] = int(np.count_nonzero(off)), int(off.max())
        ways = self._seconds.setdefault(name, {})
        for way, seconds in said["ways"].items():
            ways.setdefault(way, []).extend(seconds)
        self._said[name] = said

    def summary(self, ours: float) -> list[dict[str, Any]]:
        """What each peer took, how much slower that is than ``ours``, and how many vouchers it got wrong."""
        found = []
        for peer in scratch.ALL_PEERS:
            if peer.name not in self._said:
                continue
            ways = {way: _times(seconds) for way, seconds in self._seconds[peer.name].items()}
            found.append(
                {
                    "name": peer.name,
                    "licence": peer.licence,
                    "versions": self._said[peer.name]["versions"],
                    "money": self._said[peer.name]["money"],
                    "ways": ways,
                    "times_slower": {way: times["median_s"] / ours for way, times in ways.items()},
                    "wrong_vouchers": self._wrong[peer.name],
                    "worst_fen": self._worst[peer.name],
                }
            )
        return found

    def close(self) -> None:
        """Remove the files."""
        self._folder.cleanup()


# --- a whole recognition law ------------------------------------------------------------------------------------------


def measure_wide(report: Report, say: Say) -> dict[str, Any]:
    """The whole of hnte-2016 with a fifth of the facts missing, beside a pass over its own bytes."""
    settings = report.settings
    say(f"the whole of {WIDE_PACK}, {settings.firms:,} firms, {WIDE_MISSING:.0%} of the facts missing …")
    law = load_pack(WIDE_PACK).law(ON)
    bench = _Bench(law, boundary_rows(law, settings.firms, seed=settings.seed, missing=WIDE_MISSING), settings)
    try:
        bench.start()
        bench.take_turns(settings.repeat)
        outcomes = bench.answers["numba"]["outcome"]
        found = bench.summary()
    finally:
        bench.close()
    names = {NO: "no", YES: "yes", UNKNOWN: "cannot tell", CONFLICT: "conflict"}
    codes, counts = np.unique(outcomes, return_counts=True)
    found["outcomes"] = {names[int(code)]: int(count) for code, count in zip(codes, counts, strict=True)}
    found["pack"] = WIDE_PACK
    title = f"{WIDE_PACK}, to the pass over its {found['pass']['bytes_per_firm']} B a firm"
    report.targets.append(Target(title, 6.0, found["numba"]["to_pass"]))
    return found


# --- the same answer three ways ---------------------------------------------------------------------------------------


def measure_agreement(report: Report, say: Say) -> dict[str, Any]:
    """NumPy and Numba against each other and against the interpreter, on rows made of ties, boundaries and gaps."""
    found = {}
    for name, folder in {**list_packs(), "park-voucher": PARK}.items():
        say(f"the same answer three ways: {name} …")
        found[name] = _agreement(load_pack(folder), report.settings)
    for what, title in (
        ("kernel_differences", "differences between NumPy and Numba"),
        ("interpreter_differences", "differences between the kernels and the interpreter"),
    ):
        report.targets.append(Target(title, 0, sum(pack[what] for pack in found.values()), unit=""))
    return found


def _agreement(pack: Pack, settings: Settings) -> dict[str, Any]:
    """Compare every law of a pack's life; the rows are shared out among them."""
    laws = list(pack.laws())
    found: dict[str, Any] = {"laws": len(laws), "rows": 0, "interpreted_rows": 0}
    found |= {"kernel_differences": 0, "interpreter_differences": 0}
    examples: list[str] = []
    for number, law in enumerate(laws):
        rows = boundary_rows(law, -(-settings.rows // len(laws)), seed=settings.seed + number)
        length = len(next(iter(rows.values())))
        on = day_number(law.day)
        answers = {
            backend: compile_table(law, wanted=("outcome", "outputs", "clauses", "margins"), backend=backend).run(
                rows, on=on, threads=settings.threads
            )
            for backend in ("numba", "numpy")
        }
        found["rows"] += length
        for name, answer in answers["numba"].items():
            found["kernel_differences"] += int(np.count_nonzero(answer != answers["numpy"][name]))
        some = min(length, -(-settings.interpreted_rows // len(laws)))
        found["interpreted_rows"] += some
        for difference in _against_interpreter(law, rows, answers["numpy"], on, some):
            found["interpreter_differences"] += 1
            if len(examples) < DISAGREEMENTS_SHOWN:
                examples.append(f"{law.day}: {difference}")
    return found | ({"examples": examples} if examples else {})


def _against_interpreter(law: Law, rows: Columns, answers: Columns, on: int, count: int) -> Iterable[str]:
    """Interpret the first rows one by one and tell each outcome, output or clause that differs."""
    facts = {name: _or_none(column[:count]) for name, column in rows.items()}
    told = {name: answer[:count].tolist() for name, answer in answers.items()}
    for row in range(count):
        firm = {name: column[row] for name, column in facts.items()}
        firm_run = Evaluation(law, firm, on)
        expected: dict[str, int] = {}
        try:
            expected["outcome"] = _truth(firm_run.rule(law.outcome))
            for name in law.outputs:
                root, value = law.roots[name], firm_run.rule(name)
                expected[name] = _truth(value) if root.kind is Kind.BOOL else _code(value, root.den)
            for clause in law.clauses:
                expected[f"clause:{clause.id}"] = _truth(firm_run.clause(clause))
                if clause.margin is not None:
                    expected[f"margin:{clause.id}"] = _code(firm_run.of(clause.margin), clause.margin.den)
        except Conflict:
            expected = {"outcome": CONFLICT}
        for name, value in expected.items():
            if told[name][row] != value:
                yield f"{name} is {told[name][row]}, the interpreter says {value}, for {firm}"


def _or_none(column: memory.Array) -> list[int | None]:
    missing = int(np.iinfo(column.dtype).min)
    return [None if code == missing else code for code in column.tolist()]


def _truth(value: object) -> int:
    """The kernels' code of an answer."""
    if value is None:
        return UNKNOWN
    return ELSEWHERE if value == "n/a" else int(bool(value))


def _code(value: Any, den: int) -> int:
    """The kernels' code of a number."""
    return MISSING["int64"] if value is None else int(value * den)
