"""Every essential operation over the wire, with boto3's own idea of what an answer must hold."""

import datetime
import shutil
import time

import botocore.exceptions
import botocore.session
import pytest
from botocore.validate import ParamValidator
from conftest import DATA, FLIGHTS_RULE, ROLE, configure
from raw import call, invocation
from shapes import ESSENTIAL, GHOST, QUERY, TABLE, collaboration, join, refused

MODEL = botocore.session.get_session().get_service_model("cleanrooms")


@pytest.fixture(scope="module")
def creator(house):
    account = house.account("Creator")
    shutil.copy(DATA / "flights.parquet", account.tables())
    return account


@pytest.fixture(scope="module")
def other(house):
    return house.account("Other")


@pytest.fixture(scope="module")
def checked(creator):
    """A client of the creator that checks every answer against the model, and notes the call."""
    client, called = creator.rooms, set()

    def check(http_response, parsed, model, **_):
        called.add(model.name)
        assert parsed["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
        if http_response.status_code >= 300:
            return
        answer = {k: v for k, v in parsed.items() if k != "ResponseMetadata"}
        if http_response.status_code == 204:
            assert not http_response.content and not answer
        elif model.output_shape is not None:
            assert http_response.headers["content-type"] == "application/json"
            report = ParamValidator().validate(answer, model.output_shape)
            assert not report.has_errors(), report.generate_report()

    client.meta.events.register("after-call.cleanrooms", check)
    return client, called


def test_every_essential_operation_answers_as_the_model_says(checked, creator, other):
    rooms, called = checked
    creator.s3.create_bucket(Bucket="wire")
    made = rooms.create_collaboration(
        name="all",
        description="",
        creatorDisplayName="creator",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        creatorMLMemberAbilities={"customMLMemberAbilities": ["CAN_RECEIVE_MODEL_OUTPUT"]},
        members=[{"accountId": other.id, "memberAbilities": [], "displayName": "other"}],
        queryLogStatus="ENABLED",
        dataEncryptionMetadata={
            "allowCleartext": True,
            "allowDuplicates": False,
            "allowJoinsOnColumnsWithDifferentNames": True,
            "preserveNulls": False,
        },
        tags={"Env": "Test"},
        analyticsEngine="SPARK",
    )["collaboration"]
    member = rooms.create_membership(
        collaborationIdentifier=made["id"],
        queryLogStatus="ENABLED",
        defaultResultConfiguration={
            "outputConfiguration": {"s3": {"bucket": "wire", "resultFormat": "PARQUET"}},
            "roleArn": ROLE,
        },
    )["membership"]
    rooms.get_collaboration(collaborationIdentifier=made["id"])
    rooms.list_collaborations()
    rooms.list_members(collaborationIdentifier=made["id"])
    rooms.get_membership(membershipIdentifier=member["id"])
    rooms.list_memberships()
    table = rooms.create_configured_table(
        name="flights",
        description="all of them",
        tableReference={"glue": {"databaseName": "airlines", "tableName": "flights"}},
        allowedColumns=["carrier", "tailnum"],
        analysisMethod="MULTIPLE",
        selectedAnalysisMethods=["DIRECT_QUERY", "DIRECT_JOB"],
    )["configuredTable"]
    rooms.create_configured_table_analysis_rule(
        configuredTableIdentifier=table["id"],
        analysisRuleType="LIST",
        analysisRulePolicy={
            "v1": {"list": {"joinColumns": ["tailnum"], "listColumns": ["carrier"]}}
        },
    )
    rooms.get_configured_table(configuredTableIdentifier=table["id"])
    rooms.list_configured_tables()
    rooms.get_configured_table_analysis_rule(
        configuredTableIdentifier=table["id"], analysisRuleType="LIST"
    )
    linked = rooms.create_configured_table_association(
        name="my flights",
        membershipIdentifier=member["id"],
        configuredTableIdentifier=table["id"],
        roleArn=ROLE,
    )["configuredTableAssociation"]
    here = {
        "membershipIdentifier": member["id"],
        "configuredTableAssociationIdentifier": linked["id"],
    }
    rooms.get_configured_table_association(**here)
    rooms.list_configured_table_associations(membershipIdentifier=member["id"])
    schema = {"collaborationIdentifier": made["id"], "name": "my flights"}
    rooms.get_schema(**schema)
    rooms.get_schema_analysis_rule(**schema, type="LIST")
    rooms.list_schemas(collaborationIdentifier=made["id"])
    query = rooms.start_protected_query(
        type="SQL",
        membershipIdentifier=member["id"],
        sqlParameters={"queryString": "SELECT 1"},
        computeConfiguration={"worker": {"type": "CR.1X", "number": 4}},
    )["protectedQuery"]
    assert query["computeConfiguration"] == {"worker": {"type": "CR.1X", "number": 4}}
    which = {"membershipIdentifier": member["id"], "protectedQueryIdentifier": query["id"]}
    rooms.get_protected_query(**which)
    rooms.list_protected_queries(membershipIdentifier=member["id"])
    try:
        rooms.update_protected_query(**which, targetStatus="CANCELLED")
    except rooms.exceptions.ConflictException as ended:
        assert ended.response["reason"] == "INVALID_STATE"
    rooms.tag_resource(resourceArn=made["arn"], tags={"a": ""})
    assert rooms.list_tags_for_resource(resourceArn=made["arn"])["tags"] == {"Env": "Test", "a": ""}
    rooms.untag_resource(resourceArn=made["arn"], tagKeys=["a", "b c"])
    rooms.delete_configured_table_association(**here)
    rooms.delete_configured_table_analysis_rule(
        configuredTableIdentifier=table["id"], analysisRuleType="LIST"
    )
    rooms.delete_configured_table(configuredTableIdentifier=table["id"])
    rooms.delete_collaboration(collaborationIdentifier=made["id"])
    rooms.delete_membership(membershipIdentifier=member["id"])
    assert called == set(ESSENTIAL)


def test_answers_hold_what_the_real_service_fills_in(creator, other):
    made = collaboration(creator, other)
    assert made["memberStatus"] == "INVITED" and "membershipId" not in made
    assert (made["analyticsEngine"], made["isMetricsEnabled"]) == ("SPARK", False)
    assert made["allowedResultRegions"] == ["us-east-1"]
    assert made["arn"] == f"arn:aws:cleanrooms:us-east-1:{creator.id}:collaboration/{made['id']}"
    assert made["createTime"].tzinfo and made["createTime"].microsecond % 1000 == 0

    s3 = {"bucket": "wire", "resultFormat": "CSV", "keyPrefix": "p/"}
    joined = join(creator, made, defaultResultConfiguration={"outputConfiguration": {"s3": s3}})
    output = joined["defaultResultConfiguration"]["outputConfiguration"]["s3"]
    assert output == {**s3, "singleFileOutput": False}
    nothing = {"isResponsible": False}
    assert joined["paymentConfiguration"] == {
        "queryCompute": {"isResponsible": True},
        "machineLearning": {
            "modelTraining": nothing,
            "modelInference": nothing,
            "syntheticDataGeneration": nothing,
        },
        "jobCompute": nothing,
    }

    found = creator.rooms.get_collaboration(collaborationIdentifier=made["id"])["collaboration"]
    assert (found["memberStatus"], found["membershipId"]) == ("ACTIVE", joined["id"])
    assert found["membershipArn"] == joined["arn"]
    assert not {"members", "paymentConfiguration"} & found.keys()
    listed = creator.rooms.list_members(collaborationIdentifier=made["id"])["memberSummaries"]
    mine, theirs = listed
    assert mine["accountId"] == creator.id and mine["createTime"] == made["createTime"]
    assert mine["updateTime"] > mine["createTime"] and mine["abilities"] == [
        "CAN_QUERY",
        "CAN_RECEIVE_RESULTS",
    ]
    assert (theirs["status"], theirs["abilities"]) == ("INVITED", [])
    assert theirs["paymentConfiguration"]["jobCompute"] == nothing
    assert "membershipId" not in theirs


def test_a_table_and_its_schema_are_shown_as_the_real_service_shows_them(creator):
    made = collaboration(creator)
    joined = join(creator, made)
    table = configure(
        creator,
        "flights",
        ["tailnum", "dep_delay", "arr_delay", "distance", "carrier", "origin", "dest", "month"],
        FLIGHTS_RULE,
    )
    assert table["tableReference"]["glue"] == {
        "region": "us-east-1",
        "databaseName": "airlines",
        "tableName": "flights",
    }
    assert table["analysisRuleTypes"] == []
    found = creator.rooms.get_configured_table(configuredTableIdentifier=table["id"])
    assert found["configuredTable"]["analysisRuleTypes"] == ["AGGREGATION"]
    rule = creator.rooms.get_configured_table_analysis_rule(
        configuredTableIdentifier=table["id"], analysisRuleType="AGGREGATION"
    )["analysisRule"]
    assert rule["policy"] == {"v1": {"aggregation": FLIGHTS_RULE}}
    assert (rule["type"], rule["configuredTableArn"]) == ("AGGREGATION", table["arn"])
    linked = creator.rooms.create_configured_table_association(
        name="Flights_2",
        description="seen",
        membershipIdentifier=joined["id"],
        configuredTableIdentifier=table["id"],
        roleArn=ROLE,
        tags={"k": "v"},
    )["configuredTableAssociation"]
    place = f"{joined['id']}/{linked['id']}"
    assert linked["arn"].endswith(f":configuredtableassociation/{place}")
    schema = creator.rooms.get_schema(collaborationIdentifier=made["id"], name="flights_2")[
        "schema"
    ]
    assert [it["name"] for it in schema["columns"]] == table["allowedColumns"]
    assert schema["columns"][0] == {"name": "tailnum", "type": "string"}
    assert schema["resourceArn"].endswith(
        f":membership/{joined['id']}/configuredtableassociation/{linked['id']}"
    )
    assert [(it["analysisType"], it["status"]) for it in schema["schemaStatusDetails"]] == [
        ("DIRECT_ANALYSIS", "READY"),
        ("ADDITIONAL_ANALYSIS", "NOT_READY"),
    ]
    for arn in (linked["arn"], schema["resourceArn"]):
        tags = creator.rooms.list_tags_for_resource(resourceArn=arn)["tags"]
        assert tags == {"k": "v"}
    creator.rooms.delete_configured_table_analysis_rule(
        configuredTableIdentifier=table["id"], analysisRuleType="AGGREGATION"
    )
    schema = creator.rooms.get_schema(collaborationIdentifier=made["id"], name="flights_2")[
        "schema"
    ]
    assert schema["analysisRuleTypes"] == []
    assert schema["schemaStatusDetails"][0]["reasons"][0]["code"] == "ANALYSIS_RULE_MISSING"
    creator.rooms.delete_collaboration(collaborationIdentifier=made["id"])


def test_lists_come_in_pages_whose_tokens_are_good_for_one_list_only(creator, other, house):
    lister = house.account("Lister")
    shutil.copy(DATA / "planes.parquet", lister.tables())
    names = [f"t{i}" for i in range(5)]
    for name in names:
        lister.rooms.create_configured_table(
            **{
                **TABLE,
                "name": name,
                "allowedColumns": ["tailnum"],
                "tableReference": {"glue": {"databaseName": "airlines", "tableName": "planes"}},
            }
        )
    pages = lister.rooms.get_paginator("list_configured_tables").paginate(
        PaginationConfig={"PageSize": 2}
    )
    sizes, seen = [], []
    for page in pages:
        sizes.append(len(page["configuredTableSummaries"]))
        seen += [it["name"] for it in page["configuredTableSummaries"]]
    assert (sizes, seen) == ([2, 2, 1], names)
    token = lister.rooms.list_configured_tables(maxResults=2)["nextToken"]
    again = lister.rooms.list_configured_tables(maxResults=3, nextToken=token)
    assert [it["name"] for it in again["configuredTableSummaries"]] == names[2:]
    assert "nextToken" not in again
    other_uses = [
        (other.rooms.list_configured_tables, {}),
        (lister.rooms.list_collaborations, {}),
        (lister.rooms.list_memberships, {}),
    ]
    for operation, arguments in other_uses:
        response = refused(operation, "ValidationException", nextToken=token, **arguments)
        assert response["fieldList"][0]["name"] == "nextToken"
    for forged in ("", "x", token[:-1], token + "A", "A" * 10241):
        refused(lister.rooms.list_configured_tables, "ValidationException", nextToken=forged)


def test_a_token_of_one_collaboration_or_filter_is_not_good_for_another(creator, other):
    first, second = (collaboration(creator, other, name=name) for name in ("a", "b"))
    rooms = creator.rooms
    token = rooms.list_members(collaborationIdentifier=first["id"], maxResults=1)["nextToken"]
    assert (
        len(
            rooms.list_members(collaborationIdentifier=first["id"], nextToken=token)[
                "memberSummaries"
            ]
        )
        == 1
    )
    refused(
        rooms.list_members,
        "ValidationException",
        collaborationIdentifier=second["id"],
        nextToken=token,
    )
    token = rooms.list_collaborations(maxResults=1, memberStatus="INVITED")["nextToken"]
    refused(rooms.list_collaborations, "ValidationException", nextToken=token)
    for made in (first, second):
        rooms.delete_collaboration(collaborationIdentifier=made["id"])


def test_deleting_twice_is_quiet_and_deleting_anothers_is_not(creator, other):
    rooms = creator.rooms
    made = collaboration(creator)
    joined = join(creator, made)
    table = configure(
        creator,
        "flights",
        ["tailnum", "carrier"],
        {"joinColumns": ["tailnum"], "listColumns": ["carrier"]},
        kind="LIST",
    )
    linked = rooms.create_configured_table_association(
        name="f",
        membershipIdentifier=joined["id"],
        configuredTableIdentifier=table["id"],
        roleArn=ROLE,
    )["configuredTableAssociation"]
    deletions = [
        (
            "delete_configured_table_association",
            {
                "membershipIdentifier": joined["id"],
                "configuredTableAssociationIdentifier": linked["id"],
            },
            "ResourceNotFoundException",
        ),
        (
            "delete_configured_table_analysis_rule",
            {"configuredTableIdentifier": table["id"], "analysisRuleType": "LIST"},
            "ResourceNotFoundException",
        ),
        (
            "delete_configured_table",
            {"configuredTableIdentifier": table["id"]},
            "ResourceNotFoundException",
        ),
        ("delete_collaboration", {"collaborationIdentifier": made["id"]}, "AccessDeniedException"),
        ("delete_membership", {"membershipIdentifier": joined["id"]}, "ResourceNotFoundException"),
    ]
    for name, arguments, foreign in deletions:
        refused(getattr(other.rooms, name), foreign, **arguments)
        for _ in range(2):
            answer = getattr(rooms, name)(**arguments)
            assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204, name
        refused(getattr(other.rooms, name), foreign, **arguments)
    refused(
        rooms.delete_configured_table, "ResourceNotFoundException", configuredTableIdentifier=GHOST
    )


def test_tags_belong_to_the_owner_and_have_limits(creator, other):
    rooms = creator.rooms
    made = collaboration(creator, other)
    arn = made["arn"]
    rooms.tag_resource(resourceArn=arn, tags={"a": "1", "ä b/c": "2"})
    rooms.tag_resource(resourceArn=arn, tags={"a": "3"})
    assert rooms.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "3", "ä b/c": "2"}
    rooms.untag_resource(resourceArn=arn, tagKeys=["a", "missing"])
    assert rooms.list_tags_for_resource(resourceArn=arn)["tags"] == {"ä b/c": "2"}
    for reserved in ("aws:x", "AWS:x"):
        refused(rooms.tag_resource, "ValidationException", resourceArn=arn, tags={reserved: ""})
    for start in (0, 100):
        rooms.tag_resource(resourceArn=arn, tags={str(i): "" for i in range(start, start + 99)})
    refused(rooms.tag_resource, "ValidationException", resourceArn=arn, tags={"y": "", "z": ""})
    for operation, more in [
        (other.rooms.list_tags_for_resource, {}),
        (other.rooms.tag_resource, {"tags": {"x": "y"}}),
        (other.rooms.untag_resource, {"tagKeys": ["0"]}),
    ]:
        refused(operation, "ResourceNotFoundException", resourceArn=arn, **more)
    for nothing in (
        arn.replace(made["id"], GHOST),
        arn.replace("us-east-1", "eu-west-1"),
        arn.replace(creator.id, other.id),
        f"arn:aws:cleanrooms:us-east-1:{creator.id}:membership/{GHOST}/analysistemplate/{GHOST}",
    ):
        refused(rooms.list_tags_for_resource, "ResourceNotFoundException", resourceArn=nothing)
    rooms.delete_collaboration(collaborationIdentifier=made["id"])


def test_an_operation_without_a_handler_names_itself(creator):
    calls = {
        "ListIdMappingTables": lambda it: it.list_id_mapping_tables(membershipIdentifier=GHOST),
        "ListIntermediateTables": lambda it: it.list_intermediate_tables(
            membershipIdentifier=GHOST
        ),
        "ListProtectedJobs": lambda it: it.list_protected_jobs(membershipIdentifier=GHOST),
    }
    for name, ask in calls.items():
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            ask(creator.rooms)
        error = caught.value.response
        assert error["Error"]["Code"] == "UnknownOperationException"
        assert error["ResponseMetadata"]["HTTPStatusCode"] == 404
        assert name in error["Error"]["Message"]


def test_times_have_milliseconds_and_only_grow(creator):
    before = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=5)
    times = []
    for name in ("first", "second"):
        made = collaboration(creator, name=name)
        times.append(made["createTime"])
        creator.rooms.delete_collaboration(collaborationIdentifier=made["id"])
    assert before < times[0] < times[1]


def test_queries_are_listed_newest_first_with_their_receivers(airlines):
    rooms = airlines.manufacturer.rooms
    queries = [airlines.start(f"SELECT nonsense{i}") for i in range(3)]
    for query in queries:
        ended = airlines.wait(query)
        assert (ended["status"], ended["error"]["code"]) == ("FAILED", "MALFORMED_QUERY")
        assert ended["error"]["retry"] == {"retryable": False}
        assert ended["statistics"]["totalDurationInMillis"] >= 0
    listed = rooms.list_protected_queries(membershipIdentifier=airlines.membership, maxResults=3)
    found = listed["protectedQueries"]
    assert [it["id"] for it in found] == queries[::-1]
    assert found[0]["receiverConfigurations"] == [
        {
            "analysisType": "DIRECT_ANALYSIS",
            "configurationDetails": {
                "directAnalysisConfigurationDetails": {
                    "receiverAccountIds": [airlines.manufacturer.id]
                }
            },
        }
    ]
    failed = rooms.list_protected_queries(
        membershipIdentifier=airlines.membership, status="SUBMITTED"
    )["protectedQueries"]
    assert not {it["id"] for it in failed} & set(queries)


def test_a_query_is_refused_at_start_for_what_can_be_known_then(airlines):
    rooms, airline = airlines.manufacturer.rooms, airlines.airline.rooms
    base = {**QUERY, "membershipIdentifier": airlines.membership}
    s3 = {"bucket": "results", "resultFormat": "CSV"}

    def to(**place):
        return {**base, "resultConfiguration": {"outputConfiguration": place}}

    for wrong in [
        base,
        to(s3={**s3, "bucket": "nowhere"}),
        to(s3={**s3, "keyPrefix": "a/../b"}),
        to(member={"accountId": airlines.airline.id}),
        to(distribute={"locations": [{"s3": s3}, {"s3": s3}]}),
        {**to(s3=s3), "sqlParameters": {}},
        {**to(s3=s3), "sqlParameters": {"queryString": ""}},
        {**to(s3=s3), "sqlParameters": {"queryString": "SELECT 1", "parameters": {"a": "b"}}},
        {**to(s3=s3), "queryComputePayerAccountId": airlines.airline.id},
    ]:
        response = refused(rooms.start_protected_query, "ValidationException", **wrong)
        assert response["reason"] == "FIELD_VALIDATION_FAILED" and response["fieldList"], response
    theirs = {**to(s3=s3), "membershipIdentifier": airlines.airline_membership}
    refused(airline.start_protected_query, "AccessDeniedException", **theirs)
    refused(rooms.start_protected_query, "ResourceNotFoundException", **theirs)


def test_the_findings_of_a_refused_query_are_for_its_runner(airlines):
    query = airlines.start("SELECT f.tailnum FROM flights f")
    assert airlines.wait(query)["status"] == "FAILED"
    path = f"/glovebox/v1/protectedQueries/{query}/diagnostics"
    answer = call(airlines.manufacturer, "GET", path)
    assert answer.status == 200 and answer.json["protectedQueryId"] == query
    findings = answer.json["diagnostics"]
    assert findings and all(it["code"].startswith("GB") for it in findings)
    stranger = call(airlines.airline, "GET", path)
    ghost = call(airlines.airline, "GET", path.replace(query, GHOST))
    assert (stranger.status, stranger.error) == (404, "ResourceNotFoundException")
    assert stranger.json["message"].replace(query, GHOST) == ghost.json["message"]


def test_who_starts_a_query_gets_a_head_of_the_ledger_to_keep(airlines):
    root = f"/glovebox/v1/memberships/{airlines.membership}/protectedQueries"
    ledger = f"/glovebox/v1/collaborations/{airlines.collaboration}/ledger"
    runner = airlines.manufacturer
    before = call(runner, "GET", ledger).json["head"]["size"]
    body = {
        "type": "SQL",
        "sqlParameters": {"queryString": "SELECT f.tailnum FROM flights f"},
        "resultConfiguration": {
            "outputConfiguration": {"s3": {"bucket": "results", "resultFormat": "CSV"}}
        },
    }
    started = call(runner, "POST", root, f"from={before}", body=body)
    assert started.status == 200, started.body
    query, shown = started.json["protectedQuery"], started.json["ledger"]
    assert query["status"] == "SUBMITTED" and shown["entries"] == []
    assert shown["from"] == before and shown["head"]["size"] > before and shown["consistency"]
    airlines.wait(query["id"])
    ended = call(runner, "GET", f"{root}/{query['id']}", f"from={shown['head']['size']}")
    assert ended.json["protectedQuery"]["status"] == "FAILED"
    assert ended.json["ledger"]["head"]["size"] > shown["head"]["size"]
    aws = runner.rooms.get_protected_query(
        membershipIdentifier=airlines.membership, protectedQueryIdentifier=query["id"]
    )["protectedQuery"]
    assert ended.json["protectedQuery"].keys() == aws.keys()
    # Errors are those of the operation; nothing is started.
    for wrong in ({**body, "type": "x"}, {**body, "sqlParameters": {}}, {}):
        answer = call(runner, "POST", root, body=wrong)
        assert (answer.status, answer.error) == (400, "ValidationException")
    assert call(runner, "POST", root, "from=x", body=body).error == "ValidationException"
    for path in (root, f"{root}/{query['id']}"):
        method = "POST" if path == root else "GET"
        stranger = call(airlines.airline, method, path, body=body if path == root else b"")
        assert (stranger.status, stranger.error) == (404, "ResourceNotFoundException")


def test_who_asks_for_verdicts_without_end_is_told_to_wait(new_house):
    new_house.data.mkdir(mode=0o700)
    (new_house.data / "glovebox.toml").write_text("[quotas]\nexplains-per-minute = 20\n")
    house = new_house.start()
    one, other = house.account("Asker"), house.account("Other")
    made = one.rooms.create_collaboration(
        name="asked",
        description="d",
        creatorDisplayName="a",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        members=[{"accountId": other.id, "memberAbilities": [], "displayName": "o"}],
        queryLogStatus="DISABLED",
    )["collaboration"]["id"]
    one.rooms.create_membership(collaborationIdentifier=made, queryLogStatus="DISABLED")
    path = f"/glovebox/v1/collaborations/{made}/explain"
    body, answers = {"queryString": "SELECT 1"}, []
    same = {"amz-sdk-invocation-id": invocation()}
    while not answers or answers[-1].status == 200:
        named = {"amz-sdk-invocation-id": invocation()}
        answers.append(call(one, "POST", path, body=body, headers=named))
        assert len(answers) < 1000
    refused = call(one, "POST", path, body=body, headers=same)
    assert answers[-1].error == "ThrottlingException" and answers[-1].status == 429
    size = call(one, "GET", path.replace("explain", "ledger")).json["head"]["size"]
    assert size < len(answers) + 10
    # A retry is no repeat of that answer.
    deadline = time.monotonic() + 60
    while refused.status == 429 and time.monotonic() < deadline:
        time.sleep(0.2)
        refused = call(one, "POST", path, body=body, headers=same)
    assert refused.status == 200


DOORS = ["bind", "clear", "price", "reserve", "execute", "release", "keep", "deliver", "close"]


def test_a_runner_watches_its_query_pass_the_doors(airlines):
    query = airlines.start(
        "SELECT COUNT(DISTINCT f.tailnum) AS n FROM flights f JOIN planes p "
        "ON f.tailnum = p.tailnum"
    )
    path = f"/glovebox/v1/protectedQueries/{query}/progress"
    seen, status = [], None
    while status not in ("SUCCESS", "FAILED"):
        answer = call(airlines.manufacturer, "GET", path)
        assert answer.status == 200 and answer.json["protectedQueryId"] == query
        status = answer.json["status"]
        passed = [it["door"] for it in answer.json["passed"]]
        assert passed == DOORS[: len(passed)] and len(passed) in (0, 4, 7, 9)
        assert answer.json["door"] == (DOORS + [None])[len(passed)]
        assert passed[: len(seen)] == seen
        seen = passed
    assert (status, seen) == ("SUCCESS", DOORS)
    times = [it["time"] for it in answer.json["passed"]]
    assert times == sorted(times) and all(isinstance(it, int) for it in times)
    stranger = call(airlines.airline, "GET", path)
    ghost = call(airlines.airline, "GET", path.replace(query, GHOST))
    assert (stranger.status, stranger.error) == (404, "ResourceNotFoundException")
    assert stranger.json["message"].replace(query, GHOST) == ghost.json["message"]


def test_a_refused_query_shows_the_door_that_refused(airlines):
    query = airlines.start("SELECT f.carrier FROM flights f")
    assert airlines.wait(query)["status"] == "FAILED"
    path = f"/glovebox/v1/protectedQueries/{query}/progress"
    answer = call(airlines.manufacturer, "GET", path).json
    assert (answer["status"], answer["door"]) == ("FAILED", "clear")
    assert [it["door"] for it in answer["passed"]] == ["bind"]


def test_a_text_is_explained_without_being_run(airlines, creator):
    path = f"/glovebox/v1/collaborations/{airlines.collaboration}/explain"
    runner, sql = airlines.manufacturer, "SELECT f.tailnum FROM flights f"

    def size():
        ledger = f"/glovebox/v1/collaborations/{airlines.collaboration}/ledger"
        return call(runner, "GET", ledger).json["head"]["size"]

    before = size()
    answer = call(runner, "POST", path, body={"queryString": sql})
    assert (answer.status, answer.json["verdict"]) == (200, "REFUSED")
    found = answer.json["diagnostics"][0]
    assert found["code"].startswith("GB") and sql[found["start"] : found["end"]]
    assert answer.json["plan"] is None and size() == before + 1
    allowed = (
        "SELECT COUNT(DISTINCT f.tailnum) FROM flights f JOIN planes p ON f.tailnum = p.tailnum"
    )
    answer = call(runner, "POST", path, body={"queryString": allowed})
    assert (answer.json["verdict"], answer.json["diagnostics"]) == ("ALLOWED", [])
    # Logical text: no files, no statistics, no values of partitions.
    plan = answer.json["plan"]
    assert "TableScan: flights" in plan and "parquet" not in plan and "/" not in plan
    for other in (airlines.airline, creator):
        answer = call(other, "POST", path, body={"queryString": sql})
        assert (answer.status, answer.error) == (403, "AccessDeniedException")
    for body, error in [
        (b"[]", "SerializationException"),
        (b"{}", "ValidationException"),
        ({"queryString": ""}, "ValidationException"),
        ({"queryString": 1}, "ValidationException"),
        ({"queryString": "x" * 500_001}, "ValidationException"),
    ]:
        assert call(runner, "POST", path, body=body).error == error


def test_the_ledger_is_for_the_members(airlines, creator):
    path = f"/glovebox/v1/collaborations/{airlines.collaboration}/ledger"
    for member in (airlines.manufacturer, airlines.airline):
        answer = call(member, "GET", path)
        assert answer.status == 200
        ledger = answer.json
        assert ledger["from"] == 0 and len(ledger["entries"]) == ledger["head"]["size"]
        tail = call(member, "GET", path, "from=2").json
        assert [it["entry"] for it in tail["entries"]][:3] == [
            it["entry"] for it in ledger["entries"]
        ][2:5]
        beyond = call(member, "GET", path, "from=999999").json
        assert beyond["entries"] == []
    assert call(creator, "GET", path).error == "AccessDeniedException"
    for wrong in ("from=x", "from=-1", "from=1&from=2"):
        answer = call(airlines.airline, "GET", path, wrong)
        assert (answer.status, answer.json["fieldList"][0]["name"]) == (400, "from")
    for method, where in [
        ("POST", path),
        ("GET", path + "/"),
        ("GET", "/glovebox/v1/x"),
        ("GET", "/glovebox/v2/x"),
    ]:
        answer = call(airlines.airline, method, where)
        assert (answer.status, answer.error) == (404, "UnknownOperationException"), where
