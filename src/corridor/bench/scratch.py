"""Peers as separate programs: a scratch environment for those that Corridor does not depend on, and how to run one.

OpenFisca and PolicyEngine are AGPL-3.0. They are installed on demand from a hashed lock into an environment of their
own in the user's cache folder, never into Corridor's, and are only ever started as programs.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from corridor.rulebook.kernels import cache_folder

PEERS: Final = Path(__file__).parent / "peers"
LOCK: Final = PEERS / "requirements.txt"
INSTALL_SECONDS: Final = 1800
RUN_SECONDS: Final = 900
_TAIL: Final = 400  # characters of what a program said last, shown when it fails


class PeerError(Exception):
    """A peer could not be installed or run; the text says why."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A program that does the benchmark's work with another engine.

    Attributes:
        name: as shown and as its makers write it.
        program: file in the ``peers`` folder.
        scratch: whether it needs the scratch environment; otherwise Corridor's own has all it needs.
        licence: of the engine.
    """

    name: str
    program: str
    scratch: bool
    licence: str


ALL_PEERS: Final = (
    Peer("openfisca-core", "openfisca_park.py", scratch=True, licence="AGPL-3.0"),
    Peer("policyengine-core", "policyengine_park.py", scratch=True, licence="AGPL-3.0"),
    Peer("NumPy by hand, float64", "numpy_float64.py", scratch=False, licence="BSD-3-Clause"),
    Peer("polars lazy, float64", "polars_lazy.py", scratch=False, licence="MIT"),
)


def scratch_python() -> Path:
    """The Python of the peers' environment, which is made first if it is not there or its lock has changed.

    Raises:
        PeerError: the environment cannot be made, with what pip said.
    """
    key = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = cache_folder() / f"bench-peers-{key}"
    python = folder / "bin" / "python"
    stamp = folder / ".complete"
    if stamp.is_file() and python.is_file():
        return python
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        venv.create(folder, with_pip=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise PeerError(f"no environment in {folder}: {error}") from error
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps"]
    _run([str(python), "-I", *pip, "-r", str(LOCK)], INSTALL_SECONDS)
    stamp.touch()
    return python


def run_peer(peer: Peer, python: Path, firms: Path, vouchers: Path, repeat: int, threads: int) -> dict[str, Any]:
    """Start a peer as a program of its own on a file of firms; it writes its vouchers and reports its seconds.

    Raises:
        PeerError: the program ended with an error, took too long or said something else than its report.
    """
    words = [str(python), "-I", str(PEERS / peer.program), str(firms), str(vouchers), str(repeat)]
    said = _run(words, RUN_SECONDS, {**os.environ, "POLARS_MAX_THREADS": str(threads)})
    try:
        report: dict[str, Any] = json.loads(said.splitlines()[-1])
    except (IndexError, json.JSONDecodeError) as error:
        raise PeerError(f"{peer.name} did not report: {said[-_TAIL:]!r}") from error
    return report


def _run(words: list[str], seconds: int, environment: dict[str, str] | None = None) -> str:
    try:
        done = subprocess.run(
            words,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as error:
        raise PeerError(f"{Path(words[-1]).name}: stopped after {seconds} s") from error
    except OSError as error:
        raise PeerError(str(error)) from error
    if done.returncode != 0:
        said = " ".join((done.stderr or done.stdout).split())
        raise PeerError(f"exit {done.returncode}: …{said[-_TAIL:]}")
    return done.stdout
