"""The nouns of rules over the wire: custom rules, templates, association rules, updates, members,
change requests, extensions and roles of keys, by unmodified boto3."""

import json
import time
import uuid

import pytest
import raw
from botocore.exceptions import ClientError

from conftest import ROLE, Account, ended

CSV = "uid,zip,spend\n" + "".join(f"u{n},z{n % 2},{n}\n" for n in range(40))


class Room:
    """A runner, who also receives, and an owner, who made the collaboration and has a table."""

    def __init__(self, house):
        self.house = house
        self.owner, self.runner = house.account("owner"), house.account("runner")
        self.collaboration = self.owner.rooms.create_collaboration(
            name="rules",
            description="d",
            creatorMemberAbilities=[],
            creatorDisplayName="Owner",
            queryLogStatus="ENABLED",
            members=[
                {
                    "accountId": self.runner.id,
                    "memberAbilities": ["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
                    "displayName": "Runner",
                }
            ],
        )["collaboration"]["id"]
        self.memberships = {
            who.id: who.rooms.create_membership(
                collaborationIdentifier=self.collaboration, queryLogStatus="ENABLED"
            )["membership"]["id"]
            for who in (self.owner, self.runner)
        }
        self.runner.s3.create_bucket(Bucket="results")
        (self.owner.tables("shop") / "imp.csv").write_text(CSV)
        self.table = self.configure()
        self.association = self.associate(self.table, "imp")

    def configure(self):
        return self.owner.rooms.create_configured_table(
            name="imp",
            tableReference={"glue": {"databaseName": "shop", "tableName": "imp"}},
            allowedColumns=["uid", "zip", "spend"],
            analysisMethod="DIRECT_QUERY",
        )["configuredTable"]["id"]

    def associate(self, table, name):
        return self.owner.rooms.create_configured_table_association(
            name=name,
            membershipIdentifier=self.memberships[self.owner.id],
            configuredTableIdentifier=table,
            roleArn=ROLE,
        )["configuredTableAssociation"]["id"]

    def custom(self, **more):
        return {
            "v1": {
                "custom": {
                    "allowedAnalyses": ["ANY_QUERY"],
                    "allowedAnalysisProviders": [self.runner.id],
                    **more,
                }
            }
        }

    def rule(self, policy, table=None):
        return self.owner.rooms.create_configured_table_analysis_rule(
            configuredTableIdentifier=table or self.table,
            analysisRuleType="CUSTOM",
            analysisRulePolicy=policy,
        )["analysisRule"]

    def start(self, **sql):
        return self.runner.rooms.start_protected_query(
            type="SQL",
            membershipIdentifier=self.memberships[self.runner.id],
            sqlParameters=sql,
            resultConfiguration={
                "outputConfiguration": {"s3": {"resultFormat": "CSV", "bucket": "results"}}
            },
        )["protectedQuery"]["id"]

    def run(self, **sql):
        return self.ended(self.start(**sql))

    def ended(self, query):
        return ended(self.runner, self.memberships[self.runner.id], query)

    def logged(self, who, query, stage):
        """The record in a member's own log; files are written in the transaction's wake."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            logs = (self.house.data / "accounts" / who.id / "logs").rglob("*.ndjson")
            lines = [json.loads(line) for log in logs for line in log.read_text().splitlines()]
            for it in lines:
                if (it["eventId"], it["logStage"]) == (query, stage):
                    return it
            time.sleep(0.1)
        raise AssertionError("nothing was logged")

    def template(self, **more):
        return self.owner.rooms.create_analysis_template(
            **{
                "membershipIdentifier": self.memberships[self.owner.id],
                "name": f"t_{uuid.uuid4().hex[:8]}",
                "format": "SQL",
                "source": {"text": "SELECT zip, COUNT(*) AS n FROM imp WHERE zip = :zip GROUP BY zip"},
                "analysisParameters": [{"name": "zip", "type": "VARCHAR"}],
                **more,
            }
        )["analysisTemplate"]

    def native(self, who, method, path, body=None):
        text = b"" if body is None else json.dumps(body).encode()
        headers = {"x-test-call": uuid.uuid4().hex}
        answer = raw.call(who, method, "/glovebox/v1/" + path, body=text, headers=headers)
        return answer.status, answer.json


@pytest.fixture
def room(house):
    return Room(house)


def refused(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response


def fields(response):
    return [it["name"] for it in response.get("fieldList", [])]


def test_a_custom_rule_is_kept_word_for_word_and_updated_in_one_piece(room):
    policy = room.custom(
        disallowedOutputColumns=["uid"],
        aggregationThresholds=[
            {
                "identityColumns": ["uid"],
                "minimumIdentityCount": 10,
                "type": "COUNT_DISTINCT",
                "allowedAggregateExpressionType": "COLUMNS_ONLY",
                "outputColumnThresholds": [
                    {"outputColumnName": "zip", "minimumIdentityCount": 5}
                ],
            }
        ],
        comparisonControls={
            "allowedLiteralComparisonColumns": ["zip"],
            "allowedColumnComparisonColumns": ["uid"],
        },
    )
    made = room.rule(policy)
    assert (made["type"], made["policy"]) == ("CUSTOM", policy)
    named = {"configuredTableIdentifier": room.table, "analysisRuleType": "CUSTOM"}
    rooms = room.owner.rooms
    bad = room.custom(disallowedOutputColumns=["nobody"])
    wrong = refused(
        rooms.update_configured_table_analysis_rule, **named, analysisRulePolicy=bad
    )
    assert wrong["Error"]["Code"] == "ValidationException"
    assert fields(wrong) == ["analysisRulePolicy"]
    seen = rooms.get_configured_table_analysis_rule(**named)["analysisRule"]
    assert seen["policy"] == policy, "nothing is stored by halves"
    other = room.custom()
    made = rooms.update_configured_table_analysis_rule(**named, analysisRulePolicy=other)
    assert made["analysisRule"]["policy"] == other
    schema = room.runner.rooms.get_schema_analysis_rule(
        collaborationIdentifier=room.collaboration, name="imp", type="CUSTOM"
    )["analysisRule"]
    assert schema["policy"] == other and "consolidatedPolicy" not in schema


@pytest.mark.parametrize(
    "more, reason",
    [
        ({"allowedAnalysisProviders": []}, "INVALID_CONFIGURATION"),
        ({"allowedAnalyses": ["ANY_QUERY", "ANY_QUERY"]}, "INVALID_CONFIGURATION"),
        (
            {
                "differentialPrivacy": {"columns": [{"name": "uid"}]},
                "comparisonControls": {
                    "allowedLiteralComparisonColumns": [],
                    "allowedColumnComparisonColumns": [],
                },
            },
            "INVALID_CONFIGURATION",
        ),
        ({"disallowedOutputColumns": ["zip", "zip"]}, "INVALID_CONFIGURATION"),
        (
            {
                "aggregationThresholds": [
                    {
                        "identityColumns": ["spend"],
                        "minimumIdentityCount": 10,
                        "type": "COUNT_DISTINCT",
                        "allowedAggregateExpressionType": "ANY_EXPRESSION",
                    }
                ]
            },
            "INVALID_CONFIGURATION",
        ),
        (
            {
                "allowedAnalyses": [
                    "arn:aws:cleanrooms:us-east-1:123456789012:membership/"
                    "11111111-1111-4111-8111-111111111111/analysistemplate/"
                    "22222222-2222-4222-8222-222222222222"
                ]
            },
            "FIELD_VALIDATION_FAILED",
        ),
    ],
)
def test_a_custom_rule_that_cannot_be_is_refused_with_its_reason(room, more, reason):
    wrong = refused(
        room.owner.rooms.create_configured_table_analysis_rule,
        configuredTableIdentifier=room.table,
        analysisRuleType="CUSTOM",
        analysisRulePolicy=room.custom(**more),
    )
    assert wrong["Error"]["Code"] == "ValidationException"
    assert wrong["reason"] == reason
    assert wrong["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_template_is_made_shown_described_and_deleted(room):
    made = room.template(description="reach")
    assert made["schema"] == {"referencedTables": ["imp"]}
    assert made["arn"].endswith(f"analysistemplate/{made['id']}")
    named = {
        "membershipIdentifier": room.memberships[room.owner.id],
        "analysisTemplateIdentifier": made["id"],
    }
    rooms = room.owner.rooms
    assert rooms.get_analysis_template(**named)["analysisTemplate"] == made
    described = rooms.update_analysis_template(**named, description="other")["analysisTemplate"]
    assert (described["description"], described["source"]) == ("other", made["source"])
    shared = room.runner.rooms.get_collaboration_analysis_template(
        collaborationIdentifier=room.collaboration, analysisTemplateArn=made["arn"]
    )["collaborationAnalysisTemplate"]
    assert shared["creatorAccountId"] == room.owner.id and shared["source"] == made["source"]
    listed = room.runner.rooms.list_collaboration_analysis_templates(
        collaborationIdentifier=room.collaboration
    )["collaborationAnalysisTemplateSummaries"]
    assert [it["id"] for it in listed] == [made["id"]]
    missing = made["arn"][:-1] + ("0" if made["arn"][-1] != "0" else "1")
    batch = room.runner.rooms.batch_get_collaboration_analysis_template(
        collaborationIdentifier=room.collaboration,
        analysisTemplateArns=[made["arn"], missing],
    )
    assert [it["arn"] for it in batch["collaborationAnalysisTemplates"]] == [made["arn"]]
    assert [it["arn"] for it in batch["errors"]] == [missing]
    tags = {"Env": "Test"}
    rooms.tag_resource(resourceArn=made["arn"], tags=tags)
    assert rooms.list_tags_for_resource(resourceArn=made["arn"])["tags"] == tags
    rooms.delete_analysis_template(**named)
    rooms.delete_analysis_template(**named)
    gone = refused(rooms.get_analysis_template, **named)
    assert gone["Error"]["Code"] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "more, field",
    [
        ({"source": {"text": "DELETE FROM imp"}}, "source.text"),
        ({"source": {"text": "SELECT zip FROM imp WHERE zip = :a"}}, "analysisParameters"),
        (
            {"analysisParameters": [{"name": "zip", "type": "DATE", "defaultValue": "today"}]},
            "analysisParameters[0].defaultValue",
        ),
        ({"format": "PYSPARK_1_0"}, "format"),
    ],
)
def test_a_template_that_cannot_run_is_refused_when_it_is_made(room, more, field):
    with pytest.raises(ClientError) as caught:
        room.template(**more)
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert field in fields(caught.value.response)
    assert "today" not in str(caught.value)


def test_a_template_runs_with_its_values_where_its_owner_admits_it(room):
    made = room.template()
    room.rule({"v1": {"custom": {"allowedAnalyses": [made["arn"]]}}})
    seen = room.run(analysisTemplateArn=made["arn"], parameters={"zip": "z1"})
    assert seen["sqlParameters"] == {
        "analysisTemplateArn": made["arn"],
        "parameters": {"zip": "z1"},
    }
    assert seen["status"] == "SUCCESS", seen.get("error")
    key = seen["result"]["output"]["s3"]["location"].split("/", 3)[3] + "part-00000.csv"
    body = room.runner.s3.get_object(Bucket="results", Key=key)["Body"].read().decode()
    assert body.splitlines()[1:] == ["z1,20"]
    logged = room.logged(room.owner, seen["id"], "SUBMISSION")
    assert logged["analysisTemplateArn"] == made["arn"]
    assert json.loads(logged["parameters"]) == {"zip": "z1"}
    assert logged["queryText"] == made["source"]["text"]
    odd = room.run(analysisTemplateArn=made["arn"], parameters={"zip": "z1' OR '1'='1"})
    assert odd["status"] == "SUCCESS", "a value is a literal, whatever it looks like"
    direct = room.run(queryString="SELECT zip, COUNT(*) AS n FROM imp GROUP BY zip")
    assert direct["status"] == "FAILED" and "GB03" in direct["error"]["message"]


def test_a_template_and_its_receivers_are_explained_without_being_run(room):
    made = room.template()
    room.rule({"v1": {"custom": {"allowedAnalyses": [made["arn"]]}}})
    path = f"collaborations/{room.collaboration}/explain"
    asked = {"analysisTemplateArn": made["arn"], "parameters": {"zip": "z1"}}

    def explain(who=room.runner, **body):
        return room.native(who, "POST", path, body)

    status, answer = explain(**asked)
    assert (status, answer["verdict"]) == (200, "ALLOWED"), answer
    assert answer["queryString"] == made["source"]["text"]
    assert "TableScan: imp" in answer["plan"]
    # The same text by itself is not what the owner admitted.
    _, direct = explain(queryString="SELECT zip, COUNT(*) AS n FROM imp GROUP BY zip")
    assert direct["verdict"] == "REFUSED" and "queryString" not in direct
    assert explain(**asked, resultReceivers=[room.runner.id])[1]["verdict"] == "ALLOWED"
    room.owner.rooms.create_configured_table_association_analysis_rule(
        membershipIdentifier=room.memberships[room.owner.id],
        configuredTableAssociationIdentifier=room.association,
        analysisRuleType="CUSTOM",
        analysisRulePolicy={"v1": {"custom": {"allowedResultReceivers": []}}},
    )
    _, refused_receiver = explain(**asked, resultReceivers=[room.runner.id])
    assert refused_receiver["verdict"] == "REFUSED" and refused_receiver["plan"] is None
    assert [it["code"] for it in refused_receiver["diagnostics"]] == ["GB0096"]
    assert explain(**asked)[1]["verdict"] == "ALLOWED", "nobody is judged as a receiver"
    for body, field in [
        ({"analysisTemplateArn": made["arn"], "parameters": {}}, "parameters.zip"),
        ({**asked, "parameters": {"zip": "z1", "most": "2"}}, "parameters.most"),
        ({**asked, "queryString": "SELECT 1"}, "queryString"),
        ({"queryString": "SELECT 1", "parameters": {"zip": "z1"}}, "parameters"),
        ({"analysisTemplateArn": made["arn"][:-1] + "x"}, "analysisTemplateArn"),
        ({**asked, "resultReceivers": [room.owner.id]}, "resultReceivers[0]"),
        ({**asked, "resultReceivers": ["me"]}, "resultReceivers"),
        ({**asked, "receiver": room.runner.id}, "receiver"),
        ({}, "queryString"),
    ]:
        status, wrong = explain(**body)
        assert (status, fields(wrong)) == (400, [field]), (body, wrong)
    assert explain(who=room.owner, **asked)[0] == 403


def test_the_command_line_explains_a_template(room):
    made = room.template(
        source={"text": "SELECT uid FROM imp WHERE zip = :zip"},
    )
    room.rule({"v1": {"custom": {"allowedAnalyses": [made["arn"]], "disallowedOutputColumns": ["uid"]}}})

    def explain(*arguments):
        return room.house.command(
            "explain", "--collaboration", room.collaboration, *arguments,
            env=room.runner.environment, check=False,
        )

    named = ("--template", made["arn"], "--parameter", "zip=z1")
    refusal = explain(*named, "--receiver", room.runner.id)
    assert refusal.returncode == 1, refusal.stderr
    assert "GB0303" in refusal.stdout and "SELECT uid FROM imp" in refusal.stdout
    valueless = explain("--template", made["arn"])
    assert valueless.returncode == 1 and "parameters.zip" in valueless.stderr
    assert explain(*named, "--sql", "-").returncode == 2
    assert explain("--parameter", "zip=z1", "--sql", "-").returncode == 2


def test_a_template_is_unknown_in_another_collaboration(room, house):
    """Example query 79 of the reference."""
    made = room.template()
    other = Room(house)
    other.rule(other.custom(allowedAnalyses=[]))
    wrong = refused(
        other.runner.rooms.start_protected_query,
        type="SQL",
        membershipIdentifier=other.memberships[other.runner.id],
        sqlParameters={"analysisTemplateArn": made["arn"], "parameters": {"zip": "z1"}},
        resultConfiguration={
            "outputConfiguration": {"s3": {"resultFormat": "CSV", "bucket": "results"}}
        },
    )
    assert wrong["Error"]["Code"] == "ValidationException", wrong
    unknown = made["arn"][:-1] + ("0" if made["arn"][-1] != "0" else "1")
    same = refused(
        other.runner.rooms.start_protected_query,
        type="SQL",
        membershipIdentifier=other.memberships[other.runner.id],
        sqlParameters={"analysisTemplateArn": unknown, "parameters": {"zip": "z1"}},
        resultConfiguration={
            "outputConfiguration": {"s3": {"resultFormat": "CSV", "bucket": "results"}}
        },
    )
    assert same["Error"]["Code"] == wrong["Error"]["Code"]
    assert same["Error"]["Message"].replace(unknown, "") == wrong["Error"]["Message"].replace(
        made["arn"], ""
    ), "a foreign template reads like none"


def test_parameters_are_checked_by_name_and_never_said_again(room):
    made = room.template(
        source={"text": "SELECT zip FROM imp WHERE spend > :least"},
        analysisParameters=[{"name": "least", "type": "INTEGER"}],
    )
    start = room.runner.rooms.start_protected_query
    common = {
        "type": "SQL",
        "membershipIdentifier": room.memberships[room.runner.id],
        "resultConfiguration": {
            "outputConfiguration": {"s3": {"resultFormat": "CSV", "bucket": "results"}}
        },
    }
    for given, field in [
        ({}, "sqlParameters.parameters.least"),
        ({"least": "secretvalue"}, "sqlParameters.parameters.least"),
        ({"least": "1", "most": "2"}, "sqlParameters.parameters.most"),
    ]:
        sql = {"analysisTemplateArn": made["arn"], "parameters": given}
        wrong = refused(start, sqlParameters=sql, **common)
        assert fields(wrong) == [field]
        assert "secretvalue" not in json.dumps(wrong)
    assert "secretvalue" not in room.house.log.read_text()


def test_an_association_rule_names_receivers_and_readiness_says_what_is_missing(room):
    rooms = room.owner.rooms
    named = {
        "membershipIdentifier": room.memberships[room.owner.id],
        "configuredTableAssociationIdentifier": room.association,
        "analysisRuleType": "CUSTOM",
    }

    def status():
        seen = room.runner.rooms.get_schema(
            collaborationIdentifier=room.collaboration, name="imp"
        )["schema"]["schemaStatusDetails"]
        return {
            it["analysisType"]: [reason["code"] for reason in it.get("reasons", [])]
            for it in seen
        }

    assert status()["DIRECT_ANALYSIS"] == ["ANALYSIS_RULE_MISSING"]
    room.rule(room.custom())
    assert status()["DIRECT_ANALYSIS"] == []
    query = {"queryString": "SELECT zip, COUNT(*) AS n FROM imp GROUP BY zip"}
    assert room.run(**query)["status"] == "SUCCESS"
    policy = {"v1": {"custom": {"allowedResultReceivers": [], "allowedAdditionalAnalyses": []}}}
    made = rooms.create_configured_table_association_analysis_rule(
        **named, analysisRulePolicy=policy
    )["analysisRule"]
    assert (made["type"], made["policy"]) == ("CUSTOM", policy)
    assert status()["DIRECT_ANALYSIS"] == ["RESULT_RECEIVERS_NOT_CONFIGURED"]
    failed = room.run(**query)
    assert failed["status"] == "FAILED" and "GB0096" in failed["error"]["message"]
    wrong = {"v1": {"custom": {"allowedResultReceivers": [room.owner.id]}}}
    refusal = refused(
        rooms.update_configured_table_association_analysis_rule,
        **named,
        analysisRulePolicy=wrong,
    )
    assert fields(refusal) == ["analysisRulePolicy.v1.allowedResultReceivers[0]"]
    right = {"v1": {"custom": {"allowedResultReceivers": [room.runner.id]}}}
    rooms.update_configured_table_association_analysis_rule(**named, analysisRulePolicy=right)
    assert room.run(**query)["status"] == "SUCCESS"
    batch = room.runner.rooms.batch_get_schema_analysis_rule(
        collaborationIdentifier=room.collaboration,
        schemaAnalysisRuleRequests=[
            {"name": "imp", "type": "CUSTOM"},
            {"name": "imp", "type": "LIST"},
        ],
    )
    (rule,), (error,) = batch["analysisRules"], batch["errors"]
    assert rule["collaborationPolicy"] == right
    merged = rule["consolidatedPolicy"]["v1"]["custom"]
    assert merged["allowedResultReceivers"] == [room.runner.id]
    assert (error["name"], error["type"]) == ("imp", "LIST")
    schemas = room.runner.rooms.batch_get_schema(
        collaborationIdentifier=room.collaboration, names=["imp", "other"]
    )
    assert [it["name"] for it in schemas["schemas"]] == ["imp"]
    assert [it["name"] for it in schemas["errors"]] == ["other"]
    rooms.delete_configured_table_association_analysis_rule(**named)
    rooms.delete_configured_table_association_analysis_rule(**named)
    gone = refused(rooms.get_configured_table_association_analysis_rule, **named)
    assert gone["Error"]["Code"] == "ResourceNotFoundException"


def test_what_is_there_is_updated(room):
    rooms = room.owner.rooms
    place = rooms.update_collaboration(
        collaborationIdentifier=room.collaboration, name="renamed"
    )["collaboration"]
    assert (place["name"], place["description"]) == ("renamed", "d")
    denied = refused(
        room.runner.rooms.update_collaboration,
        collaborationIdentifier=room.collaboration,
        name="mine",
    )
    assert denied["Error"]["Code"] == "AccessDeniedException"
    place = {"resultFormat": "CSV", "bucket": "results", "keyPrefix": "mine/"}
    output = {"outputConfiguration": {"s3": place}}
    membership = room.runner.rooms.update_membership(
        membershipIdentifier=room.memberships[room.runner.id],
        queryLogStatus="DISABLED",
        defaultResultConfiguration=output,
    )["membership"]
    assert membership["queryLogStatus"] == "DISABLED"
    kept = membership["defaultResultConfiguration"]["outputConfiguration"]["s3"]
    assert kept["keyPrefix"] == "mine/"
    table = rooms.update_configured_table(
        configuredTableIdentifier=room.table, allowedColumns=["zip", "uid"]
    )["configuredTable"]
    assert (table["allowedColumns"], table["name"]) == (["zip", "uid"], "imp")
    room.rule(room.custom(disallowedOutputColumns=["uid"]))
    wrong = refused(
        rooms.update_configured_table,
        configuredTableIdentifier=room.table,
        allowedColumns=["zip"],
    )
    assert wrong["Error"]["Code"] == "ValidationException"
    seen = rooms.get_configured_table(configuredTableIdentifier=room.table)["configuredTable"]
    assert seen["allowedColumns"] == ["zip", "uid"]
    brought = rooms.update_configured_table_association(
        membershipIdentifier=room.memberships[room.owner.id],
        configuredTableAssociationIdentifier=room.association,
        description="other",
    )["configuredTableAssociation"]
    assert (brought["description"], brought["roleArn"]) == ("other", ROLE)


def test_a_removed_member_is_gone_for_ever(room):
    rooms = room.owner.rooms
    named = {"collaborationIdentifier": room.collaboration, "accountId": room.runner.id}
    rooms.delete_member(**named)
    rooms.delete_member(**named)
    members = rooms.list_members(collaborationIdentifier=room.collaboration)["memberSummaries"]
    assert {it["accountId"]: it["status"] for it in members}[room.runner.id] == "REMOVED"
    seen = room.runner.rooms.get_membership(
        membershipIdentifier=room.memberships[room.runner.id]
    )["membership"]
    assert seen["status"] == "REMOVED"
    again = refused(
        room.runner.rooms.create_membership,
        collaborationIdentifier=room.collaboration,
        queryLogStatus="ENABLED",
    )
    assert again["Error"]["Code"] == "AccessDeniedException"


def test_a_member_is_added_when_all_have_agreed(room):
    late = room.house.account("late")
    creator = room.owner.rooms
    member = {
        "accountId": late.id,
        "memberAbilities": ["CAN_RECEIVE_RESULTS"],
        "displayName": "Late",
    }
    asked = creator.create_collaboration_change_request(
        collaborationIdentifier=room.collaboration,
        changes=[{"specificationType": "MEMBER", "specification": {"member": member}}],
    )["collaborationChangeRequest"]
    assert (asked["status"], asked["isAutoApproved"]) == ("PENDING", False)
    assert asked["changes"][0]["types"] == ["ADD_MEMBER"]
    assert asked["approvals"][room.runner.id] == {"status": "PENDING"}
    named = {
        "collaborationIdentifier": room.collaboration,
        "changeRequestIdentifier": asked["id"],
    }
    early = refused(creator.update_collaboration_change_request, **named, action="COMMIT")
    assert early["Error"]["Code"] == "ConflictException"
    room.runner.rooms.update_collaboration_change_request(**named, action="APPROVE")
    done = creator.update_collaboration_change_request(**named, action="COMMIT")
    assert done["collaborationChangeRequest"]["status"] == "COMMITTED"
    late.rooms.create_membership(
        collaborationIdentifier=room.collaboration, queryLogStatus="DISABLED"
    )
    listed = creator.list_collaboration_change_requests(
        collaborationIdentifier=room.collaboration, status="COMMITTED"
    )["collaborationChangeRequestSummaries"]
    assert [it["id"] for it in listed] == [asked["id"]]
    # A receiver that came later receives nothing of tables that were there before it.
    late.s3.create_bucket(Bucket="results")
    late.rooms.update_membership(
        membershipIdentifier=late.rooms.list_memberships()["membershipSummaries"][0]["id"],
        defaultResultConfiguration={
            "outputConfiguration": {"s3": {"resultFormat": "CSV", "bucket": "results"}}
        },
    )
    room.rule(room.custom())
    query = room.runner.rooms.start_protected_query(
        type="SQL",
        membershipIdentifier=room.memberships[room.runner.id],
        sqlParameters={"queryString": "SELECT zip, COUNT(*) AS n FROM imp GROUP BY zip"},
        resultConfiguration={
            "outputConfiguration": {"member": {"accountId": late.id}}
        },
    )["protectedQuery"]["id"]
    failed = room.ended(query)
    assert failed["status"] == "FAILED" and "GB0096" in failed["error"]["message"]


def test_an_extension_is_the_owners_choice_and_visible_to_members(room):
    path = f"configuredTables/{room.table}/extension"
    status, seen = room.native(room.owner, "GET", path)
    assert status == 200 and seen["extension"]["mode"] == "strict"
    assert not seen["extension"]["isSet"]
    wanted = {"mode": "aws", "distinctRunnerRows": True}
    status, made = room.native(room.owner, "PUT", path, wanted)
    assert status == 200 and made["extension"]["mode"] == "aws"
    assert made["extension"]["distinctRunnerRows"]
    asked = {"mode": "aws", "maxGroupsPerIdentity": 0}
    status, wrong = room.native(room.owner, "PUT", path, asked)
    assert status == 400 and "one group at least" in str(wrong), wrong
    for body in ({"mode": "lax"}, {"mode": "aws", "epsilon": 3}, {}):
        status, wrong = room.native(room.owner, "PUT", path, body)
        assert status == 400, wrong
    assert room.native(room.runner, "PUT", path, wanted)[0] == 404
    shown = f"collaborations/{room.collaboration}/schemas/imp"
    status, schema = room.native(room.runner, "GET", shown)
    assert status == 200 and schema["extension"]["mode"] == "aws"
    assert schema["extension"]["digest"] == made["extension"]["digest"]
    unlock = f"configuredTableAssociations/{room.association}/unlock"
    assert room.native(room.runner, "POST", unlock, {})[0] == 404
    assert room.native(room.owner, "POST", unlock, {})[0] == 200


def test_copies_of_a_runners_row_weigh_like_one_where_the_owner_says_so(room):
    runner = room.runner
    copies = "uid\n" + "u2\n" + "u4\n" + "u39\n" * 10_000
    (runner.tables("mine") / "own.csv").write_text(copies)
    table = runner.rooms.create_configured_table(
        name="own",
        tableReference={"glue": {"databaseName": "mine", "tableName": "own"}},
        allowedColumns=["uid"],
        analysisMethod="DIRECT_QUERY",
    )["configuredTable"]["id"]
    runner.rooms.create_configured_table_association(
        name="own",
        membershipIdentifier=room.memberships[runner.id],
        configuredTableIdentifier=table,
        roleArn=ROLE,
    )
    for who, ruled in ((room.owner, room.table), (runner, table)):
        who.rooms.create_configured_table_analysis_rule(
            configuredTableIdentifier=ruled,
            analysisRuleType="CUSTOM",
            analysisRulePolicy=room.custom(),
        )
    text = "SELECT COUNT(*) AS n FROM own o JOIN imp i ON o.uid = i.uid"

    def answer():
        done = room.run(queryString=text)
        assert done["status"] == "SUCCESS", done
        location = done["result"]["output"]["s3"]["location"]
        prefix = location.split("/", 3)[3]
        listed = runner.s3.list_objects_v2(Bucket="results", Prefix=prefix)["Contents"]
        bodies = [runner.s3.get_object(Bucket="results", Key=it["Key"])["Body"].read() for it in listed]
        return b"".join(bodies).decode().split()[-1].strip('"')

    assert answer() == "10002"
    path = f"configuredTables/{room.table}/extension"
    wanted = {"mode": "strict", "distinctRunnerRows": True}
    assert room.native(room.owner, "PUT", path, wanted)[0] == 200
    assert answer() == "3"


def test_an_analysts_key_cannot_loosen_a_rule(room):
    def with_role(role):
        made = json.loads(
            room.house.command(
                "account", "key", "add", room.owner.id, "--role", role,
                "--data-dir", room.house.data,
            ).stdout
        )
        assert made["role"] == role
        return Account(room.house, room.owner.id, made["accessKeyId"], made["secretAccessKey"])

    room.rule(room.custom())
    for role in ("analyst", "auditor"):
        who = with_role(role)
        who.rooms.get_configured_table(configuredTableIdentifier=room.table)
        denied = refused(
            who.rooms.update_configured_table_analysis_rule,
            configuredTableIdentifier=room.table,
            analysisRuleType="CUSTOM",
            analysisRulePolicy=room.custom(),
        )
        assert denied["Error"]["Code"] == "AccessDeniedException"
        who.s3.list_buckets()
        assert refused(who.s3.create_bucket, Bucket="mine")["Error"]["Code"] == "AccessDenied"
    wrong = room.house.command(
        "account", "key", "add", room.owner.id, "--role", "king",
        "--data-dir", room.house.data, check=False,
    )
    assert wrong.returncode == 2
