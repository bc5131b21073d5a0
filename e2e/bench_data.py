"""An overlap over Parquet in S3 through the whole road, beside plain DataFusion on the same store.

Run by `cargo xtask bench data`. The store is `s3s-fs` on loopback with an access log of its own;
both read it cold, alternating in one run.
"""

import argparse
import contextlib
import json
import os
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import duckdb
from conftest import House, ended

KEYS = ("AKIDBENCH", "hush")
TEXT = """
SELECT a.segment, COUNT(DISTINCT p.uid) AS users, SUM(p.amount) AS total, SUM(p.clicks) AS clicks
FROM pub p JOIN adv a ON p.uid = a.uid
GROUP BY a.segment
"""
# What the rules make of it.
REWRITTEN = TEXT + "HAVING COUNT(DISTINCT p.uid) >= 25 AND COUNT(DISTINCT a.uid) >= 25"
COUNT = "SELECT a.segment, COUNT(DISTINCT p.uid) AS users FROM many p JOIN adv a ON p.uid = a.uid GROUP BY a.segment"


class Store:
    """The S3 server, and what it was asked."""

    def __init__(self, bench, folder):
        self.root = folder / "store"
        self.log = folder / "access.log"
        self.root.mkdir()
        self.process = subprocess.Popen(
            [bench, "serve", self.root, self.log], stdout=subprocess.PIPE, text=True
        )
        self.url = "http://" + self.process.stdout.readline().strip()

    def since(self, moment):
        """Requests from a moment on, in seconds: time, method, path, and the range asked for."""
        for line in self.log.read_text().splitlines():
            micros, method, path, range_ = line.split("\t")
            if int(micros) / 1e6 >= moment:
                yield int(micros) / 1e6, method, path, range_

    def asked(self, moment, bucket=""):
        """Requests of each kind and bytes of ranges since a moment, and the first range's time."""
        kinds, read, first = {"list": 0, "HEAD": 0, "GET": 0}, 0, None
        for at, method, path, range_ in self.since(moment):
            if not path.startswith(f"/{bucket}"):
                continue
            kind = "list" if "list-type" in path else method
            kinds[kind] += 1
            if kind == "GET":
                first = min(first or at, at)
                read += self.length(path, range_)
        return kinds, read, first

    def length(self, path, range_):
        size = (self.root / path.split("?")[0].lstrip("/")).stat().st_size
        start, _, end = range_.removeprefix("bytes=").partition("-")
        if not range_:
            return size
        if not start:
            return min(int(end), size)
        return min(int(end or size), size - 1) - int(start) + 1


def generate(root, rows, files, many):
    """Rows of persons in two buckets: the publisher's in files, the audience in one."""
    users, audience = rows // 5, rows // 10
    connection = duckdb.connect()
    uid = "'u' || lpad((hash({}) % {})::VARCHAR, 10, '0')"
    folder = root / "publisher/db/pub"
    folder.mkdir(parents=True)
    for file in range(files):
        low, high = rows * file // files, rows * (file + 1) // files
        connection.sql(
            f"""
            COPY (SELECT {uid.format("i * 2", users)} AS uid,
                         (hash(i * 2 + 1) % 500)::BIGINT AS amount,
                         (hash(i * 3 + 7) % 9)::BIGINT AS clicks,
                         'page ' || (hash(i) % 1000) AS page
                  FROM range({low}, {high}) t(i))
            TO '{folder}/part-{file:05}.parquet' (FORMAT parquet, ROW_GROUP_SIZE 131072)
            """
        )
    folder = root / "publisher/db/many"
    folder.mkdir(parents=True)
    for file in range(many):
        connection.sql(
            f"""
            COPY (SELECT {uid.format(f"i + {file} * 1000", users)} AS uid, i AS amount
                  FROM range(1000) t(i))
            TO '{folder}/part-{file:05}.parquet' (FORMAT parquet)
            """
        )
    folder = root / "advertiser/db/adv"
    folder.mkdir(parents=True)
    connection.sql(
        f"""
        COPY (SELECT 'u' || lpad((i * 3)::VARCHAR, 10, '0') AS uid, 's' || (hash(i) % 12) AS segment
              FROM range({audience}) t(i))
        TO '{folder}/part-0.parquet' (FORMAT parquet, ROW_GROUP_SIZE 131072)
        """
    )


RULES = {
    "pub": {
        "aggregateColumns": [
            {"columnNames": ["uid"], "function": "COUNT_DISTINCT"},
            {"columnNames": ["amount", "clicks"], "function": "SUM"},
        ],
        "joinColumns": ["uid"],
        "joinRequired": "QUERY_RUNNER",
        "dimensionColumns": [],
        "scalarFunctions": [],
        "outputConstraints": [{"columnName": "uid", "minimum": 25, "type": "COUNT_DISTINCT"}],
    },
    "adv": {
        "aggregateColumns": [{"columnNames": ["uid"], "function": "COUNT_DISTINCT"}],
        "joinColumns": ["uid"],
        "dimensionColumns": ["segment"],
        "scalarFunctions": [],
        "outputConstraints": [{"columnName": "uid", "minimum": 25, "type": "COUNT_DISTINCT"}],
    },
}
RULES["many"] = {**RULES["pub"], "aggregateColumns": RULES["pub"]["aggregateColumns"][:1]}
COLUMNS = {"pub": ["uid", "amount", "clicks"], "many": ["uid"], "adv": ["uid", "segment"]}


class Room:
    """Two members whose tables lie in buckets of their own, behind connections."""

    def __init__(self, house, store):
        self.house = house
        self.publisher, self.advertiser = house.account("Publisher"), house.account("Advertiser")
        made = self.advertiser.rooms.create_collaboration(
            name="overlap",
            description="by segment",
            creatorDisplayName="Advertiser",
            creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
            members=[
                {"accountId": self.publisher.id, "memberAbilities": [], "displayName": "Publisher"}
            ],
            queryLogStatus="DISABLED",
        )["collaboration"]
        self.membership = self.joined(self.advertiser, made)
        theirs = self.joined(self.publisher, made)
        self.connect(self.publisher, "publisher", store)
        self.connect(self.advertiser, "advertiser", store)
        for table in ("pub", "many"):
            self.bring(self.publisher, theirs, table)
        self.bring(self.advertiser, self.membership, "adv")
        self.advertiser.s3.create_bucket(Bucket="results")

    def joined(self, account, made):
        return account.rooms.create_membership(
            collaborationIdentifier=made["id"], queryLogStatus="DISABLED"
        )["membership"]["id"]

    def connect(self, account, bucket, store):
        folder = self.house.home / ".aws"
        folder.mkdir(exist_ok=True)
        keys = f"[bench]\naws_access_key_id = {KEYS[0]}\naws_secret_access_key = {KEYS[1]}\n"
        (folder / "credentials").write_text(keys)
        self.house.command(
            *["connection", "add", "--name", "reader", "--type", "files", "--database", "db"],
            *["--root", f"s3://{bucket}", "--region", "us-east-1"],
            *["--storage-endpoint", store.url, "--keys-profile", "bench"],
            env=account.environment,
        )

    def bring(self, account, membership, table):
        rooms = account.rooms
        made = rooms.create_configured_table(
            name=table,
            tableReference={"glue": {"databaseName": "db", "tableName": table}},
            allowedColumns=COLUMNS[table],
            analysisMethod="DIRECT_QUERY",
        )["configuredTable"]
        rooms.create_configured_table_analysis_rule(
            configuredTableIdentifier=made["id"],
            analysisRuleType="AGGREGATION",
            analysisRulePolicy={"v1": {"aggregation": RULES[table]}},
        )
        rooms.create_configured_table_association(
            name=table,
            membershipIdentifier=membership,
            configuredTableIdentifier=made["id"],
            roleArn=f"arn:aws:iam::{account.id}:role/reader",
        )

    def run(self, text, seconds=120):
        """Seconds of the whole and of its parts, and the rows delivered."""
        begun = time.time()
        query = self.advertiser.rooms.start_protected_query(
            type="SQL",
            membershipIdentifier=self.membership,
            sqlParameters={"queryString": text},
            resultConfiguration={
                "outputConfiguration": {"s3": {"bucket": "results", "resultFormat": "CSV"}}
            },
        )["protectedQuery"]["id"]
        # Who asks too often takes the cores from what is measured: times are the house's own.
        found = ended(self.advertiser, self.membership, query, 0.25, seconds)
        assert found["status"] == "SUCCESS", found
        opened, released = self.ledger(query, "opened"), self.ledger(query, "released")
        whole = self.ledger(query, "closed") - begun
        listed = self.advertiser.s3.list_objects_v2(Bucket="results", Prefix=f"{query}/")
        texts = [
            self.advertiser.s3.get_object(Bucket="results", Key=it["Key"])["Body"].read().decode()
            for it in listed["Contents"]
        ]
        rows = [line for text in texts for line in text.splitlines()[1:]]
        return Ran(begun, whole, opened, released, sorted(rows))

    def ledger(self, query, event):
        """When that was written of the query, in seconds since 1970."""
        path = f"file:{self.house.data}/glovebox.sqlite?mode=ro"
        with contextlib.closing(sqlite3.connect(path, uri=True)) as base:
            entries = base.execute(
                "SELECT entry FROM ledger_entries WHERE instr(entry, ?)", (query,)
            ).fetchall()
        found = [json.loads(it[0]) for it in entries]
        (entry,) = [it for it in found if event in kinds(it["event"])]
        return entry["at"] / 1000


def kinds(event):
    """The name of an event, however it is spelled."""
    if isinstance(event, str):
        return [event]
    return [str(event.get("type", "")).lower(), *[it.lower() for it in event]]


class Ran:
    def __init__(self, begun, whole, opened, released, rows):
        self.begun, self.whole, self.opened, self.rows = begun, whole, opened, rows
        self.execution = released - opened


def raw(bench, store, options, text):
    done = subprocess.run(
        [bench, "raw", store.url, options, text], check=True, capture_output=True, text=True
    )
    found = json.loads(done.stdout)
    return found["seconds"], sorted(found["rows"])


def spread(times):
    return f"median {statistics.median(times):.3f} s, {min(times):.3f} to {max(times):.3f}"


def asked_text(kinds, read):
    return (
        f"{kinds['list']} listings, {kinds['HEAD']} HEAD, {kinds['GET']} GET, "
        f"{read / 1e6:.1f} MB of ranges"
    )


def compared(bench, store, room, runs):
    """The overlap, alternating."""
    ours, wholes, engine, own = [], [], [], []
    room.run(TEXT + "-- to warm up")
    raw(bench, store, "engine", REWRITTEN)
    for number in range(runs):
        ran = room.run(f"{TEXT}-- run {number}")
        seen = store.asked(ran.begun)
        ours.append(ran.execution)
        wholes.append(ran.whole)
        begun = time.time()
        seconds, rows = raw(bench, store, "engine", REWRITTEN)
        raw_seen = store.asked(begun)
        assert rows == ran.rows and len(rows) == 12, (rows, ran.rows)
        engine.append(seconds)
        own.append(raw(bench, store, "own", REWRITTEN)[0])
    mine, other = statistics.median(ours), statistics.median(engine)
    print(f"road, STARTED to result:        {spread(ours)}; {asked_text(*seen[:2])}")
    print(f"raw, the engine's options:      {spread(engine)}; {asked_text(*raw_seen[:2])}")
    print(f"raw, DataFusion's own options:  {spread(own)}")
    print(f"StartProtectedQuery to SUCCESS: {spread(wholes)}")
    print(
        f"ratio road/raw {mine / other:.2f} (aim 1.10); of the whole {statistics.median(wholes) / other:.2f}; "
        f"to DataFusion's own options {mine / statistics.median(own):.2f}"
    )


def first_byte(store, room, runs, many):
    """From STARTED to the first range asked for of a table of many files."""
    firsts, times = [], []
    for number in range(runs):
        ran = room.run(f"{COUNT} -- run {number}")
        kinds, read, first = store.asked(ran.begun, "publisher")
        assert kinds["GET"] >= many, kinds
        firsts.append((first - ran.opened) * 1000)
        times.append(ran.execution)
    print(
        f"table of {many} files, STARTED to first byte asked for: median "
        f"{statistics.median(firsts):.0f} ms, {min(firsts):.0f} to {max(firsts):.0f} (aim: under 200)"
    )
    print(f"  STARTED to result: {spread(times)}; {asked_text(kinds, read)}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--bench", required=True, help="the binary of glovebox-engine's bench")
    arguments.add_argument("--rows", type=int, default=4_000_000)
    arguments.add_argument("--files", type=int, default=16)
    arguments.add_argument("--many", type=int, default=1_000, help="files of the other table")
    arguments.add_argument("--runs", type=int, default=7)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="glovebox-bench-") as name:
        folder = pathlib.Path(name)
        store = Store(given.bench, folder)
        house = House(folder / "house")
        try:
            generate(store.root, given.rows, given.files, given.many)
            house.start("--egress-allow", store.url.removeprefix("http://"))
            room = Room(house, store)
            print(
                f"{given.rows:,} rows in {given.files} Parquet files in S3 (s3s-fs on loopback), joined "
                f"with {given.rows // 10:,} of another bucket; {os.cpu_count()} cores"
            )
            compared(given.bench, store, room, given.runs)
            first_byte(store, room, given.runs, given.many)
        finally:
            house.stop()
            store.process.kill()
            store.process.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
