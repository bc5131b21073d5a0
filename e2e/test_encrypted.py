"""Both members encrypt, the room joins ciphertext, the receiver decrypts: by unmodified boto3 and
by the command line."""

import csv
import io
import json
import subprocess

import pytest
import raw
from conftest import BINARY, ROLE, ended
from shapes import refused

SETTINGS = {
    "allowCleartext": True,
    "allowDuplicates": True,
    "allowJoinsOnColumnsWithDifferentNames": False,
    "preserveNulls": False,
}
PEOPLE = 60


def schema(**columns):
    """A table schema: a column of each name, sealed ones padded."""
    pad = {"sealed": {"pad": {"type": "max", "length": 0}}}
    return {
        "headerRow": True,
        "columns": [
            {"sourceHeader": name, "targetHeader": name, "type": kind, **pad.get(kind, {})}
            for name, kind in columns.items()
        ],
    }


class Club:
    """A shop and a brand that encrypt for one collaboration; the brand asks and receives."""

    def __init__(self, house, folder, settings=SETTINGS):
        self.house, self.folder = house, folder
        self.shop, self.brand = house.account("shop"), house.account("brand")
        self.made = self.brand.rooms.create_collaboration(
            name="club",
            description="of a test",
            creatorDisplayName="Brand",
            creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
            queryLogStatus="DISABLED",
            members=[{"accountId": self.shop.id, "memberAbilities": [], "displayName": "Shop"}],
            **({"dataEncryptionMetadata": settings} if settings else {}),
        )["collaboration"]
        self.memberships = {
            it.id: it.rooms.create_membership(
                collaborationIdentifier=self.made["id"], queryLogStatus="DISABLED"
            )["membership"]["id"]
            for it in (self.shop, self.brand)
        }
        self.brand.s3.create_bucket(Bucket="results")
        self.secret = house.command("c3r", "keygen").stdout.strip()

    def c3r(self, who, *arguments, secret=None):
        return subprocess.run(
            [BINARY, "c3r", *map(str, arguments)],
            env={**who.environment, "C3R_SHARED_SECRET": secret or self.secret},
            cwd=self.folder, capture_output=True, text=True, timeout=120,
        )

    def encrypted(self, who, table, text, **columns):
        """Encrypts a table on its owner's machine, into the owner's folder of tables."""
        clear, layout = self.folder / f"{table}.csv", self.folder / f"{table}.json"
        clear.write_text(text)
        layout.write_text(json.dumps(schema(**columns)))
        target = who.tables("club") / f"{table}.csv"
        ran = self.c3r(who, "encrypt", clear, "--schema", layout, "--id", self.made["id"],
                       "--output", target)
        assert ran.returncode == 0, ran.stderr
        return target

    def configure(self, who, name, columns):
        return who.rooms.create_configured_table(
            name=name,
            tableReference={"glue": {"databaseName": "club", "tableName": name}},
            allowedColumns=columns,
            analysisMethod="DIRECT_QUERY",
        )["configuredTable"]["id"]

    def declare(self, who, table, columns, **more):
        path = f"/glovebox/v1/configuredTables/{table}/extension"
        body = {"mode": "strict", "encryption": {"columns": columns, **more}}
        answer = raw.call(who, "PUT", path, body=body)
        return answer.status, answer.json

    def bring(self, who, table, name, kind, policy):
        who.rooms.create_configured_table_analysis_rule(
            configuredTableIdentifier=table,
            analysisRuleType=kind,
            analysisRulePolicy={"v1": {kind.lower(): policy}},
        )
        who.rooms.create_configured_table_association(
            name=name,
            membershipIdentifier=self.memberships[who.id],
            configuredTableIdentifier=table,
            roleArn=ROLE,
        )

    def ask(self, sql):
        made = self.brand.rooms.start_protected_query(
            type="SQL",
            membershipIdentifier=self.memberships[self.brand.id],
            sqlParameters={"queryString": sql},
            resultConfiguration={"outputConfiguration": {"s3": {
                "resultFormat": "CSV", "bucket": "results", "singleFileOutput": True}}},
        )["protectedQuery"]["id"]
        return ended(self.brand, self.memberships[self.brand.id], made)

    def rows(self, sql):
        query = self.ask(sql)
        assert query["status"] == "SUCCESS", query
        key = query["result"]["output"]["s3"]["location"].removeprefix("s3://results/")
        (found,) = self.brand.s3.list_objects_v2(Bucket="results", Prefix=key)["Contents"]
        text = self.brand.s3.get_object(Bucket="results", Key=found["Key"])["Body"].read().decode()
        return text, list(csv.DictReader(io.StringIO(text)))

    def says(self, sql, code):
        query = self.ask(sql)
        assert query["status"] == "FAILED" and code in query["error"]["message"], query


@pytest.fixture
def club(house, tmp_path):
    club = Club(house, tmp_path)
    sales = "email,name,amount\n" + "".join(
        f"p{n}@a.example,Person {n},{n}\n" for n in range(PEOPLE))
    crm = "email,note,segment\n" + "".join(
        f"p{n}@a.example,Note {n},{'gold' if n % 2 else 'silver'}\n" for n in range(0, PEOPLE * 2))
    club.encrypted(club.shop, "sales", sales, email="fingerprint", name="sealed",
                   amount="cleartext")
    club.encrypted(club.brand, "crm", crm, email="fingerprint", note="sealed",
                   segment="cleartext")
    return club


AGGREGATION = {
    "aggregateColumns": [
        {"columnNames": ["amount"], "function": "SUM"},
        {"columnNames": ["email"], "function": "COUNT_DISTINCT"},
    ],
    "joinColumns": ["email"],
    "joinRequired": "QUERY_RUNNER",
    "dimensionColumns": [],
    "scalarFunctions": [],
    "outputConstraints": [{"columnName": "email", "minimum": 10, "type": "COUNT_DISTINCT"}],
}


def test_ciphertext_is_joined_and_counted_and_clear_text_beside_it_summed(club):
    got = club.shop.rooms.get_collaboration(collaborationIdentifier=club.made["id"])
    assert got["collaboration"]["dataEncryptionMetadata"] == SETTINGS
    encrypted = (club.shop.tables("club") / "sales.csv").read_text()
    assert "Person" not in encrypted and "@a.example" not in encrypted

    sales = club.configure(club.shop, "sales", ["email", "name", "amount"])
    crm = club.configure(club.brand, "crm", ["email", "note", "segment"])
    for who, table, columns in [
        (club.shop, sales, {"email": "fingerprint", "name": "sealed"}),
        (club.brand, crm, {"email": "fingerprint", "note": "sealed"}),
    ]:
        status, answer = club.declare(who, table, columns, withoutNulls=["email"])
        assert status == 200, answer
        assert answer["extension"]["encryption"] == {"columns": columns, "withoutNulls": ["email"]}
    club.bring(club.shop, sales, "sales", "AGGREGATION", AGGREGATION)
    own = {**AGGREGATION, "dimensionColumns": ["segment"], "aggregateColumns": [
        {"columnNames": ["email"], "function": "COUNT_DISTINCT"}]}
    del own["joinRequired"]
    club.bring(club.brand, crm, "crm", "AGGREGATION", own)

    _, rows = club.rows(
        "SELECT c.segment, COUNT(DISTINCT s.email) AS people, SUM(s.amount) AS spent "
        "FROM sales s JOIN crm c ON s.email = c.email GROUP BY c.segment ORDER BY c.segment")
    odd = sum(range(1, PEOPLE, 2))
    assert rows == [
        {"segment": "gold", "people": str(PEOPLE // 2), "spent": str(odd)},
        {"segment": "silver", "people": str(PEOPLE // 2), "spent": str(odd - PEOPLE // 2)},
    ]
    club.says("SELECT SUM(s.email) FROM sales s JOIN crm c ON s.email = c.email", "GB0501")
    club.says("SELECT SUM(s.amount) FROM sales s JOIN crm c ON s.name = c.email", "GB0505")

    # Members see what is encrypted; AWS's own clients see text.
    native = raw.call(
        club.brand, "GET", f"/glovebox/v1/collaborations/{club.made['id']}/schemas/sales")
    assert native.status == 200
    assert native.json["extension"]["encryption"]["columns"]["name"] == "sealed"
    said = raw.call(
        club.brand, "POST", f"/glovebox/v1/collaborations/{club.made['id']}/explain",
        body={"queryString": "SELECT COUNT(DISTINCT email) FROM crm"})
    assert "encryptedColumns" not in said.json, "a count is no ciphertext"
    schema = club.brand.rooms.get_schema(collaborationIdentifier=club.made["id"], name="sales")
    assert {"name": "name", "type": "string"} in schema["schema"]["columns"]


def test_sealed_columns_leave_by_a_list_rule_and_only_the_secret_opens_them(club, tmp_path):
    sales = club.configure(club.shop, "sales", ["email", "name"])
    crm = club.configure(club.brand, "crm", ["email", "note"])
    assert club.declare(club.shop, sales, {"email": "fingerprint", "name": "sealed"})[0] == 200
    assert club.declare(club.brand, crm, {"email": "fingerprint", "note": "sealed"})[0] == 200
    club.bring(club.shop, sales, "sales", "LIST", {"joinColumns": ["email"], "listColumns": ["name"]})
    club.bring(club.brand, crm, "crm", "LIST", {"joinColumns": ["email"], "listColumns": ["note"]})

    sql = "SELECT DISTINCT s.name, c.note FROM sales s JOIN crm c ON s.email = c.email"
    said = raw.call(
        club.brand, "POST", f"/glovebox/v1/collaborations/{club.made['id']}/explain",
        body={"queryString": sql})
    assert said.json["encryptedColumns"] == [
        {"name": "name", "encryption": "sealed"}, {"name": "note", "encryption": "sealed"}]
    text, rows = club.rows(sql)
    assert len(rows) == PEOPLE and "Person" not in text
    assert all(row["name"].startswith("02:enc:") for row in rows)
    result = tmp_path / "result.csv"
    result.write_text(text)
    decrypt = ["decrypt", result, "--id", club.made["id"], "--output", tmp_path / "clear.csv"]

    other = club.house.command("c3r", "keygen").stdout.strip()
    ran = club.c3r(club.brand, *decrypt, secret=other)
    assert ran.returncode == 1 and not (tmp_path / "clear.csv").exists(), ran.stderr
    ran = club.c3r(club.brand, *decrypt)
    assert ran.returncode == 0, ran.stderr
    clear = list(csv.DictReader((tmp_path / "clear.csv").open()))
    assert sorted((it["name"], it["note"]) for it in clear) == sorted(
        (f"Person {n}", f"Note {n}") for n in range(PEOPLE))

    club.says("SELECT DISTINCT s.name FROM sales s JOIN crm c ON s.email = c.email "
              "WHERE c.note = 'Note 1'", "GB0505")


def test_what_is_declared_is_compared_with_the_table_and_with_the_rule(club):
    sales = club.configure(club.shop, "sales", ["email", "name", "amount"])
    for columns, name, words in [
        ({"amount": "sealed"}, "encryption.columns.amount", "only a column of type string"),
        ({"email": "sealed"}, "encryption.columns.email", "row 1 of `club/sales.csv` is fingerprint"),
        ({"gone": "sealed"}, "encryption.columns.gone", "no such column"),
        ({"email": "hashed"}, "encryption.columns.email", "fingerprint or sealed"),
    ]:
        status, answer = club.declare(club.shop, sales, columns)
        assert status == 400, answer
        (field,) = answer["fieldList"]
        assert field["name"] == name and words in field["message"], answer
        assert "p0@" not in json.dumps(answer) and "02:" not in json.dumps(answer)
    assert club.declare(club.shop, sales, {"email": "fingerprint", "name": "sealed"})[0] == 200
    answer = refused(
        club.shop.rooms.create_configured_table_analysis_rule, "ValidationException",
        configuredTableIdentifier=sales,
        analysisRuleType="LIST",
        analysisRulePolicy={"v1": {"list": {"joinColumns": ["name"], "listColumns": ["amount"]}}},
    )
    assert "sealed" in json.dumps(answer["fieldList"])


def test_a_collaboration_without_parameters_allows_no_clear_text_and_counts_no_nulls(house, tmp_path):
    club = Club(house, tmp_path)
    bare = Club.__new__(Club)
    bare.__dict__.update(club.__dict__)
    bare.made = club.brand.rooms.create_collaboration(
        name="bare", description="d", creatorDisplayName="Brand",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"], members=[],
        queryLogStatus="DISABLED",
    )["collaboration"]
    assert "dataEncryptionMetadata" not in bare.made
    bare.memberships = {club.brand.id: club.brand.rooms.create_membership(
        collaborationIdentifier=bare.made["id"], queryLogStatus="DISABLED")["membership"]["id"]}
    club.encrypted(club.brand, "own", "email,n\na@a.example,1\n", email="fingerprint", n="cleartext")
    own = bare.configure(club.brand, "own", ["email", "n"])
    assert bare.declare(club.brand, own, {"email": "fingerprint"})[0] == 200
    bare.bring(club.brand, own, "own", "CUSTOM", {
        "allowedAnalyses": ["ANY_QUERY"], "allowedAnalysisProviders": [club.brand.id]})
    bare.says("SELECT SUM(n) FROM own", "GB0511")
    bare.says("SELECT COUNT(DISTINCT email) FROM own", "GB0508")
    assert bare.rows("SELECT COUNT(*) AS n FROM own")[1] == [{"n": "1"}]
