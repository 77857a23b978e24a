"""How fast the generator is, beside the time pyarrow alone takes to write the same tables.

`python -m tests.bench.generator_floor [--customers 800] [--days 120]`: runs the generator command as
a process, then reads its days back and writes each of them from memory with the same settings and
row groups, first one after the other and then on as many processes as the generator used.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from generator.landing.records import CALLS_SCHEMA
from generator.landing.writing import parquet_options
from generator.run import default_workers


def write_from_memory(path: Path, target: Path) -> tuple[float, float]:
    """Elapsed and processor seconds to write a finished day that lies in memory as it was made."""
    source = pq.ParquetFile(path, read_dictionary=_words())
    groups = [
        pa.Table.from_batches(source.iter_batches(10**9, row_groups=[index])).cast(CALLS_SCHEMA)
        for index in range(source.num_row_groups)
    ]
    started, worked = time.perf_counter(), time.process_time()
    with pq.ParquetWriter(target, CALLS_SCHEMA, **parquet_options(CALLS_SCHEMA)) as writer:
        for group in groups:
            writer.write_table(group)
    return time.perf_counter() - started, time.process_time() - worked


def _words() -> list[str]:
    return [field.name for field in CALLS_SCHEMA if pa.types.is_dictionary(field.type)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=800)
    parser.add_argument("--days", type=int, default=120)
    options = parser.parse_args()
    workers = default_workers()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "raw"
        arguments = ["--customers", str(options.customers), "--days", str(options.days)]
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "generator", *arguments, "--out", str(out)], check=True)
        seconds = time.perf_counter() - started
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        days = sorted((out / "calls").rglob("*.parquet"))
        calls = sum(pq.read_metadata(day).num_rows for day in days)
        target = Path(folder) / "floor.parquet"
        alone, processor = map(sum, zip(*(write_from_memory(day, target) for day in days), strict=True))
        targets = [Path(folder) / f"floor-{index}.parquet" for index in range(len(days))]
        with ProcessPoolExecutor(workers) as pool:
            shared = sum(elapsed for elapsed, _ in pool.map(write_from_memory, days, targets)) / workers
    spent = used.ru_utime + used.ru_stime
    lines = (
        f"generator        {calls:,} calls in {seconds:.2f} s: {calls / seconds:,.0f} calls/s,",
        f"                 {spent:.2f} s of processor time,",
        f"                 {used.ru_maxrss / 1024:,.0f} MB at most in one of {workers + 1} processes",
        f"floor, alone     {alone:.2f} s: the generator takes {seconds / alone:.2f} x",
        f"floor, {workers} at once {shared:.2f} s: the generator takes {seconds / shared:.2f} x",
        f"processor time   {processor:.2f} s: the generator takes {spent / processor:.2f} x",
        f"machine          {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}",
    )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
