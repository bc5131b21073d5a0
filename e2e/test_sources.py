"""One protected query over each kind of source that is not a folder or a Glue table in S3."""

import json
import time

import duckdb
import pytest
from botocore.exceptions import ClientError
from conftest import DATA, FLIGHTS_RULE, GENERIC, House
from postgres import PASSWORD, Postgres
from test_connections import COLUMNS, bring, open_room, role
from test_road import DELAYS, expected, rows_of

TYPES = {"VARCHAR": "text", "BIGINT": "bigint", "INTEGER": "integer", "DOUBLE": "double precision"}


@pytest.fixture(scope="module")
def postgres():
    postgres = Postgres()
    described = duckdb.sql(f"DESCRIBE FROM '{DATA}/flights.parquet'").fetchall()
    columns = [f"{it[0]} {TYPES[it[1]]}" for it in described if it[0] in COLUMNS]
    names = ", ".join(it[0] for it in described if it[0] in COLUMNS)
    postgres.sql(
        "CREATE SCHEMA lake",
        f"CREATE TABLE lake.flights ({', '.join(columns)})",
        f"CREATE USER reader PASSWORD '{PASSWORD}'",
        "GRANT USAGE ON SCHEMA lake TO reader",
        "GRANT SELECT ON lake.flights TO reader",
        # A view that takes half an hour.
        "CREATE VIEW lake.slow AS SELECT * FROM lake.flights WHERE pg_sleep(0.005) IS NOT NULL",
        "GRANT SELECT ON lake.slow TO reader",
    )
    file = postgres.folder / "flights.csv"
    duckdb.sql(f"COPY (SELECT {names} FROM '{DATA}/flights.parquet') TO '{file}' (HEADER false)")
    postgres.sql(f"COPY lake.flights ({names}) FROM STDIN (FORMAT csv)", stdin=file.read_text())
    yield postgres
    postgres.stop()


@pytest.fixture(scope="module")
def room(tmp_path_factory, postgres):
    house = House(tmp_path_factory.mktemp("sources"))
    house.start("--egress-allow", f"127.0.0.1:{postgres.port}")

    def connect(airline):
        house.command(
            *["connection", "add", "--name", "warehouse", "--type", "postgresql"],
            *["--database", "lake", "--host", "127.0.0.1", "--port", postgres.port],
            *["--dbname", "postgres", "--no-tls", "--user", "reader", "--password-file", "-"],
            stdin=PASSWORD + "\n",
            env=airline.environment,
        )

    yield open_room(house, connect, "warehouse")
    house.stop()


def test_a_table_of_postgresql_is_queried_where_it_lies(room):
    query = room.run(DELAYS)
    assert query["status"] == "SUCCESS", query.get("error")
    rows, wanted = rows_of(room.objects(query["id"])), expected()
    assert len(rows) == len(wanted)
    for row, want in zip(rows, wanted):
        assert (row["manufacturer"], row["model"], int(row["aircraft"])) == want[:3]
        assert float(row["delay"]) == pytest.approx(want[3], rel=1e-9)


def test_the_connection_to_postgresql_is_tested_and_its_password_shown_nowhere(room):
    airline = room.airline
    tested = airline.house.command(
        *["connection", "test", "warehouse", "--table", "lake.flights", "--json"],
        env=airline.environment,
    )
    answer = json.loads(tested.stdout)
    assert answer["works"], answer
    assert {it["step"]: it["status"] for it in answer["steps"]}["read"] == "OK"
    assert PASSWORD not in tested.stdout + airline.house.log.read_text()
    for file in airline.house.data.glob("glovebox.sqlite*"):
        assert PASSWORD.encode() not in file.read_bytes()


def test_a_right_that_the_member_takes_back_fails_the_query_until_it_is_given_again(
    room, postgres
):
    postgres.sql("REVOKE SELECT ON lake.flights FROM reader")
    query = room.run(DELAYS)
    postgres.sql("GRANT SELECT ON lake.flights TO reader")
    # What its owner is told is in test_bad_input.py.
    assert (query["status"], query["error"]["message"]) == ("FAILED", GENERIC)
    assert room.run(DELAYS)["status"] == "SUCCESS"


def test_a_table_that_is_not_there_is_named_to_its_owner(room):
    with pytest.raises(ClientError) as refused:
        room.airline.rooms.create_configured_table(
            name="nothing",
            tableReference={"glue": {"databaseName": "lake", "tableName": "nothing"}},
            allowedColumns=["id"],
            analysisMethod="DIRECT_QUERY",
        )
    message = refused.value.response["Error"]["Message"]
    assert "nothing" in message and "tableReference.glue" in message


def running(postgres):
    asked = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COPY%'"
    return int(postgres.sql(asked).stdout)


@pytest.mark.parametrize("how", ["cancelled", "taken back"])
def test_what_a_query_asked_of_postgresql_ends_with_it(room, postgres, how):
    airline = room.airline
    made = airline.rooms.create_configured_table(
        name="slow",
        tableReference={"glue": {"databaseName": "lake", "tableName": "slow"}},
        allowedColumns=COLUMNS,
        analysisMethod="DIRECT_QUERY",
    )["configuredTable"]
    airline.rooms.create_configured_table_analysis_rule(
        configuredTableIdentifier=made["id"],
        analysisRuleType="AGGREGATION",
        analysisRulePolicy={"v1": {"aggregation": FLIGHTS_RULE}},
    )
    name = f"slow_{how.split()[0]}"
    bring(airline, room.airline_membership, made, name, role(airline, "warehouse"))
    query = room.start(DELAYS.replace("flights f", f"{name} f"))
    deadline = time.monotonic() + 60
    while not running(postgres):
        assert time.monotonic() < deadline, "PostgreSQL was not asked"
        time.sleep(0.1)
    if how == "cancelled":
        room.manufacturer.rooms.update_protected_query(
            membershipIdentifier=room.membership,
            protectedQueryIdentifier=query,
            targetStatus="CANCELLED",
        )
    else:
        airline.house.command("connection", "remove", "warehouse", env=airline.environment)
    ended = room.wait(query, seconds=30)
    if how == "cancelled":
        assert ended["status"] == "CANCELLED"
    else:
        assert ended["error"]["code"] == "RESOURCE_ACCESS_DENIED"
    deadline = time.monotonic() + 20
    while running(postgres):
        assert time.monotonic() < deadline, "PostgreSQL goes on"
        time.sleep(0.1)
    assert not room.objects(query)
