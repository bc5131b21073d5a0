"""Data stays with its members: tables of a Glue catalog in S3, results in the receiver's bucket.

AWS is played by `moto`, as a server of its own: Glue, S3 and STS.
"""

import base64
import json
import os
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import boto3
import duckdb
import pandas
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from conftest import (
    BINARY,
    DATA,
    FLIGHTS_RULE,
    House,
    PLANES_RULE,
    REGION,
    ROLE,
    ROOT,
    Airlines,
    configure,
    ended,
    open_airlines,
)
from test_road import DELAYS, expected

SECRET = "hush-hush-hush"
COLUMNS = ["carrier", "origin", "dest", "month", "tailnum", "dep_delay", "arr_delay", "distance"]


class Aws:
    """A `moto` server, and boto3 for it."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        program = Path(sys.executable).parent / "moto_server"
        self.process = subprocess.Popen(
            [program, "-H", "127.0.0.1", "-p", str(self.port)],
            env=os.environ | {"MOTO_RECORDER_FILEPATH": str(folder / "recorded")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(self.url + "/moto-api/data.json", timeout=1)
                return
            except OSError:
                assert time.monotonic() < deadline, "moto did not come up"
                time.sleep(0.05)

    def client(self, service, keys=("AKIAOWNER", SECRET, None)):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=keys[0],
            aws_secret_access_key=keys[1],
            aws_session_token=keys[2],
            config=Config(s3={"addressing_style": "path"}),
        )

    def assumed(self, role):
        """boto3 for the account of a role: what `moto` keeps apart for each account."""
        made = self.client("sts").assume_role(RoleArn=role, RoleSessionName="owner")
        keys = made["Credentials"]
        keys = keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]
        return lambda service: self.client(service, keys)

    def requests(self):
        """Requests since `recording` began: method, url, headers, and body in Base64."""
        url = self.url + "/moto-api/recorder/download-recording"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return [json.loads(it) for it in answer.read().decode().splitlines()]

    def signers(self, bucket):
        """The ids of the keys with which a bucket was asked since `recording` began."""
        found = set()
        for it in self.requests():
            if urllib.parse.urlsplit(it["url"]).path.split("/")[1] == bucket:
                headers = {name.lower(): value for name, value in it["headers"].items()}
                found.add(headers["authorization"].split("Credential=")[1].split("/")[0])
        return found

    def recorded(self, word):
        """Bodies of requests since `recording` began that have a word in them."""
        lines = self.requests()
        bodies = [base64.b64decode(it.get("body") or "").decode(errors="replace") for it in lines]
        return [it for it in bodies if word in it]

    def recording(self):
        for what in ("reset-recording", "start-recording"):
            url = f"{self.url}/moto-api/recorder/{what}"
            urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=10)


@pytest.fixture(scope="session")
def aws(tmp_path_factory):
    aws = Aws(tmp_path_factory.mktemp("aws"))
    lake(aws.client, "airline-data")
    aws.client("s3").create_bucket(Bucket="maker-results")
    yield aws
    aws.process.kill()
    aws.process.wait()


def glue_type(name, type_):
    known = {"VARCHAR": "string", "BIGINT": "bigint", "INTEGER": "int", "DOUBLE": "double"}
    known |= {"TIMESTAMP": "timestamp", "DATE": "date", "SMALLINT": "smallint"}
    return {"Name": name, "Type": known[type_]}


def lake(client, bucket):
    """The airline's flights in its own S3, two files, described in its Glue catalog."""
    s3, glue = client("s3"), client("glue")
    s3.create_bucket(Bucket=bucket)
    source = f"'{DATA}/flights.parquet'"
    for part, condition in enumerate(("month <= 6", "month > 6")):
        file = f"/tmp/glovebox-{bucket}-{os.getpid()}-{part}.parquet"
        duckdb.sql(f"COPY (FROM {source} WHERE {condition}) TO '{file}' (FORMAT parquet)")
        s3.upload_file(file, bucket, f"warehouse/flights/part-{part}.parquet")
        Path(file).unlink()
    described = duckdb.sql(f"DESCRIBE FROM {source}").fetchall()
    columns = [glue_type(it[0], it[1]) for it in described if it[0] in COLUMNS]
    glue.create_database(DatabaseInput={"Name": "lake"})
    describe(glue, "lake", "flights", columns, f"s3://{bucket}/warehouse/flights/")


def describe(glue, database, table, columns, location):
    """A table of Parquet files in a Glue catalog."""
    serde = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    glue.create_table(
        DatabaseName=database,
        TableInput={
            "Name": table,
            "TableType": "EXTERNAL_TABLE",
            "StorageDescriptor": {
                "Columns": columns,
                "Location": location,
                "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
                "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
                "SerdeInfo": {"SerializationLibrary": serde},
            },
        },
    )


def key_of(account):
    """The id of the owner's own access key, which is nobody else's."""
    return f"AKIA{account.id}"


def profile(account, name="data"):
    """The owner's keys for its own AWS, where the AWS CLI keeps them."""
    folder = account.house.home / ".aws"
    folder.mkdir(exist_ok=True)
    keys = f"aws_access_key_id = {key_of(account)}\naws_secret_access_key = {SECRET}\n"
    (folder / "credentials").write_text(f"[{name}]\n{keys}")
    return ["--keys-profile", name]


def add_lake(account, aws, *more, name="glovebox-reader", database="lake", bucket="airline-data"):
    proof = more or profile(account)
    made = account.house.command(
        *["connection", "add", "--json", "--name", name, "--type", "glue"],
        *["--database", database, "--root", f"s3://{bucket}/warehouse"],
        *["--region", REGION, "--service-endpoint", aws.url, "--storage-endpoint", aws.url],
        *proof,
        env=account.environment,
    )
    return json.loads(made.stdout)


def add_results(account, aws, bucket="maker-results", sse=("AES256",)):
    made = account.house.command(
        *["connection", "add", "--json", "--name", "results", "--type", "files"],
        *["--root", f"s3://{bucket}", "--region", REGION, "--storage-endpoint", aws.url],
        *["--sse", *sse],
        *profile(account),
        env=account.environment,
    )
    return json.loads(made.stdout)


def role(account, name="glovebox-reader"):
    return f"arn:aws:iam::{account.id}:role/{name}"


def configure_lake(account, rule=FLIGHTS_RULE, database="lake"):
    made = account.rooms.create_configured_table(
        name="flights",
        tableReference={"glue": {"databaseName": database, "tableName": "flights"}},
        allowedColumns=COLUMNS,
        analysisMethod="DIRECT_QUERY",
    )["configuredTable"]
    account.rooms.create_configured_table_analysis_rule(
        configuredTableIdentifier=made["id"],
        analysisRuleType="AGGREGATION",
        analysisRulePolicy={"v1": {"aggregation": rule}},
    )
    return made


def bring(account, membership, table, name, role_arn):
    return account.rooms.create_configured_table_association(
        name=name,
        membershipIdentifier=membership,
        configuredTableIdentifier=table["id"],
        roleArn=role_arn,
    )["configuredTableAssociation"]


def open_room(house, connect, connection="glovebox-reader"):
    """The airline's flights lie where its connection reaches, the maker's planes in its folder."""
    airline, maker = house.account("Airline"), house.account("Maker")
    (maker.tables() / "planes.parquet").write_bytes((DATA / "planes.parquet").read_bytes())
    room = maker.rooms.create_collaboration(
        name="Delays",
        description="by model",
        creatorDisplayName="Maker",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        members=[{"accountId": airline.id, "memberAbilities": [], "displayName": "Airline"}],
        queryLogStatus="ENABLED",
    )["collaboration"]
    memberships = {
        it.id: it.rooms.create_membership(
            collaborationIdentifier=room["id"], queryLogStatus="ENABLED"
        )["membership"]["id"]
        for it in (maker, airline)
    }
    connect(airline)
    flights = configure_lake(airline)
    columns = ["tailnum", "manufacturer", "model", "type", "seats"]
    planes = configure(maker, "planes", columns, PLANES_RULE)
    bring(airline, memberships[airline.id], flights, "flights", role(airline, connection))
    bring(maker, memberships[maker.id], planes, "planes", role(maker, "unused"))
    maker.s3.create_bucket(Bucket="results")
    return Airlines(
        airline,
        maker,
        room["id"],
        memberships[maker.id],
        memberships[airline.id],
        flights,
        planes,
    )


def open_for_all(maker, other, table, columns):
    """A room in which the maker may ask anything of a table in its folder."""
    room = maker.rooms.create_collaboration(
        name="Open",
        description="one table",
        creatorDisplayName="Maker",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        members=[{"accountId": other.id, "memberAbilities": [], "displayName": "Other"}],
        queryLogStatus="ENABLED",
    )["collaboration"]["id"]
    memberships = [
        it.rooms.create_membership(collaborationIdentifier=room, queryLogStatus="ENABLED")
        for it in (maker, other)
    ]
    membership = memberships[0]["membership"]["id"]
    made = maker.rooms.create_configured_table(
        name=table,
        tableReference={"glue": {"databaseName": "airlines", "tableName": table}},
        allowedColumns=columns,
        analysisMethod="DIRECT_QUERY",
    )["configuredTable"]
    custom = {"allowedAnalyses": ["ANY_QUERY"], "allowedAnalysisProviders": [maker.id]}
    maker.rooms.create_configured_table_analysis_rule(
        configuredTableIdentifier=made["id"],
        analysisRuleType="CUSTOM",
        analysisRulePolicy={"v1": {"custom": custom}},
    )
    bring(maker, membership, made, table, ROLE)
    return membership


def ask(maker, membership, sql, kind, **more):
    """A query with its result in `maker-results`, once it has succeeded."""
    output = {"bucket": "maker-results", "resultFormat": kind, "keyPrefix": "out", **more}
    started = maker.rooms.start_protected_query(
        type="SQL",
        membershipIdentifier=membership,
        sqlParameters={"queryString": sql},
        resultConfiguration={"outputConfiguration": {"s3": output}},
    )["protectedQuery"]["id"]
    query = ended(maker, membership, started)
    assert query["status"] == "SUCCESS", query.get("error")
    return query


def fetched(aws, query, folder):
    """The files of a result in `maker-results`, brought here."""
    s3, files = aws.client("s3"), []
    listed = s3.list_objects_v2(Bucket="maker-results", Prefix=f"out/{query['id']}/")
    for it in listed["Contents"]:
        files.append(folder / it["Key"].replace("/", "-"))
        s3.download_file("maker-results", it["Key"], str(files[-1]))
    return files


def open_lake(house, aws, *proof, own_account=False):
    """The same, with the flights in the airline's own AWS."""

    def connect(airline):
        bucket = "airline-data"
        if own_account:
            bucket = f"data-of-{airline.id}"
            lake(aws.assumed(role(airline)), bucket)
        add_lake(airline, aws, *proof, bucket=bucket)

    return open_room(house, connect)


@pytest.fixture(scope="module")
def outside(tmp_path_factory, aws):
    """A house that may reach `moto`, whose operator has credentials of AWS."""
    house = House(tmp_path_factory.mktemp("outside"))
    operator = {
        "AWS_ACCESS_KEY_ID": "AKIAOPERATOR",
        "AWS_SECRET_ACCESS_KEY": "operator-secret",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_STS": aws.url,
    }
    house.start("--egress-allow", f"127.0.0.1:{aws.port}", env=operator)
    yield house
    house.stop()


@pytest.fixture(scope="module")
def lakes(outside, aws):
    return open_lake(outside, aws)


def values(rows):
    return [(it["manufacturer"], it["model"], int(it["aircraft"])) for it in rows]


def test_a_glue_table_in_s3_is_queried_where_it_lies(lakes):
    query = lakes.run(DELAYS)
    assert query["status"] == "SUCCESS", query.get("error")
    (text,) = lakes.objects(query["id"]).values()
    lines = [it.split(",") for it in text.decode().splitlines()]
    assert lines[0][:3] == ["manufacturer", "model", "aircraft"]
    assert len(lines) - 1 == len(expected())
    # Nothing of the airline's rows was left in the house.
    found = [it for it in lakes.airline.house.data.rglob("*.parquet") if "flights" in it.name]
    assert not found
    kept = [it for folder in ("kept", "spill") for it in (lakes.airline.house.data / folder).rglob("*")]
    assert not [it for it in kept if it.is_file()]


def test_a_result_lands_in_the_receivers_own_bucket_and_duckdb_and_pandas_read_it(
    lakes, aws, tmp_path
):
    add_results(lakes.manufacturer, aws)
    aws.recording()
    s3 = aws.client("s3")
    for kind in ("PARQUET", "CSV"):
        output = {"s3": {"bucket": "maker-results", "resultFormat": kind, "keyPrefix": "out"}}
        output["s3"]["singleFileOutput"] = True
        query = lakes.run(DELAYS, output)
        assert query["status"] == "SUCCESS", query.get("error")
        location = query["result"]["output"]["s3"]["location"]
        assert location == f"s3://maker-results/out/{query['id']}/"
        (found,) = s3.list_objects_v2(Bucket="maker-results", Prefix=f"out/{query['id']}/")["Contents"]
        head = s3.head_object(Bucket="maker-results", Key=found["Key"])
        assert head["ServerSideEncryption"] == "AES256"
        file = tmp_path / f"result.{kind.lower()}"
        s3.download_file("maker-results", found["Key"], str(file))
        columns = "manufacturer, model, aircraft"
        assert duckdb.sql(f"SELECT {columns} FROM '{file}'").fetchall() == [it[:3] for it in expected()]
        read = pandas.read_parquet(file) if kind == "PARQUET" else pandas.read_csv(file)
        assert len(read) == len(expected())
        assert read["delay"].tolist() == pytest.approx([it[3] for it in expected()], rel=1e-9)
    # Every bucket was asked with the keys of its own member, by the house, and by this test.
    ours = {"AKIAOWNER"}
    assert aws.signers("airline-data") - ours == {key_of(lakes.airline)}
    assert aws.signers("maker-results") - ours == {key_of(lakes.manufacturer)}
    uploads = s3.list_multipart_uploads(Bucket="maker-results")
    assert not uploads.get("Uploads")
    assert not (lakes.manufacturer.house.data / "accounts" / lakes.manufacturer.id / "buckets" / "maker-results").exists()


@pytest.mark.parametrize("page", ["README.md", "docs/connections.md"])
def test_the_example_of_a_glue_table_runs_as_it_is_printed(outside, aws, tmp_path, page):
    blocks = (ROOT / page).read_text().split("```")[1::2]
    (block,) = [it for it in blocks if "connection add --name glovebox-reader --type glue" in it]
    orders(aws)
    owner = outside.account("Acme")
    room = owner.rooms.create_collaboration(
        name="Orders",
        description="of Acme",
        creatorDisplayName="Acme",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        members=[],
        queryLogStatus="ENABLED",
    )["collaboration"]["id"]
    membership = owner.rooms.create_membership(collaborationIdentifier=room, queryLogStatus="ENABLED")
    # What differs here: the house's port, the account, and where AWS is.
    places = f"--service-endpoint {aws.url} --storage-endpoint {aws.url}"
    for written, here in [
        ("http://127.0.0.1:8930", outside.url),
        ("<accountId>", owner.id),
        ("--keys-profile acme", " ".join([*profile(owner, "acme"), places])),
    ]:
        assert block.count(written) == 1, written
        block = block.replace(written, here)
    (tmp_path / "glovebox").symlink_to(BINARY)
    path = f"{tmp_path}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    keys = {"AWS_ACCESS_KEY_ID": owner.key, "AWS_SECRET_ACCESS_KEY": owner.secret}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        env={**outside.environment, **keys, "AWS_EC2_METADATA_DISABLED": "true", "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (brought,) = owner.rooms.list_configured_table_associations(
        membershipIdentifier=membership["membership"]["id"]
    )["configuredTableAssociationSummaries"]
    assert brought["name"] == "orders"


def orders(aws):
    """The table of the example, once."""
    s3, glue = aws.client("s3"), aws.client("glue")
    if any(it["Name"] == "sales" for it in glue.get_databases()["DatabaseList"]):
        return
    s3.create_bucket(Bucket="acme-data")
    file = aws.folder / "orders.parquet"
    rows = "SELECT 1::BIGINT AS id, DATE '2026-01-01' AS day, 1.5::DOUBLE AS amount"
    duckdb.sql(f"COPY ({rows}) TO '{file}' (FORMAT parquet)")
    s3.upload_file(str(file), "acme-data", "warehouse/orders/part.parquet")
    glue.create_database(DatabaseInput={"Name": "sales"})
    columns = [("id", "BIGINT"), ("day", "DATE"), ("amount", "DOUBLE")]
    describe(glue, "sales", "orders", [glue_type(*it) for it in columns], "s3://acme-data/warehouse/orders/")


def test_null_of_a_single_column_is_an_empty_line_that_readers_take_for_null(outside, aws, tmp_path):
    maker, other = outside.account("Maker"), outside.account("Other")
    values = "VALUES ('a'), (NULL), (''), ('b'), (NULL)"
    file = maker.tables() / "ones.parquet"
    duckdb.sql(f"COPY (SELECT * FROM ({values}) AS t(name)) TO '{file}' (FORMAT parquet)")
    membership = open_for_all(maker, other, "ones", ["name"])
    add_results(maker, aws)
    query = ask(maker, membership, "SELECT name FROM ones", "CSV", singleFileOutput=True)
    (file,) = fetched(aws, query, tmp_path)
    lines = file.read_text().split("\n")
    assert lines[0] == "name" and sorted(lines[1:-1]) == ["", "", '""', "a", "b"] and lines[-1] == ""
    # The options of docs/tables-and-results.md.
    read = duckdb.sql(f"FROM read_csv('{file}', header = true, allow_quoted_nulls = false)").fetchall()
    assert sorted(str(it) for (it,) in read) == ["", "None", "None", "a", "b"]
    read = pandas.read_csv(file, dtype=str, keep_default_na=False, skip_blank_lines=False)
    assert sorted(read["name"]) == ["", "", "", "a", "b"]
    assert len(pandas.read_csv(file, dtype=str, keep_default_na=False)) == 3, "the option is needed"


def test_a_large_result_arrives_in_parts_with_checksums_encrypted_and_packed_as_said(
    outside, aws, tmp_path
):
    maker, other = outside.account("Maker"), outside.account("Other")
    rows, file = 300_000, maker.tables() / "many.parquet"
    texts = "md5(i::VARCHAR) || md5(i::VARCHAR || 'x') AS text"
    duckdb.sql(f"COPY (SELECT {texts} FROM range({rows}) t(i)) TO '{file}' (FORMAT parquet)")
    membership = open_for_all(maker, other, "many", ["text"])
    add_results(maker, aws, sse=("aws:kms", "--sse-kms-key-id", "k"))
    aws.recording()
    one = {"singleFileOutput": True}
    query = ask(maker, membership, "SELECT text FROM many", "CSV", **one)
    sent = [it for it in aws.requests() if query["id"] in it["url"]]
    headers = lambda it: {name.lower(): value for name, value in it["headers"].items()}
    begun = [headers(it) for it in sent if it["method"] == "POST" and "uploads" in it["url"]]
    parts = [headers(it) for it in sent if it["method"] == "PUT" and "partNumber" in it["url"]]
    assert len(begun) == 1 and len(parts) == 2, [(it["method"], it["url"]) for it in sent]
    assert begun[0]["x-amz-server-side-encryption"] == "aws:kms"
    assert begun[0]["x-amz-server-side-encryption-aws-kms-key-id"] == "k"
    assert begun[0]["x-amz-checksum-algorithm"] == "SHA256"
    assert all(len(base64.b64decode(it["x-amz-checksum-sha256"])) == 32 for it in parts)
    (file,) = fetched(aws, query, tmp_path)
    assert len(file.read_text().splitlines()) == rows + 1
    query = ask(maker, membership, "SELECT text FROM many -- packed", "PARQUET", **one)
    (file,) = fetched(aws, query, tmp_path)
    packed = f"SELECT DISTINCT compression, row_group_id, row_group_num_rows FROM parquet_metadata('{file}')"
    groups = sorted(duckdb.sql(packed).fetchall(), key=lambda it: it[1])
    assert [it[0] for it in groups] == ["ZSTD"] * 3
    assert [it[2] for it in groups] == [131_072, 131_072, rows - 2 * 131_072]


def test_a_store_that_refuses_a_result_tells_its_receiver_why(new_house, tmp_path):
    strict = Aws(tmp_path)
    try:
        strict.client("s3").create_bucket(Bucket="maker-results")
        # From here on nobody's keys are valid there.
        url = strict.url + "/moto-api/reset-auth"
        plain = {"Content-Type": "text/plain"}
        none = urllib.request.Request(url, method="POST", data=b"0", headers=plain)
        urllib.request.urlopen(none, timeout=10)
        new_house.start("--egress-allow", f"127.0.0.1:{strict.port}")
        room = open_airlines(new_house)
        add_results(room.manufacturer, strict)
        output = {"s3": {"bucket": "maker-results", "resultFormat": "CSV", "keyPrefix": "out"}}
        query = room.run(DELAYS, output)
    finally:
        strict.process.kill()
        strict.process.wait()
    assert query["status"] == "FAILED"
    # Whoever runs it is not sent to the owners of its tables.
    assert query["error"]["message"].startswith("GB0902"), query["error"]
    logs = new_house.data / "accounts" / room.manufacturer.id / "logs" / room.collaboration
    deadline = time.monotonic() + 20
    while True:
        lines = [json.loads(it) for file in logs.rglob("*.ndjson") for it in file.read_text().splitlines()]
        told = [it["failureDetail"] for it in lines if it["logStage"] == "FAILURE_DETAIL"]
        if told or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    (why,) = told
    assert f"maker-results/out/{query['id']}" in why and "was denied" in why, why
    house_log = new_house.log.read_text()
    assert "was denied" in house_log and SECRET not in house_log
    others = new_house.data / "accounts" / room.airline.id / "logs"
    assert not any("FAILURE_DETAIL" in it.read_text() for it in others.rglob("*.ndjson"))


def test_a_bucket_that_holds_a_source_table_takes_no_result(lakes, aws):
    maker = lakes.manufacturer
    made = maker.house.command(
        *["connection", "add", "--json", "--name", "greedy", "--type", "files"],
        *["--root", "s3://airline-data/out", "--region", REGION, "--storage-endpoint", aws.url],
        *profile(maker),
        env=maker.environment,
    )
    output = {"s3": {"bucket": "airline-data", "resultFormat": "CSV", "keyPrefix": "out"}}
    query = lakes.run(DELAYS, output)
    assert query["status"] == "FAILED"
    assert "GB0026" in query["error"]["message"]
    assert not aws.client("s3").list_objects_v2(Bucket="airline-data", Prefix="out/").get("Contents")
    maker.house.command("connection", "remove", json.loads(made.stdout)["id"], env=maker.environment)


def test_the_role_of_an_association_is_that_of_the_connection(lakes):
    airline, table = lakes.airline, lakes.flights
    for wrong in (
        role(airline, "another"),
        role(lakes.manufacturer),
        "arn:aws:iam::123456789012:role/glovebox-reader",
    ):
        with pytest.raises(ClientError) as refused:
            bring(airline, lakes.airline_membership, table, "flights2", wrong)
        assert refused.value.response["Error"]["Code"] == "ValidationException"
        assert role(airline) in refused.value.response["Error"]["Message"]


def test_credentials_are_shown_nowhere(lakes):
    airline = lakes.airline
    listed = airline.house.command("connection", "list", "--json", env=airline.environment).stdout
    shown = airline.house.command(
        "connection", "show", "glovebox-reader", env=airline.environment
    ).stdout
    assert "glovebox-reader" in listed and role(airline) in shown
    assert SECRET not in listed + shown
    assert SECRET not in airline.house.log.read_text()
    for file in airline.house.data.glob("glovebox.sqlite*"):
        assert SECRET.encode() not in file.read_bytes()
    # Whoever else asks learns nothing of it.
    maker = lakes.manufacturer
    id_ = json.loads(listed)["connections"][0]["id"]
    for command in (["show", id_], ["test", id_], ["remove", id_]):
        other = maker.house.command("connection", *command, env=maker.environment, check=False)
        assert other.returncode != 0 and "glovebox-reader" not in other.stdout


def test_a_connection_is_tested_step_by_step(lakes, aws):
    airline = lakes.airline
    good = airline.house.command("connection", "test", "glovebox-reader", env=airline.environment)
    steps = [it.split()[:2] for it in good.stdout.splitlines()]
    assert steps == [["ok", "reach"], ["ok", "reach"], ["ok", "catalog"], ["ok", "read"]], good.stdout
    add_lake(airline, aws, name="elsewhere", database="no_such_lake")
    bad = airline.house.command(
        "connection", "test", "elsewhere", env=airline.environment, check=False
    )
    assert bad.returncode == 1
    assert "FAILED  catalog" in bad.stdout and "mend:" in bad.stdout, bad.stdout
    airline.house.command("connection", "remove", "elsewhere", env=airline.environment)


def test_a_house_reaches_its_own_networks_only_where_the_operator_lets_it(new_house, aws):
    new_house.start()
    airline = new_house.account("Airline")
    with pytest.raises(subprocess.CalledProcessError) as refused:
        add_lake(airline, aws)
    assert "only its operator can list it" in refused.value.stderr


def test_what_was_read_through_a_connection_is_never_read_from_a_folder(outside, aws):
    room = open_lake(outside, aws)
    airline = room.airline
    assert room.run(DELAYS)["status"] == "SUCCESS"
    (airline.tables("lake") / "flights.parquet").write_bytes((DATA / "flights.parquet").read_bytes())
    outside.command("connection", "remove", "glovebox-reader", env=airline.environment)
    query = room.run(DELAYS)
    assert query["status"] == "FAILED"
    # The analyst learns nothing of connections; the owner does.
    assert "connection" not in query["error"]["message"]
    log = outside.data / "accounts" / airline.id / "logs" / room.collaboration
    deadline = time.monotonic() + 20
    while not any("was removed" in it.read_text() for it in log.rglob("*.ndjson")):
        assert time.monotonic() < deadline, "the owner was not told"
        time.sleep(0.1)
    with pytest.raises(ClientError) as refused:
        airline.rooms.update_configured_table(
            configuredTableIdentifier=room.flights["id"],
            tableReference={"glue": {"databaseName": "lake", "tableName": "flights"}},
        )
    assert "never read from a folder" in refused.value.response["Error"]["Message"]


def test_a_role_is_assumed_with_an_external_id_that_the_house_made(outside, aws):
    aws.recording()
    room = open_lake(outside, aws, "--assume-role", own_account=True)
    shown = outside.command(
        "connection", "show", "glovebox-reader", "--json", env=room.airline.environment
    )
    external_id = json.loads(shown.stdout)["externalId"]
    assert room.run(DELAYS)["status"] == "SUCCESS"
    assumed = [it for it in aws.recorded("AssumeRole") if external_id in it]
    assert assumed, "STS was not asked with the external id"
    assert all(f"role%2Fglovebox-reader" in it or "role/glovebox-reader" in it for it in assumed)


def test_only_the_operator_binds_credentials_of_its_machine(outside, aws):
    airline = outside.account("Airline")
    body = {
        "name": "machine",
        "databases": ["lake"],
        "credentials": {"operator": {}},
        "files": {"storage": {"roots": ["s3://airline-data"], "region": REGION}},
    }
    asked = outside.command(
        *["connection", "add", "--file", "-"],
        stdin=json.dumps(body),
        env=airline.environment,
        check=False,
    )
    assert asked.returncode == 1 and "only the operator" in asked.stderr
    bound = outside.command(
        *["connection", "add", "--operator", "--account", airline.id, "--data-dir", outside.data],
        *["--name", "machine", "--type", "glue", "--database", "lake", "--region", REGION],
        *["--root", "s3://airline-data/warehouse", "--json"],
        *["--service-endpoint", aws.url, "--storage-endpoint", aws.url],
        env={"GLOVEBOX_EGRESS_ALLOW": f"127.0.0.1:{aws.port}"},
    )
    assert json.loads(bound.stdout)["credentials"] == "operator"
    assert configure_lake(airline)["name"] == "flights"
    # What the operator bound, the account can remove and not bend.
    bent = outside.command(
        *["connection", "add", "--replace", "--file", "-"],
        stdin=json.dumps({**body, "credentials": {"anonymous": {}}}),
        env=airline.environment,
        check=False,
    )
    assert bent.returncode == 1
    outside.command("connection", "remove", "machine", env=airline.environment)


def test_a_source_without_a_connector_is_refused_by_name(lakes):
    with pytest.raises(ClientError) as refused:
        lakes.airline.rooms.create_configured_table(
            name="snow",
            tableReference={
                "snowflake": {
                    "secretArn": f"arn:aws:secretsmanager:{REGION}:123456789012:secret:snow-AbCdEf",
                    "accountIdentifier": "org-acme",
                    "databaseName": "db",
                    "tableName": "t",
                    "schemaName": "public",
                    "tableSchema": {"v1": [{"columnName": "id", "columnType": "NUMBER"}]},
                }
            },
            allowedColumns=["id"],
            analysisMethod="DIRECT_QUERY",
        )
    assert "no connector for `snowflake`" in refused.value.response["Error"]["Message"]
