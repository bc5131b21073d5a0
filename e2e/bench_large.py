"""Tables that no memory holds, through the whole road: time, peak memory, peak of what was spilled.

Run by `cargo xtask bench large`. Two tables of `--rows` rows are joined, grouped and counted
distinctly in a pool of 4 GiB; then a thousand million rows are summed. Once each: it takes long.
"""

import argparse
import os
import pathlib
import sys
import tempfile

import bench_data
import duckdb
from bench_overlap import Folders, Walk
from conftest import House

JOINED = """
SELECT a.segment, COUNT(DISTINCT p.uid) AS users, SUM(p.amount) AS total
FROM pub p JOIN adv a ON p.uid = a.uid
GROUP BY a.segment
"""
SUMMED = """
SELECT segment, COUNT(clicks) AS n, SUM(amount) AS total, AVG(clicks) AS average
FROM many
GROUP BY segment
"""
POOL = 4 << 30
# A query may take so long.
SECONDS = 3600
# Rows of one file.
FILE = 10_000_000

AMOUNTS = "(hash(i + 1) % 500)::BIGINT AS amount, (hash(i + 2) % 9)::BIGINT AS clicks"
SEGMENT = "'s' || (hash(i) % 12) AS segment"


class Watch(Walk):
    """Also what lies in files without a name."""

    spilled = 0

    def look(self, child):
        super().look(child)
        self.spilled = max(self.spilled, unnamed(child))


def unnamed(process):
    """Bytes in files that a process has open and that have no name, in MiB."""
    found = {}
    try:
        for file in pathlib.Path(f"/proc/{process}/fd").iterdir():
            if os.readlink(file).endswith("(deleted)"):
                seen = os.stat(file)
                found[seen.st_ino] = seen.st_blocks * 512 / (1 << 20)
    except OSError:
        pass
    return sum(found.values())


def write(folder, table, rows, start, columns):
    """A table in files of some millions of rows, each in an order of its own."""
    (folder / table).mkdir(parents=True)
    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order = false")
    for number, low in enumerate(range(start, start + rows, FILE)):
        high = min(low + FILE, start + rows)
        connection.sql(
            f"""
            COPY (SELECT {columns} FROM range({low}, {high}) t(i))
            TO '{folder}/{table}/part-{number:03}.parquet'
            (FORMAT parquet, ROW_GROUP_SIZE 131072, COMPRESSION zstd)
            """
        )


class Summed(Folders):
    """One table of the publisher, which nothing need be joined with."""

    def connect(self, account, name, store):
        table = account.tables("db") / "many"
        if name == "publisher":
            table.mkdir()
            for file in (self.tables / "many").iterdir():
                os.link(file, table / file.name)

    def bring(self, account, membership, table):
        if table == "many":
            bench_data.Room.bring(self, account, membership, table)


MANY = {
    "aggregateColumns": [
        {"columnNames": ["clicks"], "function": "COUNT"},
        {"columnNames": ["amount"], "function": "SUM"},
        {"columnNames": ["clicks"], "function": "AVG"},
    ],
    "joinColumns": [],
    "dimensionColumns": ["segment"],
    "scalarFunctions": [],
    "outputConstraints": [{"columnName": "uid", "minimum": 25, "type": "COUNT_DISTINCT"}],
}


def measured(folder, house, kind, text, checked):
    house.start("--query-memory", POOL)
    room = kind(house, folder / "tables")
    watch = Watch(house)
    watch.start()
    ran = room.run(text, seconds=SECONDS)
    watch.is_over = True
    watch.join()
    left = list((house.data / "spill").glob("*/*"))
    print(
        f"  the road: {ran.execution:,.1f} s from STARTED to the result, whole {ran.whole:,.1f} s; "
        f"memory {watch.peak:,.0f} MiB at most, spilled {watch.spilled:,.0f} MiB at most; "
        f"{len(left)} spill files left; {len(ran.rows)} rows, {checked(ran.rows)}",
        flush=True,
    )
    house.stop()
    assert not left, left


def joined(given, folder):
    rows = given.rows
    write(folder / "tables", "pub", rows, 0, f"'u' || lpad(i::VARCHAR, 12, '0') AS uid, {AMOUNTS}")
    start = rows // 2
    columns = f"'u' || lpad((({start} + (i - {start}) * 7919 % {rows}))::VARCHAR, 12, '0') AS uid, {SEGMENT}"
    write(folder / "tables", "adv", rows, start, columns)
    print(f"{rows:,} x {rows:,} rows joined and counted distinctly, in a pool of {POOL >> 30} GiB:")

    def checked(found):
        users = sum(int(it.split(",")[1]) for it in found)
        assert users == rows - start, (users, rows - start)
        return f"{users:,} users as there must be"

    measured(folder, House(folder / "house"), Folders, JOINED, checked)


def summed(given, folder):
    bench_data.RULES["many"] = MANY
    bench_data.COLUMNS["many"] = ["uid", "segment", "amount", "clicks"]
    columns = f"(hash(i + 3) % 100000000)::BIGINT AS uid, {SEGMENT}, {AMOUNTS}"
    write(folder / "tables", "many", given.sum_rows, 0, columns)
    print(f"{given.sum_rows:,} rows summed by group, with a minimum of users:")

    def checked(found):
        counted = sum(int(it.split(",")[1]) for it in found)
        assert counted == given.sum_rows, counted
        return f"{counted:,} rows counted"

    measured(folder, House(folder / "house"), Summed, SUMMED, checked)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rows", type=int, default=100_000_000)
    arguments.add_argument("--sum-rows", type=int, default=1_000_000_000)
    arguments.add_argument("--only", choices=["joined", "summed"])
    given = arguments.parse_args()
    for name, part in [("joined", joined), ("summed", summed)]:
        if given.only in (None, name):
            with tempfile.TemporaryDirectory(prefix="glovebox-bench-") as folder:
                part(given, pathlib.Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
