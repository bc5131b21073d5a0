"""Whatever kills the process of a query, nothing of it stays in the storage of a member: an upload
into the receiver's own bucket that was begun is taken back, by this house or the next one.

Storage is `moto`'s.
"""

import os
import signal
import time
import uuid

import duckdb
import pytest
from conftest import FINAL, House, associate, configure, ended
from test_connections import add_results, aws  # noqa: F401 (a fixture)

ROWS = 220_000
NOTES = """
SELECT DISTINCT s.note FROM sales s JOIN crm c ON s.email = c.email -- {}
"""


def allowed(aws):  # noqa: F811
    return ["--query-memory", "1GiB", "--egress-allow", f"127.0.0.1:{aws.port}"]


class Members:
    """A shop with many rows, and a brand that takes them into a bucket of its own."""

    def __init__(self, house, aws):  # noqa: F811
        self.house, self.s3 = house, aws.client("s3")
        self.shop, self.brand = house.account("Shop"), house.account("Brand")
        self.rooms = self.brand.rooms
        self.bucket = f"brand-{uuid.uuid4().hex[:8]}"
        self.s3.create_bucket(Bucket=self.bucket)
        add_results(self.brand, aws, self.bucket)
        note = " || ".join(f"md5(i::VARCHAR || '{it}')" for it in range(5))
        for account, table, column in ((self.shop, "sales", note), (self.brand, "crm", "'x'")):
            name = "note" if table == "sales" else "label"
            file = account.tables() / f"{table}.parquet"
            duckdb.sql(
                f"""COPY (SELECT 'e' || (i % 1000) AS email, {column} AS {name}
                    FROM range({ROWS if table == "sales" else 1000}) t(i))
                    TO '{file}' (FORMAT parquet)"""
            )
        made = self.brand.rooms.create_collaboration(
            name="notes",
            description="by email",
            creatorDisplayName="Brand",
            creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
            members=[{"accountId": self.shop.id, "memberAbilities": [], "displayName": "Shop"}],
            queryLogStatus="ENABLED",
        )["collaboration"]
        for account, table, name in ((self.shop, "sales", "note"), (self.brand, "crm", "label")):
            membership = account.rooms.create_membership(
                collaborationIdentifier=made["id"], queryLogStatus="ENABLED"
            )["membership"]["id"]
            rule = {"joinColumns": ["email"], "listColumns": [name]}
            table_made = configure(account, table, ["email", name], rule, kind="LIST")
            associate(account, membership, table_made, table)
            self.membership = membership

    def start(self, why):
        output = {"bucket": self.bucket, "resultFormat": "CSV", "keyPrefix": "out"}
        output["singleFileOutput"] = True
        return self.brand.rooms.start_protected_query(
            type="SQL",
            membershipIdentifier=self.membership,
            sqlParameters={"queryString": NOTES.format(why)},
            resultConfiguration={"outputConfiguration": {"s3": output}},
        )["protectedQuery"]["id"]

    def uploads(self):
        """The names of uploads that are not finished."""
        found = self.s3.list_multipart_uploads(Bucket=self.bucket).get("Uploads") or []
        return [it["UploadId"] for it in found]

    def uploading(self, query):
        """Waits until the result of a query is on its way: the upload."""
        deadline = time.monotonic() + 300
        while not (found := self.uploads()):
            status = self.rooms.get_protected_query(
                membershipIdentifier=self.membership, protectedQueryIdentifier=query
            )["protectedQuery"]["status"]
            assert status not in FINAL, status
            assert time.monotonic() < deadline, "nothing was uploaded"
            time.sleep(0.002)
        (upload,) = found
        return upload

    def has_result(self, query):
        found = ended(self.brand, self.membership, query, seconds=300)
        assert found["status"] == "SUCCESS", found.get("error")
        listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=f"out/{query}/")["Contents"]
        assert [it["Size"] > ROWS * 160 for it in listed] == [True]

    def nothing_is_left(self):
        deadline = time.monotonic() + 60
        while self.uploads():
            assert time.monotonic() < deadline, self.house.log.read_text()[-2000:]
            time.sleep(0.1)


@pytest.fixture
def members(tmp_path, aws):  # noqa: F811
    house = House(tmp_path / "house")
    house.start(*allowed(aws))
    yield Members(house, aws)
    house.stop(signal.SIGKILL)


def test_a_query_that_is_killed_while_it_uploads_leaves_no_upload(members):
    query = members.start("killed")
    upload = members.uploading(query)
    (pid,) = members.house.walkers()
    os.kill(pid, signal.SIGKILL)
    # The kept result is delivered by another process; who was killed ended nothing.
    members.has_result(query)
    members.nothing_is_left()
    assert upload not in members.uploads()
    shown = members.house.command("connection", "show", "results", env=members.brand.environment)
    assert "leftover" not in shown.stdout


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_house_that_ends_while_a_query_uploads_leaves_no_upload(members, aws, how):  # noqa: F811
    query = members.start(how.name)
    members.uploading(query)
    members.house.stop(how)
    if how == signal.SIGTERM:
        # It waits for what is on its way, and takes back what takes too long.
        assert members.uploads() == []
    members.house.start(*allowed(aws))
    members.has_result(query)
    members.nothing_is_left()
