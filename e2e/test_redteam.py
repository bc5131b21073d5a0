"""What somebody tries who is allowed a little: to learn more than that, or to tire the house."""

import json

import pytest
from raw import call
from shapes import GHOST, collaboration, refused

NATIVE = "/glovebox/v1"
RUNS = ["CAN_QUERY", "CAN_RECEIVE_RESULTS"]
DEFAULT = {
    "defaultResultConfiguration": {
        "outputConfiguration": {
            "s3": {"bucket": "bucket-of-the-receiver", "keyPrefix": "hidden", "resultFormat": "CSV"}
        }
    }
}


@pytest.fixture(scope="module")
def people(house):
    """Who runs, who receives in a place of its own, who only takes part, and who does not."""
    return {name: house.account(name) for name in ("Runner", "Receiver", "Provider", "Stranger")}


@pytest.fixture(scope="module")
def room(people):
    invited = [("Receiver", ["CAN_RECEIVE_RESULTS"]), ("Provider", [])]
    made = people["Runner"].rooms.create_collaboration(
        name="redteam",
        description="",
        creatorDisplayName="Runner",
        creatorMemberAbilities=RUNS,
        members=[
            {"accountId": people[it].id, "memberAbilities": may, "displayName": it}
            for it, may in invited
        ],
        queryLogStatus="ENABLED",
    )["collaboration"]["id"]
    members = {}
    for name in ("Runner", "Receiver", "Provider"):
        members[name] = people[name].rooms.create_membership(
            collaborationIdentifier=made,
            queryLogStatus="ENABLED",
            **(DEFAULT if name == "Receiver" else {}),
        )["membership"]["id"]
    return made, members


def asked(membership, output, sql="SELECT 1"):
    return {
        "type": "SQL",
        "membershipIdentifier": membership,
        "sqlParameters": {"queryString": sql},
        "resultConfiguration": {"outputConfiguration": output},
    }


def test_a_runner_does_not_learn_where_a_receiver_wants_its_results(people, room):
    _, members = room
    rooms = people["Runner"].rooms
    to_receiver = {"member": {"accountId": people["Receiver"].id}}
    answer = refused(
        rooms.start_protected_query,
        "ValidationException",
        **asked(members["Runner"], to_receiver),
    )
    assert "bucket-of" not in json.dumps(answer) and "hidden" not in json.dumps(answer)

    people["Receiver"].s3.create_bucket(Bucket="bucket-of-the-receiver")
    query = rooms.start_protected_query(**asked(members["Runner"], to_receiver))
    seen = rooms.get_protected_query(
        membershipIdentifier=members["Runner"],
        protectedQueryIdentifier=query["protectedQuery"]["id"],
    )
    listed = rooms.list_protected_queries(membershipIdentifier=members["Runner"])
    for answer in (query, seen, listed):
        text = json.dumps(answer, default=str)
        assert "bucket-of" not in text and "hidden" not in text


def test_a_page_of_a_ledger_is_as_large_as_a_page_may_be(people, room):
    made, _ = room
    runner, path = people["Runner"], f"{NATIVE}/collaborations/{made}"
    long = "SELECT nothing -- " + "x" * 480_000
    for n in range(12):
        body = {"queryString": f"{long}{n}"}
        assert call(runner, "POST", f"{path}/explain", body=body).status == 200
    seen, size = 0, None
    while size is None or seen < size:
        answer = call(runner, "GET", f"{path}/ledger", f"from={seen}")
        assert answer.status == 200 and len(answer.body) < 6_000_000
        export = json.loads(answer.body)
        assert export["from"] == seen and export["entries"]
        seen, size = seen + len(export["entries"]), export["head"]["size"]
    others = call(people["Receiver"], "GET", f"{path}/ledger", "from=0")
    assert others.status == 200 and "xxxx" not in others.body.decode()


def test_queries_of_others_are_as_unknown_as_those_of_nobody(people, room):
    _, members = room
    people["Runner"].s3.create_bucket(Bucket="results")
    s3 = {"s3": {"bucket": "results", "resultFormat": "CSV"}}
    started = people["Runner"].rooms.start_protected_query(
        **asked(members["Runner"], s3, "SELECT a_word_of_the_runner")
    )
    query = started["protectedQuery"]["id"]
    for name in ("Receiver", "Provider", "Stranger"):
        for what in ("diagnostics", "progress"):
            theirs, nobodys = (
                call(people[name], "GET", f"{NATIVE}/protectedQueries/{it}/{what}")
                for it in (query, GHOST)
            )
            assert (theirs.status, nobodys.status) == (404, 404)
            assert theirs.body.decode().replace(query, GHOST) == nobodys.body.decode()


def test_whoever_may_not_run_may_not_explain_and_strangers_see_no_ledger(people, room):
    made, _ = room
    body = {"queryString": "SELECT 1"}
    answers = {}
    for name in ("Provider", "Stranger"):
        for it in (made, GHOST):
            path = f"{NATIVE}/collaborations/{it}"
            answers[name, it] = call(people[name], "POST", f"{path}/explain", body=body)
            if name == "Stranger":
                answers["ledger", it] = call(people[name], "GET", f"{path}/ledger")
    assert {it.status for it in answers.values()} == {403}
    for name in ("Stranger", "ledger"):
        assert answers[name, made].body == answers[name, GHOST].body


def test_who_has_left_reads_nothing_any_more_not_even_its_own(people):
    creator, leaver = people["Runner"], people["Provider"]
    made = collaboration(
        creator,
        name="left",
        creatorMemberAbilities=[],
        members=[{"accountId": leaver.id, "memberAbilities": RUNS, "displayName": "leaver"}],
    )["id"]
    own = leaver.rooms.create_membership(collaborationIdentifier=made, queryLogStatus="DISABLED")
    own = own["membership"]["id"]
    leaver.s3.create_bucket(Bucket="results")
    s3 = {"s3": {"bucket": "results", "resultFormat": "CSV"}}
    query = leaver.rooms.start_protected_query(**asked(own, s3))["protectedQuery"]["id"]
    leaver.rooms.delete_membership(membershipIdentifier=own)
    q = {"membershipIdentifier": own, "protectedQueryIdentifier": query}
    rooms, missing = leaver.rooms, "ResourceNotFoundException"
    refused(rooms.get_protected_query, missing, **q)
    refused(rooms.update_protected_query, missing, **q, targetStatus="CANCELLED")
    refused(rooms.list_protected_queries, missing, membershipIdentifier=own)
    refused(rooms.start_protected_query, missing, **asked(own, s3))
    refused(rooms.get_membership, missing, membershipIdentifier=own)
    c = {"collaborationIdentifier": made}
    for operation in (rooms.get_collaboration, rooms.list_members, rooms.list_schemas):
        refused(operation, "AccessDeniedException", **c)
    refused(rooms.create_membership, "AccessDeniedException", **c, queryLogStatus="ENABLED")
    path = f"{NATIVE}/collaborations/{made}"
    assert call(leaver, "GET", f"{path}/ledger").status == 403
    body = {"queryString": "SELECT 1"}
    assert call(leaver, "POST", f"{path}/explain", body=body).status == 403
    for what in ("diagnostics", "progress"):
        path = f"{NATIVE}/protectedQueries/{query}/{what}"
        assert call(leaver, "GET", path).status == 404
    listed = rooms.list_collaborations()["collaborationList"] + rooms.list_memberships()[
        "membershipSummaries"
    ]
    assert made not in json.dumps(listed, default=str)
