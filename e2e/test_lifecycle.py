"""The lives of collaborations, memberships, tables and associations, as members live them."""

import shutil

import pytest
from conftest import DATA, ROLE, configure
from shapes import GHOST, collaboration, join, refused

LIST = {"joinColumns": ["tailnum"], "listColumns": ["model"]}


@pytest.fixture(scope="module")
def alice(house):
    account = house.account("Alice")
    shutil.copy(DATA / "planes.parquet", account.tables())
    return account


@pytest.fixture(scope="module")
def bob(house):
    account = house.account("Bob")
    shutil.copy(DATA / "planes.parquet", account.tables())
    return account


@pytest.fixture(scope="module")
def carol(house):
    return house.account("Carol")


def standing(account, made):
    """The status of each member, as this account sees it."""
    listed = account.rooms.list_members(collaborationIdentifier=made["id"])["memberSummaries"]
    return {it["displayName"]: it["status"] for it in listed}


def planes(account, name):
    return configure(account, "planes", ["tailnum", "model"], LIST, kind="LIST", name=name)


def bring(account, membership, table, name):
    return account.rooms.create_configured_table_association(
        name=name,
        membershipIdentifier=membership["id"],
        configuredTableIdentifier=table["id"],
        roleArn=ROLE,
    )["configuredTableAssociation"]


def test_members_are_invited_join_once_leave_and_never_come_back(alice, bob, carol):
    made = collaboration(alice, bob, name="life")
    assert standing(alice, made) == {"creator": "INVITED", "other": "INVITED"}
    refused(bob.rooms.list_schemas, "AccessDeniedException", collaborationIdentifier=made["id"])
    invited = bob.rooms.list_collaborations(memberStatus="INVITED")["collaborationList"]
    assert [it["id"] for it in invited] == [made["id"]] and "membershipId" not in invited[0]
    refused(
        carol.rooms.create_membership,
        "AccessDeniedException",
        collaborationIdentifier=made["id"],
        queryLogStatus="DISABLED",
    )

    theirs = join(bob, made)
    assert theirs["status"] == "ACTIVE" and theirs["collaborationCreatorAccountId"] == alice.id
    assert standing(bob, made) == {"creator": "INVITED", "other": "ACTIVE"}
    again = {"collaborationIdentifier": made["id"], "queryLogStatus": "ENABLED"}
    conflict = refused(bob.rooms.create_membership, "ConflictException", **again)
    assert (conflict["reason"], conflict["resourceType"]) == ("ALREADY_EXISTS", "MEMBERSHIP")
    assert conflict["resourceId"] == theirs["id"]

    linked = bring(bob, theirs, planes(bob, "life"), "planes")
    here = {"membershipIdentifier": theirs["id"]}
    conflict = refused(bob.rooms.delete_membership, "ConflictException", **here)
    assert conflict["reason"] == "SUBRESOURCES_EXIST"
    bob.rooms.delete_configured_table_association(
        **here, configuredTableAssociationIdentifier=linked["id"]
    )
    bob.rooms.delete_membership(**here)
    refused(bob.rooms.get_membership, "ResourceNotFoundException", **here)
    assert standing(alice, made)["other"] == "LEFT"
    refused(bob.rooms.create_membership, "AccessDeniedException", **again)
    refused(
        bob.rooms.get_collaboration, "AccessDeniedException", collaborationIdentifier=made["id"]
    )
    assert not [
        it for it in bob.rooms.list_collaborations()["collaborationList"] if it["id"] == made["id"]
    ]
    alice.rooms.delete_collaboration(collaborationIdentifier=made["id"])


def test_the_creator_cannot_leave_while_the_collaboration_lives(alice, bob):
    made = collaboration(alice, bob, name="creator")
    mine, theirs = join(alice, made), join(bob, made)
    conflict = refused(
        alice.rooms.delete_membership, "ConflictException", membershipIdentifier=mine["id"]
    )
    assert conflict["reason"] == "INVALID_STATE"
    assert conflict["Error"]["Message"] == (
        "Cannot delete membership for the creator of the collaboration while their membership "
        "is still ACTIVE"
    )
    refused(
        bob.rooms.delete_collaboration, "AccessDeniedException", collaborationIdentifier=made["id"]
    )

    alice.rooms.delete_collaboration(collaborationIdentifier=made["id"])
    for account, membership in [(alice, mine), (bob, theirs)]:
        found = account.rooms.get_membership(membershipIdentifier=membership["id"])["membership"]
        assert found["status"] == "COLLABORATION_DELETED"
        ended = account.rooms.list_memberships(status="COLLABORATION_DELETED")
        assert membership["id"] in [it["id"] for it in ended["membershipSummaries"]]
        refused(
            account.rooms.get_collaboration,
            "AccessDeniedException",
            collaborationIdentifier=made["id"],
        )
        refused(
            account.rooms.list_members, "AccessDeniedException", collaborationIdentifier=made["id"]
        )
    refused(
        alice.rooms.start_protected_query,
        "AccessDeniedException",
        type="SQL",
        membershipIdentifier=mine["id"],
        sqlParameters={"queryString": "SELECT 1"},
    )
    for account, membership in [(alice, mine), (bob, theirs)]:
        account.rooms.delete_membership(membershipIdentifier=membership["id"])


def test_unknown_and_foreign_collaborations_look_the_same(alice, bob, carol):
    made = collaboration(alice, bob, name="secret")
    texts = set()
    for identifier in (made["id"], GHOST):
        for call, more in [
            (carol.rooms.get_collaboration, {}),
            (carol.rooms.list_members, {}),
            (carol.rooms.list_schemas, {}),
            (carol.rooms.get_schema, {"name": "planes"}),
            (carol.rooms.get_schema_analysis_rule, {"name": "planes", "type": "LIST"}),
            (carol.rooms.create_membership, {"queryLogStatus": "DISABLED"}),
            (carol.rooms.delete_collaboration, {}),
        ]:
            response = refused(
                call, "AccessDeniedException", collaborationIdentifier=identifier, **more
            )
            texts.add(response["Error"]["Message"])
    assert len(texts) == 1, texts
    alice.rooms.delete_collaboration(collaborationIdentifier=made["id"])


def test_a_table_is_in_many_rooms_and_goes_when_it_is_in_none(alice, bob):
    table = planes(bob, "many")
    rooms = [collaboration(alice, bob, name=name) for name in ("one", "two")]
    memberships = [join(bob, it) for it in rooms]
    linked = [bring(bob, it, table, "planes") for it in memberships]
    identifier = {"configuredTableIdentifier": table["id"]}
    conflict = refused(bob.rooms.delete_configured_table, "ConflictException", **identifier)
    assert (conflict["reason"], conflict["resourceType"]) == (
        "SUBRESOURCES_EXIST",
        "CONFIGURED_TABLE",
    )
    bob.rooms.delete_configured_table_analysis_rule(**identifier, analysisRuleType="LIST")
    for made in rooms:
        schema = bob.rooms.get_schema(collaborationIdentifier=made["id"], name="planes")["schema"]
        codes = [it["code"] for it in schema["schemaStatusDetails"][0]["reasons"]]
        assert codes == ["ANALYSIS_RULE_MISSING"]
        missing = {"collaborationIdentifier": made["id"], "name": "planes", "type": "LIST"}
        refused(bob.rooms.get_schema_analysis_rule, "ResourceNotFoundException", **missing)
    for membership, association in zip(memberships, linked):
        bob.rooms.delete_configured_table_association(
            membershipIdentifier=membership["id"],
            configuredTableAssociationIdentifier=association["id"],
        )
    bob.rooms.delete_configured_table(**identifier)
    refused(bob.rooms.get_configured_table, "ResourceNotFoundException", **identifier)
    listed = bob.rooms.list_configured_tables()["configuredTableSummaries"]
    assert table["id"] not in [it["id"] for it in listed]
    for made, membership in zip(rooms, memberships):
        bob.rooms.delete_membership(membershipIdentifier=membership["id"])
        alice.rooms.delete_collaboration(collaborationIdentifier=made["id"])


def test_a_name_is_taken_once_in_a_room_whatever_its_case(alice, bob):
    made = collaboration(alice, bob, name="names")
    mine, theirs = join(alice, made), join(bob, made)
    first = bring(alice, mine, planes(alice, "a"), "Planes")
    again = {"configuredTableIdentifier": planes(alice, "b")["id"], "roleArn": ROLE}
    conflict = refused(
        alice.rooms.create_configured_table_association,
        "ConflictException",
        name="planes",
        membershipIdentifier=mine["id"],
        **again,
    )
    assert (conflict["reason"], conflict["resourceId"]) == ("ALREADY_EXISTS", first["id"])
    conflict = refused(
        bob.rooms.create_configured_table_association,
        "ConflictException",
        name="PLANES",
        membershipIdentifier=theirs["id"],
        configuredTableIdentifier=planes(bob, "c")["id"],
        roleArn=ROLE,
    )
    assert conflict["reason"] == "ALREADY_EXISTS" and "resourceId" not in conflict
    foreign = {**again, "membershipIdentifier": theirs["id"], "name": "stolen"}
    refused(bob.rooms.create_configured_table_association, "ResourceNotFoundException", **foreign)
    for reserved in ("pg_planes", "__gb_planes", "a--b"):
        refused(
            alice.rooms.create_configured_table_association,
            "ValidationException",
            name=reserved,
            membershipIdentifier=mine["id"],
            **again,
        )
    alice.rooms.delete_collaboration(collaborationIdentifier=made["id"])


def test_a_table_has_one_rule(alice):
    table = planes(alice, "ruled")
    identifier = {"configuredTableIdentifier": table["id"]}
    conflict = refused(
        alice.rooms.create_configured_table_analysis_rule,
        "ConflictException",
        **identifier,
        analysisRuleType="LIST",
        analysisRulePolicy={"v1": {"list": {**LIST, "allowedJoinOperators": ["OR"]}}},
    )
    assert conflict["reason"] == "ALREADY_EXISTS"
    for kind in ("AGGREGATION", "CUSTOM"):
        refused(
            alice.rooms.get_configured_table_analysis_rule,
            "ResourceNotFoundException",
            **identifier,
            analysisRuleType=kind,
        )
    alice.rooms.delete_configured_table_analysis_rule(**identifier, analysisRuleType="LIST")
    for policy, reason in [
        (
            {"list": {"joinColumns": ["tailnum"], "listColumns": ["tailnum"]}},
            "INVALID_CONFIGURATION",
        ),
        ({"list": {"joinColumns": ["seats"], "listColumns": ["model"]}}, "FIELD_VALIDATION_FAILED"),
        ({"custom": {"allowedAnalyses": ["ANY_QUERY"]}}, "FIELD_VALIDATION_FAILED"),
    ]:
        response = refused(
            alice.rooms.create_configured_table_analysis_rule,
            "ValidationException",
            **identifier,
            analysisRuleType="LIST",
            analysisRulePolicy={"v1": policy},
        )
        assert response["reason"] == reason, response
    alice.rooms.create_configured_table_analysis_rule(
        **identifier, analysisRuleType="LIST", analysisRulePolicy={"v1": {"list": LIST}}
    )
    alice.rooms.delete_configured_table(**identifier)


def test_payers_say_that_they_pay(alice, bob):
    pays = {"queryCompute": {"isResponsible": True}}
    member = {"memberAbilities": [], "displayName": "other", "accountId": bob.id}
    made = collaboration(alice, name="pay", members=[{**member, "paymentConfiguration": pays}])
    asked = {"collaborationIdentifier": made["id"], "queryLogStatus": "DISABLED"}
    refused(bob.rooms.create_membership, "ValidationException", **asked)
    no = {"queryCompute": {"isResponsible": False}}
    refused(bob.rooms.create_membership, "ValidationException", **asked, paymentConfiguration=no)
    theirs = bob.rooms.create_membership(**asked, paymentConfiguration=pays)["membership"]
    assert theirs["paymentConfiguration"]["queryCompute"] == {"isResponsible": True}
    alice.rooms.delete_collaboration(collaborationIdentifier=made["id"])


def test_a_membership_holds_its_default_place_and_refuses_what_climbs(alice):
    made = collaboration(alice, name="default")
    asked = {"collaborationIdentifier": made["id"], "queryLogStatus": "DISABLED"}
    s3 = {"bucket": "results", "resultFormat": "CSV", "singleFileOutput": True}
    for prefix in ("../x", "a/../b", "/a", "a//b", "."):
        place = {"outputConfiguration": {"s3": {**s3, "keyPrefix": prefix}}}
        refused(
            alice.rooms.create_membership,
            "ValidationException",
            **asked,
            defaultResultConfiguration=place,
        )
    place = {"outputConfiguration": {"s3": {**s3, "keyPrefix": "a/b"}}, "roleArn": ROLE}
    mine = alice.rooms.create_membership(**asked, defaultResultConfiguration=place)["membership"]
    assert mine["defaultResultConfiguration"] == place
    alice.rooms.delete_collaboration(collaborationIdentifier=made["id"])


def test_quotas_are_402_and_name_themselves(alice, bob):
    members = [
        {"accountId": f"{i:012}", "memberAbilities": [], "displayName": "m"} for i in range(1, 8)
    ]
    response = refused(
        alice.rooms.create_collaboration,
        "ServiceQuotaExceededException",
        name="crowd",
        description="",
        creatorDisplayName="c",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        members=members,
        queryLogStatus="DISABLED",
    )
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 402
    assert (response["quotaName"], response["quotaValue"]) == (
        "Members invited per collaboration",
        5.0,
    )


def test_everything_outlives_a_restart(new_house):
    house = new_house.start()
    alice = house.account("Alice")
    made = collaboration(alice, name="kept")
    joined = join(alice, made)
    page = [collaboration(alice, name=f"page {i}") for i in range(2)]
    token = alice.rooms.list_collaborations(maxResults=2)["nextToken"]
    house.stop()
    house.start()
    found = alice.rooms.get_collaboration(collaborationIdentifier=made["id"])["collaboration"]
    assert (found["membershipId"], found["createTime"]) == (joined["id"], made["createTime"])
    rest = alice.rooms.list_collaborations(maxResults=2, nextToken=token)["collaborationList"]
    assert [it["id"] for it in rest] == [page[1]["id"]]
