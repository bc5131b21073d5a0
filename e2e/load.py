"""Many clients at once for some minutes: mixed calls of real SDK clients while queries run.

Run by `cargo xtask load`. Every client reads, writes, asks and fetches by turns, with a short pause
between. The exit code is 1 after an error that is no quota, when the memory or the open files of the
server grow, when it is not there any more, when a query failed, and when few succeeded; with a
release build and minutes enough also when its reads take too long. Times of the server are its own
figures (`/metrics`, the time until an answer began, as the upper edge of the bucket); times that
clients saw have the clients' own work on the same cores in them.
"""

import argparse
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from collections import Counter

from botocore.exceptions import BotoCoreError, ClientError
from conftest import BINARY, House, open_airlines
from test_road import DELAYS

# The last one is refused.
TEXTS = [
    DELAYS,
    "SELECT f.carrier, COUNT(DISTINCT f.tailnum) AS n FROM flights f JOIN planes p "
    "ON f.tailnum = p.tailnum GROUP BY f.carrier ORDER BY f.carrier",
    "SELECT AVG(arr_delay) FROM flights",
]
OUTPUT = {"s3": {"bucket": "results", "resultFormat": "CSV", "keyPrefix": "out"}}
QUOTAS = {"ServiceQuotaExceededException", "ThrottlingException"}
# What may happen to a call although nothing is wrong.
TOO_LATE = {("update_protected_query", "ConflictException")}
# What a run of at least a minute brings to its end.
SUCCESSES = 20
# What 99 of 100 reads of a release build take at most, in milliseconds, in a run of five minutes.
READS_MS = 50
EDGES = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, float("inf")]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The house, seen from outside: memory, files and its own figures."""

    def __init__(self, folder):
        self.metrics = free_port()
        self.house = House(folder).start("--metrics", f"127.0.0.1:{self.metrics}")
        self.samples = []

    def figures(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/metrics", timeout=30) as it:
            return it.read().decode()

    def sample(self):
        status = pathlib.Path(f"/proc/{self.house.process.pid}/status").read_text()
        kib = int(re.search(r"^RssAnon:\s+(\d+) kB", status, re.M)[1])
        # All of them, with the pipes to processes of queries, which the server's own figure leaves
        # out.
        files = len(os.listdir(f"/proc/{self.house.process.pid}/fd"))
        self.samples.append((kib / 1024, files))

    def buckets(self):
        """Counts below each edge, by operation."""
        found = {}
        for labels, count in re.findall(
            r"^glovebox_request_seconds_bucket\{(.*)\} (\d+)", self.figures(), re.M
        ):
            said = dict(re.findall(r'(\w+)="([^"]*)"', labels))
            at = EDGES.index(float(said["le"].replace("+Inf", "inf")))
            found.setdefault(said["operation"], [0] * len(EDGES))[at] += int(count)
        assert found, "the server says nothing of its times"
        return found


class Client(threading.Thread):
    """One client with its own connections, as one of the two members."""

    def __init__(self, load, number):
        super().__init__(daemon=True)
        self.load, self.random = load, random.Random(number)
        self.runs = number % 2 == 0
        airlines = load.airlines
        self.account = airlines.manufacturer if self.runs else airlines.airline
        self.membership = airlines.membership if self.runs else airlines.airline_membership
        self.rooms, self.s3 = self.account.rooms, self.account.s3
        self.bucket = f"load-{'runner' if self.runs else 'provider'}"
        self.took = []

    def call(self, method, **arguments):
        """An answer, or nothing if there was an error; both are counted."""
        name, before = method.__name__, time.monotonic()
        try:
            return method(**arguments)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            quota = code in QUOTAS or (name, code) in TOO_LATE
            self.load.errors["quota" if quota else "other"][f"{name}: {code}"] += 1
        except (BotoCoreError, OSError) as error:
            self.load.errors["other"][f"{name}: {type(error).__name__}"] += 1
        finally:
            self.took.append((name, time.monotonic() - before))
        return None

    def run(self):
        turns = [(self.read, 70), (self.fetch, 12), (self.change, 9), (self.make, 4)]
        turns += [(self.ask, 5)] if self.runs else []
        while not self.load.over.is_set():
            (turn,) = self.random.choices(*zip(*turns))
            turn()
            self.load.over.wait(self.random.expovariate(1 / self.load.pause))

    def read(self):
        airlines, rooms = self.load.airlines, self.rooms
        mine, room = {"membershipIdentifier": self.membership}, airlines.collaboration
        table = (airlines.planes if self.runs else airlines.flights)["id"]
        reads = [
            (rooms.get_collaboration, {"collaborationIdentifier": room}),
            (rooms.list_collaborations, {}),
            (rooms.list_members, {"collaborationIdentifier": room}),
            (rooms.get_membership, mine),
            (rooms.list_memberships, {}),
            (rooms.get_configured_table, {"configuredTableIdentifier": table}),
            (rooms.list_configured_tables, {"maxResults": 20}),
            (rooms.get_configured_table_analysis_rule,
             {"configuredTableIdentifier": table, "analysisRuleType": "AGGREGATION"}),
            (rooms.list_configured_table_associations, mine),
            (rooms.list_schemas, {"collaborationIdentifier": room}),
            (rooms.get_schema, {"collaborationIdentifier": room, "name": "flights"}),
            (rooms.batch_get_schema,
             {"collaborationIdentifier": room, "names": ["flights", "planes"]}),
            (rooms.list_analysis_templates, mine),
        ]
        if self.runs:
            reads.append((rooms.list_protected_queries, {**mine, "maxResults": 20}))
            asked = list(self.load.asked)
            if asked:
                query = self.random.choice(asked)
                reads.append(
                    (rooms.get_protected_query, {**mine, "protectedQueryIdentifier": query})
                )
        method, arguments = self.random.choice(reads)
        self.call(method, **arguments)

    def fetch(self):
        key = f"file-{self.random.randrange(20)}"
        found = self.call(self.s3.get_object, Bucket=self.bucket, Key=key)
        if found:
            found["Body"].read()
        self.call(self.s3.list_objects_v2, Bucket=self.bucket, MaxKeys=20)

    def change(self):
        if self.random.random() < 0.5:
            body = self.random.randbytes(self.random.randrange(20_000))
            key = f"file-{self.random.randrange(20)}"
            self.call(self.s3.put_object, Bucket=self.bucket, Key=key, Body=body)
        elif self.runs:
            self.call(
                self.rooms.update_collaboration,
                collaborationIdentifier=self.load.airlines.collaboration,
                description=uuid.uuid4().hex,
            )
        else:
            self.call(
                self.rooms.update_membership,
                membershipIdentifier=self.membership,
                queryLogStatus=self.random.choice(["ENABLED", "DISABLED"]),
            )

    def make(self):
        name = "planes" if self.runs else "flights"
        made = self.call(
            self.rooms.create_configured_table,
            name=f"load {uuid.uuid4().hex}",
            tableReference={"glue": {"databaseName": "airlines", "tableName": name}},
            allowedColumns=["tailnum"],
            analysisMethod="DIRECT_QUERY",
        )
        if made:
            table = {"configuredTableIdentifier": made["configuredTable"]["id"]}
            self.call(self.rooms.update_configured_table, description="soon gone", **table)
            self.call(self.rooms.delete_configured_table, **table)

    def ask(self):
        text = self.random.choice(TEXTS)
        made = self.call(
            self.rooms.start_protected_query,
            type="SQL",
            membershipIdentifier=self.membership,
            sqlParameters={"queryString": text},
            resultConfiguration={"outputConfiguration": OUTPUT},
        )
        if not made:
            return
        query = made["protectedQuery"]["id"]
        self.load.asked[query] = text
        if self.random.random() < 0.1:
            self.call(
                self.rooms.update_protected_query,
                membershipIdentifier=self.membership,
                protectedQueryIdentifier=query,
                targetStatus="CANCELLED",
            )


class Load:
    """A house, its clients, and what is seen of both."""

    def __init__(self, folder, clients, pause):
        self.server = Server(folder)
        self.airlines, self.pause = open_airlines(self.server.house), pause
        for account, name in (
            (self.airlines.manufacturer, "runner"), (self.airlines.airline, "provider")
        ):
            s3 = account.s3
            s3.create_bucket(Bucket=f"load-{name}")
            for number in range(20):
                s3.put_object(Bucket=f"load-{name}", Key=f"file-{number}", Body=b"x" * 4000)
        self.errors = {"quota": Counter(), "other": Counter()}
        self.asked, self.over = {}, threading.Event()
        self.clients = [Client(self, number) for number in range(clients)]

    def run(self, seconds):
        for client in self.clients:
            client.start()
        # Until then every connection is made and every path of the server was taken once.
        warm = min(30, seconds / 6)
        time.sleep(warm)
        before, end = self.server.buckets(), time.monotonic() + seconds - warm
        while time.monotonic() < end:
            self.server.sample()
            assert self.server.house.process.poll() is None, "the server is gone"
            time.sleep(1)
        after = self.server.buckets()
        self.over.set()
        for client in self.clients:
            client.join(timeout=120)
            assert not client.is_alive(), "a client waits for its answer"
        return before, after

    def ended(self):
        """What became of the queries that were asked."""
        rooms, mine = self.airlines.manufacturer.rooms, self.airlines.membership
        pages = rooms.get_paginator("list_protected_queries").paginate(membershipIdentifier=mine)
        found = [it for page in pages for it in page["protectedQueries"]]
        refused = {query for query, text in self.asked.items() if text == TEXTS[-1]}
        is_refused = lambda it: it["status"] == "FAILED" and it["id"] in refused
        return Counter("REFUSED" if is_refused(it) else it["status"] for it in found)


def quantile(counts, share):
    """The upper edge of the bucket in which this share of all ends, in milliseconds."""
    wanted = counts[-1] * share
    edge = next((edge for edge, count in zip(EDGES, counts) if count >= wanted), EDGES[-1])
    return edge * 1000


def of_server(before, after):
    """What the server says of its own times, by kind of call; what 99 of 100 reads took at most."""
    kinds = {"reads": [0] * len(EDGES), "writes": [0] * len(EDGES), "S3": [0] * len(EDGES)}
    slow = []
    for operation, counts in after.items():
        earlier = before.get(operation, [0] * len(EDGES))
        new = [now - then for now, then in zip(counts, earlier)]
        is_read = operation.startswith(("Get", "List", "BatchGet"))
        kind = operation if operation == "S3" else "reads" if is_read else "writes"
        kinds[kind] = [it + more for it, more in zip(kinds[kind], new)]
        if new[-1] > 0:
            slow.append((quantile(new, 0.99), operation, new))
    for kind, counts in kinds.items():
        print(f"server, {kind}: {counts[-1]} answers, p50 <= {quantile(counts, 0.5):g} ms, "
              f"p99 <= {quantile(counts, 0.99):g} ms")
    for p99, operation, new in sorted(slow, reverse=True)[:8]:
        print(f"  {operation}: {new[-1]} answers, p50 <= {quantile(new, 0.5):g} ms, "
              f"p99 <= {p99:g} ms")
    return quantile(kinds["reads"], 0.99)


def of_clients(clients):
    took = [it for client in clients for it in client.took]
    for kind, is_it in (
        ("reads", lambda it: it.startswith(("get_", "list_", "batch_"))),
        ("writes", lambda it: not it.startswith(("get_", "list_", "batch_"))),
    ):
        times = sorted(seconds for name, seconds in took if is_it(name))
        print(f"clients, {kind}: {len(times)} calls, p50 {times[len(times) // 2] * 1000:.0f} ms, "
              f"p99 {times[len(times) * 99 // 100] * 1000:.0f} ms, worst {times[-1] * 1000:.0f} ms")
    return len(took)


def grew(name, unit, values, slack):
    """Whether the last quarter of what was seen is above the first by more than its slack."""
    part = max(1, len(values) // 4)
    start, end = statistics.median(values[:part]), statistics.median(values[-part:])
    middle = statistics.median(values[len(values) // 3:max(len(values) * 2 // 3, 1)] or values)
    print(f"{name}: {start:.0f} at the start, {middle:.0f} in the middle, {end:.0f}{unit} at the end")
    return end > start * 1.25 + slack


def run(minutes, clients, pause):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="glovebox-load-"))
    load = Load(folder / "house", clients, pause)
    try:
        began = time.monotonic()
        before, after = load.run(minutes * 60)
        took = time.monotonic() - began
        calls = of_clients(load.clients)
        print(f"{calls} calls of {clients} clients in {took:.0f} s ({calls / took:.0f} a second)")
        reads = of_server(before, after)
        memory = grew("memory", " MiB", [it[0] for it in load.server.samples], slack=32)
        files = grew("open files", "", [it[1] for it in load.server.samples], slack=16)
        ended = load.ended()
        print("queries:", dict(ended))
        print("quotas:", dict(load.errors["quota"]), "other errors:", dict(load.errors["other"]))
        bad = [name for name, is_bad in (
            ("errors that are no quota", load.errors["other"]), ("memory grew", memory),
            ("open files grew", files), ("queries failed", ended["FAILED"] + ended["TIMED_OUT"]),
            (f"fewer than {SUCCESSES} queries succeeded",
             minutes >= 1 and ended["SUCCESS"] < SUCCESSES),
            (f"reads took more than {READS_MS} ms",
             minutes >= 5 and "/release/" in BINARY and reads > READS_MS),
        ) if is_bad]
    finally:
        load.over.set()
        load.server.house.stop(signal.SIGTERM)
    if bad:
        print("FAILED:", ", ".join(bad), "- log:", load.server.house.log)
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--pause", type=float, default=0.5)
    arguments = parser.parse_args()
    return run(arguments.minutes, arguments.clients, arguments.pause)


if __name__ == "__main__":
    sys.exit(main())
