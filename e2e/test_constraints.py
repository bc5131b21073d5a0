"""What botocore does not check: every kind of violation is refused with its field."""

import shutil

import pytest
from conftest import DATA
from shapes import (
    GHOST,
    LINK,
    MEMBER,
    QUERY,
    ROOM,
    S3,
    TABLE,
    constraint,
    output,
    refused,
    rule,
)


@pytest.fixture(scope="module")
def creator(house):
    account = house.account("Careless")
    shutil.copy(DATA / "flights.parquet", account.tables())
    return account


WRONG = [
    # maxima and minima
    ("create_collaboration", {**ROOM, "name": "n" * 101}, "name"),
    ("create_collaboration", {**ROOM, "name": ""}, "name"),
    ("create_collaboration", {**ROOM, "description": "d" * 256}, "description"),
    ("create_collaboration", {**ROOM, "tags": {"k" * 129: "v"}}, "tags"),
    ("create_collaboration", {**ROOM, "tags": {"k": "v" * 257}}, "tags"),
    ("create_collaboration", {**ROOM, "tags": {str(i): "" for i in range(201)}}, "tags"),
    ("create_configured_table", {**TABLE, "allowedColumns": []}, "allowedColumns"),
    ("create_configured_table_association", {**LINK, "name": "n" * 129}, "name"),
    (
        "create_configured_table_association",
        {**LINK, "roleArn": "arn:aws:iam::1:role/x"},
        "roleArn",
    ),
    ("create_configured_table_analysis_rule", constraint(1), "minimum"),
    ("create_configured_table_analysis_rule", constraint(100001), "minimum"),
    ("create_configured_table_analysis_rule", rule(outputConstraints=[]), "outputConstraints"),
    ("create_configured_table_analysis_rule", rule(aggregateColumns=[]), "aggregateColumns"),
    ("list_collaborations", {"maxResults": 0}, "maxResults"),
    ("list_collaborations", {"maxResults": 101}, "maxResults"),
    ("start_protected_query", output(bucket="b"), "bucket"),
    ("start_protected_query", output(keyPrefix="k" * 513), "keyPrefix"),
    (
        "start_protected_query",
        {**QUERY, "sqlParameters": {"queryString": "x" * 500001}},
        "queryString",
    ),
    # patterns, whole texts only
    ("create_collaboration", {**ROOM, "name": "   "}, "name"),
    ("create_collaboration", {**ROOM, "name": "a\u0000b"}, "name"),
    ("create_collaboration", {**ROOM, "name": "two\nlines"}, "name"),
    (
        "create_collaboration",
        {**ROOM, "members": [{**MEMBER, "accountId": "12345678901x"}]},
        "members[0].accountId",
    ),
    (
        "create_collaboration",
        {**ROOM, "members": [{**MEMBER, "accountId": "12345678901"}]},
        "members[0].accountId",
    ),
    ("create_configured_table", {**TABLE, "allowedColumns": ["Carrier"]}, "allowedColumns[0]"),
    (
        "create_configured_table",
        {**TABLE, "allowedColumns": ["carrier", "a;b"]},
        "allowedColumns[1]",
    ),
    ("create_configured_table_association", {**LINK, "name": "a.b"}, "name"),
    ("create_configured_table_association", {**LINK, "name": "a-"}, "name"),
    (
        "get_membership",
        {"membershipIdentifier": GHOST.upper().replace("1", "A")},
        "membershipIdentifier",
    ),
    ("get_membership", {"membershipIdentifier": "x"}, "membershipIdentifier"),
    ("get_collaboration", {"collaborationIdentifier": GHOST[:-1] + "/"}, "collaborationIdentifier"),
    ("start_protected_query", output(bucket="No_Bucket"), "bucket"),
    ("start_protected_query", output(keyPrefix="a b"), "keyPrefix"),
    ("list_tags_for_resource", {"resourceArn": "arn:aws:s3:::bucket"}, "resourceArn"),
    # enumerations
    ("create_collaboration", {**ROOM, "queryLogStatus": "enabled"}, "queryLogStatus"),
    (
        "create_collaboration",
        {**ROOM, "creatorMemberAbilities": ["CAN_FLY"]},
        "creatorMemberAbilities[0]",
    ),
    ("create_collaboration", {**ROOM, "analyticsEngine": "DUCKDB"}, "analyticsEngine"),
    ("list_collaborations", {"memberStatus": "LEFT"}, "memberStatus"),
    ("list_memberships", {"status": "LEFT"}, "status"),
    ("create_configured_table", {**TABLE, "analysisMethod": "SQL"}, "analysisMethod"),
    (
        "create_configured_table_analysis_rule",
        {**rule(), "analysisRuleType": "ANY"},
        "analysisRuleType",
    ),
    (
        "create_configured_table_analysis_rule",
        rule(scalarFunctions=["RANDOM"]),
        "scalarFunctions[0]",
    ),
    ("create_configured_table_analysis_rule", rule(joinRequired="ALWAYS"), "joinRequired"),
    ("start_protected_query", {**QUERY, "type": "PYTHON"}, "type"),
    ("start_protected_query", output(resultFormat="JSON"), "resultFormat"),
    ("list_protected_queries", {"membershipIdentifier": GHOST, "status": "DONE"}, "status"),
    ("list_schemas", {"collaborationIdentifier": GHOST, "schemaType": "VIEW"}, "schemaType"),
    (
        "update_protected_query",
        {
            "membershipIdentifier": GHOST,
            "protectedQueryIdentifier": GHOST,
            "targetStatus": "SUCCESS",
        },
        "targetStatus",
    ),
    # unions have one member
    ("create_configured_table", {**TABLE, "tableReference": {}}, "tableReference"),
    (
        "create_configured_table",
        {
            **TABLE,
            "tableReference": {
                **TABLE["tableReference"],
                "athena": {"workGroup": "w", "databaseName": "d", "tableName": "t"},
            },
        },
        "tableReference",
    ),
    (
        "start_protected_query",
        {
            **QUERY,
            "resultConfiguration": {
                "outputConfiguration": {"s3": S3, "member": {"accountId": "123456789012"}}
            },
        },
        "outputConfiguration",
    ),
    # types and what is required
    ("create_collaboration", {**ROOM, "name": 5}, "name"),
    ("create_collaboration", {**ROOM, "isMetricsEnabled": "true"}, "isMetricsEnabled"),
    ("create_collaboration", {k: v for k, v in ROOM.items() if k != "name"}, "name"),
    (
        "create_collaboration",
        {**ROOM, "members": [{"accountId": "123456789012"}]},
        "members[0].displayName",
    ),
    ("create_configured_table_analysis_rule", constraint("2"), "minimum"),
    ("create_configured_table_analysis_rule", constraint(2.5), "minimum"),
    (
        "untag_resource",
        {"resourceArn": f"arn:aws:cleanrooms:us-east-1:123456789012:membership/{GHOST}"},
        "tagKeys",
    ),
]


@pytest.mark.parametrize(
    "operation, arguments, field", WRONG, ids=[f"{it[0]}-{it[2]}" for it in WRONG]
)
def test_what_botocore_does_not_check_is_refused_with_its_field(
    creator, operation, arguments, field
):
    client = creator.client("cleanrooms", parameter_validation=False)
    call = getattr(client, operation)
    response = refused(call, "ValidationException", **arguments)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["reason"] == "FIELD_VALIDATION_FAILED"
    names = [it["name"] for it in response["fieldList"]]
    assert any(field in name for name in names), names
    assert all(it["message"] for it in response["fieldList"])


def test_all_violations_are_reported_at_once(creator):
    client = creator.client("cleanrooms", parameter_validation=False)
    response = refused(
        client.create_collaboration,
        "ValidationException",
        **{**ROOM, "name": "", "queryLogStatus": "?", "members": [{**MEMBER, "accountId": "1"}]},
    )
    names = {it["name"] for it in response["fieldList"]}
    assert names >= {"name", "queryLogStatus", "members[0].accountId"}


def test_what_the_room_refuses_comes_with_its_field_too(creator):
    rooms = creator.rooms
    for wrong, field in [
        ({"members": [{**MEMBER, "accountId": creator.id}]}, "members[0].accountId"),
        ({"members": [MEMBER, MEMBER]}, "members[1].accountId"),
        ({"tags": {"aws:x": "y"}}, "tags"),
        ({"analyticsEngine": "CLEAN_ROOMS_SQL"}, "analyticsEngine"),
    ]:
        asked = {**ROOM, "creatorMemberAbilities": ["CAN_QUERY", "CAN_RECEIVE_RESULTS"], **wrong}
        response = refused(rooms.create_collaboration, "ValidationException", **asked)
        names = [it["name"] for it in response.get("fieldList", [])]
        assert any(field.lower() in name.lower() for name in names), (wrong, response)
    for source in ("athena", "snowflake", "databricks"):
        reference = {
            "athena": {"workGroup": "w", "databaseName": "d", "tableName": "t"},
            "snowflake": {
                "secretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:x",
                "accountIdentifier": "acc",
                "databaseName": "d",
                "tableName": "t",
                "schemaName": "s",
                "tableSchema": {"v1": [{"columnName": "a", "columnType": "text"}]},
            },
            "databricks": {
                "schemaName": "s",
                "tableName": "t",
                "workspaceUrl": "https://x.cloud.databricks.com",
                "connectionType": {
                    "deltaSharing": {
                        "deltaShareEndpoint": "https://x.cloud.databricks.com/s",
                        "shareName": "n",
                    }
                },
            },
        }[source]
        response = refused(
            rooms.create_configured_table,
            "ValidationException",
            **{**TABLE, "tableReference": {source: reference}},
        )
        assert response["fieldList"], response
    response = refused(
        rooms.create_configured_table,
        "ValidationException",
        **{**TABLE, "allowedColumns": ["carrier", "nope"]},
    )
    assert response["fieldList"][0]["name"] == "allowedColumns[1]"
    response = refused(
        rooms.create_configured_table,
        "ValidationException",
        **{**TABLE, "tableReference": {"glue": {"databaseName": "airlines", "tableName": "none"}}},
    )
    assert "tableReference" in response["fieldList"][0]["name"]
