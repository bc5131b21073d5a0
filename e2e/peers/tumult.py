"""Tumult Analytics over one Parquet file: the seconds of three private aggregates, as JSON."""

import json
import sys
import time

from pyspark.sql import SparkSession
from tmlt.analytics import (
    AddRowsWithID,
    ApproxDPBudget,
    KeySet,
    MaxGroupsPerID,
    MaxRowsPerGroupPerID,
    QueryBuilder,
    Session,
)

spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.sql.shuffle.partitions", "4")
    .config("spark.driver.memory", "8g")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.warehouse.dir", "/tmp/glovebox-tumult-warehouse")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")
rows = spark.read.parquet(sys.argv[1])
rows.limit(1).collect()
started = time.perf_counter()
session = Session.from_dataframe(
    privacy_budget=ApproxDPBudget(1.0, 1e-6),
    source_id="pub",
    dataframe=rows,
    protected_change=AddRowsWithID("uid"),
)
bounded = (
    QueryBuilder("pub")
    .enforce(MaxGroupsPerID("campaign", 3))
    .enforce(MaxRowsPerGroupPerID("campaign", 4))
)
part = ApproxDPBudget(0.25, 2.5e-7)
keys = session.evaluate(bounded.get_groups(["campaign"]), part)
grouped = bounded.groupby(KeySet.from_dataframe(keys))
n_groups = 0
for query in (
    grouped.count_distinct(["uid"]),
    grouped.count(),
    grouped.sum("amount", 0, 120),
):
    n_groups = len(session.evaluate(query, part).collect())
seconds = time.perf_counter() - started
print(
    json.dumps(
        {
            "name": "Tumult Analytics 0.21 (Spark local[2], started before)",
            "seconds": seconds,
            "groups": n_groups,
            "bounding": "at most 3 campaigns of a person and 4 rows in each, each clamped to 0..120",
        }
    )
)
