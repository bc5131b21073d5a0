"""Two large tables of long keys joined through the whole road, beside DuckDB and plain DataFusion.

Run by `cargo xtask bench overlap`. Every contestant is a process of its own that knows nothing of
the tables when it starts; they take turns in one run over the same files.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import duckdb
from bench_data import Room, spread
from conftest import House

TEXT = {
    "counted": """
SELECT a.segment, COUNT(DISTINCT p.uid) AS users
FROM pub p JOIN adv a ON p.uid = a.uid
GROUP BY a.segment
""",
    "summed": """
SELECT a.segment, SUM(p.amount) AS total
FROM pub p JOIN adv a ON p.uid = a.uid
GROUP BY a.segment
""",
}
# What the rules add.
MINIMUM = "HAVING COUNT(DISTINCT p.uid) >= 25 AND COUNT(DISTINCT a.uid) >= 25"
# One table under a minimum of users: an aggregate that forgets once it is reached, and COUNT DISTINCT.
REACHED = "SELECT clicks, SUM(amount) AS total FROM pub GROUP BY clicks HAVING COUNT(DISTINCT uid) >= 25"
CORES = 2


def generate(folder, rows):
    """Two tables of `rows` rows each, whose keys of 64 characters overlap by half."""
    connection = duckdb.connect()
    uid = "sha256(({})::VARCHAR)"
    for table, start, column in [
        ("pub", 0, "(hash(i + 1) % 500)::BIGINT AS amount, (hash(i + 2) % 9)::BIGINT AS clicks"),
        ("adv", rows // 2, "'s' || (hash(i) % 12) AS segment"),
    ]:
        target = folder / table
        target.mkdir(parents=True)
        for file in range(4):
            low, high = start + rows * file // 4, start + rows * (file + 1) // 4
            connection.sql(
                f"""
                COPY (SELECT {uid.format("i")} AS uid, {column}
                      FROM range({low}, {high}) t(i) ORDER BY hash(i + 5))
                TO '{target}/part-{file}.parquet' (FORMAT parquet, ROW_GROUP_SIZE 131072)
                """
            )


def one(command, **options):
    """Runs a process; what it printed, and the most memory that it had, in MiB."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return json.loads(printed), usage.ru_maxrss / 1024


DUCKDB = """
import duckdb, json, sys, time
folder, text, cores = sys.argv[1:]
started = time.perf_counter()
connection = duckdb.connect()
connection.execute(f"SET threads = {cores}")
connection.execute("SET enable_progress_bar = false")
for table in ("pub", "adv"):
    connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{folder}/{table}/*.parquet')")
rows = connection.execute(text).fetchall()
seconds = time.perf_counter() - started
print(json.dumps({"seconds": seconds, "rows": [",".join(map(str, it)) for it in rows]}))
"""


class Walk(threading.Thread):
    """Watches the memory of the processes that a house starts."""

    def __init__(self, house):
        super().__init__(daemon=True)
        self.house, self.peak, self.is_over = house, 0, False

    def run(self):
        while not self.is_over:
            for child in self.house.walkers():
                self.look(child)
            time.sleep(0.02)

    def look(self, child):
        try:
            status = pathlib.Path(f"/proc/{child}/status").read_text()
        except OSError:
            return
        for line in status.splitlines():
            if line.startswith("VmHWM:"):
                self.peak = max(self.peak, int(line.split()[1]) / 1024)


class Folders(Room):
    """The same members, whose tables lie in their folders."""

    def __init__(self, house, folder):
        self.tables = folder
        super().__init__(house, None)

    def connect(self, account, name, store):
        owned = {"publisher": "pub", "advertiser": "adv"}[name]
        table = account.tables("db") / owned
        table.mkdir()
        for file in (self.tables / owned).iterdir():
            os.link(file, table / file.name)

    def bring(self, account, membership, table):
        if table != "many":
            super().bring(account, membership, table)


def measured(room, house, text, number):
    watch = Walk(house)
    watch.start()
    ran = room.run(f"{text}-- run {number}")
    watch.is_over = True
    watch.join()
    return ran.execution, watch.peak, ran.rows


# Each left out of lean plans, to see what it is worth.
TECHNIQUES = ["fingerprints", "equal", "marks", "minimums"]


def worth(given, folder, name, text):
    """What each technique of lean plans is worth: plain DataFusion with lean plans, and without one."""
    options = ["lean", *[f"lean-{it}" for it in TECHNIQUES], "engine"]
    times = {it: [] for it in options}
    peaks = dict.fromkeys(options, 0)
    for _ in range(given.runs):
        expected = None
        for it in options:
            seconds, peak, rows = raw(given, folder, it, text)
            expected = expected or rows
            assert rows == expected, (it, rows, expected)
            times[it].append(seconds)
            peaks[it] = max(peaks[it], peak)
    lean = statistics.median(times["lean"])
    print(f"{name}, rewritten SQL, plans made lean without a house:")
    for it in options:
        said = {"lean": "all techniques", "engine": "none"}.get(it, it.replace("lean-", "without "))
        ratio = statistics.median(times[it]) / lean
        print(f"  {said:22} {spread(times[it])}; {peaks[it]:,.0f} MiB; {ratio:.2f} of all")


def compared(given, room, house, folder, name):
    text = TEXT[name]
    rewritten = text + MINIMUM
    contestants = {
        "the road": lambda number: measured(room, house, text, number),
        "DataFusion, engine's options, rewritten": lambda _: raw(given, folder, "engine", rewritten),
        "DataFusion, own options, rewritten": lambda _: raw(given, folder, "own", rewritten),
        "DataFusion, own options, as asked": lambda _: raw(given, folder, "own", text),
        f"DuckDB {duckdb.__version__}, rewritten": lambda _: duck(folder, rewritten),
        f"DuckDB {duckdb.__version__}, as asked": lambda _: duck(folder, text),
    }
    times = {it: [] for it in contestants}
    peaks = {it: 0 for it in contestants}
    for number in range(given.runs):
        expected = None
        for contestant, run in contestants.items():
            seconds, peak, rows = run(number)
            expected = expected or rows
            assert rows == expected, (contestant, rows, expected)
            times[contestant].append(seconds)
            peaks[contestant] = max(peaks[contestant], peak)
    print(f"{name}:")
    for contestant, seconds in times.items():
        print(f"  {contestant:42} {spread(seconds)}; {peaks[contestant]:,.0f} MiB")
    road = statistics.median(times["the road"])
    for contestant, seconds in list(times.items())[1:]:
        print(f"  road / {contestant}: {road / statistics.median(seconds):.2f}")


def raw(given, folder, options, text):
    found, peak = one([given.bench, "local", folder, options, text])
    return found["seconds"], peak, sorted(found["rows"])


def duck(folder, text):
    found, peak = one([sys.executable, "-c", DUCKDB, folder, text, str(CORES)])
    return found["seconds"], peak, sorted(found["rows"])


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--bench", required=True, help="the binary of glovebox-engine's bench")
    arguments.add_argument("--rows", type=int, default=10_000_000)
    arguments.add_argument("--runs", type=int, default=5)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="glovebox-bench-") as name:
        folder = pathlib.Path(name)
        tables = folder / "tables"
        house = House(folder / "house")
        try:
            generate(tables, given.rows)
            house.start()
            room = Folders(house, tables)
            print(
                f"{given.rows:,} x {given.rows:,} rows, keys of 64 characters, half of them in both; "
                f"{os.cpu_count()} cores"
            )
            for text in TEXT:
                compared(given, room, house, tables, text)
                worth(given, tables, text, TEXT[text] + MINIMUM)
            worth(given, tables, "reached", REACHED)
        finally:
            house.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
