"""Hostile files and hostile questions against one house with small limits, while a neighbour asks
and reads: each ends one query, with one text for whoever asked; nothing is delivered, nothing
stays, the server lives, and the neighbour is answered.

Limits and what holds them: docs/limits.md. How long the neighbour waited is printed (`-s`).
"""

import contextlib
import statistics
import threading
import time

import botocore.exceptions
import duckdb
import hostile_files as hostile
import pyarrow
import pyarrow.parquet
import pytest
import raw
from conftest import FINAL, House, associate, open_airlines

SLOTS = 2
SETTINGS = """
slots = {slots}
query-memory = "128MiB"
process-memory = "300MiB"
query-time = {seconds}
query-spill = "64MiB"
result-bytes = "4MiB"

[quotas]
waiting-queries-per-membership = 20
"""
# Time enough for all that ends by another limit, and so little that it is the one that is hit.
PATIENT, HASTY = 120, 6
OUTPUT = {"s3": {"bucket": "answers", "resultFormat": "CSV", "keyPrefix": "out"}}
SMALL = "SELECT f.carrier, COUNT(DISTINCT f.tailnum) AS n FROM flights f JOIN planes p " \
    "ON f.tailnum = p.tailnum GROUP BY f.carrier"


def wait_for(what):
    deadline = time.monotonic() + PATIENT + 60
    while not (found := what()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


class Neighbour(threading.Thread):
    """Somebody of another collaboration, who reads all the time and asks now and then."""

    def __init__(self, airlines):
        super().__init__(daemon=True)
        self.airlines, self.over = airlines, threading.Event()
        self.reads, self.queries, self.error = [], [], None

    def run(self):
        rooms, mine = self.airlines.manufacturer.rooms, self.airlines.membership
        query, began = None, 0
        try:
            while not self.over.is_set():
                before = time.monotonic()
                rooms.list_protected_queries(membershipIdentifier=mine, maxResults=5)
                self.reads.append(time.monotonic() - before)
                if query is None:
                    query, began = self.airlines.start(SMALL), time.monotonic()
                found = rooms.get_protected_query(
                    membershipIdentifier=mine, protectedQueryIdentifier=query
                )["protectedQuery"]
                if found["status"] not in ("SUBMITTED", "STARTED"):
                    assert found["status"] == "SUCCESS", found
                    self.queries.append(time.monotonic() - began)
                    query = None
                time.sleep(0.03)
        except Exception as error:  # noqa: BLE001: whatever it is, the test says it
            self.error = error

    def finish(self):
        self.over.set()
        self.join(timeout=60)
        for name, took in (("reads", self.reads), ("queries", self.queries)):
            last = sorted(took) or [0]
            print(f"\n{len(last)} {name}: median {statistics.median(last) * 1000:.0f} ms, "
                  f"p99 {last[len(last) * 99 // 100] * 1000:.0f} ms, worst {last[-1] * 1000:.0f} ms")
        assert self.error is None, self.error
        assert len(self.reads) > 10 and self.queries, "nobody answered"
        reads = sorted(self.reads)
        assert reads[len(reads) * 99 // 100] < 2 and reads[-1] < 5, "the neighbour was held up"


class Target:
    """A shop whose files mean harm, and a brand that may ask anything of them."""

    def __init__(self, house):
        self.house = house
        self.shop, self.brand = house.account("Shop"), house.account("Brand")
        made = self.brand.rooms.create_collaboration(
            name="limits",
            description="",
            creatorDisplayName="Brand",
            creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
            members=[{"accountId": self.shop.id, "memberAbilities": [], "displayName": "Shop"}],
            queryLogStatus="ENABLED",
        )["collaboration"]["id"]
        self.collaboration = made
        join = {"collaborationIdentifier": made, "queryLogStatus": "ENABLED"}
        self.membership = self.brand.rooms.create_membership(**join)["membership"]["id"]
        self.shops = self.shop.rooms.create_membership(**join)["membership"]["id"]
        self.brand.s3.create_bucket(Bucket="answers")
        self.rooms = self.brand.rooms

    def configure(self, table, columns):
        return self.shop.rooms.create_configured_table(
            name=table,
            tableReference={"glue": {"databaseName": "airlines", "tableName": table}},
            allowedColumns=columns,
            analysisMethod="DIRECT_QUERY",
        )["configuredTable"]

    def bring(self, table, columns, **more):
        made = self.configure(table, columns)
        custom = {
            "allowedAnalyses": ["ANY_QUERY"], "allowedAnalysisProviders": [self.brand.id], **more
        }
        self.shop.rooms.create_configured_table_analysis_rule(
            configuredTableIdentifier=made["id"],
            analysisRuleType="CUSTOM",
            analysisRulePolicy={"v1": {"custom": custom}},
        )
        associate(self.shop, self.shops, made, table)

    def cannot_configure(self, table, columns):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            self.configure(table, columns)
        assert caught.value.response["Error"]["Code"] == "ValidationException"
        return caught.value.response["fieldList"][0]["message"]

    def rows(self, table, select):
        """A Parquet file of these rows, as a table of the shop."""
        path = self.shop.tables() / f"{table}.parquet"
        duckdb.sql(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
        return path

    def start(self, sql):
        return self.rooms.start_protected_query(
            type="SQL",
            membershipIdentifier=self.membership,
            sqlParameters={"queryString": sql},
            resultConfiguration={"outputConfiguration": OUTPUT},
        )["protectedQuery"]["id"]

    def run(self, sql):
        return self.end(self.start(sql))

    def end(self, query):
        """A query once it has ended; asked with one client, whose making takes longer than that."""

        def over():
            found = self.rooms.get_protected_query(
                membershipIdentifier=self.membership, protectedQueryIdentifier=query
            )["protectedQuery"]
            return found if found["status"] in FINAL else None

        return wait_for(over)

    def open(self, status):
        found = self.rooms.list_protected_queries(
            membershipIdentifier=self.membership, status=status
        )
        return [it["id"] for it in found["protectedQueries"]]

    def cancel(self, query):
        try:
            self.rooms.update_protected_query(
                membershipIdentifier=self.membership,
                protectedQueryIdentifier=query,
                targetStatus="CANCELLED",
            )
        except botocore.exceptions.ClientError as late:
            assert late.response["Error"]["Code"] == "ConflictException", late

    def objects(self, query):
        found = self.brand.s3.list_objects_v2(Bucket="answers", Prefix=f"out/{query}/")
        return found.get("Contents", [])

    def succeeds(self, sql):
        found = self.run(sql)
        assert found["status"] == "SUCCESS", found
        (key,) = [it["Key"] for it in self.objects(found["id"])]
        return self.brand.s3.get_object(Bucket="answers", Key=key)["Body"].read().decode()

    def fails(self, sql, code="INTERNAL_ERROR"):
        """Ends as every other failure does; nothing of it is anywhere."""
        before = self.house.process.pid
        found = self.run(sql)
        assert found["status"] == "FAILED" and found["error"]["code"] == code, found
        assert self.objects(found["id"]) == []
        for folder in ("spill", "kept"):
            assert not (self.house.data / folder / found["id"]).exists()
        assert self.house.process.poll() is None and self.house.process.pid == before
        return found["error"]["message"]


    def explain(self, sql):
        """What judgement says of a text: in the server itself, which lives."""
        before = self.house.process.pid
        path = f"/glovebox/v1/collaborations/{self.collaboration}/explain"
        answer = raw.call(self.brand, "POST", path, body={"queryString": sql})
        assert self.house.process.poll() is None and self.house.process.pid == before
        assert answer.status == 200, answer
        return answer.json


@contextlib.contextmanager
def small_house(folder, seconds):
    """A house with small limits, a target in it, and a neighbour who is answered all the while."""
    house = House(folder)
    house.data.mkdir(parents=True)
    settings = SETTINGS.format(slots=SLOTS, seconds=seconds)
    (house.data / "glovebox.toml").write_text(settings)
    try:
        neighbour = Neighbour(open_airlines(house.start()))
        neighbour.start()
        target = Target(house)
        target.neighbour = neighbour
        yield target
        neighbour.finish()
    finally:
        house.stop()


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    with small_house(tmp_path_factory.mktemp("limits"), PATIENT) as target:
        yield target


@pytest.fixture
def hasty(tmp_path):
    """A house in which queries have little time."""
    with small_house(tmp_path / "hasty", HASTY) as target:
        yield target


@pytest.fixture(scope="module")
def generic(target):
    """What every failure says: here, that the file of a table is not there any more."""
    path = target.rows("gone", "SELECT 'x' AS k")
    target.bring("gone", ["k"])
    path.write_bytes(b"nothing")
    return target.fails("SELECT MAX(k) AS k FROM gone")


FOOTERS = [
    hostile.footer_of_gigabytes,
    hostile.row_groups_without_end,
    hostile.schema_without_end,
]
PAGES = [
    hostile.page_that_claims_two_gigabytes,
    hostile.page_that_grows,
    hostile.page_that_says_how_it_grows,
]


@pytest.mark.parametrize("made", FOOTERS + PAGES, ids=lambda it: it.__name__)
def test_a_hostile_parquet_file_ends_one_query(target, generic, made):
    table = made.__name__
    path = target.shop.tables() / f"{table}.parquet"
    path.write_bytes(hostile.honest())
    target.bring(table, ["k"])
    path.write_bytes(made())
    assert target.fails(f"SELECT MAX(LENGTH(k)) AS n FROM {table}") == generic


def test_a_private_query_that_takes_too_much_memory_says_so_to_nobody_before_its_edge(target, generic):
    privacy = {"differentialPrivacy": {"epsilon": 20, "usersNoisePerQuery": 30}}
    target.shop.rooms.create_privacy_budget_template(
        membershipIdentifier=target.shops,
        privacyBudgetType="DIFFERENTIAL_PRIVACY",
        autoRefresh="CALENDAR_MONTH",
        parameters=privacy,
    )
    ends = {}
    for table in ("calm", "bomb"):
        path = target.shop.tables() / f"{table}.parquet"
        path.write_bytes(hostile.honest())
        target.bring(table, ["k"], differentialPrivacy={"columns": [{"name": "k"}]})
        if table == "bomb":
            path.write_bytes(hostile.page_that_claims_two_gigabytes())
        began, before = time.monotonic(), left(target)
        found = target.run(f"SELECT COUNT(DISTINCT k) AS n FROM {table}")
        ends[table] = (found["status"], before - left(target))
        # Five seconds is the shortest bucket.
        assert time.monotonic() - began >= 5, "it was told before its edge"
    assert found["error"]["message"] == generic and target.objects(found["id"]) == []
    (calm, spent), (bomb, lost) = ends["calm"], ends["bomb"]
    assert (calm, bomb) == ("SUCCESS", "FAILED") and spent > 0 and lost > 0, ends


def left(target):
    """Counts of users that the budget still allows."""
    (budget,) = target.shop.rooms.list_privacy_budgets(
        membershipIdentifier=target.shops, privacyBudgetType="DIFFERENTIAL_PRIVACY"
    )["privacyBudgetSummaries"]
    return sum(
        it["remainingCount"]
        for it in budget["budget"]["differentialPrivacy"]["aggregations"]
    )


@pytest.mark.parametrize("made", FOOTERS, ids=lambda it: it.__name__)
def test_a_hostile_footer_is_no_table_and_the_server_that_looked_at_it_lives(target, made):
    (target.shop.tables("bad") / f"{made.__name__}.parquet").write_bytes(made())
    (target.shop.tables() / f"bad_{made.__name__}.parquet").write_bytes(made())
    target.cannot_configure(f"bad_{made.__name__}", ["k"])
    assert target.house.process.poll() is None


def test_a_bomb_is_not_unpacked_in_the_server_when_its_owner_declares_it_encrypted(target):
    path = target.shop.tables() / "declared.parquet"
    path.write_bytes(hostile.honest())
    table = target.configure("declared", ["k"])["id"]
    path.write_bytes(hostile.page_that_claims_two_gigabytes())
    before = target.house.process.pid
    body = {"mode": "strict", "encryption": {"columns": {"k": "fingerprint"}}}
    answer = raw.call(
        target.shop, "PUT", f"/glovebox/v1/configuredTables/{table}/extension", body=body
    )
    assert answer.status == 400 and "could not be looked at" in answer.body.decode(), answer
    assert target.house.process.poll() is None and target.house.process.pid == before


def test_a_line_of_a_terabyte_is_not_read_to_its_end(target, generic):
    path = target.shop.tables() / "endless.csv"
    hostile.sparse(path, b"a,b\n1,2\n", 1 << 40)
    assert "bytes" in target.cannot_configure("endless", ["a"])
    hostile.sparse(path, b"a,b\n1,2\n", 200 << 30)
    target.cannot_configure("endless", ["a"])
    path.write_bytes(b"a,b\n1,2\n")
    target.bring("endless", ["a", "b"])
    hostile.sparse(path, b"a,b\n1,2\n", 200 << 30)
    assert target.fails("SELECT SUM(a) AS n FROM endless") == generic


def test_ten_thousand_files_are_a_table_and_one_more_is_not(target, generic):
    folder = target.shop.tables() / "many"
    folder.mkdir()
    for number in range(10_000):
        (folder / f"{number}.csv").write_text(f"a\n{number}\n")
    target.bring("many", ["a"])
    said = target.succeeds("SELECT COUNT(*) AS n, SUM(a) AS total FROM many")
    assert said.splitlines()[1] == f"10000,{sum(range(10_000))}"
    (folder / "more.csv").write_text("a\n1\n")
    assert "10000" in target.cannot_configure("many", ["a"])
    assert target.fails("SELECT COUNT(*) AS n FROM many") == generic


def test_a_hundred_thousand_row_groups_are_a_table_and_one_more_is_not(target, generic):
    folder = target.shop.tables() / "groups"
    folder.mkdir()
    # One file has 32,767 at most: they are numbered in 16 bits.
    whole = pyarrow.table({"a": range(25_000)})
    for name in range(4):
        pyarrow.parquet.write_table(whole, folder / f"{name}.parquet", row_group_size=1)
    target.bring("groups", ["a"])
    said = target.succeeds("SELECT COUNT(a) AS n, SUM(a) AS total FROM groups")
    assert said.splitlines()[1] == f"100000,{4 * sum(range(25_000))}"
    pyarrow.parquet.write_table(whole.slice(0, 1), folder / "more.parquet")
    assert target.fails("SELECT COUNT(a) AS n FROM groups") == generic


@pytest.mark.parametrize(
    "name, bad",
    [
        ("nested", '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}\n"),
        ("wide", '{"a": "' + "x" * (17 << 20) + '"}\n'),
    ],
)
def test_json_without_end_ends_one_query(target, generic, name, bad):
    path = target.shop.tables() / f"{name}.ndjson"
    path.write_text('{"a": "x"}\n')
    target.bring(name, ["a"])
    path.write_text(bad)
    assert target.fails(f"SELECT MAX(a) AS a FROM {name}") == generic


@pytest.fixture(scope="module")
def million(target):
    target.rows("million", "SELECT i AS n, md5(i::VARCHAR) AS k FROM range(1000000) t(i)")
    target.bring("million", ["n", "k"])
    return "million"


def test_a_million_groups_are_grouped_in_little_memory(target, million):
    said = target.succeeds(
        f"SELECT COUNT(*) AS n, MAX(c) AS most FROM (SELECT n, COUNT(*) AS c FROM {million} "
        "GROUP BY n) g"
    )
    assert said.splitlines()[1] == "1000000,1"


def test_a_result_beyond_its_limit_is_not_delivered(target, generic, million):
    assert target.fails(f"SELECT n, k FROM {million}") == generic


def test_what_functions_make_longer_and_longer_ends_in_nothing_or_in_one_failure(target, generic):
    target.rows("words", "SELECT 'word' AS k, i AS n FROM range(100000) t(i)")
    target.bring("words", ["k", "n"])
    grown = ", ".join(
        f"MAX(LENGTH({it})) AS c{place}"
        for place, it in enumerate([
            "REPEAT(k, 2147483647)",
            "LPAD(k, 2147483647, 'x')",
            "RPAD(k, 2147483647, 'x')",
            "SPACE(2147483647)",
            "REPEAT(REPEAT(REPEAT(k, 1000), 1000), 1000)",
            "ARRAY_JOIN(ARRAY_REPEAT(k, 2147483647), '')",
            "ARRAY_JOIN(SEQUENCE(1, 2147483647), '')",
        ])
    )
    # Beyond a MiB a value is NULL, in every row.
    said = target.succeeds(f"SELECT {grown}, COUNT(*) AS n FROM words")
    assert said.splitlines()[1] == ",,,,,,,100000"
    # Each within its limit, all together not.
    assert target.fails("SELECT MAX(REPEAT(k, 250000 + n % 7)) AS c FROM words") == generic


DEEP = {
    "parentheses": "SELECT " + "(" * 100_000 + "n" + ")" * 100_000 + " AS n FROM million",
    "a sum": "SELECT " + " + ".join(["n"] * 20_000) + " AS n FROM million",
    "CASE": "SELECT " + "CASE WHEN n = 1 THEN " * 3000 + "1" + " END" * 3000
    + " AS n FROM million",
    "NOT": "SELECT COUNT(*) AS n FROM million WHERE " + "NOT " * 50_000 + "n = 1",
    "IN": "SELECT COUNT(*) AS n FROM million WHERE n IN ("
    + ",".join(map(str, range(60_000))) + ")",
    "OR": "SELECT COUNT(*) AS n FROM million WHERE " + " OR ".join(["n = 1"] * 30_000),
    "subqueries": "SELECT n FROM (" * 2000 + "SELECT n FROM million" + ") t" * 2000,
    "CUBE": "SELECT COUNT(*) AS c FROM million GROUP BY CUBE("
    + ",".join(f"n + {it}" for it in range(12)) + ")",
    "names that double": "WITH a0 AS (SELECT n FROM million), " + ", ".join(
        f"a{it + 1} AS (SELECT x.n FROM a{it} x JOIN a{it} y ON x.n = y.n)" for it in range(7)
    ) + " SELECT n FROM a7",
}


@pytest.mark.parametrize("shape", DEEP)
def test_a_text_that_is_too_deep_is_refused_and_nobody_falls(target, million, shape):
    assert len(DEEP[shape]) < 500_000
    said = target.fails(DEEP[shape], "MALFORMED_QUERY")
    assert said.startswith("GB"), said


@pytest.mark.parametrize("shape", DEEP)
def test_a_text_that_is_too_deep_is_explained_with_findings_by_a_server_that_lives(
    target, million, shape
):
    said = target.explain(DEEP[shape])
    assert said["verdict"] == "REFUSED" and said["plan"] is None, said
    codes = [it["code"] for it in said["diagnostics"]]
    assert codes and all(it.startswith("GB") for it in codes), codes


def test_a_list_of_many_values_is_no_attack(target, million):
    values = ",".join(map(str, range(5_000)))
    said = target.succeeds(f"SELECT COUNT(*) AS n FROM {million} WHERE n IN ({values})")
    assert said.splitlines()[1] == "5000"


ENDLESS = "SELECT COUNT(*) AS n FROM slow a JOIN slow b ON a.n * b.n % 7 = 8"


def bring_slow(target):
    target.rows("slow", "SELECT i AS n FROM range(1000000) t(i)")
    target.bring("slow", ["n"])


def test_a_join_without_end_ends_with_its_time(hasty, generic):
    bring_slow(hasty)
    assert hasty.fails(ENDLESS) == generic


def test_what_does_not_fit_into_memory_and_the_disk_for_spilling_ends(target, generic):
    target.rows(
        "wide_rows",
        "SELECT i AS n, repeat(md5(i::VARCHAR), 400) AS k FROM range(16000) t(i)",
    )
    target.bring("wide_rows", ["n", "k"])
    sql = "SELECT COUNT(*) AS n FROM (SELECT k, MAX(n) AS m FROM wide_rows GROUP BY k) g"
    found = target.run(sql)
    assert found["status"] == "FAILED" and found["error"]["message"] == generic, found
    assert not (target.house.data / "spill" / found["id"]).exists()


def test_who_waits_with_too_many_is_told_so_and_holds_nobody_up(target):
    bring_slow(target)
    most = 5 + 20
    started = []
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        for _ in range(most + 1):
            started.append(target.start(ENDLESS))
    error = caught.value.response
    assert error["Error"]["Code"] == "ServiceQuotaExceededException", error
    assert error["quotaValue"] == most and "per membership" in error["quotaName"], error
    assert len(started) == most
    running = wait_for(lambda: len(it := target.open("STARTED")) == SLOTS and it)
    neighbour, before = target.neighbour, len(target.neighbour.queries)
    # One slot becomes free, for which twenty-three older queries wait, and one of the neighbour's.
    target.cancel(running[0])
    wait_for(lambda: len(neighbour.queries) > before or neighbour.error)
    assert neighbour.error is None, neighbour.error
    assert len(target.open("SUBMITTED")) >= most - SLOTS - 1, "the many came before the one"
    for query in started:
        target.cancel(query)
    for query in started:
        target.end(query)
