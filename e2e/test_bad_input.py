"""Sources that are wrong, broken or silent, once a query meets them: the analyst is told one text
that is the same for all of them, and the owner of the table alone is told why, in one line.

Every case has a table of its own, which is sound when it is configured and spoilt after that. All
queries run at the same time; each test looks at what became of one. One house has the patience to
hear that a store is silent; the time of queries of the other is up long before.
"""

import collections
import http.client
import http.server
import json
import re
import threading
import time
import uuid

import duckdb
import pytest
from conftest import GENERIC, House, REGION, configure, ended
from postgres import PASSWORD, Postgres
from test_connections import aws, bring, profile, role  # noqa: F401 (a fixture)

# Seconds that a query may take in each house, and those that it may wait for its turn beside.
PATIENT, HASTY, TURN = 60, 3, 25
OVERLAP = """
SELECT a.segment, COUNT(DISTINCT v.person) AS people, COUNT(DISTINCT v.page) AS pages
FROM {} v JOIN audience a ON v.person = a.person GROUP BY a.segment
"""
COLUMNS = ["person", "page", "day"]
ROWS = 3_000
PARTS = 3
SERDES = {
    "parquet": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    "csv": "org.apache.hadoop.hive.serde2.OpenCSVSerde",
}
# Of PostgreSQL: who may read them.
SCHEMAS = {"warehouse": "reader", "locked_out": "leaver"}


def part(file, kind, page="md5((i * 7 + 1)::VARCHAR)", extra=""):
    """One file: enough bytes that they are read in ranges, in several row groups."""
    how = "FORMAT parquet, ROW_GROUP_SIZE 2048, COMPRESSION uncompressed"
    if kind == "csv":
        how = "FORMAT csv, HEADER {}".format("true" if file.parent.name == "files" else "false")
    named = f", {page} AS page" if page else ""
    duckdb.sql(
        f"""COPY (SELECT lpad((i % 500)::VARCHAR, 12, '0') AS person{named}, i % 30 AS day{extra}
                  FROM range({ROWS}) t(i)) TO '{file}' ({how})"""
    )


class Proxy:
    """A server before another, which makes trouble for what is asked of one table."""

    def __init__(self, server):
        self.server, self.troubles = server, {}
        self.seen, self.lock = collections.Counter(), threading.Lock()
        self.over = threading.Event()
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                proxy.answer(self)

            do_GET = do_HEAD = do_POST = do_PUT = answer

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        # A client that goes away is none of ours.
        self.http.handle_error = lambda *_: None
        self.port = self.http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def stop(self):
        self.over.set()
        self.http.shutdown()
        self.http.server_close()

    def answer(self, request):
        body = request.rfile.read(int(request.headers.get("content-length") or 0))
        about = request.path + body.decode(errors="replace")
        found = next((it for it in self.troubles if re.search(rf"\b{it}\b", about)), None)
        # Reading is what fetches an object's bytes, not what lists or describes.
        reads = request.command == "GET" and "list-type" not in request.path
        with self.lock:
            self.seen[found, reads] += 1
            count = self.seen[found, reads]
        trouble = self.troubles[found] if found else lambda *_: None
        made = trouble(request.path, count if reads else 0)
        if made is None:
            return self.passed(request, body)
        if made == "silent":
            self.over.wait(120)
            request.close_connection = True
        elif made == "cut":
            self.passed(request, body, cut=True)
        else:
            status, code, *headers = made
            text = f"<Error><Code>{code}</Code><Message>hush</Message></Error>"
            if request.path == "/":
                text = json.dumps({"__type": code, "message": "hush"})
            self.reply(request, status, headers, text.encode())

    def passed(self, request, body, cut=False):
        inner = http.client.HTTPConnection("127.0.0.1", self.server, timeout=60)
        headers = {k: v for k, v in request.headers.items() if k.lower() != "connection"}
        inner.request(request.command, request.path, body or None, headers)
        answer = inner.getresponse()
        text = answer.read()
        inner.close()
        skipped = ("connection", "transfer-encoding", "content-length", "date", "server")
        kept = [it for it in answer.getheaders() if it[0].lower() not in skipped]
        length = answer.getheader("content-length") or len(text)
        self.reply(request, answer.status, kept, text[: len(text) // 2] if cut else text, length)
        if cut:
            request.close_connection = True

    @staticmethod
    def reply(request, status, headers, text, length=None):
        request.send_response(status)
        for name, value in headers:
            request.send_header(name, value)
        request.send_header("content-length", length or len(text))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(text)


def says(status, code, *headers, after=0):
    """This answer to everything, or to what reads after so many that passed."""
    return lambda _, reads: None if after and reads <= after else (status, code, *headers)


def of_part(number, what):
    return lambda path, _: what if f"part-{number}" in path else None


class World:
    """Who takes part: the publisher owns the sources, the advertiser asks, a third looks on."""

    def __init__(self, house, aws, proxy, postgres):  # noqa: F811
        self.house, self.proxy, self.postgres = house, proxy, postgres
        self.folder = house.folder / "inputs"
        self.s3, self.glue = aws.client("s3"), aws.client("glue")
        self.bucket = f"bad-{uuid.uuid4().hex[:8]}"
        self.s3.create_bucket(Bucket=self.bucket)
        names = ("Publisher", "Advertiser", "Onlooker")
        self.publisher, self.advertiser, self.onlooker = map(house.account, names)
        self.advertiser.s3.create_bucket(Bucket="results")
        file = self.advertiser.tables() / "audience.parquet"
        duckdb.sql(
            f"""COPY (SELECT lpad(i::VARCHAR, 12, '0') AS person, 's' || (i % 2) AS segment
                      FROM range(500) t(i)) TO '{file}' (FORMAT parquet)"""
        )
        audience = configure(self.advertiser, "audience", ["person", "segment"], RULE)
        # A membership brings 25 tables at most.
        self.rooms = {it: self.room(audience) for it in ("files", "others")}
        self.connect()

    def room(self, audience):
        """A collaboration, and the memberships in it."""
        collaboration = self.advertiser.rooms.create_collaboration(
            name="overlap",
            description="of audiences",
            creatorDisplayName="Advertiser",
            creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
            members=[
                {"accountId": it.id, "memberAbilities": [], "displayName": "other"}
                for it in (self.publisher, self.onlooker)
            ],
            queryLogStatus="ENABLED",
        )["collaboration"]["id"]
        memberships = {
            it.id: it.rooms.create_membership(
                collaborationIdentifier=collaboration, queryLogStatus="ENABLED"
            )["membership"]["id"]
            for it in (self.publisher, self.advertiser, self.onlooker)
        }
        account = self.advertiser
        bring(account, memberships[account.id], audience, "audience", role(account, "unused"))
        return collaboration, memberships

    def room_of(self, case):
        return self.rooms["files" if case.source == "files" else "others"]

    def connect(self):
        def add(*words, stdin=None):
            command = ["connection", "add", *words]
            self.house.command(*command, stdin=stdin, env=self.publisher.environment)

        proxied, keys = ["--storage-endpoint", self.proxy.url], profile(self.publisher)
        for name, kind in (("files", "files"), ("glue", "glue")):
            service = ["--service-endpoint", self.proxy.url] if kind == "glue" else []
            root = ["--root", f"s3://{self.bucket}", "--region", REGION]
            words = ["--name", name, "--type", kind, "--database", name]
            add(*words, *root, *proxied, *service, *keys)
        for schema, user in SCHEMAS.items():
            place = ["--host", "127.0.0.1", "--port", str(self.postgres.port), "--no-tls"]
            place += ["--dbname", "postgres", "--user", user, "--password-file", "-"]
            words = ["--name", schema, "--type", "postgresql", "--database", schema, *place]
            add(*words, stdin=PASSWORD + "\n")

    def key(self, case, number):
        folder = f"hour={number}/" if case.parted else ""
        return f"{case.source}/{case.name}/{folder}part-{number}.{case.kind}"

    def put(self, case, number, file, key=None):
        self.s3.upload_file(str(file), self.bucket, key or self.key(case, number))

    def remove(self, case, number):
        self.s3.delete_object(Bucket=self.bucket, Key=self.key(case, number))

    def part(self, case, number, **how):
        folder = self.folder / uuid.uuid4().hex / case.source
        folder.mkdir(parents=True)
        file = folder / f"part-{number}.{case.kind}"
        part(file, case.kind, **how)
        return file

    def make(self, case):
        """A sound table, configured and brought into the room."""
        source, name = case.source, case.name
        if source in ("files", "glue"):
            for number in range(PARTS):
                self.put(case, number, self.part(case, number))
        if source == "glue":
            self.glue.create_table(DatabaseName="glue", TableInput=self.described(case))
            for number in range(PARTS) if case.parted else ():
                self.glue.create_partition(
                    DatabaseName="glue",
                    TableName=name,
                    PartitionInput=self.partition(case, number),
                )
        if source in SCHEMAS:
            rows = (
                "SELECT lpad((i % 500)::text, 12, '0') AS person, md5(i::text) AS page, "
                f"i % 30 AS day FROM generate_series(1, {ROWS}) i"
            )
            made = f"CREATE TABLE {source}.{name} AS {rows}"
            if case.slow:
                slowly = f"SELECT * FROM ({rows}) t WHERE pg_sleep(0.1) IS NOT NULL"
                made = f"CREATE VIEW {source}.{name} AS {slowly}"
            self.postgres.sql(made, f"GRANT SELECT ON {source}.{name} TO {SCHEMAS[source]}")
        made = self.publisher.rooms.create_configured_table(
            name=name,
            tableReference={"glue": {"databaseName": source, "tableName": name}},
            allowedColumns=COLUMNS,
            analysisMethod="DIRECT_QUERY",
        )["configuredTable"]
        self.publisher.rooms.create_configured_table_analysis_rule(
            configuredTableIdentifier=made["id"],
            analysisRuleType="AGGREGATION",
            analysisRulePolicy={"v1": {"aggregation": VISITS_RULE}},
        )
        account, (_, memberships) = self.publisher, self.room_of(case)
        bring(account, memberships[account.id], made, name, role(account, source))

    def described(self, case, day="bigint", columns=COLUMNS):
        table = {
            "Name": case.name,
            "TableType": "EXTERNAL_TABLE",
            "StorageDescriptor": self.storage(case, case.kind, day, columns),
        }
        if case.parted:
            table["PartitionKeys"] = [{"Name": "hour", "Type": "bigint"}]
        return table

    def storage(self, case, kind, day="bigint", columns=COLUMNS, folder=""):
        types = {"person": "string", "page": "string", "day": day}
        return {
            "Columns": [{"Name": it, "Type": types[it]} for it in columns],
            "Location": f"s3://{self.bucket}/glue/{case.name}/{folder}",
            "SerdeInfo": {"SerializationLibrary": SERDES[kind], "Parameters": {}},
        }

    def partition(self, case, number, kind=None):
        storage = self.storage(case, kind or case.kind, folder=f"hour={number}/")
        return {"Values": [str(number)], "StorageDescriptor": storage}

    def start(self, case):
        _, memberships = self.room_of(case)
        output = {"s3": {"bucket": "results", "resultFormat": "CSV", "keyPrefix": "out"}}
        return self.advertiser.rooms.start_protected_query(
            type="SQL",
            membershipIdentifier=memberships[self.advertiser.id],
            sqlParameters={"queryString": OVERLAP.format(case.name)},
            resultConfiguration={"outputConfiguration": output},
        )["protectedQuery"]["id"]

    def lines(self, account, query):
        folder = self.house.data / "accounts" / account.id / "logs"
        text = "".join(it.read_text() for it in sorted(folder.glob("*/*.ndjson")))
        # The last line may be half written.
        lines = [json.loads(it) for it in text.splitlines(keepends=True) if it.endswith("\n")]
        return [it for it in lines if it["eventId"] == query]

    def told(self, account, query):
        """Details in the log of a member who also gets the end of the query, once that is there."""
        deadline = time.monotonic() + 20
        while True:
            lines = self.lines(account, query)
            if any(it["logStage"] == "TERMINATION" for it in lines):
                return details(lines)
            assert time.monotonic() < deadline, lines
            time.sleep(0.05)


def details(lines):
    return [it["failureDetail"] for it in lines if it["logStage"] == "FAILURE_DETAIL"]


def rule(distinct, dimensions):
    return {
        "aggregateColumns": [{"columnNames": distinct, "function": "COUNT_DISTINCT"}],
        "joinColumns": ["person"],
        "dimensionColumns": dimensions,
        "scalarFunctions": [],
        "outputConstraints": [{"columnName": "person", "minimum": 2, "type": "COUNT_DISTINCT"}],
    }


RULE, VISITS_RULE = rule(["person"], ["segment"]), rule(["person", "page"], ["day"])


class Case:
    """A table, how it is spoilt, and the words for its owner, if there are any."""

    def __init__(self, source, fault, spoil, words, kind="parquet", **more):
        self.source, self.spoil, self.kind = source, spoil, kind
        self.parted, self.slow = more.get("parted", False), more.get("slow", False)
        self.limit, self.status = more.get("limit", PATIENT), more.get("status", "FAILED")
        hasty = "hasty_" if self.limit == HASTY else ""
        prefix = f"{source}_{kind}_" if source in ("files", "glue") else ""
        self.name = hasty + prefix + fault
        self.words = words and words.replace("@", self.name)


def troubled(trouble):
    def spoil(world, case):
        world.proxy.troubles[case.name] = trouble

    return spoil


def gone(world, case):
    for number in range(PARTS):
        world.remove(case, number)


def other_part(**how):
    """The file in the middle is written otherwise."""
    return lambda world, case: world.put(case, 1, world.part(case, 1, **how))


def corrupt(world, case):
    """The second row group of the file in the middle; the footer is as it was."""
    file = world.part(case, 1)
    data = bytearray(file.read_bytes())
    if case.kind == "csv":
        # A quote that nothing closes.
        data[len(data) // 2 : len(data) // 2] = b'\n"'
    else:
        ((start, length),) = duckdb.sql(
            f"""SELECT data_page_offset, total_compressed_size FROM parquet_metadata('{file}')
                WHERE row_group_id = 1 AND path_in_schema = 'page'"""
        ).fetchall()
        data[start : start + length] = b"\xff" * length
    file.write_bytes(data)
    world.put(case, 1, file)


def deeper(world, case):
    """One more file lies in the folder of a partition, the others do not."""
    key = f"{case.source}/{case.name}/hour=1/part-9.{case.kind}"
    world.put(case, 9, world.part(case, 9), key)


def other_key(world, case):
    """The partition in the middle has another key than the others."""
    world.remove(case, 1)
    key = f"{case.source}/{case.name}/minute=1/part-1.{case.kind}"
    world.put(case, 1, world.part(case, 1), key)


def dropped(world, case):
    world.glue.delete_table(DatabaseName="glue", Name=case.name)


def described_anew(**how):
    def spoil(world, case):
        table = world.described(case, **how)
        world.glue.update_table(DatabaseName="glue", TableInput=table)

    return spoil


def other_serde(world, case):
    """The catalog says of the partition in the middle that it is of another format."""
    world.glue.update_partition(
        DatabaseName="glue",
        TableName=case.name,
        PartitionValueList=["1"],
        PartitionInput=world.partition(case, 1, "csv"),
    )


def sql(text):
    return lambda world, case: world.postgres.sql(text.replace("@", f"{case.source}.{case.name}"))


DENIED = "was denied: the credentials of the connection do not allow it"
EXPIRED = "the credentials of the connection have expired"
ELSEWHERE = "lies in another region, or behind another endpoint, than the connection says"
MOVED = says(301, "PermanentRedirect", ("x-amz-bucket-region", "eu-west-1"))
BUCKET_MOVED = troubled(lambda path, reads: MOVED(path, reads) if path != "/" else None)
SILENT = troubled(lambda *_: "silent")
SILENT_LATER = troubled(lambda _, reads: "silent" if reads > 2 else None)
NO_ANSWER = "could not be reached: it did not answer in time"
LATER = troubled(says(403, "ExpiredToken", after=2))
CORRUPT = "/part-1.parquet` is corrupt in row group 1"
FILE_GONE = troubled(of_part(1, (404, "NoSuchKey")))
CHANGED = "part-1.parquet` changed while the query ran"


def unlike(file, column):
    return f"{file}` does not have the column `{column}` as it was configured"


def sound(source, kind="parquet", **more):
    """One that is not spoilt: what is told of the others is not told of every table."""
    return Case(source, "sound", lambda *_: None, None, kind, status="SUCCESS", **more)


PAGE = unlike("part-1.parquet", "page")
CASES = [
    # No rows have met when the time is up.
    Case("files", "silent", SILENT, None, limit=HASTY, status="TIMED_OUT"),
    Case("glue", "silent", SILENT, None, limit=HASTY, status="TIMED_OUT"),
    # They may have met, and whose they were that took so long is not known.
    Case("warehouse", "slow", lambda *_: None, None, limit=HASTY, slow=True),
    # Those that take long come first.
    Case("files", "silent", SILENT, NO_ANSWER),
    Case("files", "silent_later", SILENT_LATER, NO_ANSWER),
    Case("files", "cut", troubled(of_part(1, "cut")), "part-1.parquet` could not be reached"),
    Case("files", "revoked", troubled(says(403, "InvalidAccessKeyId")), DENIED),
    Case("files", "expired", LATER, EXPIRED),
    Case("files", "elsewhere", troubled(MOVED), ELSEWHERE),
    Case("files", "gone", gone, "there is no `files/@`"),
    Case("files", "file_gone", FILE_GONE, CHANGED),
    Case("files", "corrupt", corrupt, CORRUPT),
    Case("files", "retyped", other_part(page="i"), PAGE),
    Case("files", "missing", other_part(page=None), PAGE),
    Case("files", "deeper", deeper, "does not fit the other files of the table"),
    Case("files", "other_key", other_key, "does not fit the other files", parted=True),
    Case("files", "other_type", other_part(page="i"), PAGE, parted=True),
    Case("files", "corrupt", corrupt, "part-1.csv` is corrupt", "csv"),
    Case("files", "missing", other_part(page=None), unlike("part-1.csv", "page"), "csv"),
    Case("glue", "revoked", troubled(says(400, "UnrecognizedClientException")), DENIED),
    Case("glue", "expired", LATER, EXPIRED),
    Case("glue", "elsewhere", BUCKET_MOVED, ELSEWHERE),
    Case("glue", "dropped", dropped, "the catalog has no table `glue.@`"),
    Case("glue", "file_gone", FILE_GONE, CHANGED),
    Case("glue", "corrupt", corrupt, CORRUPT),
    Case("glue", "retyped", described_anew(day="string"), unlike("the catalog", "day")),
    Case("glue", "missing", described_anew(columns=COLUMNS[:2]), unlike("the catalog", "day")),
    Case("glue", "other_type", other_part(page="i"), PAGE, parted=True),
    Case("glue", "other_serde", other_serde, "a partition in another format", parted=True),
    Case("glue", "expired", LATER, EXPIRED, "csv"),
    Case("glue", "corrupt", corrupt, "part-1.csv` is corrupt", "csv"),
    Case("glue", "retyped", described_anew(day="string"), unlike("the catalog", "day"), "csv"),
    Case("warehouse", "revoked", sql("REVOKE SELECT ON @ FROM reader"), DENIED),
    Case("warehouse", "dropped", sql("DROP TABLE @"), "the catalog has no table `warehouse.@`"),
    Case("warehouse", "missing", sql("ALTER TABLE @ DROP page"), unlike("@", "page")),
    Case("warehouse", "retyped", sql("ALTER TABLE @ ALTER day TYPE text"), unlike("@", "day")),
    Case(
        *("locked_out", "login", sql("ALTER USER leaver PASSWORD 'another'")),
        "the server does not accept the user and the password",
    ),
    sound("files"),
    sound("files", "csv"),
    sound("glue", parted=True),
    sound("glue", "csv"),
    sound("warehouse"),
]


@pytest.fixture(scope="module")
def met(tmp_path_factory, aws):  # noqa: F811
    """The world of each table, its query, and the moment at which that was started."""
    proxy, postgres = Proxy(aws.port), Postgres()
    aws.client("glue").create_database(DatabaseInput={"Name": "glue"})
    for schema, user in SCHEMAS.items():
        postgres.sql(
            f"CREATE SCHEMA {schema}",
            f"CREATE USER {user} PASSWORD '{PASSWORD}'",
            f"GRANT USAGE ON SCHEMA {schema} TO {user}",
        )
    allowed = f"127.0.0.1:{proxy.port},127.0.0.1:{postgres.port}"
    worlds = {}
    for limit in (PATIENT, HASTY):
        house = House(tmp_path_factory.mktemp("bad"))
        house.start("--query-time", limit, "--slots", 8, "--egress-allow", allowed)
        worlds[limit] = World(house, aws, proxy, postgres)
    for case in CASES:
        worlds[case.limit].make(case)
    for case in CASES:
        case.spoil(worlds[case.limit], case)
    found = {}
    for case in CASES:
        world = worlds[case.limit]
        found[case.name] = world, world.start(case), time.monotonic()
    yield found
    for world in worlds.values():
        world.house.stop()
    proxy.stop()
    postgres.stop()


@pytest.mark.parametrize("case", CASES, ids=lambda it: it.name)
def test_bad_input_is_told_to_its_owner_only(met, case):
    world, query, started = met[case.name]
    advertiser = world.advertiser
    seconds = started + case.limit + TURN - time.monotonic()
    membership = world.room_of(case)[1][advertiser.id]
    found = ended(advertiser, membership, query, seconds=seconds)
    told = world.told(world.publisher, query)
    assert found["status"] == case.status
    message = found.get("error", {}).get("message")
    assert message == (GENERIC if case.status == "FAILED" else None)
    assert [case.words in it for it in told] == ([True] if case.words else [])
    assert world.told(advertiser, query) == []
    assert world.lines(world.onlooker, query) == []
    listed = advertiser.s3.list_objects_v2(Bucket="results", Prefix=f"out/{query}")
    assert bool(listed.get("Contents")) == (case.status == "SUCCESS")
