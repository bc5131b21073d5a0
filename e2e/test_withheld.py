"""Groups below a threshold, put together in one last row where their owner agrees; by boto3."""

import subprocess

import pytest

from conftest import BINARY
from test_rules_wire import Room

SQL = "SELECT zip, SUM(spend) AS total FROM imp GROUP BY zip ORDER BY zip"


@pytest.fixture
def room(house):
    return Room(house)


def rule(minimum):
    return {
        "v1": {
            "aggregation": {
                "aggregateColumns": [{"columnNames": ["spend"], "function": "SUM"}],
                "joinColumns": [],
                "dimensionColumns": ["zip"],
                "scalarFunctions": [],
                "outputConstraints": [
                    {"columnName": "uid", "minimum": minimum, "type": "COUNT_DISTINCT"}
                ],
            }
        }
    }


def objects(room, query):
    """The bytes of the result."""
    location = query["result"]["output"]["s3"]["location"]
    prefix = location.split("/", 3)[3]
    s3 = room.runner.s3
    listed = s3.list_objects_v2(Bucket="results", Prefix=prefix)["Contents"]
    return [s3.get_object(Bucket="results", Key=it["Key"])["Body"].read() for it in listed]


def answer(room):
    """The result, and what the house says beside it."""
    done = room.run(queryString=SQL)
    assert done["status"] == "SUCCESS", done
    status, progress = room.native(
        room.runner, "GET", f"protectedQueries/{done['id']}/progress"
    )
    assert status == 200
    assert room.native(room.owner, "GET", f"protectedQueries/{done['id']}/progress")[0] == 404
    assert ("otherRow" in progress) == ("notice" in progress)
    return objects(room, done), progress.get("otherRow")


def put_table(room, *groups):
    """A table with so many people in each zip; each of them spends one."""
    rows = [f"{z}u{n},z{z},1\n" for z, people in enumerate(groups) for n in range(people)]
    (room.owner.tables("shop") / "imp.csv").write_text("uid,zip,spend\n" + "".join(rows))


def test_withheld_groups_become_one_last_row_that_itself_passes(room):
    room.owner.rooms.create_configured_table_analysis_rule(
        configuredTableIdentifier=room.table,
        analysisRuleType="AGGREGATION",
        analysisRulePolicy=rule(5),
    )
    put_table(room, 6, 3, 4)
    silent = answer(room)
    assert silent == ([b"zip,total\nz0,6\n"], None)
    path = f"configuredTables/{room.table}/extension"
    wanted = {"mode": "strict", "suppressionNotice": True}
    status, made = room.native(room.owner, "PUT", path, wanted)
    assert status == 200 and made["extension"]["suppressionNotice"] is True
    assert answer(room) == ([b"zip,total\nz0,6\n,7\n"], True)
    # One group alone, and two that are too few together, look like none at all.
    for groups in ((6,), (6, 4), (6, 2, 2)):
        put_table(room, *groups)
        assert answer(room) == silent, groups


def test_the_command_line_says_what_the_last_row_is(room, tmp_path):
    room.owner.rooms.create_configured_table_analysis_rule(
        configuredTableIdentifier=room.table,
        analysisRuleType="AGGREGATION",
        analysisRulePolicy=rule(5),
    )
    put_table(room, 6, 3, 4)
    path = f"configuredTables/{room.table}/extension"
    wanted = {"mode": "strict", "suppressionNotice": True}
    assert room.native(room.owner, "PUT", path, wanted)[0] == 200
    text = tmp_path / "q.sql"
    text.write_text(SQL)

    def run(*more):
        membership = room.memberships[room.runner.id]
        command = [BINARY, "query", "run", "--membership", membership, "--sql", str(text), *more]
        return subprocess.run(
            command, env=room.runner.environment, capture_output=True, text=True, timeout=120
        )

    said = run()
    assert said.returncode == 0, said.stderr
    assert "the last row stands for groups below a threshold, put together" in said.stderr
    assert '"otherRow": true' in run("--json").stdout
    put_table(room, 6, 4)
    assert "threshold" not in run().stderr
