"""Compares our CSV dialect with that of univocity-parsers 2.9.1, which AWS's client uses, on random files.

    cargo build --release -p glovebox-c3r --example rows
    javac -cp univocity-parsers-2.9.1.jar -d target/dialect crates/glovebox-c3r/tests/dialect/Rows.java
    python3 crates/glovebox-c3r/tests/dialect/compare.py univocity-parsers-2.9.1.jar [SEED] [FILES]

Prints how many files were read alike, and those that were not. What may differ, and why, is in docs/c3r.md:
we refuse files that end inside of quotes (OpenQuote) or have line ends of several kinds (MixedLineEnds), and a file
without a line end at its end is read as if it had one (EOF). Everything else is a difference (DIFF) and fails.
"""

import base64
import random
import subprocess
import sys
from collections import Counter

jar = sys.argv[1]
rnd = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
n_files = int(sys.argv[3]) if len(sys.argv) > 3 else 20_000

ATOMS = ["a", "b", "x", '"', '"', '""', ",", ",", " ", "\t", "\n", "\r\n", "\r", "#", "é", "\\", "1", "NULL", "\u00a0",
         "\x0b", "'"]


def soup(end):
    return "h,i" + end + "".join(rnd.choice(ATOMS) for _ in range(rnd.randint(0, 14))) + rnd.choice([end, ""])


def field(end):
    kind = rnd.random()
    inner = "".join(rnd.choice(["a", "b", " ", "\t", "é", "\\", "#", "1", "'", end if kind > 0.6 else "c"])
                    for _ in range(rnd.randint(0, 5)))
    if kind < 0.3:
        return inner
    if kind < 0.9:
        doubled = inner.replace("a", rnd.choice(["a", '""']))
        return rnd.choice(["", " "]) + '"' + doubled + '"' + rnd.choice(["", "", " ", "x", " x", '"'])
    return ""


def table(end):
    n_columns = rnd.choice([1, 2, 2, 3])
    rows = ["a" + ",b" * (n_columns - 1)]
    for _ in range(rnd.randint(1, 4)):
        rows.append(",".join(field(end) for _ in range(n_columns)))
        if rnd.random() < 0.1:
            rows.append(rnd.choice(["", "  ", '#c,"', "#"]))
    return end.join(rows) + rnd.choice([end, ""])


def rows(line):
    decode = lambda it: None if it == "N" else base64.b64decode(it[1:]).decode()
    return [[decode(it) for it in row.split(",")[1:]] for row in line.split(";") if row.startswith("R")]


files = []
for _ in range(n_files):
    end = rnd.choice(["\n", "\n", "\r\n", "\r"])
    files.append((rnd.choice("ubqx"), (soup if rnd.random() < 0.5 else table)(end)))
given = "".join(f"{mode} {base64.b64encode(text.encode()).decode()}\n" for mode, text in files).encode()
run = lambda command: subprocess.run(command, input=given, stdout=subprocess.PIPE, check=True).stdout.decode().split("\n")
theirs = run(["java", "-cp", f"{jar}:target/dialect", "Rows"])
ours = run(["target/release/examples/rows"])

seen = Counter()
for (mode, text), java, rust in zip(files, theirs, ours):
    error = rust.rpartition(";")[2] if "E" in rust.rpartition(";")[2] else ""
    java, rust = rows(java), rows(rust)
    if mode == "x":
        java = [[None if it == "NULL" else it for it in row] for row in java]
    if error in ("EOpenQuote", "EMixedLineEnds"):
        seen[error] += 1
    elif error == "EColumnCount" and java[:len(rust)] == rust and len(java[len(rust)]) != len(java[0]):
        seen["alike, refused for its columns"] += 1
    elif java == rust:
        seen["alike"] += 1
    elif text[-1:] not in "\r\n" or text[-1:] == "\r" and "\n" in text.partition("\r")[0] + text.partition("\r")[2][:1]:
        seen["EOF"] += 1
    elif len(text) <= 4:
        # The library looks for line ends in another way where all of a file fits into four characters.
        seen["tiny"] += 1
    else:
        seen["DIFF"] += 1
        if seen["DIFF"] < 20:
            print(mode, repr(text), "\n   theirs", java, "\n   ours  ", rust, error)
print(dict(seen))
sys.exit(1 if seen["DIFF"] else 0)
