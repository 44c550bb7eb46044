"""The park rule and its voucher as a lazy polars query, money as float64 yuan: a program of its own.

    python polars_lazy.py FIRMS.npz VOUCHERS.npy REPEAT

Prints one JSON object: versions and the seconds of every repeat. The benchmark sets POLARS_MAX_THREADS to the number
of threads that Corridor uses.
"""

from __future__ import annotations

import json
import platform
import sys
import time

import numpy as np
import polars as pl


def main() -> None:
    """Run the population and report."""
    firms_file, vouchers_file, repeat = sys.argv[1], sys.argv[2], int(sys.argv[3])
    firms = dict(np.load(firms_file))
    columns = {name: column / 100 if column.dtype == np.int64 else column for name, column in firms.items()}
    frame = pl.DataFrame(columns)
    revenue, rd, staff = pl.col("revenue"), pl.col("rd_expenditure"), pl.col("employees")
    qualifies = (
        (rd >= 0.03 * revenue)
        & (pl.col("tertiary_employees") >= 0.30 * staff)
        & (pl.col("rd_employees") >= 0.10 * staff)
    )
    cap = pl.when(revenue < 20e6).then(200e3).when(revenue < 400e6).then(500e3).otherwise(1e6)
    amount = (pl.min_horizontal(0.30 * rd, cap) * 100 + 0.5).floor() / 100

    def run() -> pl.DataFrame:
        asked = frame.lazy().select(qualifies.alias("qualifies"), amount.alias("amount"))
        given = pl.when(pl.col("qualifies")).then(pl.col("amount")).otherwise(0.0)
        return asked.select("qualifies", given.alias("voucher")).collect()

    result = run()
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        result = run()
        seconds.append(time.perf_counter() - start)
    vouchers = result["voucher"].to_numpy()
    np.save(vouchers_file, vouchers)
    versions = {"polars": pl.__version__, "python": platform.python_version()}
    print(json.dumps({"versions": versions, "money": str(vouchers.dtype), "ways": {"calculate": seconds}}))


if __name__ == "__main__":
    main()
