"""Results as awswrangler and Apache Spark read them, beside what lies in the table.

Run by `cargo xtask read-back`, which makes the environment: pyspark is too large, and
awswrangler too far behind, for the environment of the other tests.
"""

import datetime
import decimal
import os
import pathlib
import sys
import tempfile

os.environ["TZ"] = "UTC"
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import awswrangler
import duckdb
import pandas
import pyarrow
import pyarrow.parquet
from conftest import REGION, House, ended
from pyspark.sql import SparkSession
from test_connections import SECRET, Aws, add_results, open_for_all

KINDS = {
    "id": ("bigint", pyarrow.int64()),
    "tiny": ("tinyint", pyarrow.int8()),
    "small": ("smallint", pyarrow.int16()),
    "whole": ("int", pyarrow.int32()),
    "single": ("float", pyarrow.float32()),
    "real": ("double", pyarrow.float64()),
    "money": ("decimal(10,2)", pyarrow.decimal128(10, 2)),
    "wide": ("decimal(38,10)", pyarrow.decimal128(38, 10)),
    "flag": ("boolean", pyarrow.bool_()),
    "day": ("date", pyarrow.date32()),
    "at": ("timestamp", pyarrow.timestamp("us")),
    "raw": ("binary", pyarrow.binary()),
    "name": ("string", pyarrow.string()),
}

NAMES = [
    "plain", "a,b", '"quoted"', 'a"b', "two\nlines", "cr\rin", "crlf\r\nin", " space ", "007",
    "", "é 🦀", "back\\slash", 'back\\"quote', "NULL", "NaN", "#no comment", "'single'", "\ttab",
]


def rows():
    """Every odd text, values at the limits of types, and a row of NULLs."""
    D, day, at = decimal.Decimal, datetime.date, datetime.datetime
    found = []
    for place, name in enumerate(NAMES):
        found.append((
            place, place - 9, place * 100 - 900, place * 1_000_003, place / 4 - 2, place / 8 + 0.1,
            D(place * 101 - 900).scaleb(-2), D(place * 10**19 + 7).scaleb(-10), place % 2 == 0,
            day(1969, 12, 25) + datetime.timedelta(days=place * 3001),
            at(1969, 12, 31, 23, 59, 59) + datetime.timedelta(microseconds=place * 12_345_678_901),
            bytes([0, 255, place]), name,
        ))
    found.append((
        2**63 - 1, 127, 32767, 2**31 - 1, 3.4028234663852886e38, 1.7976931348623157e308,
        D("99999999.99"), D("9999999999999999999999999999.9999999999"), True, day(9999, 12, 31),
        at(2261, 12, 31, 23, 59, 59, 999_999), b"", "most",
    ))
    found.append((
        -(2**63), -128, -32768, -(2**31), -1.401298464324817e-45, -5e-324, D("-99999999.99"),
        D("-0.0000000001"), False, day(1700, 1, 1), at(1700, 1, 1, 0, 0, 0, 1), b"\n", "least",
    ))
    found.append((1000, *[None] * (len(KINDS) - 1)))
    return sorted(found, key=lambda it: it[0])


def results(folder, aws):
    """Two files with the rows, CSV and Parquet, where a query of the house has put them."""
    house = House(folder)
    house.start("--egress-allow", f"127.0.0.1:{aws.port}")
    try:
        maker, other = house.account("Maker"), house.account("Other")
        columns = list(KINDS)
        arrays = [pyarrow.array(it, KINDS[name][1]) for name, it in zip(columns, zip(*rows()))]
        table = pyarrow.table(dict(zip(columns, arrays)))
        pyarrow.parquet.write_table(table, maker.tables() / "kinds.parquet")
        membership = open_for_all(maker, other, "kinds", columns)
        add_results(maker, aws)
        places = {kind: deliver(maker, membership, kind) for kind in ("CSV", "PARQUET")}
        return places | {"ONE": deliver(maker, membership, "CSV", ["name"])}
    finally:
        house.stop()


def deliver(maker, membership, kind, columns=KINDS):
    output = {"bucket": "maker-results", "resultFormat": kind, "keyPrefix": "out"}
    started = maker.rooms.start_protected_query(
        type="SQL",
        membershipIdentifier=membership,
        sqlParameters={"queryString": f"SELECT {', '.join(columns)} FROM kinds"},
        resultConfiguration={"outputConfiguration": {"s3": output}},
    )["protectedQuery"]["id"]
    query = ended(maker, membership, started)
    assert query["status"] == "SUCCESS", query.get("error")
    return query["result"]["output"]["s3"]["location"]


def same(who, found):
    """Whether the rows are those of the table, value by value, of the same Python types."""
    found, wanted = sorted(found, key=lambda it: int(it[0])), rows()
    assert len(found) == len(wanted), f"{who}: {len(found)} rows of {len(wanted)}"
    for one, other in zip(found, wanted):
        for column, came, want in zip(KINDS, one, other):
            assert came == want and type(came) is type(want), f"{who}: {column} is {came!r}, not {want!r}"
    print(f"{who}: {len(found)} rows of {len(KINDS)} columns, all equal")


def plain(value):
    """A value of Arrow, NumPy or DuckDB as Python has it."""
    if value is None or value is pandas.NA or value is pandas.NaT:
        return None
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    return value.as_py() if hasattr(value, "as_py") else value


def tuples(found):
    return [tuple(plain(value) for value in row) for row in found]


def text(name, value):
    """A value as CSV has it, after docs/tables-and-results.md; only for what needs no care."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def same_text(who, found, null=None):
    """The same of CSV read as text, in the columns whose text is plain."""
    exact = [place for place, name in enumerate(KINDS) if name not in ("single", "real", "at", "raw", "wide")]
    found = sorted(([row[it] for it in exact] for row in found), key=lambda it: int(it[0]))
    wanted = [[text(name, row[it]) for it, name in zip(exact, KINDS)] for row in rows()]
    wanted = [[null if it is None else it for it in row] for row in wanted]
    assert found == wanted, f"{who}: {[it for it in zip(found, wanted) if it[0] != it[1]][:3]}"
    print(f"{who}: {len(found)} rows of text, all equal")


def same_names(who, found, null):
    """The same of a result of one column, whose NULL is an empty line."""
    wanted = sorted(null if row[-1] is None else row[-1] for row in rows())
    assert sorted(found) == wanted, f"{who}: {sorted(found)}"
    print(f"{who}: {len(found)} rows of one column, all equal")


def spark_reads(files):
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.extraJavaOptions", "-Duser.timezone=UTC -Dlog4j.rootCategory=OFF")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    frame = spark.read.parquet(files["PARQUET"])
    types = [(it.name, it.dataType.simpleString()) for it in frame.schema.fields]
    print("Spark, types of Parquet:", types)
    assert [(name, it.replace("timestamp_ntz", "timestamp")) for name, it in types] == [
        (name, kind) for name, (kind, _) in KINDS.items()
    ]
    same("Spark, Parquet", tuples(frame.collect()))
    # What docs/tables-and-results.md names: records over several lines, quotes doubled, and a
    # word for NULL that is nowhere, without which Spark takes "" for NULL, too.
    reader = spark.read.option("header", True).option("multiLine", True).option("lineSep", "\n")
    reader = reader.option("escape", '"').option("nullValue", "\u0001")
    schema = ", ".join(f"{name} {'string' if name == 'raw' else kind}" for name, (kind, _) in KINDS.items())
    typed = reader.schema(schema).csv(files["CSV"])
    same("Spark, CSV with a schema", tuples(typed.selectExpr(
        *["unbase64(raw) AS raw" if name == "raw" else name for name in KINDS]
    ).collect()))
    # Spark leaves empty lines out, whatever it is told: the documentation says so.
    names = reader.schema("name string").csv(files["ONE"]).count()
    assert names == sum(row[-1] is not None for row in rows()), names
    spark.stop()


def duckdb_reads(files):
    same("DuckDB, Parquet", tuples(duckdb.sql(f"FROM '{files['PARQUET']}/*.parquet'").fetchall()))
    sql = f"FROM read_csv('{files['CSV']}/*.csv', header = true, all_varchar = true, quote = '\"', escape = '\"', allow_quoted_nulls = false)"
    same_text("DuckDB, CSV as text", duckdb.sql(sql).fetchall(), null=None)
    one = duckdb.sql(sql.replace(files["CSV"], files["ONE"])).fetchall()
    same_names("DuckDB, CSV", ["(null)" if it is None else it for (it,) in one], null="(null)")


def wrangler_reads(places, aws):
    awswrangler.config.s3_endpoint_url = aws.url
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "AKIAOWNER", "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": REGION,
    }
    arrow = awswrangler.s3.read_parquet(places["PARQUET"], dtype_backend="pyarrow")
    same("awswrangler, Parquet", tuples(
        zip(*[pyarrow.array(arrow[name]).to_pylist() for name in KINDS])
    ))
    frame = awswrangler.s3.read_csv(places["CSV"], dtype=str, keep_default_na=False, lineterminator="\n")
    # pandas has no other value for NULL in text than that of an empty one.
    same_text("awswrangler, CSV as text", frame.values.tolist(), null="")
    one = awswrangler.s3.read_csv(
        places["ONE"], dtype=str, keep_default_na=False, lineterminator="\n", skip_blank_lines=False
    )
    same_names("awswrangler, CSV", one["name"].tolist(), null="")
    # Without `round_trip` pandas reads some numbers one digit off.
    numbers = awswrangler.s3.read_csv(places["CSV"], float_precision="round_trip").sort_values("id")
    for name, type_ in (("single", "float32"), ("real", "float64")):
        place = list(KINDS).index(name)
        wanted = pandas.Series([row[place] for row in rows()], dtype=type_)
        found = numbers[name].astype(type_).reset_index(drop=True)
        pandas.testing.assert_series_equal(found, wanted, check_exact=True, check_names=False)
    print("awswrangler, CSV: numbers equal")


def main():
    with tempfile.TemporaryDirectory(prefix="glovebox-read-back-") as folder:
        folder = pathlib.Path(folder)
        aws = Aws(folder / "aws")
        try:
            aws.client("s3").create_bucket(Bucket="maker-results")
            places = results(folder / "house", aws)
            files = {}
            for kind, place in places.items():
                (folder / kind).mkdir()
                prefix = place.removeprefix("s3://maker-results/")
                s3 = aws.client("s3")
                for it in s3.list_objects_v2(Bucket="maker-results", Prefix=prefix)["Contents"]:
                    name = it["Key"].rsplit("/", 1)[1]
                    s3.download_file("maker-results", it["Key"], str(folder / kind / name))
                files[kind] = str(folder / kind)
            duckdb_reads(files)
            wrangler_reads(places, aws)
            spark_reads(files)
        finally:
            aws.process.kill()
            aws.process.wait()


main()
