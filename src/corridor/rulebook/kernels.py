"""Compile a law for tables: NumPy always, Numba by default, both bit for bit equal to the interpreter.

A Numba kernel is kept in the user's cache folder under the hash of its own source, so that the second process compiles
nothing. The folder must belong to the user and be closed to others, because what lies in it is run.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from corridor.rulebook.emit import MISSING, Kernel, Result, emit
from corridor.rulebook.kinds import STORAGE
from corridor.rulebook.law import Law

Column = npt.NDArray[np.integer[Any]]
Backend = Literal["numba", "numpy"]

BLOCK: Final = 1 << 14  # rows that NumPy works on at a time, so that its temporaries stay in the cache
SHARE: Final = 1 << 16  # rows that one thread takes at a time


@dataclass(frozen=True, slots=True)
class TableKernel:
    """A law compiled for columns.

    Attributes:
        facts: the columns it reads, by fact name.
        results: what it gives, with the array type of each.
        source: the generated text.
    """

    law: Law
    backend: Backend
    facts: tuple[str, ...]
    results: tuple[Result, ...]
    source: str
    _fill: Callable[..., None]
    _parameters: tuple[int, ...]

    def run(
        self,
        columns: Mapping[str, Column],
        *,
        on: int,
        threads: int | None = None,
        out: Mapping[str, Column] | None = None,
    ) -> dict[str, Column]:
        """Decide every row.

        Args:
            columns: fact name → codes in the type of its kind (:data:`~corridor.rulebook.kinds.STORAGE`), all of one
                length; the smallest number of the type means missing, and so does a column that is absent.
            on: the day of the application, as a day number.
            threads: how many to use; all cores unless given.
            out: result name → array to write into; made unless given.

        Returns:
            result name → codes. ``outcome``, Bool outputs and ``clause:ID`` are int8 (0 no, 1 yes, 2 cannot tell,
            3 exceptions conflict, 4 an ``if`` leads elsewhere); numbers and ``margin:ID`` are int64, the smallest
            number where they cannot be told.
        """
        rows = next((len(column) for column in columns.values()), 0)
        given = [self._column(columns, name, rows) for name in self.facts]
        results = dict(out) if out is not None else {r.name: np.empty(rows, r.storage) for r in self.results}
        targets = [results[result.name] for result in self.results]
        scalars = (*([on] if self.law.uses_on else []), *self._parameters)
        step = SHARE if self.backend == "numba" else BLOCK

        def part(first: int) -> None:
            last = first + step
            self._fill(*(c[first:last] for c in given), *scalars, *(t[first:last] for t in targets))

        starts = range(0, rows, step)
        threads = min(threads or os.cpu_count() or 1, len(starts))
        if threads > 1:
            list(_pool(threads, os.getpid()).map(part, starts))
        else:
            for first in starts:
                part(first)
        if self.law.outcome in self.law.outputs and "outcome" in results:
            results[self.law.outcome] = results["outcome"]
        return results

    def _column(self, columns: Mapping[str, Column], name: str, rows: int) -> Column:
        storage = STORAGE[self.law.facts[name].kind]
        column = columns.get(name)
        if column is None:
            return np.full(rows, MISSING[storage], storage)
        return np.ascontiguousarray(column, storage)


@lru_cache(maxsize=4)
def _pool(threads: int, _process: int) -> ThreadPoolExecutor:
    """Threads that stay, for this process: a fork does not bring them along."""
    return ThreadPoolExecutor(threads, thread_name_prefix="corridor-kernel")


def compile_table(law: Law, *, wanted: Iterable[str] = ("outcome", "outputs"), backend: str = "numba") -> TableKernel:
    """Compile a law for columns.

    Args:
        law: the pack on its law date.
        wanted: any of ``outcome``, ``outputs``, ``clauses``, ``margins``, ``levels``; see :func:`emit`.
        backend: ``numba``, or ``numpy`` where nothing is to be compiled.
    """
    if backend not in {"numba", "numpy"}:
        raise ValueError(f"backend {backend!r} is neither numba nor numpy")
    kernel = emit(law, wanted=wanted)
    if backend == "numpy":
        fill = _numpy_fill(kernel)
        return TableKernel(law, "numpy", kernel.facts, kernel.results, kernel.source, fill, kernel.parameters)
    source = _numba_module(kernel)
    nothing = [np.empty(0, STORAGE[law.facts[name].kind]) for name in kernel.facts]
    scalars = (*([0] if law.uses_on else []), *kernel.parameters)
    module = _load(source, (*nothing, *scalars, *(np.empty(0, result.storage) for result in kernel.results)))
    return TableKernel(law, "numba", kernel.facts, kernel.results, source, module.fill, kernel.parameters)


def _numpy_fill(kernel: Kernel) -> Callable[..., None]:
    names: dict[str, Any] = {
        "where": np.where, "flip": np.logical_not, "divide": np.floor_divide,
        "int64": lambda column: column.astype(np.int64),
    }  # fmt: skip
    exec(compile(kernel.source, "<corridor kernel>", "exec"), names)  # noqa: S102 - printed from a checked tree
    decide, results = names["decide"], kernel.results

    def fill(*arguments: Any) -> None:
        given, targets = arguments[: -len(results)], arguments[-len(results) :]
        facts = given[: len(kernel.facts)]
        scalars = [np.int64(value) for value in given[len(kernel.facts) :]]
        for target, value in zip(targets, decide(*facts, *scalars), strict=True):
            target[...] = value

    return fill


NUMBA_WORDS: Final = '''\
"""Generated by corridor.rulebook; changed by nobody."""

from numba import int64, njit, uint64


@njit(nogil=True, error_model="numpy", forceinline=True)
def where(test, then, other):  # without a branch, which chance would mispredict
    return other ^ ((then ^ other) & -int64(test))


@njit(nogil=True, error_model="numpy", forceinline=True)
def flip(test):
    return not test


@njit(nogil=True, error_model="numpy", forceinline=True)
def divide(number, den):  # unsigned, so that a constant becomes a product
    return int64(uint64(number) // uint64(den))


@njit(nogil=True, error_model="numpy", forceinline=True)
'''


def _numba_module(kernel: Kernel) -> str:
    facts, scalars = kernel.arguments[: len(kernel.facts)], kernel.arguments[len(kernel.facts) :]
    outs = [f"o__{number}" for number in range(len(kernel.results))]
    cells = ", ".join([*(f"{name}[i]" for name in facts), *scalars])
    targets = ", ".join(f"{out}[i]" for out in outs)
    return (
        f"{NUMBA_WORDS}{kernel.source}\n\n"
        "@njit(nogil=True, error_model='numpy', cache=True)\n"
        f"def fill({', '.join([*kernel.arguments, *outs])}):\n"
        f"    for i in range({outs[0]}.shape[0]):\n"
        f"        {targets}{',' if len(outs) == 1 else ''} = decide({cells})\n"
    )


def cache_folder() -> Path:
    """Where Corridor keeps what can be made again: ``CORRIDOR_CACHE``, else the user's cache folder."""
    stated = os.environ.get("CORRIDOR_CACHE")
    if stated:
        return Path(stated)
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path("~/.cache").expanduser()) / "corridor"
    except RuntimeError:  # a user without a home
        return Path(tempfile.gettempdir()) / f"corridor-{os.getuid()}"


def _kernel_folder() -> Path:
    """A folder that only this user can write; one for this process where the cache folder is not such."""
    folder = cache_folder() / "kernels"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _ours(folder) and _ours(folder.parent) and os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return Path(_own_folder(os.getpid()).name)


def _ours(folder: Path) -> bool:
    """Whether nobody but this user (or root) can put something into a folder, or something in its place."""
    found = folder.stat()
    owned = not hasattr(os, "getuid") or found.st_uid in {os.getuid(), 0}
    return owned and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


@lru_cache(maxsize=4)
def _own_folder(_process: int) -> tempfile.TemporaryDirectory[str]:
    """A folder for this process alone, removed at its end."""
    return tempfile.TemporaryDirectory(prefix="corridor-kernels-")


_loaded: dict[str, Any] = {}


def _load(source: str, nothing: tuple[Any, ...]) -> Any:
    """The module of a generated source: from memory, from the cache folder, or written there first.

    It is called with ``nothing``, arguments of the right types without a row, so that it is compiled, or taken from the
    cache, here; a cache that is damaged is made anew.
    """
    name = f"kernel_{hashlib.sha256(source.encode()).hexdigest()[:24]}"
    if name not in _loaded:
        folder = _kernel_folder()
        try:
            module = _module(name, source, folder)
            module.fill(*nothing)
        except Exception:  # noqa: BLE001 - what a damaged cache raises is up to pickle and LLVM
            for file in folder.glob(f"**/{name}.*"):
                file.unlink(missing_ok=True)
            module = _module(name, source, folder)
            module.fill(*nothing)
        _loaded[name] = module
    return _loaded[name]


def _module(name: str, source: str, folder: Path) -> Any:
    file = folder / f"{name}.py"
    if not file.is_file() or file.read_bytes() != source.encode():
        with tempfile.NamedTemporaryFile("wb", dir=folder, suffix=".tmp", delete=False) as draft:
            draft.write(source.encode())
        Path(draft.name).replace(file)
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # Numba's cache finds its way back by module name
    spec.loader.exec_module(module)
    return module
