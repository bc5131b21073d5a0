"""Requests that no SDK would send: each must be refused, and change nothing."""

import http.client
import json
import shutil
import signal
import socket
import threading

import pytest
from conftest import DATA, ROLE, configure
from raw import REGION, call, invocation, now, presign, send, sign
from shapes import ESSENTIAL, GHOST, collaboration, join

LIST = {"joinColumns": ["tailnum"], "listColumns": ["model"]}


@pytest.fixture(scope="module")
def mallory(house):
    return house.account("Mallory")


@pytest.fixture(scope="module")
def room(house):
    """A collaboration that Mallory has no part in, with one of everything."""
    owner, other = house.account("Owner"), house.account("Partner")
    shutil.copy(DATA / "planes.parquet", owner.tables())
    made = collaboration(owner, other, name="foreign")
    membership = join(owner, made)
    table = configure(owner, "planes", ["tailnum", "model"], LIST, kind="LIST")
    linked = owner.rooms.create_configured_table_association(
        name="planes",
        membershipIdentifier=membership["id"],
        configuredTableIdentifier=table["id"],
        roleArn=ROLE,
    )["configuredTableAssociation"]
    owner.s3.create_bucket(Bucket="results")
    query = owner.rooms.start_protected_query(
        type="SQL",
        membershipIdentifier=membership["id"],
        sqlParameters={"queryString": "SELECT 1"},
        resultConfiguration={
            "outputConfiguration": {"s3": {"bucket": "results", "resultFormat": "CSV"}}
        },
    )["protectedQuery"]
    return {
        "owner": owner,
        "collaboration": made,
        "membership": membership,
        "table": table,
        "association": linked,
        "query": query,
    }


def new_room(name):
    return {
        "name": name,
        "description": "",
        "creatorDisplayName": "c",
        "creatorMemberAbilities": ["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        "members": [],
        "queryLogStatus": "DISABLED",
    }


def names(account):
    listed = account.rooms.list_collaborations()["collaborationList"]
    return sorted(it["name"] for it in listed)


def clear(account):
    for it in account.rooms.list_collaborations()["collaborationList"]:
        account.rooms.delete_collaboration(collaborationIdentifier=it["id"])


@pytest.fixture
def clean(mallory):
    clear(mallory)
    yield mallory
    clear(mallory)


# --- bodies


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe{}",
        b'{"name": "a"} trailing',
        b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"name": ' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"}",
    ],
    ids=["cut", "list", "null", "text", "bytes", "trailing", "deep", "nested"],
)
def test_what_is_no_json_object_is_a_serialization_error(clean, body):
    answer = call(clean, "POST", "/collaborations", body=body)
    assert (answer.status, answer.error) == (400, "SerializationException")
    assert answer.json["message"] and names(clean) == []


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"name": ["a"]}, "name"),
        ({"name": {"a": 1}}, "name"),
        ({"name": 1e400}, None),
        ({"members": {}}, "members"),
        ({"members": [None]}, "members[0]"),
        ({"members": "x"}, "members"),
        ({"creatorMemberAbilities": [[]]}, "creatorMemberAbilities[0]"),
        ({"tags": []}, "tags"),
        ({"tags": {"a": 1}}, "tags"),
        ({"isMetricsEnabled": 1}, "isMetricsEnabled"),
        ({"dataEncryptionMetadata": {"allowCleartext": "yes"}}, "dataEncryptionMetadata"),
        ({"name": "x" * 1_000_000}, "name"),
        ({"name": "a\u202eb\ud800"}, None),
    ],
)
def test_wrong_types_are_refused_with_their_field(clean, wrong, field):
    answer = call(clean, "POST", "/collaborations", body={**new_room("x"), **wrong})
    assert answer.status == 400, answer
    if field is not None:
        assert answer.error == "ValidationException"
        assert any(field in it["name"] for it in answer.json["fieldList"])
        assert len(answer.body) < 20_000
    assert names(clean) == []


def test_a_member_given_twice_is_judged_as_the_one_that_counts(clean):
    body = json.dumps(new_room("first"))[:-1].encode() + b', "name": ""}'
    answer = call(clean, "POST", "/collaborations", body=body)
    assert answer.status == 400 and names(clean) == []


def test_a_huge_body_is_refused_unread(clean):
    body = json.dumps({**new_room("x"), "description": "d" * (5 << 20)}).encode()
    headers = sign(clean, "POST", "/collaborations", body=body)
    said = [*headers.items(), ("content-length", str(len(body))), ("expect", "100-continue")]
    connection = http.client.HTTPConnection("127.0.0.1", clean.house.port, timeout=30)
    connection.putrequest("POST", "/collaborations", skip_host=True, skip_accept_encoding=True)
    for name, value in said:
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (
        413,
        "RequestEntityTooLargeException",
    )
    connection.close()


def test_a_huge_chunked_body_is_refused_before_its_end(clean):
    headers = sign(clean, "POST", "/collaborations")
    with socket.create_connection(("127.0.0.1", clean.house.port), timeout=30) as raw:
        lines = [f"{name}: {value}" for name, value in headers.items()]
        head = "POST /collaborations HTTP/1.1\r\n" + "\r\n".join(lines)
        raw.sendall((head + "\r\ntransfer-encoding: chunked\r\n\r\n").encode())
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        try:
            for _ in range(100):
                raw.sendall(chunk)
        except OSError:
            pass
        found = raw.recv(4096)
    assert b" 413 " in found.split(b"\r\n")[0]


def test_a_chunked_body_counts_as_any_other(clean):
    body = json.dumps(new_room("chunked")).encode()
    headers = sign(clean, "POST", "/collaborations", body=body)
    connection = http.client.HTTPConnection("127.0.0.1", clean.house.port, timeout=30)
    connection.request(
        "POST",
        "/collaborations",
        body=iter([body[:10], body[10:]]),
        headers={**headers, "transfer-encoding": "chunked"},
        encode_chunked=True,
    )
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    assert names(clean) == ["chunked"]


def test_a_body_that_was_not_signed_is_refused(clean):
    signed = json.dumps(new_room("signed")).encode()
    other = json.dumps(new_room("forged")).encode()
    headers = sign(clean, "POST", "/collaborations", body=signed)
    answer = send(clean.house, "POST", "/collaborations", headers, other)
    assert (answer.status, answer.error) == (403, "InvalidSignatureException")
    for payload in ("UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"):
        more = {"x-amz-content-sha256": payload}
        answer = call(clean, "POST", "/collaborations", body=signed, headers=more, digest=payload)
        assert (answer.status, answer.error) == (403, "InvalidSignatureException")
    assert names(clean) == []


# --- signatures


def test_who_does_not_sign_gets_no_further_than_health(house):
    host = {"host": f"127.0.0.1:{house.port}"}
    assert send(house, "GET", "/healthz", host).json == {"status": "ok"}
    for method, path in [
        ("GET", "/"),
        ("GET", "/collaborations"),
        ("POST", "/collaborations"),
        ("POST", "/healthz"),
        ("GET", "/healthz/"),
        ("GET", "/glovebox/v1/x"),
        ("GET", "/nothing"),
    ]:
        answer = send(house, method, path, host)
        assert (answer.status, answer.error) == (403, "MissingAuthenticationTokenException")
        assert answer.headers["x-amzn-requestid"]


def test_unknown_disabled_and_wrong_keys_get_one_answer(house):
    wrong, unknown, disabled, closed = (house.account(f"Key {i}") for i in range(4))
    for account in (wrong, unknown, disabled, closed):
        assert call(account, "GET", "/collaborations").status == 200
    wrong.secret = "x" * 40
    unknown.key = "GBIAAAAAAAAAAAAAAAAA"
    house.command("account", "key", "disable", disabled.key, "--data-dir", house.data)
    house.command("account", "disable", closed.id, "--data-dir", house.data)
    answers = [call(it, "GET", "/collaborations") for it in (wrong, unknown, disabled, closed)]
    assert {(it.status, it.error) for it in answers} == {(403, "InvalidSignatureException")}
    assert len({it.body for it in answers}) == 1, answers


@pytest.mark.parametrize("shift", [-901, 901, -86400 * 400, 86400 * 400])
def test_the_clock_must_be_right_to_fifteen_minutes(mallory, shift):
    answer = call(mallory, "GET", "/collaborations", date=now(shift))
    assert (answer.status, answer.error) == (403, "InvalidSignatureException")
    assert call(mallory, "GET", "/collaborations", date=now(-840)).status == 200
    assert call(mallory, "GET", "/collaborations", date=now(840)).status == 200


def test_the_scope_must_name_this_service_and_this_day(mallory):
    path = "/collaborations"
    for service in ("sts", "glue", "cleanrooms-ml", "CLEANROOMS", ""):
        answer = call(mallory, "GET", path, service=service)
        assert (answer.status, answer.error) == (403, "InvalidSignatureException"), service
    assert call(mallory, "GET", path, day="20200101").error == "InvalidSignatureException"
    assert call(mallory, "GET", path, region="eu-west-1").status == 200


def test_a_signature_for_one_door_opens_no_other(mallory):
    answer = call(
        mallory,
        "GET",
        "/collaborations",
        service="s3",
        headers={"x-amz-content-sha256": "UNSIGNED-PAYLOAD"},
        digest="UNSIGNED-PAYLOAD",
    )
    assert answer.status in (400, 403, 404) and b"collaborationList" not in answer.body
    assert b"<Error>" in answer.body
    mallory.s3.create_bucket(Bucket="mine")
    answer = call(mallory, "GET", "/mine")
    assert (answer.status, answer.error) == (404, "UnknownOperationException")
    answer = call(mallory, "PUT", "/theirs")
    assert (answer.status, answer.error) == (404, "UnknownOperationException")
    assert [it["Name"] for it in mallory.s3.list_buckets()["Buckets"]] == ["mine"]


def test_headers_that_matter_must_be_signed(mallory):
    path = "/collaborations"
    for more, unsigned in [
        ({}, ("host",)),
        ({}, ("x-amz-date",)),
        ({"x-amz-meta": "1"}, ("x-amz-meta",)),
        ({"X-Amz-Target": "x"}, ("x-amz-target",)),
    ]:
        answer = call(mallory, "GET", path, headers=more, unsigned=unsigned)
        assert (answer.status, answer.error) == (403, "InvalidSignatureException"), unsigned
    for token in ("x", ""):
        headers = sign(mallory, "GET", path, headers={"x-amz-security-token": token})
        answer = send(mallory.house, "GET", path, headers)
        assert (answer.status, answer.error) == (403, "InvalidSignatureException")
    signed = sign(mallory, "GET", path)
    for twice in ("host", "x-amz-date", "authorization"):
        pairs = [*signed.items(), (twice, signed[twice])]
        answer = send(mallory.house, "GET", path, pairs)
        assert answer.status in (400, 403), twice
    absent = sign(mallory, "GET", path, headers={"x-extra": "1"})
    del absent["x-extra"]
    assert send(mallory.house, "GET", path, absent).error == "InvalidSignatureException"


def test_a_presigned_request_reads_and_does_not_live_long(clean):
    path = "/collaborations"
    host = {"host": f"127.0.0.1:{clean.house.port}"}
    good = send(clean.house, "GET", f"{path}?{presign(clean, 'GET', path, 900)}", host)
    assert good.status == 200
    body = json.dumps(new_room("presigned")).encode()
    for method, seconds, date in [
        ("POST", 900, None),
        ("DELETE", 900, None),
        ("GET", 901, None),
        ("GET", 0, None),
        ("GET", 60, now(-61)),
        ("GET", 900, now(960)),
    ]:
        query = presign(clean, method, path, seconds, date=date)
        answer = send(
            clean.house, method, f"{path}?{query}", host, body if method == "POST" else b""
        )
        assert (answer.status, answer.error) == (403, "InvalidSignatureException"), (
            method,
            seconds,
        )
    query = presign(clean, "GET", path, 60, more="&X-Amz-Security-Token=t")
    assert send(clean.house, "GET", f"{path}?{query}", host).status == 403
    both = {**sign(clean, "GET", path), **host}
    query = presign(clean, "GET", path, 60)
    assert send(clean.house, "GET", f"{path}?{query}", both).status == 403
    assert names(clean) == []


@pytest.mark.parametrize(
    "path",
    [
        "/./collaborations",
        "/memberships/../collaborations",
        "/collaborations/..",
        "/collaborations/%2e%2e",
        "/collaborations/%2E%2e/memberships",
        "/x%2f..%2fcollaborations",
        "/collaborations/.",
        "//collaborations",
        "/collaborations/",
        "/collaborations//",
        "/Collaborations",
        "/c%6fllaborations",
        "/collaborations;x",
        "/collaborations%00",
        "/collaborations/%",
        "/collaborations/%zz",
        "*",
    ],
)
def test_crooked_paths_reach_no_operation(mallory, path):
    answer = call(mallory, "GET", path)
    assert answer.status in (400, 403, 404), answer
    assert b"collaborationList" not in answer.body


def test_crooked_authorizations_are_refused(mallory):
    good = sign(mallory, "GET", "/collaborations")
    authorization = good["authorization"]
    for crooked in [
        "",
        "Bearer x",
        "AWS " + mallory.key + ":abc",
        authorization.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"),
        authorization.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
        authorization.replace("aws4_request", "aws4"),
        authorization.replace("Signature=", "Signature=0"),
        authorization + ", Signature=" + "0" * 64,
        authorization.replace(mallory.key, mallory.key + "/x"),
        authorization.replace(mallory.key, "' OR 1=1 --"),
        authorization.replace("SignedHeaders=", "SignedHeaders=;"),
        authorization.replace("host;x-amz-date", "x-amz-date;host"),
        authorization.upper(),
        "A" * 8000,
    ]:
        headers = {**good, "authorization": crooked}
        answer = send(mallory.house, "GET", "/collaborations", headers)
        assert answer.status in (400, 403), crooked
        assert b"collaborationList" not in answer.body


def test_too_many_and_too_long_headers_are_refused(mallory):
    for more in (
        {f"x-{i}": "1" for i in range(150)},
        {"x-long": "1" * 9000},
        {"x-longer": "1" * 200_000},
    ):
        headers = sign(mallory, "GET", "/collaborations", headers=more)
        try:
            answer = send(mallory.house, "GET", "/collaborations", headers)
        except (http.client.HTTPException, OSError):
            continue
        assert answer.status in (400, 403, 431), more.keys()
    assert call(mallory, "GET", "/collaborations", "x=" + "1" * 20_000).status in (400, 403, 414)
    assert call(mallory, "GET", "/collaborations").status == 200


# --- replays


def test_a_replayed_request_is_carried_out_once(clean):
    body = json.dumps(new_room("once")).encode()
    headers = sign(clean, "POST", "/collaborations", body=body)
    first = send(clean.house, "POST", "/collaborations", headers, body)
    # What is not under the signature can be changed by whoever listens.
    for more in ({}, {"amz-sdk-invocation-id": invocation()}, {"user-agent": "x"}):
        again = send(clean.house, "POST", "/collaborations", {**headers, **more}, body)
        assert (again.status, again.json) == (200, first.json)
    assert names(clean) == ["once"]


def test_equal_calls_of_an_sdk_within_one_second_are_two(clean):
    rooms, room = clean.rooms, new_room("equal")
    made = [rooms.create_collaboration(**room)["collaboration"]["id"] for _ in range(4)]
    assert len(set(made)) == 4 and names(clean) == ["equal"] * 4
    for _ in range(8):
        rooms.delete_collaboration(collaborationIdentifier=made.pop())
        made.append(rooms.create_collaboration(**room)["collaboration"]["id"])
        got = rooms.get_collaboration(collaborationIdentifier=made[-1])["collaboration"]
        assert got["id"] == made[-1]
    assert names(clean) == ["equal"] * 4


def test_a_request_recorded_on_an_open_way_never_runs_again(clean):
    """The name of a proxy is under the signature: between the client and it, others listen."""
    body = json.dumps(new_room("recorded")).encode()
    headers = sign(clean, "POST", "/collaborations", body=body, headers={"host": "rooms.example"})

    def post(more):
        return send(clean.house, "POST", "/collaborations", {**headers, **more}, body)

    first = post({"amz-sdk-invocation-id": invocation()})
    assert first.status == 200 and names(clean) == ["recorded"]
    for more in ({}, {"amz-sdk-invocation-id": invocation()}, {"amz-sdk-invocation-id": ""}):
        assert post(more).json == first.json
    assert names(clean) == ["recorded"]
    # What the owner took back does not come again either.
    clean.rooms.delete_collaboration(
        collaborationIdentifier=first.json["collaboration"]["id"]
    )
    for more in ({}, {"amz-sdk-invocation-id": invocation()}):
        assert post(more).json == first.json
    assert names(clean) == []
    # To say that the request came from within the machine, the signature would have to change.
    forged = post({"host": f"127.0.0.1:{clean.house.port}"})
    assert (forged.status, forged.error) == (403, "InvalidSignatureException")


def test_a_retry_of_the_sdk_gets_the_first_answer(clean):
    body = json.dumps(new_room("retried")).encode()
    same = {"amz-sdk-invocation-id": invocation()}
    answers = []
    for shift in (0, -1, -2):
        date = now(shift)
        answers.append(
            call(clean, "POST", "/collaborations", body=body, headers=same, date=date).json
        )
    assert answers[0] == answers[1] == answers[2] and names(clean) == ["retried"]
    other = json.dumps(new_room("another")).encode()
    call(clean, "POST", "/collaborations", body=other, headers=same)
    assert names(clean) == ["another", "retried"]


def test_an_error_is_repeated_like_any_answer(clean):
    body = json.dumps({**new_room("x"), "creatorMemberAbilities": ["CAN_QUERY"]}).encode()
    headers = sign(clean, "POST", "/collaborations", body=body)
    first, second = (send(clean.house, "POST", "/collaborations", headers, body) for _ in range(2))
    assert first.status == second.status == 400 and first.error == second.error
    assert first.body == second.body


def test_equal_requests_at_once_are_carried_out_once(clean):
    body = json.dumps(new_room("race")).encode()
    headers = sign(clean, "POST", "/collaborations", body=body)
    answers = []

    def one():
        answers.append(send(clean.house, "POST", "/collaborations", headers, body))

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {it.status for it in answers} == {200}
    assert len({it.body for it in answers}) == 1 and names(clean) == ["race"]


def test_a_replay_after_a_restart_gets_the_first_answer(new_house):
    house = new_house.start()
    account = house.account("Replayer")
    body = json.dumps(new_room("kept")).encode()
    headers = sign(account, "POST", "/collaborations", body=body)
    first = send(house, "POST", "/collaborations", headers, body)
    house.stop()
    house.start()
    again = send(house, "POST", "/collaborations", headers, body)
    assert (again.status, again.json) == (200, first.json)
    assert names(account) == ["kept"]


def test_a_house_that_falls_does_nothing_twice(new_house):
    """Killed in the middle; every client asks again as SDKs do, and all is there exactly once."""
    house = new_house.start()
    account = house.account("Faller")
    shutil.copy(DATA / "planes.parquet", account.tables())
    asked = {}
    for i in range(48):
        table = {
            "name": f"t{i}",
            "tableReference": {"glue": {"databaseName": "airlines", "tableName": "planes"}},
            "allowedColumns": ["tailnum"],
            "analysisMethod": "DIRECT_QUERY",
        }
        asked[table["name"]] = (table, {"amz-sdk-invocation-id": invocation()})
    answers = {}

    def ask(name):
        table, same = asked[name]
        try:
            answers[name] = call(account, "POST", "/configuredTables", body=table, headers=same)
        except (http.client.HTTPException, OSError):
            answers[name] = None

    def ask_all(of):
        threads = [threading.Thread(target=ask, args=(name,)) for name in of]
        for thread in threads:
            thread.start()
        return threads

    threads = ask_all(asked)
    while sum(it is not None for it in list(answers.values())) < 8:
        threads[0].join(0.01)
    house.stop(signal.SIGKILL)
    for thread in threads:
        thread.join()
    first = {name: it.json for name, it in answers.items() if it is not None}
    assert len(first) >= 8
    house.start()
    for thread in ask_all(asked):
        thread.join()
    assert {it.status for it in answers.values()} <= {200, 503}
    assert all(answers[name].json == made for name, made in first.items())
    pages = account.rooms.get_paginator("list_configured_tables").paginate()
    made = [it["name"] for page in pages for it in page["configuredTableSummaries"]]
    assert sorted(made) == sorted(asked)


def test_a_replayed_query_runs_once(airlines):
    runner = airlines.manufacturer
    path = f"/memberships/{airlines.membership}/protectedQueries"
    body = json.dumps(
        {
            "type": "SQL",
            "sqlParameters": {"queryString": "SELECT replayed"},
            "resultConfiguration": {
                "outputConfiguration": {"s3": {"bucket": "results", "resultFormat": "CSV"}}
            },
        }
    ).encode()
    headers = sign(runner, "POST", path, body=body)
    first, second = (send(runner.house, "POST", path, headers, body) for _ in range(2))
    assert first.json["protectedQuery"]["id"] == second.json["protectedQuery"]["id"]


def test_reading_is_always_fresh(clean):
    headers = sign(clean, "GET", "/collaborations")
    assert send(clean.house, "GET", "/collaborations", headers).json["collaborationList"] == []
    call(clean, "POST", "/collaborations", body=new_room("fresh"))
    listed = send(clean.house, "GET", "/collaborations", headers).json["collaborationList"]
    assert [it["name"] for it in listed] == ["fresh"]


# --- other people's things


def test_every_essential_operation_refuses_anothers_things(room, mallory):
    rooms, ids = mallory.rooms, {key: it["id"] for key, it in room.items() if key != "owner"}
    c = {"collaborationIdentifier": ids["collaboration"]}
    m = {"membershipIdentifier": ids["membership"]}
    t = {"configuredTableIdentifier": ids["table"]}
    a = {**m, "configuredTableAssociationIdentifier": ids["association"]}
    q = {**m, "protectedQueryIdentifier": ids["query"]}
    arns = [room[it]["arn"] for it in ("collaboration", "membership", "table", "association")]
    denied, missing = "AccessDeniedException", "ResourceNotFoundException"
    policy = {"analysisRuleType": "LIST", "analysisRulePolicy": {"v1": {"list": LIST}}}
    sql = {"type": "SQL", "sqlParameters": {"queryString": "SELECT 1"}}
    attempts = {
        "GetCollaboration": (denied, c),
        "DeleteCollaboration": (denied, c),
        "ListMembers": (denied, c),
        "CreateMembership": (denied, {**c, "queryLogStatus": "DISABLED"}),
        "GetMembership": (missing, m),
        "DeleteMembership": (missing, m),
        "GetConfiguredTable": (missing, t),
        "DeleteConfiguredTable": (missing, t),
        "CreateConfiguredTableAnalysisRule": (missing, {**t, **policy}),
        "GetConfiguredTableAnalysisRule": (missing, {**t, "analysisRuleType": "LIST"}),
        "DeleteConfiguredTableAnalysisRule": (missing, {**t, "analysisRuleType": "LIST"}),
        "CreateConfiguredTableAssociation": (missing, {**m, **t, "name": "x", "roleArn": ROLE}),
        "GetConfiguredTableAssociation": (missing, a),
        "ListConfiguredTableAssociations": (missing, m),
        "DeleteConfiguredTableAssociation": (missing, a),
        "GetSchema": (denied, {**c, "name": "planes"}),
        "ListSchemas": (denied, c),
        "GetSchemaAnalysisRule": (denied, {**c, "name": "planes", "type": "LIST"}),
        "StartProtectedQuery": (missing, {**m, **sql}),
        "GetProtectedQuery": (missing, q),
        "ListProtectedQueries": (missing, m),
        "UpdateProtectedQuery": (missing, {**q, "targetStatus": "CANCELLED"}),
        "TagResource": (missing, {"resourceArn": arns, "tags": {"a": "b"}}),
        "UntagResource": (missing, {"resourceArn": arns, "tagKeys": ["a"]}),
        "ListTagsForResource": (missing, {"resourceArn": arns}),
    }
    own = {
        "CreateCollaboration",
        "ListCollaborations",
        "ListMemberships",
        "CreateConfiguredTable",
        "ListConfiguredTables",
    }
    assert set(attempts) | own == set(ESSENTIAL)
    for operation, (error, arguments) in attempts.items():
        method = getattr(
            rooms, "".join("_" + it.lower() if it.isupper() else it for it in operation)[1:]
        )
        targets = arguments.get("resourceArn", [None])
        for arn in targets:
            more = {**arguments, "resourceArn": arn} if arn else arguments
            with pytest.raises(rooms.exceptions.ClientError) as theirs:
                method(**more)
            found = theirs.value.response
            assert found["Error"]["Code"] == error, (operation, found)
            ghosted = json.loads(replaced(json.dumps(more), ids))
            with pytest.raises(rooms.exceptions.ClientError) as nobodys:
                method(**ghosted)
            other = nobodys.value.response
            assert found["Error"]["Code"] == other["Error"]["Code"], operation
            text = replaced(found["Error"]["Message"], ids)
            assert text == replaced(other["Error"]["Message"], ids), operation
    for operation in ("list_collaborations", "list_memberships", "list_configured_tables"):
        answer = json.dumps(getattr(rooms, operation)(), default=str)
        assert not any(it in answer for it in ids.values())


def replaced(text, ids):
    for it in ids.values():
        text = text.replace(it, GHOST)
    return text


def test_a_partner_reaches_nothing_of_the_others_but_what_is_shared(airlines):
    airline, runner = airlines.airline.rooms, airlines.manufacturer.rooms
    query = airlines.start("SELECT private_words_of_the_runner")
    airlines.wait(query)
    own = {"membershipIdentifier": airlines.airline_membership, "protectedQueryIdentifier": query}
    theirs = {**own, "membershipIdentifier": airlines.membership}
    for arguments in (own, theirs):
        for call_it in (airline.get_protected_query, airline.update_protected_query):
            more = {"targetStatus": "CANCELLED"} if "update" in call_it.__name__ else {}
            with pytest.raises(airline.exceptions.ResourceNotFoundException):
                call_it(**arguments, **more)
    assert (
        airline.list_protected_queries(membershipIdentifier=airlines.airline_membership)[
            "protectedQueries"
        ]
        == []
    )
    for rooms, table in [(runner, airlines.flights), (airline, airlines.planes)]:
        with pytest.raises(rooms.exceptions.ResourceNotFoundException):
            rooms.get_configured_table(configuredTableIdentifier=table["id"])
    mixed = {
        "membershipIdentifier": airlines.membership,
        "name": "mixed",
        "roleArn": ROLE,
        "configuredTableIdentifier": airlines.flights["id"],
    }
    with pytest.raises(runner.exceptions.ResourceNotFoundException):
        runner.create_configured_table_association(**mixed)


def test_neither_log_nor_answers_hold_secrets_or_queries(airlines, house, mallory):
    call(mallory, "GET", "/nothing/here")
    airlines.wait(airlines.start("SELECT a_word_that_nobody_else_says"))
    text = house.log.read_text(errors="replace")
    for secret in (mallory.secret, airlines.manufacturer.secret, "a_word_that_nobody_else_says"):
        assert secret not in text


def test_a_slow_client_does_not_stop_the_others(mallory):
    slow = [socket.create_connection(("127.0.0.1", mallory.house.port)) for _ in range(50)]
    for raw in slow:
        raw.sendall(b"POST /collaborations HTTP/1.1\r\nhost: x\r\ncontent-le")
    assert call(mallory, "GET", "/collaborations").status == 200
    for raw in slow:
        raw.close()


def test_smuggled_requests_are_not_answered(mallory):
    """Two lengths, or a length and chunks: the connection ends, nothing inside is read."""
    inner = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"
    for heads in (
        f"content-length: 0\r\ncontent-length: {len(inner)}\r\n",
        f"content-length: {len(inner)}\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: xchunked\r\n",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n",
    ):
        with socket.create_connection(("127.0.0.1", mallory.house.port), timeout=10) as raw:
            raw.sendall(f"POST /healthz HTTP/1.1\r\nhost: x\r\n{heads}\r\n{inner}".encode())
            raw.shutdown(socket.SHUT_WR)
            found = b""
            while part := raw.recv(65536):
                found += part
        assert b'{"status":"ok"}' not in found, heads


def test_no_region_is_special(mallory):
    assert REGION == "us-east-1"
    for region in ("eu-central-1", "x", "local"):
        assert call(mallory, "GET", "/collaborations", region=region).status == 200
