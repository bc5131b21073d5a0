"""Records what Apache Spark answers to every query under corpus/spark/queries.

Run by `cargo xtask spark`, which makes the environment. Session: ANSI off, UTC, one thread.
Answers go to corpus/spark/answers/TOPIC.json, one line per query, so that a diff shows which
answer changed. A value is written as text: exact for exact types, `repr` for floats, hex for bytes.
"""

import decimal
import json
import math
import os
import pathlib
import re
import sys

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

# Another place may be named, for queries that are not kept.
ROOT = pathlib.Path(os.environ.get("SPARK_CORPUS") or pathlib.Path(__file__).resolve().parents[2] / "corpus" / "spark")
HEADER = re.compile(r"^-- (\S.*?): (.+)$")


def queries(path):
    """(construct, case, ordered, text) of each query of a file, in order."""
    found, header, ordered, lines = [], None, False, []

    def close():
        text = "\n".join(lines).strip().rstrip(";").strip()
        if header and text:
            found.append((*header, ordered, text))

    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() == "-- ordered":
            ordered = True
        elif match := HEADER.match(line):
            close()
            header, ordered, lines = match.groups(), False, []
        else:
            lines.append(line)
    close()
    return found


def session():
    spark = (
        SparkSession.builder.master("local[1]")
        .appName("glovebox-golden-answers")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.ansi.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.extraJavaOptions", "-Duser.timezone=UTC -Dlog4j.rootCategory=OFF")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.default.parallelism", "1")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.warehouse.dir", "/tmp/glovebox-spark-warehouse")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    return spark


def load(spark):
    tables = json.loads((ROOT / "tables.json").read_text(encoding="utf-8"))
    for name, table in tables.items():
        names = [column for column, _ in table["columns"]]
        schema = T.StructType([T.StructField(it, T.StringType()) for it in names])
        frame = spark.createDataFrame(table["rows"], schema)
        frame = frame.selectExpr(*[f"CAST(`{c}` AS {k}) AS `{c}`" for c, k in table["columns"]])
        frame.coalesce(1).cache().createOrReplaceTempView(name)


def value(it, kind):
    """One value as text, null as null, nested ones as JSON lists."""
    if it is None:
        return None
    if isinstance(kind, T.BooleanType):
        return "true" if it else "false"
    if isinstance(kind, (T.DoubleType, T.FloatType)):
        if math.isnan(it):
            return "NaN"
        return repr(it)
    if isinstance(kind, T.DecimalType):
        # Spark keeps trailing zeros of a quotient or loses them: the scale is that of the type.
        with decimal.localcontext(decimal.Context(prec=80)):
            return format(it.quantize(decimal.Decimal(1).scaleb(-kind.scale)), "f")
    if isinstance(kind, T.BinaryType):
        return bytes(it).hex()
    if isinstance(kind, T.ArrayType):
        return [value(one, kind.elementType) for one in it]
    if isinstance(kind, T.MapType):
        return [[value(k, kind.keyType), value(v, kind.valueType)] for k, v in it.items()]
    if isinstance(kind, T.StructType):
        return [value(one, field.dataType) for one, field in zip(it, kind.fields)]
    return str(it)


def answer(spark, text, ordered):
    *cached, text = text.split("; ") if text.startswith("CACHE ") else [text]
    try:
        for statement in cached:
            spark.sql(statement)
        frame = spark.sql(text)
        kinds = [field.dataType for field in frame.schema.fields]
        shown = [
            F.col(f"_{place}").cast("string") if isinstance(kind, (T.DateType, T.TimestampType, T.TimestampNTZType)) else F.col(f"_{place}")
            for place, kind in enumerate(kinds)
        ]
        plain = frame.toDF(*[f"_{place}" for place in range(len(kinds))]).select(*shown)
        rows = [
            [value(it, kind) for it, kind in zip(row, kinds)] for row in plain.collect()
        ]
    except PySparkException as error:
        return {"fails": error.getErrorClass() or type(error).__name__}
    except Exception as error:  # Py4J: what Spark throws while it runs.
        found = re.search(r"\[([A-Z_.0-9]+)\]", str(error)) or re.search(r"(\w+Exception)", str(error))
        return {"fails": found.group(1) if found else type(error).__name__}
    finally:
        for name in re.findall(r"CACHE (?:LAZY )?TABLE (\w+)", " ".join(cached)):
            spark.sql(f"DROP VIEW IF EXISTS {name}")
    if not ordered:
        rows.sort(key=lambda row: json.dumps(row, ensure_ascii=False))
    return {"types": [kind.simpleString() for kind in kinds], "rows": rows}


def main(topics):
    spark = session()
    load(spark)
    (ROOT / "answers").mkdir(exist_ok=True)
    for path in sorted((ROOT / "queries").glob("*.sql")):
        if topics and path.stem not in topics:
            continue
        lines, seen = [], set()
        for construct, case, ordered, text in queries(path):
            name = f"{construct}: {case}"
            assert name not in seen, f"two queries of {path.name} are called {name}"
            seen.add(name)
            found = {"name": name, "sql": text, "ordered": ordered, **answer(spark, text, ordered)}
            lines.append(json.dumps(found, ensure_ascii=False))
        body = ",\n".join(lines)
        (ROOT / "answers" / f"{path.stem}.json").write_text(f"[\n{body}\n]\n", encoding="utf-8")
        print(f"{path.stem}: {len(lines)} queries", flush=True)
    spark.stop()


main(sys.argv[1:])
