"""Real SIGKILLs of the server and of walking queries under load, and what must hold afterwards.

Run by `cargo xtask kills --count 200`; a short run is a test (test_kills.py). Clients ask through
boto3 all the while; at random moments the server or the process of a query is killed, and the
server starts again over the same files. What is checked is read from outside: answers to boto3,
objects in the receiver's bucket, a copy of the ledger (verified by `glovebox ledger verify` against
a head that was kept before, and read here entry by entry). In the end a query is answered as ever,
and a long run must have met what it is for.
"""

import argparse
import hashlib
import json
import math
import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter

import raw
from botocore.exceptions import BotoCoreError, ClientError
from conftest import DATA, FINAL, House, associate, open_airlines
from test_road import DELAYS

PRIVATE = "SELECT COUNT(DISTINCT tailnum) AS planes FROM fleet"
TEXTS = [
    DELAYS,
    "SELECT f.carrier, COUNT(DISTINCT f.tailnum) AS n FROM flights f JOIN planes p "
    "ON f.tailnum = p.tailnum GROUP BY f.carrier ORDER BY f.carrier",
    "SELECT AVG(arr_delay) FROM flights",
    PRIVATE,
    PRIVATE + " WHERE seats > 100",
]
OUTPUT = {"s3": {"bucket": "results", "resultFormat": "CSV", "keyPrefix": "out",
                 "singleFileOutput": True}}
# Queries that are under way at once, at most.
OPEN = 8
SECONDS = 300
# Kills after which a run has surely met a walk, the server, and a query that goes on after one.
MANY = 50


class Kills:
    """A house, its clients, and whoever kills it."""

    def __init__(self, folder, seed):
        self.random = random.Random(seed)
        self.house = House(folder).start()
        self.airlines = open_airlines(self.house)
        self.offer()
        self.asked = {}
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.killed = Counter()
        # Queries of which nothing was delivered yet when something was killed.
        self.survivors = set()
        results = f"accounts/{self.airlines.manufacturer.id}/buckets/results/out"
        self.results = self.house.data / results
        self.head = None

    def offer(self):
        """A table with differential privacy, and a budget for it."""
        owner, runner = self.airlines.airline, self.airlines.manufacturer
        shutil.copy(DATA / "planes.parquet", owner.tables() / "fleet.parquet")
        rooms = owner.rooms
        made = rooms.create_configured_table(
            name="fleet",
            tableReference={"glue": {"databaseName": "airlines", "tableName": "fleet"}},
            allowedColumns=["tailnum", "seats"],
            analysisMethod="DIRECT_QUERY",
        )["configuredTable"]
        rooms.create_configured_table_analysis_rule(
            configuredTableIdentifier=made["id"],
            analysisRuleType="CUSTOM",
            analysisRulePolicy={
                "v1": {
                    "custom": {
                        "allowedAnalyses": ["ANY_QUERY"],
                        "allowedAnalysisProviders": [runner.id],
                        "differentialPrivacy": {"columns": [{"name": "tailnum"}]},
                    }
                }
            },
        )
        membership = self.airlines.airline_membership
        associate(owner, membership, made, "fleet")
        brought = rooms.list_configured_table_associations(membershipIdentifier=membership)
        self.associations = [it["id"] for it in brought["configuredTableAssociationSummaries"]]
        rooms.create_privacy_budget_template(
            membershipIdentifier=membership,
            privacyBudgetType="DIFFERENTIAL_PRIVACY",
            autoRefresh="NONE",
            parameters={"differentialPrivacy": {"epsilon": 3, "usersNoisePerQuery": 10}},
        )

    def unlock(self):
        """The owner lets the runner in again, whom three queries that fell have locked out."""
        for association in self.associations:
            path = f"/glovebox/v1/configuredTableAssociations/{association}/unlock"
            once = {"x-test-call": uuid.uuid4().hex}
            answer = raw.call(self.airlines.airline, "POST", path, body={}, headers=once)
            assert answer.status == 200, answer

    # --- clients

    def client(self, dice):
        """Asks, looks and sometimes cancels, whatever happens to the server."""
        rooms = self.airlines.manufacturer.rooms
        membership = self.airlines.membership
        while not self.over.is_set():
            try:
                with self.lock:
                    open_now = [it for it, (_, status) in self.asked.items() if status not in FINAL]
                if len(open_now) < OPEN:
                    text = dice.choice(TEXTS)
                    made = rooms.start_protected_query(
                        type="SQL",
                        membershipIdentifier=membership,
                        sqlParameters={"queryString": text},
                        resultConfiguration={"outputConfiguration": OUTPUT},
                    )["protectedQuery"]
                    with self.lock:
                        self.asked[made["id"]] = (text, made["status"])
                elif dice.random() < 0.01:
                    rooms.update_protected_query(
                        membershipIdentifier=membership,
                        protectedQueryIdentifier=dice.choice(open_now),
                        targetStatus="CANCELLED",
                    )
                self.look(rooms, open_now)
            except BotoCoreError:
                pass  # killed, or not up again yet
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code not in ("ConflictException", "ServiceQuotaExceededException"):
                    raise
            self.over.wait(0.02)

    def look(self, rooms, queries):
        for query in queries:
            with self.lock:
                _, before = self.asked[query]
            found = rooms.get_protected_query(
                membershipIdentifier=self.airlines.membership, protectedQueryIdentifier=query
            )["protectedQuery"]
            status = found["status"]
            assert before not in FINAL or before == status, (before, status)
            with self.lock:
                text, now = self.asked[query]
                # Another client may have asked later and been answered sooner.
                assert now not in FINAL or status not in FINAL or now == status, (now, status)
                if now not in FINAL:
                    self.asked[query] = (text, status)

    # --- whoever kills

    def walks(self):
        """The processes of queries, if there is a server."""
        try:
            return self.house.walkers()
        except OSError:
            return []

    def undelivered(self):
        """Queries that are under way and of which the receiver has nothing."""
        with self.lock:
            open_now = [it for it, (_, status) in self.asked.items() if status not in FINAL]
        return {it for it in open_now if not (self.results / it).exists()}

    def kill(self):
        walks = []
        if self.random.random() < 0.6:
            deadline = time.monotonic() + 2
            while not self.walks() and time.monotonic() < deadline:
                time.sleep(0.01)
            # At any moment of its life, which is short.
            time.sleep(self.random.random() * 0.3)
            walks = self.walks()
        if walks:
            try:
                os.kill(self.random.choice(walks), signal.SIGKILL)
                self.killed["a walk"] += 1
                self.survivors |= self.undelivered()
            except ProcessLookupError:
                self.killed["nobody: it had just ended"] += 1
            return
        self.house.process.kill()
        self.house.process.wait(timeout=60)
        self.killed["the server"] += 1
        self.survivors |= self.undelivered()
        self.house.start()

    def keep_head(self):
        """A member fetches the ledger: `fetch` verifies it against the head kept before."""
        copy = self.house.folder / "ledger.json"
        self.house.command(
            "ledger", "fetch", "--collaboration", self.airlines.collaboration, "--out", copy,
            env=self.airlines.airline.environment,
        )
        if self.head is not None:
            self.house.command("ledger", "verify", copy, "--head", self.head)
        self.head = self.house.folder / "head.json"
        shutil.copy(copy, self.head)
        return json.loads(copy.read_text())

    def run(self, count):
        seeds = [self.random.random() for _ in range(3)]
        clients = [threading.Thread(target=self.client, args=(random.Random(it),)) for it in seeds]
        for client in clients:
            client.start()
        try:
            while self.killed["the server"] + self.killed["a walk"] < count:
                time.sleep(self.random.expovariate(2.0))
                assert all(it.is_alive() for it in clients), "a client met what it does not expect"
                self.kill()
                self.unlock()
                if self.random.random() < 0.1:
                    self.keep_head()
        finally:
            self.over.set()
            for client in clients:
                client.join()
        return self.check()

    # --- what must hold

    def check(self):
        rooms = self.airlines.manufacturer.rooms
        deadline = time.monotonic() + SECONDS
        while True:
            open_now = [it for it, (_, status) in self.asked.items() if status not in FINAL]
            if not open_now:
                break
            assert time.monotonic() < deadline, f"{len(open_now)} queries never end"
            self.look(rooms, open_now)
            time.sleep(0.2)
        statuses = Counter(status for _, status in self.asked.values())
        self.works()
        ledger = read(self.keep_head())
        # What was accepted and never answered, because the server fell in between, ends as well.
        assert set(self.asked) <= set(ledger.events), "an accepted query is not in the ledger"
        for query, events in ledger.events.items():
            check_order(query, events)
        self.check_answers(ledger)
        self.check_budget(ledger)
        self.check_leftovers()
        if self.killed["the server"] + self.killed["a walk"] >= MANY:
            assert self.killed["the server"] and self.killed["a walk"], self.killed
            assert statuses["SUCCESS"], f"no query succeeded: {statuses}"
            assert ledger.lost or self.delivered_late(), "no query was under way at any kill"
        return self.summary(ledger)

    def works(self):
        """A query is answered as if nothing had been."""
        self.unlock()
        ended = self.airlines.run(DELAYS, OUTPUT)
        assert ended["status"] == "SUCCESS", ended
        self.asked[ended["id"]] = (DELAYS, ended["status"])

    def delivered_late(self):
        """How many queries were delivered after a kill that they were under way at."""
        return sum(self.asked[query][1] == "SUCCESS" for query in self.survivors)

    def check_answers(self, ledger):
        answers = {}
        for folder in self.results.iterdir():
            objects = list(folder.iterdir())
            assert len(objects) == 1, f"{len(objects)} answers to {folder.name}"
            released = dict(ledger.events[folder.name]).get("released")
            assert released is not None, f"{folder.name} is delivered and not released"
            answers[folder.name] = objects[0].read_bytes()
        receivers, exact = read(self.receivers_copy()), {}
        for query, answer in answers.items():
            digest = hashlib.sha256(answer).hexdigest()
            assert receivers.digests[query] == [digest], f"{query}: not the bytes that were released"
        for query, (text, status) in self.asked.items():
            if status == "SUCCESS":
                assert query in answers, f"{query} succeeded and delivered nothing"
                if "fleet" not in text:
                    rows = sorted(answers[query].splitlines())
                    assert exact.setdefault(text, rows) == rows, "one question, two exact answers"

    def receivers_copy(self):
        copy = self.house.folder / "receiver.json"
        self.house.command(
            "ledger", "fetch", "--collaboration", self.airlines.collaboration, "--out", copy,
            env=self.airlines.manufacturer.environment,
        )
        return json.loads(copy.read_text())

    def check_budget(self, ledger):
        with sqlite3.connect(self.house.data / "glovebox.sqlite", timeout=30) as store:
            sql = "SELECT document FROM budget_templates WHERE kind = 'DIFFERENTIAL_PRIVACY'"
            (document,) = store.execute(sql).fetchone()
            taken = dict(store.execute("SELECT query, loss_nano FROM privacy_charges").fetchall())
        delta = int(re.search(r'"delta_?[aA]tto":(\d+)', document).group(1))
        told = {query: loss for query, loss in ledger.charges.items() if loss}
        assert told == taken, "the ledger tells of other charges than the database"
        most = most_rho_nano(3, delta)
        assert sum(told.values()) <= most * (1 + 1e-6), (sum(told.values()), most)

    def check_leftovers(self):
        """Nothing spilled is left, and of what was kept only the releases that are stored."""
        left = [it for it in (self.house.data / "spill").rglob("*") if it.is_file()]
        assert left == [], left
        with sqlite3.connect(self.house.data / "glovebox.sqlite", timeout=30) as store:
            sql = "SELECT query FROM releases UNION SELECT query FROM dropped_releases"
            stored = {query for (query,) in store.execute(sql)}
        # The last walk may be about to tidy up.
        deadline = time.monotonic() + 10
        while True:
            kept = {it.name for it in (self.house.data / "kept").iterdir()}
            if kept <= stored or time.monotonic() > deadline:
                break
            time.sleep(0.1)
        assert kept <= stored, kept - stored

    def summary(self, ledger):
        statuses = Counter(status for _, status in self.asked.values())
        return (
            f"{dict(self.killed)}; {len(ledger.events)} queries: {dict(statuses)}; "
            f"{ledger.lost} lost, {self.delivered_late()} delivered after a kill, "
            f"{len([it for it in ledger.charges.values() if it])} charged"
        )


class Ledger:
    def __init__(self):
        self.events = {}
        self.digests = {}
        self.charges = {}
        self.lost = 0


def read(copy):
    """What a copy of the ledger says of every query, in its order."""
    ledger = Ledger()
    for exported in copy["entries"]:
        ((kind, body),) = json.loads(exported["entry"])["event"].items()
        query = body.get("query")
        if query is None:
            continue
        ledger.events.setdefault(query, []).append((kind, body))
        ledger.lost += kind == "lost"
        for opening in exported["openings"]:
            if opening["label"] == "content":
                ledger.digests.setdefault(query, []).append(opening["value"])
            if opening["label"] == "charge":
                charge = json.loads(opening["value"])
                if not charge.get("later"):
                    ledger.charges[query] = ledger.charges.get(query, 0) + charge["lossNano"]
    return ledger


def check_order(query, events):
    kinds = [kind for kind, _ in events if kind != "cancelRequested"]
    assert kinds[0] == "querySubmitted", (query, kinds)
    assert all(kinds.count(kind) == 1 for kind in kinds), (query, kinds)
    assert kinds[-1] in ("refused", "closed", "lost"), (query, kinds)
    if "released" in kinds:
        assert kinds.index("opened") < kinds.index("released"), (query, kinds)
        assert kinds[-1] == "closed", (query, kinds)
    if kinds[-1] == "closed" and dict(events)["closed"]["status"] == "SUCCESS":
        assert "released" in kinds, (query, kinds)
    if kinds[-1] == "refused":
        assert "opened" not in kinds, (query, kinds)


def most_rho_nano(epsilon, delta_atto):
    """The greatest rho that gives (epsilon, delta / 2)-DP, over the orders of Renyi divergence."""
    log = math.log(delta_atto / 2 / 1e18)
    best = 0.0
    for step in range(1, 100_000):
        order = 1 + step / 500
        rest = (log + math.log(order - 1) - order * math.log(1 - 1 / order)) / (order - 1)
        best = max(best, (epsilon + rest) / order)
    return best * 1e9


def run(count, seed):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="glovebox-kills-"))
    kills = Kills(folder / "house", seed)
    try:
        said = kills.run(count)
    except BaseException:
        print(f"seed {seed}, files in {folder}", file=sys.stderr)
        kills.house.stop(signal.SIGKILL)
        raise
    kills.house.stop()
    shutil.rmtree(folder, ignore_errors=True)
    return said


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    started = time.monotonic()
    said = run(arguments.count, arguments.seed)
    print(f"{arguments.count} kills in {time.monotonic() - started:.0f} s: {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
