"""Privacy budgets by unmodified boto3: offered, seen, changed, withdrawn; tables with differential
privacy; budgets of queries."""

import datetime
import sqlite3

import pytest
import raw
from conftest import ROLE
from test_rules_wire import Room, fields, refused

TYPES = {"AVG", "COUNT", "COUNT_DISTINCT", "SUM", "STDDEV"}
GHOST = "11111111-2222-4333-8444-555555555555"


class Offers(Room):
    """The room of the rules, whose owner can offer budgets."""

    @property
    def mine(self):
        return self.memberships[self.owner.id]

    @property
    def arn(self):
        schema = self.runner.rooms.get_schema(collaborationIdentifier=self.collaboration, name="imp")
        return schema["schema"]["resourceArn"]

    def private(self, column="uid"):
        self.rule(self.custom(differentialPrivacy={"columns": [{"name": column}]}))

    def offer(self, epsilon=3, noise=30, **more):
        return self.owner.rooms.create_privacy_budget_template(
            **{
                "membershipIdentifier": self.mine,
                "privacyBudgetType": "DIFFERENTIAL_PRIVACY",
                "autoRefresh": "CALENDAR_MONTH",
                "parameters": privacy(epsilon, noise),
                **more,
            }
        )["privacyBudgetTemplate"]

    def limit(self, *limits, arn=None, **more):
        parameters = {"resourceArn": arn or self.arn, "budgetParameters": list(limits)}
        return self.owner.rooms.create_privacy_budget_template(
            membershipIdentifier=self.mine,
            privacyBudgetType="ACCESS_BUDGET",
            parameters={"accessBudget": parameters},
            **more,
        )["privacyBudgetTemplate"]

    def named(self, template):
        return {
            "membershipIdentifier": self.mine,
            "privacyBudgetTemplateIdentifier": template["id"],
        }

    def update(self, template, **values):
        return self.owner.rooms.update_privacy_budget_template(
            **self.named(template),
            privacyBudgetType="DIFFERENTIAL_PRIVACY",
            parameters={"differentialPrivacy": values},
        )["privacyBudgetTemplate"]

    def budgets(self, kind="DIFFERENTIAL_PRIVACY", **more):
        mine = self.owner.rooms.list_privacy_budgets(
            membershipIdentifier=self.mine, privacyBudgetType=kind, **more
        )["privacyBudgetSummaries"]
        shared = self.runner.rooms.list_collaboration_privacy_budgets(
            collaborationIdentifier=self.collaboration, privacyBudgetType=kind, **more
        )["collaborationPrivacyBudgetSummaries"]
        assert [it["budget"] for it in mine] == [it["budget"] for it in shared]
        assert all(it["creatorAccountId"] == self.owner.id for it in shared)
        return mine

    def charge(self, loss_nano):
        """As if a query had been charged: written where the house writes it."""
        query = self.start(queryString="SELECT 1")
        self.ended(query)
        now = datetime.datetime.now(datetime.timezone.utc)
        with sqlite3.connect(self.house.data / "glovebox.sqlite", timeout=30) as store:
            store.execute(
                "INSERT INTO privacy_charges VALUES (?, ?, ?, 'default', ?, 'zcdp', ?, ?, 0, ?)",
                (
                    query,
                    self.collaboration,
                    self.owner.id,
                    now.strftime("%Y-%m"),
                    self.runner.id,
                    loss_nano,
                    int(now.timestamp() * 1000),
                ),
            )
            store.execute(
                "INSERT INTO access_charges VALUES (?, ?, ?)",
                (query, self.association, int(now.timestamp() * 1000)),
            )


def privacy(epsilon, noise):
    return {"differentialPrivacy": {"epsilon": epsilon, "usersNoisePerQuery": noise}}


def counts(budget, which):
    found = budget["budget"]["differentialPrivacy"]["aggregations"]
    assert {it["type"] for it in found} == TYPES
    return {it["type"]: it[which] for it in found}


def reasons(schema):
    return {
        (it["status"], reason["code"])
        for it in schema["schemaStatusDetails"]
        for reason in it.get("reasons", [])
    }


@pytest.fixture
def offers(house):
    return Offers(house)


def test_a_budget_is_offered_seen_by_all_and_makes_a_private_table_ready(offers):
    offers.private()
    see = lambda: offers.runner.rooms.get_schema(  # noqa: E731
        collaborationIdentifier=offers.collaboration, name="imp"
    )["schema"]
    missing = "DIFFERENTIAL_PRIVACY_POLICY_NOT_CONFIGURED"
    assert ("NOT_READY", missing) in reasons(see())
    assert all(it["configurations"] == ["DIFFERENTIAL_PRIVACY"] for it in see()["schemaStatusDetails"])
    made = offers.offer(tags={"team": "ads"})
    assert made["parameters"] == privacy(3, 30)
    assert (made["privacyBudgetType"], made["autoRefresh"]) == (
        "DIFFERENTIAL_PRIVACY",
        "CALENDAR_MONTH",
    )
    assert made["arn"].endswith(f":privacybudgettemplate/{made['id']}")
    assert missing not in {code for _, code in reasons(see())}
    rooms, others = offers.owner.rooms, offers.runner.rooms
    assert rooms.list_tags_for_resource(resourceArn=made["arn"])["tags"] == {"team": "ads"}
    assert rooms.get_privacy_budget_template(**offers.named(made))["privacyBudgetTemplate"] == made
    listed = rooms.list_privacy_budget_templates(membershipIdentifier=offers.mine)
    assert [it["id"] for it in listed["privacyBudgetTemplateSummaries"]] == [made["id"]]
    shared = others.get_collaboration_privacy_budget_template(
        collaborationIdentifier=offers.collaboration,
        privacyBudgetTemplateIdentifier=made["id"],
    )["collaborationPrivacyBudgetTemplate"]
    assert (shared["creatorAccountId"], shared["parameters"]) == (offers.owner.id, privacy(3, 30))
    listed = others.list_collaboration_privacy_budget_templates(
        collaborationIdentifier=offers.collaboration
    )["collaborationPrivacyBudgetTemplateSummaries"]
    assert [it["id"] for it in listed] == [made["id"]]
    [budget] = offers.budgets()
    assert budget["privacyBudgetTemplateArn"] == made["arn"]
    assert budget["budget"]["differentialPrivacy"]["epsilon"] == 3
    assert counts(budget, "maxCount") == counts(budget, "remainingCount")
    # The other's membership is nobody's way in.
    for call in (others.get_privacy_budget_template, others.delete_privacy_budget_template):
        wrong = refused(call, **offers.named(made))
        assert wrong["Error"]["Code"] == "ResourceNotFoundException"
    stranger = offers.house.account("stranger").rooms
    for call in (
        stranger.list_collaboration_privacy_budget_templates,
        stranger.list_collaboration_privacy_budgets,
    ):
        kind = {"privacyBudgetType": "DIFFERENTIAL_PRIVACY"} if "budgets" in call.__name__ else {}
        wrong = refused(call, collaborationIdentifier=offers.collaboration, **kind)
        assert wrong["Error"]["Code"] == "AccessDeniedException"


def test_a_preview_says_what_a_budget_would_afford_and_changes_nothing(offers):
    def preview(epsilon, noise, who=None):
        who = who or offers.owner
        found = who.rooms.preview_privacy_impact(
            membershipIdentifier=offers.memberships[who.id], parameters=privacy(epsilon, noise)
        )["privacyImpact"]["differentialPrivacy"]["aggregations"]
        assert {it["type"] for it in found} == TYPES
        return {it["type"]: it["maxCount"] for it in found}

    least, more, noisier = preview(1, 30), preview(10, 30), preview(1, 100)
    assert 0 < least["COUNT"] < more["COUNT"] and least["COUNT"] < noisier["COUNT"]
    assert more["COUNT"] == more["SUM"] == more["COUNT_DISTINCT"]
    assert more["STDDEV"] < more["AVG"] < more["SUM"]
    assert preview(10, 30, offers.runner) == more
    assert offers.budgets() == []
    offers.offer(10)
    [budget] = offers.budgets()
    assert counts(budget, "maxCount") == more


@pytest.mark.parametrize(
    "more, field",
    [
        ({"parameters": privacy(0, 30)}, "parameters.differentialPrivacy.epsilon"),
        ({"parameters": privacy(21, 30)}, "parameters.differentialPrivacy.epsilon"),
        ({"parameters": privacy(3, 9)}, "parameters.differentialPrivacy.usersNoisePerQuery"),
        ({"parameters": privacy(3, 101)}, "parameters.differentialPrivacy.usersNoisePerQuery"),
        ({"privacyBudgetType": "ACCESS_BUDGET"}, "parameters"),
        ({"privacyBudgetType": "MONEY"}, "privacyBudgetType"),
        ({"autoRefresh": "YEARLY"}, "autoRefresh"),
        ({"tags": {"aws:x": "y"}}, "tags"),
    ],
)
def test_what_cannot_be_offered_names_the_field(offers, more, field):
    asked = {
        "membershipIdentifier": offers.mine,
        "privacyBudgetType": "DIFFERENTIAL_PRIVACY",
        "parameters": privacy(3, 30),
        **more,
    }
    client = offers.owner.client("cleanrooms", parameter_validation=False)
    wrong = refused(client.create_privacy_budget_template, **asked)
    assert wrong["Error"]["Code"] == "ValidationException", wrong
    assert fields(wrong) == [field]
    assert offers.budgets() == []


def test_a_second_budget_a_receivers_budget_and_a_ghosts_are_refused(offers):
    made = offers.offer()
    wrong = refused(lambda: offers.offer(4))
    assert (wrong["Error"]["Code"], wrong["reason"]) == ("ConflictException", "ALREADY_EXISTS")
    receiver = {
        "membershipIdentifier": offers.memberships[offers.runner.id],
        "privacyBudgetType": "DIFFERENTIAL_PRIVACY",
        "parameters": privacy(3, 30),
    }
    wrong = refused(offers.runner.rooms.create_privacy_budget_template, **receiver)
    assert wrong["Error"]["Code"] == "ValidationException"
    ghost = {"membershipIdentifier": offers.mine, "privacyBudgetTemplateIdentifier": GHOST}
    rooms = offers.owner.rooms
    for call in (rooms.get_privacy_budget_template, rooms.delete_privacy_budget_template):
        assert refused(call, **ghost)["Error"]["Code"] == "ResourceNotFoundException"
    for _ in range(2):
        rooms.delete_privacy_budget_template(**offers.named(made))
    assert offers.budgets() == []
    wrong = refused(rooms.get_privacy_budget_template, **offers.named(made))
    assert wrong["Error"]["Code"] == "ResourceNotFoundException"


def test_what_was_spent_stays_spent_whatever_becomes_of_the_budget(offers):
    made = offers.offer(3)
    assert offers.update(made, epsilon=2)["parameters"] == privacy(2, 30), "nothing was spent yet"
    made = offers.update(made, epsilon=3, usersNoisePerQuery=40)
    assert made["parameters"] == privacy(3, 40)
    made = offers.update(made, usersNoisePerQuery=30)
    [full] = offers.budgets()
    # Ten counts of sigma 30: rho = 1 / (2 * 30^2) each, and a little more for rounding up.
    offers.charge(10 * 555_556)
    [left] = offers.budgets()
    assert counts(left, "maxCount") == counts(full, "maxCount")
    assert 0 < counts(full, "maxCount")["COUNT"] - counts(left, "remainingCount")["COUNT"] <= 12
    wrong = refused(lambda: offers.update(made, epsilon=2))
    assert (wrong["Error"]["Code"], wrong["reason"]) == ("ConflictException", "INVALID_STATE")
    found = offers.owner.rooms.get_privacy_budget_template(**offers.named(made))
    assert found["privacyBudgetTemplate"]["parameters"] == privacy(3, 30), "nothing was changed"
    # Raising adds the difference; withdrawing and offering anew gives nothing back.
    offers.update(made, epsilon=4)
    [raised] = offers.budgets()
    spent = lambda it: counts(it, "maxCount")["SUM"] - counts(it, "remainingCount")["SUM"]  # noqa: E731
    assert counts(raised, "remainingCount")["SUM"] > counts(left, "remainingCount")["SUM"]
    offers.owner.rooms.delete_privacy_budget_template(**offers.named(made))
    offers.offer(3)
    [again] = offers.budgets()
    assert again["budget"] == left["budget"]
    assert spent(again) == spent(left) > 0
    # Nor does another way of renewing.
    offers.owner.rooms.delete_privacy_budget_template(
        membershipIdentifier=offers.mine,
        privacyBudgetTemplateIdentifier=again["privacyBudgetTemplateId"],
    )
    offers.offer(3, autoRefresh="NONE")
    [for_ever] = offers.budgets()
    assert for_ever["budget"] == left["budget"]


def test_budgets_of_queries_count_whatever_becomes_of_them(offers):
    daily = {"type": "CALENDAR_DAY", "budget": 5}
    for_ever = {"type": "LIFETIME", "budget": 3}
    made = offers.limit(daily, for_ever)
    assert made["parameters"]["accessBudget"] == {
        "resourceArn": offers.arn,
        "budgetParameters": [{**daily, "autoRefresh": "ENABLED"}, for_ever],
    }
    wrong = refused(lambda: offers.limit(daily))
    assert (wrong["Error"]["Code"], wrong["reason"]) == ("ConflictException", "ALREADY_EXISTS")
    offers.charge(0)
    seen = lambda: offers.budgets("ACCESS_BUDGET", accessBudgetResourceArn=offers.arn)[0]["budget"]  # noqa: E731
    budget = seen()["accessBudget"]
    assert (budget["resourceArn"], budget["aggregateRemainingBudget"]) == (offers.arn, 2)
    by_type = {it["budgetType"]: it for it in budget["details"]}
    assert by_type["CALENDAR_DAY"]["remainingBudget"] == 4
    assert by_type["LIFETIME"]["remainingBudget"] == 2
    assert "endTime" in by_type["CALENDAR_DAY"] and "endTime" not in by_type["LIFETIME"]
    rooms = offers.owner.rooms
    changed = rooms.update_privacy_budget_template(
        **offers.named(made),
        privacyBudgetType="ACCESS_BUDGET",
        parameters={"accessBudget": {"budgetParameters": [{"type": "CALENDAR_WEEK", "budget": 2}]}},
    )["privacyBudgetTemplate"]
    assert changed["parameters"]["accessBudget"]["budgetParameters"][0]["type"] == "CALENDAR_WEEK"
    assert seen()["accessBudget"]["aggregateRemainingBudget"] == 1
    rooms.delete_privacy_budget_template(**offers.named(made))
    offers.limit(for_ever)
    assert seen()["accessBudget"]["aggregateRemainingBudget"] == 2, "what was spent counts"
    assert offers.budgets() == []


def test_budgets_of_queries_that_cannot_be_are_refused(offers):
    path = "parameters.accessBudget.budgetParameters"
    day, week = {"type": "CALENDAR_DAY", "budget": 1}, {"type": "CALENDAR_WEEK", "budget": 1}
    life = {"type": "LIFETIME", "budget": 1, "autoRefresh": "ENABLED"}
    wrong = refused(lambda: offers.limit(day, week))
    assert fields(wrong) == [f"{path}[1].type"]
    assert fields(refused(lambda: offers.limit(life))) == [f"{path}[0].autoRefresh"]
    assert fields(refused(lambda: offers.limit(day, autoRefresh="CALENDAR_MONTH"))) == ["autoRefresh"]
    elsewhere = offers.arn.rsplit("/", 1)[0] + "/" + GHOST
    wrong = refused(lambda: offers.limit(day, arn=elsewhere))
    assert wrong["Error"]["Code"] == "ResourceNotFoundException"
    other = Offers(offers.house)
    wrong = refused(lambda: offers.limit(day, arn=other.arn))
    assert wrong["Error"]["Code"] == "ResourceNotFoundException", "another's table"
    given = {"accessBudgetResourceArn": offers.arn}
    wrong = refused(lambda: offers.budgets(**given))
    assert fields(wrong) == ["accessBudgetResourceArn"]


def test_a_private_rule_and_its_declarations_must_fit_the_table(offers):
    path = f"configuredTables/{offers.table}/extension"
    offers.private()

    def put(**more):
        status, body = offers.native(offers.owner, "PUT", path, {"mode": "strict", **more})
        return status, [it["name"] for it in body.get("fieldList", [])]

    good = {"bounds": {"spend": {"low": 0, "high": 40}}, "publicKeys": {"zip": ["z0", "z1"]}}
    assert put(privacy=good) == (200, [])
    for wrong, field in [
        ({"privacy": {"bounds": {"zip": {"low": 0, "high": 1}}}}, "privacy.bounds.zip"),
        ({"privacy": {"bounds": {"nobody": {"low": 0, "high": 1}}}}, "privacy.bounds.nobody"),
        ({"privacy": {"bounds": {"spend": {"low": 2, "high": 1}}}}, "privacy.bounds.spend"),
        ({"privacy": {"bounds": {"spend": {"low": 2, "high": 1e300}}}}, "privacy.bounds.spend"),
        ({"privacy": {"publicKeys": {"uid": ["u1"]}}}, "privacy.publicKeys.uid"),
        ({"privacy": {"publicKeys": {"spend": ["many"]}}}, "privacy.publicKeys.spend"),
        ({"privacy": {"accountant": "mine"}}, "privacy.accountant"),
        ({"publicForPrivacy": True}, "publicForPrivacy"),
    ]:
        assert put(**wrong) == (400, [field]), wrong
    offers.offer()
    status, body = offers.native(
        offers.owner, "PUT", path, {"mode": "strict", "privacy": {"accountant": "pure"}}
    )
    assert (status, body["reason"]) == (409, "INVALID_STATE"), body
    # A column that is a float, and one that vanishes.
    (offers.owner.tables("shop") / "fl.csv").write_text("score,zip\n0.5,a\n1.5,b\n")
    floats = offers.owner.rooms.create_configured_table(
        name="fl",
        tableReference={"glue": {"databaseName": "shop", "tableName": "fl"}},
        allowedColumns=["score", "zip"],
        analysisMethod="DIRECT_QUERY",
    )["configuredTable"]["id"]
    rule = lambda name: offers.custom(differentialPrivacy={"columns": [{"name": name}]})  # noqa: E731
    wrong = refused(lambda: offers.rule(rule("score"), table=floats))
    assert fields(wrong) == ["analysisRulePolicy.v1.custom.differentialPrivacy.columns"]
    assert refused(lambda: offers.rule(rule("nobody"), table=floats))["Error"]["Code"] == (
        "ValidationException"
    )
    wrong = refused(
        offers.owner.rooms.update_configured_table,
        configuredTableIdentifier=offers.table,
        allowedColumns=["zip", "spend"],
    )
    assert wrong["Error"]["Code"] == "ValidationException"


def test_an_identifier_is_one_column_that_is_there(offers):
    for names in ([], ["uid", "uid"], ["uid", "zip"], ["nobody"], [""], ["uid "]):
        columns = [{"name": name} for name in names]
        policy = offers.custom(differentialPrivacy={"columns": columns})
        client = offers.owner.client("cleanrooms", parameter_validation=False)
        wrong = refused(
            client.create_configured_table_analysis_rule,
            configuredTableIdentifier=offers.table,
            analysisRuleType="CUSTOM",
            analysisRulePolicy=policy,
        )
        assert wrong["Error"]["Code"] == "ValidationException", names
        assert all(it.startswith("analysisRulePolicy") for it in fields(wrong)), (names, wrong)
    # A source whose header has a name twice names no column by it.
    (offers.owner.tables("shop") / "two.csv").write_text("uid,UID,spend\nu1,u2,3\n")
    wrong = refused(
        offers.owner.rooms.create_configured_table,
        name="two",
        tableReference={"glue": {"databaseName": "shop", "tableName": "two"}},
        allowedColumns=["uid", "spend"],
        analysisMethod="DIRECT_QUERY",
    )
    assert wrong["Error"]["Code"] == "ValidationException"
    offers.private()


def test_bounds_that_are_no_numbers_are_refused(offers):
    path = f"/glovebox/v1/configuredTables/{offers.table}/extension"
    offers.private()
    for bad in ("1e999", "-1e999", "NaN", "Infinity", "-Infinity", '"NaN"', '"1"', "null", "true"):
        for low, high in ((bad, "40"), ("0", bad)):
            text = '{"mode": "strict", "privacy": {"bounds": {"spend": {"low": %s, "high": %s}}}}'
            answer = raw.call(offers.owner, "PUT", path, body=(text % (low, high)).encode())
            assert answer.status == 400, (low, high, answer.json)
    found = offers.native(offers.owner, "GET", f"configuredTables/{offers.table}/extension")[1]
    assert found["extension"]["privacy"]["bounds"] == {}, "nothing was changed"


def test_a_budget_out_of_range_changes_nothing(offers):
    offers.private()
    made = offers.offer()
    client = offers.owner.client("cleanrooms", parameter_validation=False)
    template = {**offers.named(made), "privacyBudgetType": "DIFFERENTIAL_PRIVACY"}
    for wrong in (privacy(0, 30), privacy(-1, 30), privacy(21, 30), privacy(3, 9), privacy(3, 101)):
        for call, more in (
            (client.update_privacy_budget_template, template),
            (client.preview_privacy_impact, {"membershipIdentifier": offers.mine}),
        ):
            found = refused(call, parameters=wrong, **more)
            assert found["Error"]["Code"] == "ValidationException", (wrong, found)
    for wrong in (privacy(1.5, 30), privacy("3", 30), privacy(3, True)):
        found = refused(client.update_privacy_budget_template, parameters=wrong, **template)
        assert found["Error"]["Code"] in ("ValidationException", "SerializationException"), wrong
    found = offers.owner.rooms.get_privacy_budget_template(**offers.named(made))
    assert found["privacyBudgetTemplate"]["parameters"] == privacy(3, 30)


def test_refused_queries_take_nothing_from_a_budget(offers):
    offers.private()
    offers.offer()
    [before] = offers.budgets()
    for sql, code in (
        ("SELECT spend / 3, COUNT(*) FROM imp GROUP BY spend / 3", "GB0424"),
        ("SELECT uid, COUNT(*) FROM imp GROUP BY uid", "GB0401"),
        ("SELECT SUM(spend) FROM imp", "GB0408"),
        ("SELECT COUNT(*) FROM imp WHERE uid IN (SELECT uid FROM imp)", "GB0423"),
        ("SELECT COUNT(nothing) FROM imp", "GB0"),
    ):
        query = offers.run(queryString=sql)
        assert query["status"] == "FAILED", sql
        assert "result" not in query
        assert code in query["error"]["message"], query["error"]
        assert query["error"]["code"] in ("MALFORMED_QUERY", "INVALID_QUERY"), query["error"]
    [after] = offers.budgets()
    assert after["budget"] == before["budget"]
    assert counts(after, "maxCount") == counts(after, "remainingCount")


def test_a_source_without_the_identifier_gives_no_answer(offers):
    offers.private()
    path = f"configuredTables/{offers.table}/extension"
    declared = {"mode": "strict", "privacy": {"declaredUsers": 40}}
    assert offers.native(offers.owner, "PUT", path, declared)[0] == 200, "answers come soon"
    offers.offer()
    sql = "SELECT COUNT(DISTINCT uid) AS n FROM imp"

    def spent(it):
        kind = "COUNT_DISTINCT"
        return counts(it, "maxCount")[kind] - counts(it, "remainingCount")[kind]

    assert offers.run(queryString=sql)["status"] == "SUCCESS"
    [before] = offers.budgets()
    (offers.owner.tables("shop") / "imp.csv").write_text("zip,spend\nz1,3\n")
    query = offers.run(queryString=sql)
    assert query["status"] == "FAILED" and "uid" not in query["error"]["message"]
    [after] = offers.budgets()
    # What a source has is seen by reading it, and what may have been read is paid for.
    assert 0 < spent(before) < spent(after)
    # The owner cannot take the identifier out of the table either, while the rule names it.
    for columns in (["zip"], ["zip", "spend"]):
        wrong = refused(
            offers.owner.rooms.update_configured_table,
            configuredTableIdentifier=offers.table,
            allowedColumns=columns,
        )
        assert wrong["Error"]["Code"] == "ValidationException"


def test_a_template_over_a_private_table_says_whether_it_can_run(offers):
    assert "validations" not in offers.template()
    offers.private()
    offers.offer()
    made = offers.template()
    [found] = made["validations"]
    assert found["type"] == "DIFFERENTIAL_PRIVACY"
    assert found["status"] in ("VALID", "INVALID", "UNABLE_TO_VALIDATE")
    shared = offers.runner.rooms.get_collaboration_analysis_template(
        collaborationIdentifier=offers.collaboration, analysisTemplateArn=made["arn"]
    )["collaborationAnalysisTemplate"]
    assert shared["validations"] == made["validations"]


def test_a_member_with_budgets_cannot_leave_and_roles_of_keys_hold(offers):
    made = offers.offer()
    table = offers.owner.rooms.create_configured_table_association(
        name="again",
        membershipIdentifier=offers.mine,
        configuredTableIdentifier=offers.table,
        roleArn=ROLE,
    )["configuredTableAssociation"]["id"]
    arn = offers.arn.rsplit("/", 1)[0] + "/" + table
    offers.limit({"type": "LIFETIME", "budget": 1}, arn=arn)
    assert len(offers.budgets("ACCESS_BUDGET")) == 1
    offers.owner.rooms.delete_configured_table_association(
        membershipIdentifier=offers.mine, configuredTableAssociationIdentifier=table
    )
    assert offers.budgets("ACCESS_BUDGET") == [], "a table takes its budget with it"
    found = offers.owner.rooms.get_privacy_budget_template(**offers.named(made))
    assert found["privacyBudgetTemplate"]["id"] == made["id"]


def test_a_forecast_says_who_spends_how_fast_and_what_another_budget_would_change(offers):
    path = f"collaborations/{offers.collaboration}/budgetForecast"
    status, empty = offers.native(offers.owner, "GET", path)
    assert (status, empty["budgets"]) == (200, [])
    offers.offer(3)
    offers.charge(10 * 555_556)
    [found] = offers.native(offers.owner, "GET", path)[1]["budgets"]
    assert 0 < found["spentShare"] < 1
    assert found["sharePerDay"] == found["spentShare"], "the first day counts as one"
    assert [it["accountId"] for it in found["runners"]] == [offers.runner.id]
    assert found["charges"][0]["share"] == found["spentShare"]
    [seen] = offers.native(offers.runner, "GET", path)[1]["budgets"]
    assert seen == found, "a runner sees its own"

    def ask(query):
        answer = raw.call(offers.owner, "GET", "/glovebox/v1/" + path, query)
        return answer.status, answer.json

    [other] = ask("epsilon=10&usersNoisePerQuery=60")[1]["budgets"]
    assert other["whatIf"]["spentShare"] < found["spentShare"]
    assert other["whatIf"]["sharePerDay"] * 3 < found["sharePerDay"], "queries cost less, too"
    for query, field in [
        ("epsilon=0&usersNoisePerQuery=30", "epsilon"),
        ("epsilon=3&usersNoisePerQuery=101", "usersNoisePerQuery"),
        ("epsilon=3", "usersNoisePerQuery"),
        ("usersNoisePerQuery=30", "epsilon"),
    ]:
        status, body = ask(query)
        assert (status, [it["name"] for it in body["fieldList"]]) == (400, [field])
    command = ["budget", "forecast", "--collaboration", offers.collaboration]
    where = ["--endpoint-url", offers.house.url]
    shown = offers.house.command(*command, *where, env=offers.owner.environment).stdout
    assert "spent  [#" in shown and offers.runner.id in shown
    other = ["--epsilon", "10", "--users-noise", "60", "--json"]
    shown = offers.house.command(*command, *where, *other, env=offers.runner.environment).stdout
    assert '"whatIf"' in shown


def test_whose_users_a_source_has_is_fixed_once_it_was_queried(offers):
    offers.private()
    path = f"configuredTables/{offers.table}/extension"

    def put(**declared):
        return offers.native(offers.owner, "PUT", path, {"mode": "strict", "privacy": declared})

    assert put(population="people")[0] == 200
    assert put(population="patients")[0] == 200, "nothing was queried yet"
    # As if a query had been charged: written where the house writes it.
    with sqlite3.connect(offers.house.data / "glovebox.sqlite", timeout=30) as store:
        store.execute(
            "INSERT INTO populations VALUES (?, ?, 'patients', 'uid')",
            (offers.owner.id, '[null,"shop","imp"]'),
        )
    status, body = put(population="people")
    assert (status, body["reason"]) == (409, "INVALID_STATE"), body
    assert "`patients`" in body["message"]
    assert put(population="patients", minimumUsers=5)[0] == 200
    rule = offers.custom(differentialPrivacy={"columns": [{"name": "zip"}]})
    named = {"configuredTableIdentifier": offers.table, "analysisRuleType": "CUSTOM"}
    rooms = offers.owner.rooms
    wrong = refused(
        rooms.update_configured_table_analysis_rule, **named, analysisRulePolicy=rule
    )
    assert (wrong["Error"]["Code"], wrong["reason"]) == ("ConflictException", "INVALID_STATE")
    # Made anew over the same source, it is the same.
    again = offers.configure()
    wrong = refused(lambda: offers.rule(rule, table=again))
    assert wrong["Error"]["Code"] == "ConflictException"


def test_a_lifetime_budget_caps_what_is_left(offers):
    offers.private()
    offers.offer(10)
    [free] = offers.budgets()
    path = f"configuredTables/{offers.table}/extension"
    declared = {"mode": "strict", "privacy": {"lifetimeEpsilon": 1}}
    assert offers.native(offers.owner, "PUT", path, declared)[0] == 200
    [capped] = offers.budgets()
    assert counts(capped, "maxCount") == counts(free, "maxCount")
    assert 0 < counts(capped, "remainingCount")["COUNT"] < counts(free, "remainingCount")["COUNT"]
    preview = offers.owner.rooms.preview_privacy_impact(
        membershipIdentifier=offers.mine, parameters=privacy(1, 30)
    )["privacyImpact"]["differentialPrivacy"]["aggregations"]
    assert counts(capped, "remainingCount") == {it["type"]: it["maxCount"] for it in preview}


def test_the_same_private_question_costs_once_and_is_told_at_its_edge(offers):
    """By unmodified boto3: equal queries over equal files give equal bytes for nothing, a changed
    file is charged, and each shows nothing before the edge of its time bucket."""
    offers.private()
    path = f"configuredTables/{offers.table}/extension"
    declared = {"mode": "strict", "privacy": {"declaredUsers": 40}}
    assert offers.native(offers.owner, "PUT", path, declared)[0] == 200
    offers.offer(3)
    left = lambda: counts(offers.budgets()[0], "remainingCount")["COUNT_DISTINCT"]  # noqa: E731
    membership = offers.memberships[offers.runner.id]

    def ask():
        query = offers.runner.rooms.start_protected_query(
            type="SQL",
            membershipIdentifier=membership,
            sqlParameters={"queryString": "SELECT COUNT(DISTINCT uid) AS people FROM imp"},
            resultConfiguration={
                "outputConfiguration": {"s3": {"resultFormat": "CSV", "bucket": "results"}}
            },
        )["protectedQuery"]["id"]
        seen = offers.ended(query)
        assert seen["status"] == "SUCCESS", seen
        progress = offers.native(offers.runner, "GET", f"protectedQueries/{query}/progress")[1]
        listed = offers.runner.s3.list_objects_v2(Bucket="results", Prefix=f"{query}/")["Contents"]
        [found] = listed
        body = offers.runner.s3.get_object(Bucket="results", Key=found["Key"])["Body"].read()
        return progress, found, body

    full = left()
    progress, first, body = ask()
    doors = {it["door"]: it["time"] for it in progress["passed"]}
    assert 5 <= doors["keep"] - doors["reserve"] < 15, progress
    assert doors["execute"] == doors["release"] == doors["keep"], "told in one piece"
    assert first["LastModified"].timestamp() >= doors["keep"]
    assert body.startswith(b"people\n")
    paid = left()
    assert paid < full
    _, second, again = ask()
    assert (again, left()) == (body, paid)
    assert second["Key"] != first["Key"]
    (offers.owner.tables("shop") / "imp.csv").write_text("uid,zip,spend\nu1,z0,1\n")
    ask()
    assert left() < paid
