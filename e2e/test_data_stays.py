"""Data stays with its members: a query leaves nothing of what it read, whatever becomes of it, and
what one member's storage is asked does not depend on a person in another member's table.

Every cell of the members' tables holds a marker of its own; all begin with the same letters, drawn
for each run, which are then looked for wherever something could be left. Storage is `moto`'s.
"""

import json
import os
import pathlib
import signal
import stat
import tempfile
import time
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

import duckdb
import pytest
from conftest import FINAL, House, REGION, configure, ended
from test_connections import aws, bring, key_of, profile, role  # noqa: F401 (a fixture)

# Begins every planted value; 24 letters with what follows it.
MARK = "q" + uuid.uuid4().hex[:10]
PEOPLE = 60_000
OVERLAP = """
SELECT a.segment, COUNT(DISTINCT v.person) AS people, COUNT(DISTINCT v.page) AS pages
FROM visits v JOIN audience a ON v.person = a.person
WHERE v.note <> 'none' OR a.mail <> 'none'
GROUP BY a.segment
"""
# Notes and mails are compared with text, above the join: what is spilled holds them as they are.


def planted(column, number):
    """SQL for the marker of a row and column: 24 letters."""
    return f"'{MARK}{column}' || lpad(({number})::VARCHAR, 12, '0')"


@dataclass
class Shape:
    """How much there is, and in how many files and row groups."""

    people: int
    files: int = 1
    group: int = 30_000
    # Bytes that do not compress, in every note and mail, by 32.
    padding: int = 0

    def padded(self, column, number):
        more = [f"md5('{column}{it} ' || ({number}))" for it in range(self.padding)]
        return " || ".join([planted(column, number), *more])

    def write(self, file, part, rows, select):
        """A file of some: its share of the rows."""
        share = -(-rows // self.files)
        duckdb.sql(
            f"""
            COPY (SELECT * FROM ({select.format(part * share, min((part + 1) * share, rows))}))
            TO '{file}' (FORMAT parquet, ROW_GROUP_SIZE {self.group}, COMPRESSION uncompressed)
            """
        )


def visits(file, part, shape, condition):
    """Rows of the publisher: every person twice, each row with a page and a note of its own."""
    person = f"i % {shape.people}"
    select = f"""SELECT {planted("p", person)} AS person, {planted("g", "i")} AS page,
                        {shape.padded("n", "i")} AS note
                 FROM range({{}}, {{}}) t(i) WHERE {condition.format(person)}"""
    shape.write(file, part, 2 * shape.people, select)


def audience(file, part, shape, condition):
    """Rows of the advertiser: every second person of the other, in two segments."""
    select = f"""SELECT {planted("p", "i * 2")} AS person, {shape.padded("m", "i")} AS mail,
                        'segment ' || (i % 2) AS segment
                 FROM range({{}}, {{}}) t(i) WHERE {condition.format("i * 2")}"""
    shape.write(file, part, shape.people, select)


def rule(distinct, dimensions=()):
    return {
        "aggregateColumns": [{"columnNames": distinct, "function": "COUNT_DISTINCT"}],
        "joinColumns": ["person"],
        "dimensionColumns": list(dimensions),
        "scalarFunctions": [],
        "outputConstraints": [{"columnName": "person", "minimum": 2, "type": "COUNT_DISTINCT"}],
    }


class Members:
    """Two members with tables in buckets of their own, and a room in which one asks."""

    def __init__(self, house, aws, folder, shape):  # noqa: F811
        self.house, self.aws, self.folder, self.shape = house, aws, folder, shape
        self.publisher, self.advertiser = house.account("Publisher"), house.account("Advertiser")
        self.buckets = {it: f"{it}-{uuid.uuid4().hex[:8]}" for it in ("visits", "audience")}
        self.s3, self.rooms = aws.client("s3"), self.advertiser.rooms
        for bucket in self.buckets.values():
            self.s3.create_bucket(Bucket=bucket)
        self.put("visits")
        self.put("audience")
        made = self.advertiser.rooms.create_collaboration(
            name="overlap",
            description="of audiences",
            creatorDisplayName="Advertiser",
            creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
            members=[
                {"accountId": self.publisher.id, "memberAbilities": [], "displayName": "Publisher"}
            ],
            queryLogStatus="ENABLED",
        )["collaboration"]
        columns = {"visits": ["person", "page", "note"], "audience": ["person", "mail", "segment"]}
        rules = {"visits": rule(["person", "page"], ["note"]), "audience": rule(["person"], ["segment", "mail"])}
        for account, table in ((self.advertiser, "audience"), (self.publisher, "visits")):
            membership = account.rooms.create_membership(
                collaborationIdentifier=made["id"], queryLogStatus="ENABLED"
            )["membership"]["id"]
            self.membership = membership if table == "audience" else self.membership
            house.command(
                *["connection", "add", "--name", "reader", "--type", "files"],
                *["--database", "airlines", "--root", f"s3://{self.buckets[table]}"],
                *["--region", REGION, "--storage-endpoint", aws.url, *profile(account)],
                env=account.environment,
            )
            made_table = configure(account, table, columns[table], rules[table])
            bring(account, membership, made_table, table, role(account, "reader"))
        self.advertiser.s3.create_bucket(Bucket="results")

    def put(self, table, condition="TRUE"):
        """Writes a table anew into its owner's bucket: the persons for whom this holds."""
        file = self.folder / f"{table}.parquet"
        for part in range(self.shape.files):
            {"visits": visits, "audience": audience}[table](file, part, self.shape, condition)
            key = f"airlines/{table}/part-{part}.parquet"
            self.s3.upload_file(str(file), self.buckets[table], key)
        file.unlink()

    def start(self, text):
        output = {"s3": {"bucket": "results", "resultFormat": "CSV", "keyPrefix": "out"}}
        return self.advertiser.rooms.start_protected_query(
            type="SQL",
            membershipIdentifier=self.membership,
            sqlParameters={"queryString": text},
            resultConfiguration={"outputConfiguration": output},
        )["protectedQuery"]["id"]

    def ended(self, query):
        return ended(self.advertiser, self.membership, query, seconds=300)

    def has_ended(self, query):
        found = self.rooms.get_protected_query(
            membershipIdentifier=self.membership, protectedQueryIdentifier=query
        )
        return found["protectedQuery"]["status"] in FINAL

    def result(self, query):
        listed = self.advertiser.s3.list_objects_v2(Bucket="results", Prefix=f"out/{query}/")
        get = self.advertiser.s3.get_object
        found = [get(Bucket="results", Key=it["Key"]) for it in listed.get("Contents", [])]
        return "".join(it["Body"].read().decode() for it in found)


class Watch:
    """What processes that walk hold open, seen again and again while they live."""

    def __init__(self, house):
        self.house = house
        # Paths of regular files that are written, and how long files without a name became.
        self.named, self.nameless, self.leaks = set(), {}, []
        self.spill = house.data / "spill"

    def look(self):
        """Looks once; the processes that were there."""
        found = self.house.walkers()
        for pid in found:
            try:
                self.files_of(pid)
            except (FileNotFoundError, ProcessLookupError):
                pass
        self.leaks += [it for it in self.spill.rglob("*") if not it.is_dir()]
        return found

    def files_of(self, pid):
        for number in os.listdir(f"/proc/{pid}/fd"):
            link = f"/proc/{pid}/fd/{number}"
            try:
                path, state = os.readlink(link), os.stat(link)
            except (FileNotFoundError, ProcessLookupError):
                continue
            if not stat.S_ISREG(state.st_mode):
                continue
            if path.endswith(" (deleted)"):
                before = self.nameless.get(path, 0)
                self.nameless[path] = max(before, state.st_size)
                if state.st_size > before and self.holds_marker(link):
                    self.leaks.append(path)
            elif self.is_written(f"/proc/{pid}/fdinfo/{number}"):
                self.named.add(path)
        # What is written through memory needs no descriptor.
        for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
            fields = line.split(maxsplit=5)
            if len(fields) == 6 and fields[1].startswith("rw") and fields[1].endswith("s"):
                self.named.add(fields[5])

    @staticmethod
    def is_written(info):
        try:
            flags = pathlib.Path(info).read_text().split("flags:")[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        return int(flags, 8) & os.O_ACCMODE != os.O_RDONLY

    @staticmethod
    def holds_marker(link):
        try:
            with open(link, "rb") as file:
                return MARK.encode() in file.read(4 << 20)
        except (FileNotFoundError, ProcessLookupError):
            return False

    def spilled(self):
        return sum(self.nameless.values())

    def is_clean(self):
        """No row in clear, no named file but those that every walk has, none elsewhere."""
        assert not self.leaks
        data = str(self.house.data)
        base = [f"{data}/glovebox.sqlite{it}" for it in ("", "-wal", "-shm", "-journal")]
        counter = str(self.house.home / ".config/glovebox/head-counter")
        for path in self.named:
            is_known = path in base or path == str(self.house.log) or path.startswith(counter)
            # The sealed result, then the released one on its way to its receiver.
            is_released = path.startswith((f"{data}/kept/", f"{data}/accounts/"))
            assert is_known or is_released, path
        assert all(it.startswith(f"{data}/spill/") for it in self.nameless), self.nameless


def files(folders):
    """Every regular file below some folders, as far as it stays there."""
    found = {}
    for folder in folders:
        for parent, _, names in os.walk(folder, onerror=lambda _: None):
            for name in names:
                path = pathlib.Path(parent) / name
                try:
                    state = path.lstat()
                except OSError:
                    continue
                if stat.S_ISREG(state.st_mode):
                    found[path] = (state.st_ino, state.st_size, state.st_mtime_ns)
    return found


def holding_marker(paths):
    """Those of the files in which a planted value stands."""
    found = []
    for path in paths:
        try:
            with open(path, "rb") as file:
                tail = b""
                while piece := file.read(1 << 20):
                    if MARK.encode() in tail + piece:
                        found.append(path)
                        break
                    tail = piece[-len(MARK) :]
        except OSError:
            continue
    return found


# Where processes leave things; other tests may write there at the same time.
SHARED = [pathlib.Path(it) for it in ("/tmp", "/var/tmp", "/dev/shm", "/run")]


def left_behind(members, before):
    """Files with a planted value: in the house, where it works, and where others may write. What
    the members' storage keeps of theirs is not meant."""
    own = files([members.house.folder])
    shared = files([it for it in SHARED if it.is_dir()])
    new = [it for it, state in shared.items() if before.get(it) != state]
    new = [it for it in new if not it.is_relative_to(members.aws.folder)]
    return holding_marker([*own, *[it for it in new if it not in own]])


@pytest.fixture(scope="module")
def members(tmp_path_factory, aws):  # noqa: F811
    """A house that gives a query so little memory that it must spill."""
    house = House(tmp_path_factory.mktemp("stays"))
    work = house.folder / "work"
    work.mkdir()
    limits = ["--query-memory", "16MiB", "--egress-allow", f"127.0.0.1:{aws.port}"]
    house.start(*limits, cwd=work)
    folder = tmp_path_factory.mktemp("inputs")
    yield Members(house, aws, folder, Shape(PEOPLE))
    house.stop()


def may_look(pid):
    """A process that forbade it is looked into by the superuser only."""
    try:
        os.listdir(f"/proc/{pid}/fd")
    except FileNotFoundError:
        pass
    except PermissionError:
        return False
    return True


def watched(members, number, until=lambda watch: False):
    """Starts a query and watches its process until it ends or something was seen."""
    watch = Watch(members.house)
    query = members.start(f"{OVERLAP} -- {number}")
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        pids = watch.look()
        if pids and not may_look(pids[0]):
            pytest.skip("only the superuser may see what the process of a query holds open")
        if until(watch):
            return watch, query, pids
        if not pids and members.has_ended(query):
            return watch, query, []
        time.sleep(0.005)
    raise AssertionError("the query never ended")


def test_a_query_that_spills_leaves_nothing_of_its_input(members):
    before = files(SHARED)
    in_house = set(files([members.house.data]))
    watch, query, _ = watched(members, "to its end")
    found = members.ended(query)
    assert found["status"] == "SUCCESS", found.get("error")
    assert members.result(query).splitlines()[0] == "segment,people,pages"
    assert "segment 0,15000,30000" in members.result(query)
    assert watch.spilled() > 1 << 19, "it spilled"
    watch.is_clean()
    assert left_behind(members, before) == []
    # What is new in the data directory is the result and lines of logs.
    new = [it for it in files([members.house.data]) if it not in in_house]
    accounts = members.house.data / "accounts"
    assert all(it.is_relative_to(accounts) or it.name.startswith("glovebox.sqlite") for it in new), new
    assert not [it for it in new if it.suffix == ".parquet"]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGABRT])
def test_a_query_that_dies_while_it_spills_leaves_nothing_of_its_input(members, how):
    before = files(SHARED)
    watch, query, pids = watched(members, how.name, lambda it: it.spilled() > 1 << 19)
    assert pids, "it was killed while it walked"
    for pid in pids:
        os.kill(pid, how)
    found = members.ended(query)
    assert found["status"] == "FAILED"
    assert not members.result(query)
    watch.look()
    watch.is_clean()
    assert left_behind(members, before) == []
    for folder in ("spill", "kept"):
        assert not [it for it in (members.house.data / folder).rglob("*") if it.is_file()]
    assert not [it for it in files([members.house.folder]) if it.name.startswith("core")]


def test_a_marker_that_is_left_somewhere_is_found(members):
    """The search itself: whatever is planted into a file of the house or of /tmp is found."""
    before = files(SHARED)
    places = [members.house.data / "spill/left", pathlib.Path(f"/tmp/glovebox-left-{os.getpid()}")]
    try:
        for place in places:
            place.write_bytes(b"x" * ((1 << 20) - 5) + f"{MARK}p000000000001".encode())
        assert sorted(left_behind(members, before)) == sorted(places)
        watch = Watch(members.house)
        watch.look()
        assert watch.leaks == places[:1]
    finally:
        for place in places:
            place.unlink(missing_ok=True)
    # A spill file in clear, as if this process were that of a query.
    with tempfile.TemporaryFile(dir=members.house.data / "spill") as spilled:
        spilled.write(f"{MARK}p000000000001".encode())
        spilled.flush()
        watch = Watch(members.house)
        watch.files_of(os.getpid())
        assert len(watch.leaks) == 1 and watch.spilled() >= len(MARK)


@pytest.fixture(scope="module")
def few(tmp_path_factory, aws):  # noqa: F811
    """A room whose queries are asked of storage that records them: tables of several files, each
    larger than what is fetched whole before the plan is known, in row groups that a filter could
    rule out."""
    house = House(tmp_path_factory.mktemp("few"))
    house.start("--egress-allow", f"127.0.0.1:{aws.port}")
    shape = Shape(9_000, files=3, group=2_000, padding=12)
    members = Members(house, aws, tmp_path_factory.mktemp("few-inputs"), shape)
    for bucket in members.buckets.values():
        sizes = [it["Size"] for it in members.s3.list_objects_v2(Bucket=bucket)["Contents"]]
        assert len(sizes) == shape.files and min(sizes) > 1 << 20, sizes
    yield members
    house.stop()


# Of a request, what says something: not when it was signed.
TELLING = ("range", "if-match", "if-none-match", "if-modified-since", "content-length", "accept")


def asked(members, table, text):
    """Every request that a query makes of the storage of a table, by file, in the order in which it
    came up to the footer: several row groups are on their way at once, in an order of chance. And
    the rows that the query gives."""
    members.aws.recording()
    query = members.start(text)
    found = members.ended(query)
    assert found["status"] == "SUCCESS", found.get("error")
    bucket = members.buckets[table]
    requests = {}
    for it in members.aws.requests():
        headers = {name.lower(): value for name, value in it["headers"].items()}
        told = {name: headers[name] for name in TELLING if name in headers}
        if bucket in it["url"]:
            request = json.dumps([it["method"], it["url"], told, it["body"]])
            requests.setdefault(urlsplit(it["url"]).path, []).append(request)
    for path, made in requests.items():
        footer = next((place for place, it in enumerate(made) if '"range"' in it), len(made))
        requests[path] = made[: footer + 1] + sorted(made[footer + 1 :])
    return requests, members.result(query)


def ranges(requests):
    """How many ranges were read of each file."""
    files = {path: it for path, it in requests.items() if "/part-" in path}
    return [len([it for it in files[path] if '"range"' in it]) for path in sorted(files)]


def test_the_bucket_of_a_table_is_asked_with_the_keys_of_its_owner_alone(few):
    asked(few, "visits", f"{OVERLAP} -- whose keys")
    for account, table in ((few.publisher, "visits"), (few.advertiser, "audience")):
        assert few.aws.signers(few.buckets[table]) == {key_of(account)}


QUERIES = [
    OVERLAP,
    "SELECT COUNT(DISTINCT v.page) AS pages FROM visits v JOIN audience a ON v.person = a.person "
    "WHERE a.segment = 'segment 1'",
]


@pytest.mark.parametrize("text", QUERIES)
@pytest.mark.parametrize("asks, changes", [("visits", "audience"), ("audience", "visits")])
def test_what_storage_is_asked_does_not_tell_of_a_person_in_anothers_table(
    few, asks, changes, text
):
    few.put(asks)
    few.put(changes)
    with_all, rows = asked(few, asks, f"{text} -- {asks}, all")
    assert len(ranges(with_all)) == few.shape.files and min(ranges(with_all)) > 1, ranges(with_all)
    # Person 2 is in both tables and in segment 1; then there is nobody but person 0.
    for left in ("{} <> 2", "{} = 0"):
        few.put(changes, left)
        without, fewer = asked(few, asks, f"{text} -- {asks}, {left}")
        assert rows != fewer, "the person counts"
        assert with_all == without


@pytest.mark.parametrize("table", ["visits", "audience"])
def test_what_storage_is_asked_of_a_table_is_seen_to_change_with_that_table(few, table):
    """The comparison itself: without a person, the table is another object."""
    few.put("visits")
    few.put("audience")
    with_all, _ = asked(few, table, f"{OVERLAP} -- {table} as it was")
    few.put(table, "{} <> 2")
    without, _ = asked(few, table, f"{OVERLAP} -- {table} as it is")
    assert with_all != without


def test_a_filter_that_rules_row_groups_out_is_seen_in_what_storage_is_asked(few):
    """The comparison itself: what came from rows instead of the text would be seen as well."""
    few.put("visits")
    few.put("audience")
    whole, _ = asked(few, "visits", f"{OVERLAP} -- of all")
    filters = "v.note <> 'none' OR a.mail <> 'none'", f"v.note < '{MARK}n0000000003'"
    narrow = OVERLAP.replace(*filters)
    some, _ = asked(few, "visits", narrow)
    assert sum(ranges(some)) < sum(ranges(whole)), (ranges(some), ranges(whole))
