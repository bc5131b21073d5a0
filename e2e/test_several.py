"""One query for several receivers (`distribute`): the runner's own place and two members, by boto3
and by the command line."""

import io
import json
import shutil
import subprocess
import uuid

import pyarrow.parquet as parquet
import pytest
import raw
from conftest import BINARY, DATA, FLIGHTS_RULE, PLANES_RULE, Airlines, associate, configure
from shapes import join, refused
from test_connections import add_results, aws, key_of, outside  # noqa: F401 (fixtures)
from test_delivery import FLIGHTS, MODELS, PLANES

RECEIVES = ["CAN_RECEIVE_RESULTS"]


def default(form, bucket="inbox"):
    s3 = {"bucket": bucket, "resultFormat": form, "keyPrefix": "mine"}
    return {"defaultResultConfiguration": {"outputConfiguration": {"s3": s3}}}


class Shared(Airlines):
    """The maker runs and receives, so do the airline (CSV) and the bureau (Parquet); the guest may
    receive and has no place for it."""


def inbox(account):
    """Where an account takes its results, in the house."""
    account.s3.create_bucket(Bucket="inbox")
    return "inbox"


@pytest.fixture
def shared(house):
    return open_shared(house, inbox)


def open_shared(house, theirs):
    """`theirs` makes the bucket of a member that is not the runner."""
    maker, airline = house.account("Maker of planes"), house.account("Airline that receives")
    bureau, guest = house.account("Bureau"), house.account("Guest")
    shutil.copy(DATA / "flights.parquet", airline.tables())
    shutil.copy(DATA / "planes.parquet", maker.tables())
    members = [
        {"accountId": it.id, "memberAbilities": RECEIVES, "displayName": "Receiver"}
        for it in (airline, bureau, guest)
    ]
    made = maker.rooms.create_collaboration(
        name="Shared by three",
        description="three receive",
        creatorDisplayName="Maker",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        members=members,
        queryLogStatus="ENABLED",
    )["collaboration"]
    mine = join(maker, made, **default("CSV", inbox(maker)))
    airlines = join(airline, made, **default("CSV", theirs(airline)))
    join(bureau, made, **default("PARQUET", theirs(bureau)))
    join(guest, made)
    flights = configure(airline, "flights", FLIGHTS, FLIGHTS_RULE)
    planes = configure(maker, "planes", PLANES, PLANES_RULE)
    associate(airline, airlines["id"], flights, "flights")
    associate(maker, mine["id"], planes, "planes")
    shared = Shared(airline, maker, made["id"], mine["id"], airlines["id"], flights, planes)
    shared.bureau, shared.guest = bureau, guest
    return shared


def member(account):
    return {"member": {"accountId": account.id}}


OWN = {
    "s3": {
        "bucket": "inbox",
        "resultFormat": "CSV",
        "keyPrefix": "own",
        "singleFileOutput": False,
    }
}


def asked(shared, *locations):
    return {
        "type": "SQL",
        "membershipIdentifier": shared.membership,
        "sqlParameters": {"queryString": MODELS},
        "resultConfiguration": {
            "outputConfiguration": {"distribute": {"locations": list(locations)}}
        },
    }


def run(shared, *locations):
    rooms = shared.manufacturer.rooms
    query = rooms.start_protected_query(**asked(shared, *locations))["protectedQuery"]
    return shared.wait(query["id"])


def objects(account, query):
    listed = account.s3.list_objects_v2(Bucket="inbox").get("Contents", [])
    keys = [it["Key"] for it in listed if query["id"] in it["Key"]]
    return {key: account.s3.get_object(Bucket="inbox", Key=key)["Body"].read() for key in keys}


def deliveries(account, query):
    path = f"/glovebox/v1/protectedQueries/{query['id']}/deliveries"
    headers = {"x-test-call": uuid.uuid4().hex}
    answer = raw.call(account, "GET", path, body=b"", headers=headers)
    if answer.status != 200:
        return answer.status
    return {it["accountId"]: it["state"] for it in answer.json["deliveries"]}


def test_three_receivers_have_the_same_rows_each_in_its_own_form(shared):
    locations = [member(shared.bureau), OWN, member(shared.airline)]
    ended = run(shared, *locations)
    assert ended["status"] == "SUCCESS", ended
    configured = ended["resultConfiguration"]["outputConfiguration"]["distribute"]["locations"]
    assert configured == locations, "as it was asked"
    output = ended["result"]["output"]["distribute"]
    assert output["s3"] == {"location": f"s3://inbox/own/{ended['id']}/"}
    everyone = {shared.bureau.id, shared.airline.id}
    assert {it["accountId"] for it in output["memberList"]} == everyone
    ((key, own),) = objects(shared.manufacturer, ended).items()
    assert key == f"own/{ended['id']}/part-00000.csv"
    assert objects(shared.airline, ended) == {f"mine/{ended['id']}/part-00000.csv": own}
    ((key, theirs),) = objects(shared.bureau, ended).items()
    assert key == f"mine/{ended['id']}/part-00000.parquet"
    rows = parquet.read_table(io.BytesIO(theirs)).to_pylist()
    text = [f"{it['manufacturer']},{it['aircraft']}" for it in rows]
    assert [it.replace('"', "") for it in own.decode().splitlines()[1:]] == text
    listed = shared.manufacturer.rooms.list_protected_queries(
        membershipIdentifier=shared.membership, maxResults=1
    )["protectedQueries"][0]
    details = listed["receiverConfigurations"][0]["configurationDetails"]
    receivers = details["directAnalysisConfigurationDetails"]["receiverAccountIds"]
    assert set(receivers) == everyone | {shared.manufacturer.id} and len(receivers) == 3
    told = deliveries(shared.manufacturer, ended)
    assert told == dict.fromkeys(receivers, "DELIVERED")
    assert deliveries(shared.bureau, ended) == {shared.bureau.id: "DELIVERED"}
    assert deliveries(shared.guest, ended) == 404


def test_each_copy_lands_in_the_bucket_of_its_receiver_with_credentials_of_its_own(outside, aws):  # noqa: F811
    store = aws.client("s3")

    def theirs(account):
        bucket = f"inbox-{account.id}"
        store.create_bucket(Bucket=bucket)
        add_results(account, aws, bucket)
        return bucket

    def lie(account, query):
        bucket = f"inbox-{account.id}"
        found = store.list_objects_v2(Bucket=bucket, Prefix=f"mine/{query['id']}/")
        return [
            store.get_object(Bucket=bucket, Key=it["Key"])["Body"].read()
            for it in found.get("Contents", [])
        ]

    shared = open_shared(outside, theirs)
    airline, bureau = shared.airline, shared.bureau
    everyone = [OWN, member(airline), member(bureau)]
    aws.recording()
    ended = run(shared, *everyone)
    assert ended["status"] == "SUCCESS", ended
    for account in (airline, bureau):
        assert aws.signers(f"inbox-{account.id}") == {key_of(account)}
    (own,) = objects(shared.manufacturer, ended).values()
    assert lie(airline, ended) == [own]
    (table,) = lie(bureau, ended)
    assert parquet.read_table(io.BytesIO(table)).num_rows == len(own.splitlines()) - 1
    # One of them takes its credentials back: that is its own affair, and nobody's credentials
    # reach into another's bucket.
    outside.command("connection", "remove", "results", env=airline.environment)
    response = refused(
        shared.manufacturer.rooms.start_protected_query,
        "ValidationException",
        **asked(shared, *everyone),
    )
    assert "inbox" not in json.dumps(response["fieldList"]), "its bucket is its own affair"
    ended = run(shared, OWN, member(bureau))
    assert ended["status"] == "SUCCESS" and len(lie(bureau, ended)) == 1
    assert lie(airline, ended) == []


def test_who_cannot_be_among_them_is_refused_at_start(shared, house):
    start = shared.manufacturer.rooms.start_protected_query
    for locations in [
        [OWN, OWN],
        [OWN, member(shared.manufacturer)],
        [member(shared.airline), OWN, member(shared.airline)],
        [OWN, member(shared.guest)],
        [OWN, member(house.account("Stranger"))],
        [OWN, {"member": {"accountId": "000000000000"}}],
    ]:
        response = refused(start, "ValidationException", **asked(shared, *locations))
        assert response["fieldList"][0]["name"].startswith("resultConfiguration"), locations


def test_an_owner_that_names_receivers_lets_nobody_else_be_carried_along(shared):
    rooms = shared.airline.rooms
    brought = rooms.list_configured_table_associations(
        membershipIdentifier=shared.airline_membership
    )["configuredTableAssociationSummaries"][0]
    named = {"allowedResultReceivers": [shared.manufacturer.id, shared.airline.id]}
    rooms.create_configured_table_association_analysis_rule(
        membershipIdentifier=shared.airline_membership,
        configuredTableAssociationIdentifier=brought["id"],
        analysisRuleType="AGGREGATION",
        analysisRulePolicy={"v1": {"aggregation": named}},
    )
    ended = run(shared, OWN, member(shared.bureau))
    assert ended["status"] == "FAILED" and "GB0096" in ended["error"]["message"], ended
    assert shared.bureau.id in ended["error"]["message"]
    for account in (shared.manufacturer, shared.airline, shared.bureau):
        assert objects(account, ended) == {}
    assert run(shared, OWN, member(shared.airline))["status"] == "SUCCESS"


def test_a_receiver_without_its_bucket_keeps_nobody_else_from_theirs(shared):
    start = shared.manufacturer.rooms.start_protected_query
    everyone = [OWN, member(shared.airline), member(shared.bureau)]
    shared.airline.s3.delete_bucket(Bucket="inbox")
    response = refused(start, "ValidationException", **asked(shared, *everyone))
    assert "inbox" not in json.dumps(response["fieldList"]), "its bucket is its own affair"
    shared.airline.s3.create_bucket(Bucket="inbox")
    # Where its results belong there is an object: nothing can lie below it.
    shared.airline.s3.put_object(Bucket="inbox", Key="mine", Body=b"in the way")
    ended = run(shared, *everyone)
    assert ended["status"] == "SUCCESS", ended
    told = deliveries(shared.manufacturer, ended)
    assert told == {
        shared.manufacturer.id: "DELIVERED",
        shared.airline.id: "UNREACHABLE",
        shared.bureau.id: "DELIVERED",
    }
    output = ended["result"]["output"]["distribute"]
    assert output["memberList"] == [{"accountId": shared.bureau.id}] and "s3" in output
    assert objects(shared.manufacturer, ended) and objects(shared.bureau, ended)
    assert objects(shared.airline, ended) == {}
    assert deliveries(shared.airline, ended) == {shared.airline.id: "UNREACHABLE"}


def test_the_command_line_names_several_receivers(shared, tmp_path):
    text = tmp_path / "models.sql"
    text.write_text(MODELS)

    def query(*more):
        command = [BINARY, "query", "run", "--membership", shared.membership, "--sql", str(text)]
        return subprocess.run(
            [*command, *more],
            env=shared.manufacturer.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    both = ["--receiver", shared.airline.id, "--receiver", shared.bureau.id]
    said = query(*both)
    assert said.returncode == 0, said.stderr
    for account in (shared.airline, shared.bureau):
        assert f"delivered to {account.id}" in said.stdout
    shown = query(*both, "--output", "s3://inbox/own")
    assert shown.returncode == 0 and "manufacturer" in shown.stdout, shown.stderr
    assert f"delivered to {shared.bureau.id}" in shown.stderr
    asked = json.loads(query(*both, "--output", "s3://inbox/own", "--json").stdout)
    assert set(asked["result"]["output"]["distribute"]) == {"s3", "memberList"}
