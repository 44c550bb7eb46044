"""The park rule and its voucher in plain NumPy by hand, money as float64 yuan: a program of its own.

    python numpy_float64.py FIRMS.npz VOUCHERS.npy REPEAT

Prints one JSON object: versions and the seconds of every repeat. What most scripts do with money, for comparison.
"""

from __future__ import annotations

import json
import platform
import sys
import time

import numpy as np


def main() -> None:
    """Run the population and report."""
    firms_file, vouchers_file, repeat = sys.argv[1], sys.argv[2], int(sys.argv[3])
    firms = dict(np.load(firms_file))
    revenue, rd = firms["revenue"] / 100, firms["rd_expenditure"] / 100
    staff, tertiary, rd_staff = firms["employees"], firms["tertiary_employees"], firms["rd_employees"]

    def run() -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        qualifies = (rd >= 0.03 * revenue) & (tertiary >= 0.30 * staff) & (rd_staff >= 0.10 * staff)
        cap = np.where(revenue < 20e6, 200e3, np.where(revenue < 400e6, 500e3, 1e6))
        return np.where(qualifies, np.floor(np.minimum(0.30 * rd, cap) * 100 + 0.5) / 100, 0.0)

    vouchers = run()
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        vouchers = run()
        seconds.append(time.perf_counter() - start)
    np.save(vouchers_file, vouchers)
    versions = {"numpy": np.__version__, "python": platform.python_version()}
    print(json.dumps({"versions": versions, "money": str(vouchers.dtype), "ways": {"calculate": seconds}}))


if __name__ == "__main__":
    main()
