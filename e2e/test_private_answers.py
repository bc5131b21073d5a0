"""Answers with differential privacy that one can use: intervals beside numbers, error against the
budget before a query runs, templates that say whether they can run, receivers who protect
nothing."""

import csv
import io
import json

import pytest
import raw
from conftest import ROLE
from test_budgets import Offers, privacy
from test_rules_wire import refused

DECLARED = {
    "mode": "strict",
    "privacy": {
        "bounds": {"spend": {"low": 0, "high": 40}},
        "publicKeys": {"zip": ["z0", "z1", "z9"]},
    },
}
SQL = (
    "SELECT zip, COUNT(DISTINCT uid) AS users, SUM(spend) AS spent, AVG(spend) AS mean, "
    "COUNT(*) * COUNT(*) AS odd FROM imp GROUP BY zip ORDER BY zip"
)


class Private(Offers):
    """A room whose table has differential privacy, a budget and declarations."""

    def __init__(self, house):
        super().__init__(house)
        self.private()
        self.offer(20, 10)
        self.declare(DECLARED)

    def declare(self, extension):
        path = f"configuredTables/{self.table}/extension"
        status, answer = self.native(self.owner, "PUT", path, extension)
        assert status == 200, answer

    def wants(self, who, value):
        path = f"memberships/{self.memberships[self.runner.id]}/extension"
        return self.native(who, "PUT", path, {"intervals": value})

    def rows(self, query):
        """What a finished query delivered."""
        assert query["status"] == "SUCCESS", query
        place = query["result"]["output"]["s3"]["location"].removeprefix("s3://results/")
        listed = self.runner.s3.list_objects_v2(Bucket="results", Prefix=place)["Contents"]
        assert len(listed) == 1, "one object, with or without intervals"
        body = self.runner.s3.get_object(Bucket="results", Key=listed[0]["Key"])["Body"].read()
        return list(csv.DictReader(io.StringIO(body.decode())))


@pytest.fixture
def private(house):
    return Private(house)


def test_a_receiver_who_asks_gets_intervals_by_unmodified_boto3(private):
    plain = private.rows(private.run(queryString=SQL))
    assert list(plain[0]) == ["zip", "users", "spent", "mean", "odd"]
    assert private.wants(private.runner, True)[0] == 200
    rows = private.rows(private.run(queryString=SQL))
    ends = [f"{it}_{end}" for it in ("users", "spent", "mean", "odd") for end in ("low", "high")]
    assert list(rows[0]) == ["zip", "users", "spent", "mean", "odd", *ends]
    assert [it["zip"] for it in rows] == ["z0", "z1", "z9"], "public keys, whoever has them"
    for row in rows:
        for column, half in (("users", 19), ("spent", 784)):
            value, low, high = (float(row[column + end]) for end in ("", "_low", "_high"))
            assert high - value == value - low
            # 1.96 times N persons, N = 10, each of at most 1 and 40.
            assert half - 1 <= high - value <= half + 1
        assert 0 <= float(row["mean_low"]) <= float(row["mean"]) <= float(row["mean_high"]) <= 40
        assert row["odd_low"] == row["odd_high"] == "", "no interval rather than a wrong one"
    # A query without differential privacy is as it was.
    assert private.wants(private.runner, False)[0] == 200
    plain = private.rows(private.run(queryString=SQL))
    assert list(plain[0]) == ["zip", "users", "spent", "mean", "odd"]


def test_only_a_member_itself_says_how_it_receives(private):
    path = f"memberships/{private.memberships[private.runner.id]}/extension"
    assert private.native(private.runner, "GET", path)[1]["extension"] == {"intervals": False}
    for status, _ in (private.wants(private.owner, True), private.native(private.owner, "GET", path)):
        assert status in (403, 404)
    for wrong in ({}, {"intervals": "yes"}, {"intervals": True, "more": 1}):
        assert private.native(private.runner, "PUT", path, wrong)[0] == 400
    assert private.native(private.runner, "GET", path)[1]["extension"] == {"intervals": False}
    assert private.wants(private.runner, True)[0] == 200
    # AWS's own update leaves it as it is.
    private.runner.rooms.update_membership(
        membershipIdentifier=private.memberships[private.runner.id], queryLogStatus="DISABLED"
    )
    assert private.native(private.runner, "GET", path)[1]["extension"] == {"intervals": True}


def test_the_command_line_asks_for_one_query(private, tmp_path):
    text, out = tmp_path / "q.sql", tmp_path / "out.parquet"
    text.write_text(SQL)
    query = ["query", "run", "--endpoint-url", private.house.url]
    query += ["--membership", private.memberships[private.runner.id], "--sql", text]
    ran = private.house.command(*query, "--intervals", "--json", env=private.runner.environment)
    answer = json.loads(ran.stdout)
    assert answer["columns"][5:7] == ["users_low", "users_high"]
    private.house.command(*query, "--intervals", "--out", out, env=private.runner.environment)
    duckdb = pytest.importorskip("duckdb")
    shape = "SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet(?))"
    kinds = dict(duckdb.execute(shape, [str(out)]).fetchall())
    assert kinds["users_low"] == kinds["mean_high"] == "DOUBLE"
    assert len(kinds) == 13
    path = f"/glovebox/v1/memberships/{private.memberships[private.runner.id]}/protectedQueries"
    wrong = raw.call(private.runner, "POST", path, query="intervals=perhaps", body=b"{}")
    assert wrong.status == 400


def test_the_error_is_shown_against_the_share_of_the_budget(private, tmp_path):
    text = tmp_path / "q.sql"
    text.write_text(SQL)
    explain = ["explain", "--endpoint-url", private.house.url, "--sql", text]
    explain += ["--collaboration", private.collaboration]
    environment = private.runner.environment
    shown = private.house.command(*explain, "--accuracy", env=environment).stdout
    assert "noise (users)" in shown and "50 %" in shown and "at 1000 rows" in shown
    found = json.loads(private.house.command(*explain, "--json", env=environment).stdout)
    lines = found["privacy"]["accuracy"]
    assert [it["sharePercent"] for it in lines] == [1, 2, 5, 10, 20, 50, 100]
    assert found["privacy"]["answerAfterSeconds"] == 15, "an undeclared table may be large"
    noise = [it["usersNoisePerQuery"] for it in lines]
    assert noise == sorted(noise, reverse=True), "a greater share buys less noise"
    whole = found["privacy"]["budgetLossNano"]
    for it in lines:
        assert it["lossNano"] <= whole * it["sharePercent"] / 100
        assert it["usersToAppear95Percent"] is None, "every key is public"
        half = it["columns"][0]["halfWidth95"]
        assert 1.8 <= half / it["usersNoisePerQuery"] <= 2.1
    # The budget of nobody was touched, and no query was made.
    assert private.budgets()[0]["budget"]["differentialPrivacy"]["epsilon"] == 20


def test_every_key_of_the_runners_own_table_appears_whoever_has_it(private):
    runner = private.runner
    (runner.tables("shop") / "areas.csv").write_text("zip,area\nz0,north\nz7,nowhere\n")
    table = runner.rooms.create_configured_table(
        name="areas",
        tableReference={"glue": {"databaseName": "shop", "tableName": "areas"}},
        allowedColumns=["zip", "area"],
        analysisMethod="DIRECT_QUERY",
    )["configuredTable"]["id"]
    runner.rooms.create_configured_table_analysis_rule(
        configuredTableIdentifier=table,
        analysisRuleType="CUSTOM",
        analysisRulePolicy=private.custom(),
    )
    runner.rooms.create_configured_table_association(
        name="areas",
        membershipIdentifier=private.memberships[runner.id],
        configuredTableIdentifier=table,
        roleArn=ROLE,
    )
    private.declare({"mode": "strict"})
    sql = "SELECT a.area, COUNT(DISTINCT i.uid) AS users FROM areas a {} imp i ON i.zip = a.zip "
    sql += "GROUP BY a.area ORDER BY a.area"
    rows = private.rows(private.run(queryString=sql.format("LEFT JOIN")))
    assert [it["area"] for it in rows] == ["north", "nowhere"]
    # Twenty users of z0, under noise of ten: far too few to pass a threshold.
    assert private.rows(private.run(queryString=sql.format("JOIN"))) == []


def status(template):
    [found] = template["validations"]
    assert found["type"] == "DIFFERENTIAL_PRIVACY"
    return found["status"], [it["message"] for it in found.get("reasons", [])]


def text(sql):
    return {"source": {"text": sql}, "analysisParameters": []}


def test_a_template_says_whether_differential_privacy_lets_it_run(private):
    assert status(private.template()) == ("VALID", [])
    for sql, code in (
        ("SELECT uid FROM imp", "GB0401"),
        ("SELECT zip, MAX(spend) FROM imp GROUP BY zip", "GB0"),
        ("SELECT COUNT(*) FROM (SELECT uid FROM imp LIMIT 10) t", "GB0"),
        ("SELECT COUNT(nothing) FROM imp", "GB0"),
    ):
        found, reasons = status(private.template(**text(sql)))
        assert found == "INVALID" and reasons[0].startswith(code), (sql, reasons)
        assert "u1" not in reasons[0]
    found, reasons = status(private.template(**text("SELECT COUNT(*) FROM imp JOIN gone ON true")))
    assert found == "UNABLE_TO_VALIDATE" and "gone" in reasons[0]


def test_a_template_is_judged_by_what_stands_when_somebody_looks(private):
    made = private.template(**text("SELECT SUM(spend) FROM imp"))
    assert status(made)[0] == "VALID"

    def seen():
        return status(
            private.runner.rooms.get_collaboration_analysis_template(
                collaborationIdentifier=private.collaboration, analysisTemplateArn=made["arn"]
            )["collaborationAnalysisTemplate"]
        )

    private.declare({"mode": "strict", "privacy": {}})
    found, reasons = seen()
    assert found == "INVALID" and "spend" in reasons[0], "no bounds are declared any more"
    private.declare(DECLARED)
    assert seen() == ("VALID", [])
    [offered] = private.owner.rooms.list_privacy_budget_templates(
        membershipIdentifier=private.mine
    )["privacyBudgetTemplateSummaries"]
    private.owner.rooms.delete_privacy_budget_template(**private.named(offered))
    found, reasons = seen()
    assert found == "UNABLE_TO_VALIDATE" and reasons[0].startswith("GB0430")
    private.offer(20, 10)
    assert seen() == ("VALID", [])


def test_who_protects_its_tables_is_not_made_a_receiver(private):
    change = {
        "specificationType": "MEMBER",
        "specification": {
            "member": {"accountId": private.owner.id, "memberAbilities": ["CAN_RECEIVE_RESULTS"]}
        },
    }

    def ask():
        return private.owner.rooms.create_collaboration_change_request(
            collaborationIdentifier=private.collaboration, changes=[change]
        )["collaborationChangeRequest"]

    wrong = refused(
        private.owner.rooms.create_collaboration_change_request,
        collaborationIdentifier=private.collaboration,
        changes=[change],
    )
    assert wrong["Error"]["Code"] == "ConflictException"
    assert "differential privacy" in wrong["Error"]["Message"]
    # Asked for without a budget, and offered before the change is made: refused then.
    [offered] = private.owner.rooms.list_privacy_budget_templates(
        membershipIdentifier=private.mine
    )["privacyBudgetTemplateSummaries"]
    private.owner.rooms.delete_privacy_budget_template(**private.named(offered))
    request = ask()["id"]
    again = private.offer(20, 10)

    def act(who, action):
        return who.rooms.update_collaboration_change_request(
            collaborationIdentifier=private.collaboration,
            changeRequestIdentifier=request,
            action=action,
        )

    act(private.runner, "APPROVE")
    wrong = refused(
        private.owner.rooms.update_collaboration_change_request,
        collaborationIdentifier=private.collaboration,
        changeRequestIdentifier=request,
        action="COMMIT",
    )
    assert wrong["Error"]["Code"] == "ConflictException"
    private.owner.rooms.delete_privacy_budget_template(**private.named(again))
    act(private.owner, "COMMIT")
    late = refused(
        private.owner.rooms.create_privacy_budget_template,
        membershipIdentifier=private.mine,
        privacyBudgetType="DIFFERENTIAL_PRIVACY",
        autoRefresh="NONE",
        parameters=privacy(3, 30),
    )
    assert late["Error"]["Code"] == "ValidationException"
