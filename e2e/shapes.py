"""Requests that tests start from, and the errors they expect."""

import botocore.exceptions
import pytest
from conftest import ROLE

ESSENTIAL = """
CreateCollaboration GetCollaboration ListCollaborations DeleteCollaboration ListMembers
CreateMembership GetMembership ListMemberships DeleteMembership CreateConfiguredTable
GetConfiguredTable ListConfiguredTables DeleteConfiguredTable CreateConfiguredTableAnalysisRule
GetConfiguredTableAnalysisRule DeleteConfiguredTableAnalysisRule CreateConfiguredTableAssociation
GetConfiguredTableAssociation ListConfiguredTableAssociations DeleteConfiguredTableAssociation
GetSchema ListSchemas GetSchemaAnalysisRule StartProtectedQuery GetProtectedQuery
ListProtectedQueries UpdateProtectedQuery TagResource UntagResource ListTagsForResource
""".split()
GHOST = "11111111-2222-4333-8444-555555555555"


def refused(call, error, /, **arguments):
    """Calls, expects this error, and gives its response."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    assert caught.value.response["Error"]["Code"] == error, caught.value
    return caught.value.response


def collaboration(account, *others, **more):
    """A collaboration whose creator queries and receives."""
    asked = {
        "name": "wire",
        "description": "of a test",
        "creatorDisplayName": "creator",
        "creatorMemberAbilities": ["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        "members": [
            {"accountId": it.id, "memberAbilities": [], "displayName": "other"} for it in others
        ],
        "queryLogStatus": "DISABLED",
        **more,
    }
    return account.rooms.create_collaboration(**asked)["collaboration"]


def join(account, made, **more):
    return account.rooms.create_membership(
        collaborationIdentifier=made["id"], queryLogStatus="DISABLED", **more
    )["membership"]


MEMBER = {"accountId": "123456789012", "memberAbilities": [], "displayName": "m"}
RULE = {
    "aggregateColumns": [{"columnNames": ["a"], "function": "SUM"}],
    "joinColumns": [],
    "dimensionColumns": [],
    "scalarFunctions": [],
    "outputConstraints": [{"columnName": "a", "minimum": 2, "type": "COUNT_DISTINCT"}],
}
ROOM = {
    "name": "n",
    "creatorDisplayName": "c",
    "creatorMemberAbilities": [],
    "members": [],
    "queryLogStatus": "DISABLED",
}
TABLE = {
    "name": "t",
    "tableReference": {"glue": {"databaseName": "airlines", "tableName": "flights"}},
    "allowedColumns": ["carrier"],
    "analysisMethod": "DIRECT_QUERY",
}
LINK = {
    "name": "t",
    "membershipIdentifier": GHOST,
    "configuredTableIdentifier": GHOST,
    "roleArn": ROLE,
}
QUERY = {
    "type": "SQL",
    "membershipIdentifier": GHOST,
    "sqlParameters": {"queryString": "SELECT 1"},
}
S3 = {"bucket": "results", "resultFormat": "CSV"}


def rule(**more):
    return {
        "configuredTableIdentifier": GHOST,
        "analysisRuleType": "AGGREGATION",
        "analysisRulePolicy": {"v1": {"aggregation": {**RULE, **more}}},
    }


def constraint(minimum):
    item = {"columnName": "a", "minimum": minimum, "type": "COUNT_DISTINCT"}
    return rule(outputConstraints=[item])


def output(**more):
    return {**QUERY, "resultConfiguration": {"outputConfiguration": {"s3": {**S3, **more}}}}
