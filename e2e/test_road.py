"""The main job: one protected query from the SDK call to the delivered result."""

import csv
import io

import duckdb
import pytest
from conftest import DATA

DELAYS = """
SELECT p.manufacturer, p.model, COUNT(DISTINCT f.tailnum) AS aircraft, AVG(f.arr_delay) AS delay
FROM flights f JOIN planes p ON f.tailnum = p.tailnum
GROUP BY p.manufacturer, p.model
ORDER BY aircraft DESC, p.model
"""


def expected():
    return duckdb.sql(
        f"""
        SELECT p.manufacturer, p.model, COUNT(DISTINCT f.tailnum) AS aircraft,
               AVG(f.arr_delay) AS delay
        FROM '{DATA}/flights.parquet' f JOIN '{DATA}/planes.parquet' p USING (tailnum)
        GROUP BY ALL HAVING COUNT(DISTINCT f.tailnum) >= 25 ORDER BY aircraft DESC, p.model
        """
    ).fetchall()


def rows_of(objects):
    rows = []
    for key in sorted(objects):
        text = objects[key].decode()
        rows += list(csv.DictReader(io.StringIO(text)))
    return rows


def test_an_allowed_query_delivers_what_duckdb_computes(airlines):
    ended = airlines.run(DELAYS)
    assert ended["status"] == "SUCCESS", ended.get("error")
    location = ended["result"]["output"]["s3"]["location"]
    assert location == f"s3://results/out/{ended['id']}/"
    rows = rows_of(airlines.objects(ended["id"]))
    wanted = expected()
    assert len(rows) == len(wanted) > 30
    for row, want in zip(rows, wanted):
        assert (row["manufacturer"], row["model"], int(row["aircraft"])) == want[:3]
        assert float(row["delay"]) == pytest.approx(want[3], rel=1e-9)


def test_parquet_in_one_file_is_read_by_duckdb(airlines, tmp_path):
    ended = airlines.run(
        DELAYS,
        {
            "s3": {
                "bucket": "results",
                "resultFormat": "PARQUET",
                "keyPrefix": "out",
                "singleFileOutput": True,
            }
        },
    )
    assert ended["status"] == "SUCCESS", ended.get("error")
    objects = airlines.objects(ended["id"])
    assert list(objects) == [f"out/{ended['id']}/part-00000.parquet"]
    file = tmp_path / "result.parquet"
    file.write_bytes(next(iter(objects.values())))
    got = duckdb.sql(f"SELECT manufacturer, model, aircraft FROM '{file}'").fetchall()
    assert got == [row[:3] for row in expected()]


def test_without_the_join_the_query_fails_with_aws_words_first(airlines):
    ended = airlines.run("SELECT AVG(arr_delay) FROM flights")
    assert ended["status"] == "FAILED"
    message = ended["error"]["message"]
    assert message.startswith("Inner join to query runner table required for table flights")
    assert "GB01" in message
    assert ended["error"]["code"] == "MALFORMED_QUERY"
    assert not airlines.objects(ended["id"])


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT f.tailnum, AVG(f.arr_delay) FROM flights f JOIN planes p "
        "ON f.tailnum = p.tailnum GROUP BY f.tailnum",
        "SELECT AVG(f.arr_delay) FROM flights f JOIN planes p ON f.tailnum = p.tailnum "
        "WHERE f.tailnum = 'N14228'",
        "SELECT COUNT(*) FROM flights f JOIN planes p ON f.tailnum = p.tailnum",
        "SELECT AVG(f.arr_delay) FROM flights f JOIN planes p ON f.tailnum = p.tailnum OR 1=1",
        "SELECT 1",
        "DROP TABLE flights",
        "SELECT * FROM flights; SELECT * FROM planes",
        "SELECT AVG(arr_delay) FROM '/etc/passwd'",
        "SELECT AVG(f.year) FROM flights f JOIN planes p ON f.tailnum = p.tailnum",
    ],
)
def test_what_the_rules_forbid_fails_and_delivers_nothing(airlines, sql):
    ended = airlines.run(sql)
    assert ended["status"] == "FAILED"
    assert ended["error"]["code"] == "MALFORMED_QUERY"
    assert "GB0" in ended["error"]["message"]
    assert not airlines.objects(ended["id"])


def test_groups_below_the_threshold_are_silently_absent(airlines):
    ended = airlines.run(
        "SELECT f.dest, COUNT(DISTINCT f.tailnum) AS n FROM flights f "
        "JOIN planes p ON f.tailnum = p.tailnum GROUP BY f.dest"
    )
    assert ended["status"] == "SUCCESS", ended.get("error")
    rows = rows_of(airlines.objects(ended["id"]))
    assert rows and all(int(row["n"]) >= 25 for row in rows)
    n_all = duckdb.sql(f"SELECT COUNT(DISTINCT dest) FROM '{DATA}/flights.parquet'").fetchall()[0][0]
    assert len(rows) < n_all


def test_a_result_without_rows_is_a_header(airlines):
    ended = airlines.run(
        "SELECT AVG(f.arr_delay) AS delay FROM flights f JOIN planes p "
        "ON f.tailnum = p.tailnum WHERE f.dest = 'nowhere'"
    )
    assert ended["status"] == "SUCCESS", ended.get("error")
    assert [it.strip() for it in map(bytes.decode, airlines.objects(ended["id"]).values())] == [
        "delay"
    ]
