"""SmartNoise SQL over one Parquet file: the seconds of one private query, as JSON."""

import json
import sys
import time

import pandas
import snsql

rows = pandas.read_parquet(sys.argv[1])
rows["amount"] = rows["amount"].astype("float64")
table = {
    "max_ids": 3,
    "clamp_counts": False,
    "rows": len(rows),
    "uid": {"type": "string", "private_id": True},
    "campaign": {"type": "string"},
    "amount": {"type": "float", "lower": 0.0, "upper": 120.0},
}
privacy = snsql.Privacy(epsilon=1.0, delta=1e-6)
started = time.perf_counter()
reader = snsql.from_df(rows, privacy=privacy, metadata={"": {"PUBLIC": {"pub": table}}})
answer = reader.execute(
    "SELECT campaign, COUNT(DISTINCT uid) AS users, COUNT(*) AS n, SUM(amount) AS total "
    "FROM PUBLIC.pub GROUP BY campaign"
)
seconds = time.perf_counter() - started
print(
    json.dumps(
        {
            "name": "SmartNoise SQL 1.0.10 (pandas)",
            "seconds": seconds,
            "groups": len(answer) - 1,
            "bounding": "at most 3 rows of a person in all, each clamped to 0..120; data in memory",
        }
    )
)
