"""The limit of the machine: how fast two threads can read and write the bytes of a population, and nothing else.

A rule over a million firms must at least read every fact once and write every answer once. A :class:`Pass` does that
much and as little else as possible (it folds the facts together with exclusive or), so the time of a rule divided by
the time of its pass says how far the rule is from what the memory allows, on any machine.

The arrays of one population may fit into the last-level cache. So the benchmark keeps several equal sets and goes
round them, and whatever is measured next finds its set gone from the cache.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Set = tuple[dict[str, Array], dict[str, Array]]
"""Facts and room for answers: the arrays that one run reads and those that it writes."""

_CACHES = Path("/sys/devices/system/cpu/cpu0/cache")
_ASSUMED_CACHE: Final = 64 << 20
_UNITS: Final = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def last_level_cache() -> tuple[int, bool]:
    """Bytes of the largest cache of the first processor, and whether the system told (64 MiB is assumed if not)."""
    sizes = []
    for file in _CACHES.glob("index*/size"):
        text = file.read_text(encoding="ascii").strip()
        if text[-1:] in _UNITS and text[:-1].isdigit():
            sizes.append(int(text[:-1]) * _UNITS[text[-1]])
    return (max(sizes), True) if sizes else (_ASSUMED_CACHE, False)


def sets_needed(row_bytes: int, rows: int) -> int:
    """How many equal sets go round before one comes back, so that three times the last-level cache lies between."""
    return 3 * last_level_cache()[0] // max(row_bytes * rows, 1) + 2


def available_memory() -> int:
    """Bytes of memory that are free, as far as the system tells; otherwise a quarter of it all."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    except OSError:
        pass
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4


def copies(facts: dict[str, Array], answers: dict[str, np.dtype[Any]], number: int) -> list[Set]:
    """Equal sets of the same facts, each in memory of its own, with room for the answers already touched.

    Raises:
        MemoryError: the sets would take more than half of the free memory.
    """
    rows = len(next(iter(facts.values())))
    needed = number * rows * row_bytes(facts, answers)
    if needed > available_memory() // 2:
        raise MemoryError(f"{number} sets of {rows:,} rows need {needed >> 20:,} MiB; try fewer rows")
    return [
        (
            {name: column.copy() for name, column in facts.items()},
            {name: np.full(rows, 1, dtype=dtype) for name, dtype in answers.items()},
        )
        for _ in range(number)
    ]


def row_bytes(facts: dict[str, Array], answers: dict[str, np.dtype[Any]]) -> int:
    """Bytes read and written for each row."""
    return sum(column.dtype.itemsize for column in facts.values()) + sum(dtype.itemsize for dtype in answers.values())


def stopwatch(work: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


class Pass:
    """A pass over columns of given types: reads each element once, writes each answer once.

    One thread alone may fill the memory's channel, so the pass is tried both on one thread and split over
    ``threads``, and :meth:`settle` keeps the faster: a slow pass would flatter the engine.
    """

    def __init__(self, reads: Sequence[np.dtype[Any]], writes: Sequence[np.dtype[Any]], threads: int) -> None:
        self._threads = threads
        self._pool = ThreadPoolExecutor(max(threads - 1, 1))
        self._kernel = _compile(len(reads), len(writes))
        self.on_threads = threads

    def _run(self, columns: list[Array]) -> None:
        if self.on_threads == 1:
            self._kernel(*columns)
            return
        rows = len(columns[0])
        bounds = [rows * part // self._threads for part in range(self._threads + 1)]
        parts = [[column[low:high] for column in columns] for low, high in pairwise(bounds)]
        others = [self._pool.submit(self._kernel, *part) for part in parts[1:]]
        self._kernel(*parts[0])
        for other in others:
            other.result()

    def settle(self, sets: Iterator[Set], repeat: int) -> None:
        """Compile, try one thread and all, and keep what is faster."""
        times: dict[int, list[float]] = {1: [], self._threads: []}
        for _ in range(repeat + 1):
            for threads, seen in times.items():
                self.on_threads = threads
                seen.append(self.time(next(sets)))
        self.on_threads = min(times, key=lambda threads: median(times[threads][1:]))

    def time(self, one: Set) -> float:
        """Seconds of one pass over a set."""
        columns = [*one[0].values(), *one[1].values()]
        return stopwatch(lambda: self._run(columns))

    def close(self) -> None:
        """Stop the threads."""
        self._pool.shutdown()


def _compile(reads: int, writes: int) -> Callable[..., None]:
    import numba

    facts, answers = [f"f{i}" for i in range(reads)], [f"a{i}" for i in range(writes)]
    lines = [
        f"def kernel({', '.join(facts + answers)}):",
        f"    for i in range({facts[0]}.size):",
        f"        x = {' ^ '.join(f'np.int64({fact}[i])' for fact in facts)}",
        *(f"        {answer}[i] = x" for answer in answers),
    ]
    space: dict[str, Any] = {"np": np}
    exec("\n".join(lines), space)  # noqa: S102  (the text is made here, from two counts)
    kernel: Callable[..., None] = numba.njit(nogil=True)(space["kernel"])
    return kernel
