#!/usr/bin/env python3
"""Make data/*.csv: the runners' own tables of the honest queries.

Only the flights are real (examples/airlines); everything here is made up, from one seed, so that
keys have as many rows and values as such tables usually have. The same Python writes the same
bytes.
"""

import pathlib
import random

HERE = pathlib.Path(__file__).resolve().parent / "data"
PEOPLE = 300


def write(name, header, rows):
    lines = [",".join(header)] + [",".join(map(str, row)) for row in rows]
    (HERE / f"{name}.csv").write_text("\n".join(lines) + "\n")


def skewed(rng, most):
    """A few keys have many, most have one or two."""
    return min(most, 1 + int(rng.paretovariate(1.3)) - 1 + (rng.random() < 0.4))


def several(rng, values, most, weight=None):
    """Distinct values of one key."""
    return rng.sample(values, min(len(values), skewed(rng, most)))


def main():
    HERE.mkdir(exist_ok=True)
    rng = random.Random(20260101)
    people = [f"u{n}" for n in range(PEOPLE)]
    one = lambda values: [(it, rng.choice(values)) for it in people]
    segments = ["sport", "travel", "home", "style", "food", "tech", "kids"]

    write("crm", ["k", "segment", "age", "region", "value"],
          [(k, s, rng.randint(18, 90), rng.choice("NESW"), rng.randint(0, 5000))
           for k, s in one(segments)])
    write("audiences", ["k", "audience"],
          [(k, a) for k in people for a in several(rng, segments, 6)])
    write("arms", ["k", "campaign", "arm"],
          [(k, c, rng.choice(["control", "exposed"]))
           for k in people for c in several(rng, ["spring", "summer", "autumn", "winter"], 4)])
    write("trial", ["k", "arm"], one(["control", "exposed"]))
    categories = [f"c{n}" for n in range(12)]
    write("purchases", ["k", "category", "month", "amount"],
          [(k, rng.choice(categories), rng.randint(1, 12), rng.randint(5, 200))
           for k in people for _ in range(skewed(rng, 40))])
    write("conversions", ["k", "campaign", "channel", "day"],
          [(k, rng.choice(["spring", "summer", "autumn"]), rng.choice(["mail", "app", "web"]),
            f"2026-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}")
           for k in people if rng.random() < 0.3 for _ in range(skewed(rng, 6))])
    write("impressions", ["k", "section", "device"],
          [(k, rng.choice(["news", "sport", "culture", "money", "local"]),
            rng.choice(["phone", "desktop", "tv"]))
           for k in people for _ in range(skewed(rng, 60))])
    write("subscribers", ["k", "plan", "since"],
          [(k, p, rng.randint(2015, 2026)) for k, p in one(["free", "basic", "plus"])])
    write("households", ["k", "segment"],
          [(f"h{n}", rng.choice(segments)) for n in range(120) for _ in range(rng.randint(1, 4))])
    write("diagnoses", ["k", "chapter"],
          [(k, d) for k in people for d in several(rng, [f"icd{n}" for n in range(20)], 9)])
    write("patients", ["k", "born", "sex"],
          [(k, rng.randint(1935, 2015), s) for k, s in one(["f", "m"])])
    write("prescriptions", ["k", "class", "quarter"],
          [(k, rng.choice([f"atc{n}" for n in range(14)]), rng.randint(1, 4))
           for k in people for _ in range(skewed(rng, 25))])
    write("accounts", ["k", "product"],
          [(k, p) for k in people
           for p in several(rng, ["current", "saving", "card", "loan", "broker"], 4)])
    write("payments", ["k", "mcc", "month"],
          [(k, rng.choice([f"m{n}" for n in range(30)]), rng.randint(1, 12))
           for k in people for _ in range(skewed(rng, 80))])
    write("risk", ["k", "band"], one(["low", "middle", "high"]))


if __name__ == "__main__":
    main()
