"""Where results go: to the runner, to another member, to default places, and nowhere else."""

import json
import shutil

import pytest
from conftest import DATA, FLIGHTS_RULE, PLANES_RULE, Airlines, associate, configure
from shapes import join, refused

MODELS = """
SELECT p.manufacturer, COUNT(DISTINCT f.tailnum) AS aircraft
FROM flights f JOIN planes p ON f.tailnum = p.tailnum GROUP BY p.manufacturer
"""
FLIGHTS = ["carrier", "origin", "dest", "month", "tailnum", "dep_delay", "arr_delay", "distance"]
PLANES = ["tailnum", "manufacturer", "model", "type", "seats"]


def default(bucket, prefix=None):
    s3 = {"bucket": bucket, "resultFormat": "CSV"} | ({"keyPrefix": prefix} if prefix else {})
    return {"defaultResultConfiguration": {"outputConfiguration": {"s3": s3}}}


@pytest.fixture(scope="module")
def shared(house):
    """The manufacturer runs; it and the airline receive, each with a default place."""
    airline, manufacturer = house.account("Receiving airline"), house.account("Running maker")
    shutil.copy(DATA / "flights.parquet", airline.tables())
    shutil.copy(DATA / "planes.parquet", manufacturer.tables())
    receives = {"memberAbilities": ["CAN_RECEIVE_RESULTS"], "displayName": "Airline"}
    made = manufacturer.rooms.create_collaboration(
        name="Shared",
        description="both receive",
        creatorDisplayName="Maker",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        members=[{"accountId": airline.id, **receives}],
        queryLogStatus="ENABLED",
    )["collaboration"]
    for account in (airline, manufacturer):
        account.s3.create_bucket(Bucket="inbox")
    mine = join(manufacturer, made, **default("inbox"))
    theirs = join(airline, made, **default("inbox", "from/maker"))
    flights = configure(airline, "flights", FLIGHTS, FLIGHTS_RULE)
    planes = configure(manufacturer, "planes", PLANES, PLANES_RULE)
    associate(airline, theirs["id"], flights, "flights")
    associate(manufacturer, mine["id"], planes, "planes")
    return Airlines(airline, manufacturer, made["id"], mine["id"], theirs["id"], flights, planes)


def start(shared, sql, **more):
    query = shared.manufacturer.rooms.start_protected_query(
        type="SQL",
        membershipIdentifier=shared.membership,
        sqlParameters={"queryString": sql},
        **more,
    )["protectedQuery"]
    return shared.wait(query["id"])


def keys(account):
    listed = account.s3.list_objects_v2(Bucket="inbox").get("Contents", [])
    return {it["Key"] for it in listed}


def test_another_member_receives_at_its_own_place_and_the_runner_sees_no_result(shared):
    before = keys(shared.manufacturer)
    member = {"member": {"accountId": shared.airline.id}}
    ended = start(shared, MODELS, resultConfiguration={"outputConfiguration": member})
    assert ended["status"] == "SUCCESS", ended
    assert ended["result"]["output"] == {"memberList": [{"accountId": shared.airline.id}]}
    assert ended["resultConfiguration"]["outputConfiguration"] == member
    key = f"from/maker/{ended['id']}/part-00000.csv"
    assert key in keys(shared.airline) and keys(shared.manufacturer) == before
    body = shared.airline.s3.get_object(Bucket="inbox", Key=key)["Body"].read()
    assert body.startswith(b"manufacturer,aircraft")
    listed = shared.manufacturer.rooms.list_protected_queries(
        membershipIdentifier=shared.membership, status="SUCCESS", maxResults=1
    )["protectedQueries"][0]
    details = listed["receiverConfigurations"][0]["configurationDetails"]
    receivers = details["directAnalysisConfigurationDetails"]["receiverAccountIds"]
    assert (listed["id"], receivers) == (ended["id"], [shared.airline.id])


def test_without_a_word_the_runners_own_default_place_is_taken(shared):
    ended = start(shared, MODELS + "-- at home")
    assert ended["status"] == "SUCCESS", ended
    location = ended["result"]["output"]["s3"]["location"]
    assert location == f"s3://inbox/{ended['id']}/"
    assert f"{ended['id']}/part-00000.csv" in keys(shared.manufacturer)
    assert "resultConfiguration" not in ended
    assert not any(ended["id"] in key for key in keys(shared.airline))


def test_a_failed_query_leaves_nothing_anywhere(shared):
    before = keys(shared.airline), keys(shared.manufacturer)
    member = {"member": {"accountId": shared.airline.id}}
    ended = start(
        shared, "SELECT tailnum FROM flights", resultConfiguration={"outputConfiguration": member}
    )
    assert ended["status"] == "FAILED" and "result" not in ended
    assert (keys(shared.airline), keys(shared.manufacturer)) == before


def test_who_does_not_receive_or_is_no_member_gets_nothing(shared, house):
    stranger = house.account("Stranger")
    for account in (stranger.id, "000000000000"):
        place = {"outputConfiguration": {"member": {"accountId": account}}}
        response = refused(
            shared.manufacturer.rooms.start_protected_query,
            "ValidationException",
            type="SQL",
            membershipIdentifier=shared.membership,
            sqlParameters={"queryString": MODELS},
            resultConfiguration=place,
        )
        assert response["fieldList"][0]["name"].startswith("resultConfiguration")


def test_downloads_stand_in_the_takers_ledger(shared):
    ended = start(shared, MODELS + "-- to be taken")
    key = f"{ended['id']}/part-00000.csv"
    house = shared.manufacturer.house

    def entries():
        verified = house.command("ledger", "verify", "--data-dir", house.data, "--json").stdout
        trees = json.loads(verified)["ledgers"]
        name = f"account/{shared.manufacturer.id}"
        return next(it["entries"] for it in trees if it["tree"] == name)

    before = entries()
    shared.manufacturer.s3.get_object(Bucket="inbox", Key=key)["Body"].read()
    assert entries() > before
