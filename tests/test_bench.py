"""The benchmark: its work is what it says, a failure shows, and nothing is rounded in Corridor's favour."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import corridor
from corridor.bench import memory, rulebook, scratch
from corridor.bench.firms import FACTS, Columns, exact_vouchers, make_firms
from corridor.bench.rulebook import PARK, Settings, Target
from corridor.bench.show import text
from corridor.cli import main
from corridor.rulebook import load_pack
from corridor.rulebook.cases import check_pack
from corridor.rulebook.kernels import compile_table

SMALL = Settings(firms=20_000, repeat=2, rounds=1, processes=1, rows=2_000, interpreted_rows=200)


def test_the_firms_are_the_same_every_time_and_meet_every_tier() -> None:
    firms = make_firms(20_000)
    again = make_firms(20_000)
    assert tuple(firms) == FACTS
    assert sum(column.dtype.itemsize for column in firms.values()) == 28
    for name in FACTS:
        assert np.array_equal(firms[name], again[name])
    qualifies, vouchers = exact_vouchers(firms)
    assert 0.2 < qualifies.mean() < 0.35
    assert {0, 20_000_000, 50_000_000, 100_000_000} <= set(vouchers.tolist())
    assert not vouchers[~qualifies].any()


def test_the_hand_written_answer_is_right_at_the_boundaries() -> None:
    rows = {  # revenue, R&D, staff, with a degree, in R&D → voucher, in fen
        (100_000_000, 3_000_000, 100, 30, 10): 900_000,
        (100_000_000, 2_999_999, 100, 30, 10): 0,
        (100_000_000, 3_000_000, 100, 29, 10): 0,
        (100_000_000, 3_000_000, 100, 30, 9): 0,
        (100_000_000, 3_000_005, 100, 30, 10): 900_002,
        (100_000_000, 3_000_004, 100, 30, 10): 900_001,
        (1_999_999_999, 100_000_000, 100, 30, 10): 20_000_000,
        (2_000_000_000, 100_000_000, 100, 30, 10): 30_000_000,
        (39_999_999_999, 1_200_000_000, 100, 30, 10): 50_000_000,
        (40_000_000_000, 1_200_000_000, 100, 30, 10): 100_000_000,
    }
    columns = np.array(list(rows), dtype=np.int64).T
    firms = dict(zip(FACTS, columns, strict=True))
    assert exact_vouchers(firms)[1].tolist() == list(rows.values())


def test_the_pack_of_the_benchmark_passes_its_cases() -> None:
    report = check_pack(load_pack(PARK))
    assert not report.failures
    assert not report.uncovered


def test_the_pack_gives_the_hand_written_answer() -> None:
    firms = make_firms(30_000, seed=11)
    qualifies, vouchers = exact_vouchers(firms)
    answer = compile_table(load_pack(PARK).law(rulebook.ON), backend="numpy").run(firms, on=0, threads=1)
    assert np.array_equal(answer["outcome"], qualifies)
    assert np.array_equal(answer["voucher"], vouchers)


def test_a_pass_reads_and_writes_everything() -> None:
    reads: Columns = {"a": np.arange(5_000), "b": np.arange(5_000, dtype=np.int32)[::-1].copy()}
    sets = memory.copies(reads, {"x": np.dtype(np.int64), "y": np.dtype(np.int8)}, 2)
    passing = memory.Pass(tuple(column.dtype for column in reads.values()), (np.dtype("int64"), np.dtype("int8")), 2)
    for threads, (facts, answers) in enumerate(sets, start=1):
        passing.on_threads = threads
        assert passing.time((facts, answers)) > 0
        assert np.array_equal(answers["x"], reads["a"] ^ reads["b"])
        assert np.array_equal(answers["y"], (reads["a"] ^ reads["b"]).astype(np.int8))
    passing.close()


def test_sets_go_round_a_cache_that_is_too_small_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "last_level_cache", lambda: (32 << 20, True))
    assert memory.sets_needed(37, 1_000_000) * 37_000_000 >= 3 * (32 << 20) + 37_000_000
    monkeypatch.setattr(memory, "available_memory", lambda: 1 << 20)
    with pytest.raises(MemoryError, match="try fewer rows"):
        memory.copies({"a": np.zeros(100_000)}, {}, 9)


def test_a_promise_is_kept_or_not_by_the_unrounded_number() -> None:
    assert Target("at most", 4.0, 4.0).met
    assert not Target("at most", 4.0, 4.0000001).met
    assert Target("at least", 20.0, 20.0, at_most=False).met
    assert not Target("at least", 20.0, 19.9999999, at_most=False).met
    assert not Target("not measured", 4.0, None).met


def test_the_report_is_whole_and_rounds_against_corridor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CORRIDOR_CACHE", str(tmp_path))
    monkeypatch.setattr(rulebook, "list_packs", dict)

    def no_network() -> Path:
        raise scratch.PeerError("no network")

    monkeypatch.setattr(scratch, "scratch_python", no_network)
    said: list[str] = []
    report = rulebook.run(SMALL, said.append)

    assert report.failures == {}
    assert report.peer_failures == {"openfisca-core": "no network", "policyengine-core": "no network"}
    assert report.parts["park"]["numba"]["wrong_vouchers"] == 0
    assert [peer["money"] for peer in report.parts["park"]["peers"]] == ["float64", "float64"]
    assert report.parts["agreement"]["park-voucher"]["interpreter_differences"] == 0
    assert sum(target.measured is None for target in report.missed) == 4

    whole = json.loads(json.dumps(report.as_json()))
    assert whole["format"] == "corridor.bench.rulebook/1"
    report.targets = [Target("a", 4.0, 4.0000001), Target("b", 20.0, 19.9999999, at_most=False), Target("c", 1.0, None)]
    shown = text(report)
    assert re.search(r"MISSED a +≤ 4 × +4\.001 ×", shown)
    assert re.search(r"MISSED b +≥ 20 × +19\.999 ×", shown)
    assert re.search(r"MISSED c +≤ 1 × +not measured", shown)
    assert "openfisca-core: no network" in shown


def test_a_broken_part_is_printed_and_the_exit_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> dict[str, object]:
        raise RuntimeError("out of order")

    def kept(report: rulebook.Report, *_: object) -> dict[str, object]:
        report.targets.append(Target("late", 1.0, 2.0))
        return {}

    for part in ("measure_park", "measure_wide", "measure_agreement"):
        monkeypatch.setattr(rulebook, part, kept)
    monkeypatch.setattr("corridor.bench.show._park", lambda *_: [])
    monkeypatch.setattr("corridor.bench.show._wide", lambda *_: [])
    monkeypatch.setattr("corridor.bench.show._agreement", lambda *_: [])
    monkeypatch.setattr(rulebook, "measure_start", broken)
    result = CliRunner().invoke(main, ["bench", "rulebook"])
    assert result.exit_code == 1
    assert "start: RuntimeError: out of order" in result.output

    monkeypatch.setattr(rulebook, "measure_start", kept)
    monkeypatch.setattr("corridor.bench.show._start", lambda *_: [])
    assert CliRunner().invoke(main, ["bench", "rulebook"]).exit_code == 0
    assert CliRunner().invoke(main, ["bench", "rulebook", "--strict"]).exit_code == 1


def test_a_peer_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "peer.py"
    monkeypatch.setattr(scratch, "PEERS", tmp_path)
    peer = scratch.Peer("a peer", "peer.py", scratch=False, licence="MIT")
    for source, reason in (
        ("raise SystemExit('it fell over')", "it fell over"),
        ("print('good morning')", "did not report"),
    ):
        program.write_text(source, encoding="utf-8")
        with pytest.raises(scratch.PeerError, match=reason):
            scratch.run_peer(peer, Path(sys.executable), tmp_path, tmp_path, 1, 1)


def test_the_copyleft_peers_are_only_ever_programs() -> None:
    package = Path(corridor.__file__).parent
    peers = package / "bench" / "peers"
    for file in package.rglob("*.py"):
        if peers not in file.parents:
            assert not re.search(r"^\s*(import|from)\s+(openfisca|policyengine)", file.read_text("utf-8"), re.MULTILINE)
    assert not (peers / "__init__.py").exists()
    lock = (peers / "requirements.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^[a-z0-9_.-]+==\S+", lock, re.MULTILINE)
    assert len(pins) > 10
    assert lock.count("--hash=sha256:") >= len(pins)
    assert "://" not in lock
