"""Private queries beside the same SQL without privacy, and beside other tools for privacy.

Run by `cargo xtask bench private`. Everything is measured in one run on one machine, alternating;
the fastest of each counts, and what is to be quoted is the ratio.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import duckdb

THREADS = 2
PEERS = pathlib.Path(__file__).parent / "peers"


def generate(folder, rows):
    """Rows of persons in campaigns, and an audience of which one half meets them.

    Seeded by the numbers themselves. 1 % of amounts is NULL, 0.01 % is far outside the bounds;
    ten campaigns have one row.
    """
    tables = folder / "tables" / "db"
    tables.mkdir(parents=True, exist_ok=True)
    users, campaigns, audience = rows * 193 // 1000, 30 if rows <= 1_000_000 else 66, rows // 10
    draw = "(hash(i * 4 + {}) % 4294967296) / 4294967296.0"
    person = f"'u' || lpad(CAST(floor(pow({draw.format(0)}, 1.4) * {users}) AS BIGINT)::VARCHAR, 9, '0')"
    connection = duckdb.connect()
    connection.sql(f"SET threads={THREADS}")
    connection.sql(
        f"""
        COPY (
          SELECT {person} AS uid,
                 CASE WHEN i < 10 THEN 'rare_' || i
                      ELSE 'c' || CAST(floor(pow({draw.format(1)}, 2) * {campaigns}) AS BIGINT)
                 END AS campaign,
                 CASE WHEN hash(i * 4 + 2) % 100 = 0 THEN NULL
                      WHEN hash(i * 4 + 2) % 10000 = 1 THEN 1000000
                      ELSE CAST(hash(i * 4 + 3) % 121 AS BIGINT) END AS amount
          FROM range({rows}) t(i)
        ) TO '{tables}/pub.parquet' (FORMAT parquet, ROW_GROUP_SIZE 131072)
        """
    )
    connection.sql(
        f"""
        COPY (
          SELECT 'u' || lpad((i * {users} // {audience} + (i % 2) * {users})::VARCHAR, 9, '0') AS uid,
                 's' || (hash(i) % 12) AS segment
          FROM range({audience}) t(i)
        ) TO '{tables}/adv.parquet' (FORMAT parquet, ROW_GROUP_SIZE 131072)
        """
    )
    found = connection.sql(
        f"SELECT COUNT(DISTINCT p.uid), COUNT(DISTINCT a.uid) FROM '{tables}/pub.parquet' p "
        f"LEFT JOIN '{tables}/adv.parquet' a USING (uid)"
    ).fetchall()[0]
    print(f"{rows:,} rows of {found[0]:,} persons, {found[1]:,} of them in an audience of {audience:,}")
    return tables


def duck(tables, sql):
    connection = duckdb.connect()
    connection.sql(f"SET threads={THREADS}")
    for name in ("pub", "adv"):
        connection.sql(f"CREATE VIEW {name} AS SELECT * FROM '{tables}/{name}.parquet'")
    started = time.perf_counter()
    connection.sql(sql).fetchall()
    return time.perf_counter() - started


def rust(bench, *arguments):
    command = [bench, *arguments]
    # As `serve` starts the processes of its queries. DataFusion alone gains nothing by it.
    env = os.environ | {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=env)
    return done.stdout


def against_raw(bench, folder, tables, runs):
    queries = [line.split("\t") for line in rust(bench, "list").splitlines()]
    print(f"\nfastest of {runs}, {THREADS} threads, seconds; alternating in one run")
    print(f"{'query':46} {'Glovebox':>9} {'DataFusion':>11} {'DuckDB':>8} {'ratio':>7} {'ratio':>7}")
    for name, sql in queries:
        ours, fusion, ducks = [], [], []
        for _ in range(runs):
            found = json.loads(rust(bench, str(folder), name))
            ours.append(found["glovebox"])
            fusion.append(found["datafusion"])
            ducks.append(duck(tables, sql))
        mine, other, third = min(ours), min(fusion), min(ducks)
        print(
            f"{name:46} {mine:9.2f} {other:11.2f} {third:8.2f} {mine / other:6.2f}x {mine / third:6.2f}x"
            f"   {found['released']} of {found['rows']} rows released"
        )
    print("aim: 1.5x of plain DataFusion at one group of a person, 2.5x at three")


def against_peers(bench, folder, tables, pythons):
    name = rust(bench, "list").splitlines()[-1].split("\t")[0]
    ours = min(json.loads(rust(bench, str(folder), name))["glovebox"] for _ in range(3))
    print(f"\n{name}: COUNT(DISTINCT person), COUNT, SUM; unknown keys")
    print(f"  Glovebox: {ours:.2f} s; at most 3 campaigns of a person, each clamped to 4 rows within 0..120")
    for peer, python in pythons:
        script = [python, PEERS / f"{peer}.py", tables / "pub.parquet"]
        environment = {**os.environ, "PYSPARK_PYTHON": str(python)}
        done = subprocess.run(script, check=False, capture_output=True, text=True, env=environment)
        if done.returncode != 0:
            print(f"  {peer}: did not run\n{done.stderr[-2000:]}")
            continue
        found = json.loads(done.stdout.splitlines()[-1])
        print(f"  {found['name']}: {found['seconds']:.2f} s, {found['seconds'] / ours:.1f} times; {found['bounding']}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--bench", required=True, help="the binary of glovebox-engine's bench")
    arguments.add_argument("--rows", type=int, default=10_000_000)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="glovebox-bench-") as name:
        folder = pathlib.Path(name)
        tables = generate(folder, given.rows)
        against_raw(given.bench, folder, tables, given.runs)
        print(f"\n{rust(given.bench, 'accuracy', str(folder / 'accuracy'), '1000')}")
        if given.peer:
            small = folder / "small"
            tables = generate(small, 1_000_000)
            against_peers(given.bench, small, tables, [it.split("=", 1) for it in given.peer])
    return 0


if __name__ == "__main__":
    sys.exit(main())
