"""When private answers come, with and without one user who makes work: real server, real clock.

Run by `cargo xtask bench times`. Two rooms on one server differ in all rows of one user, who has a
hundred times as many as all others together. Queries of both are started in turn; what is compared
is the time from StartProtectedQuery to the first SUCCESS that a poll sees. The two-sample
Kolmogorov-Smirnov test is made by permutation: no table of critical values, no assumption.
"""

import concurrent.futures
import pathlib
import shutil
import sys
import tempfile
import time

import numpy
from conftest import House, ended
from test_budgets import Offers

EACH = 60
# Of both rooms; as many queries of one membership may run.
AT_ONCE = 4
PERMUTATIONS = 20_000
DECLARED = {
    "mode": "strict",
    "privacy": {
        "bounds": {"spend": {"low": 0, "high": 40}},
        "publicKeys": {"zip": ["z0", "z1", "z2"]},
        "declaredUsers": 5_000,
    },
}


class Timed(Offers):
    """A room whose table has so many rows of one more user."""

    def __init__(self, house, more):
        super().__init__(house)
        rows = [f"u{it},z{it % 3},{it % 40}" for it in range(5_000)]
        rows += [f"hostile,z{it % 3},{it % 40}" for it in range(more)]
        (self.owner.tables("shop") / "imp.csv").write_text("uid,zip,spend\n" + "\n".join(rows) + "\n")
        self.private()
        self.offer(20, 100)
        path = f"configuredTables/{self.table}/extension"
        status, answer = self.native(self.owner, "PUT", path, DECLARED)
        assert status == 200, answer

    def timed(self, number):
        """Seconds until the answer to another question than before."""
        started = time.perf_counter()
        query = self.start(
            queryString=f"SELECT zip, SUM(spend) AS s FROM imp WHERE spend <> {number + 1000} "
            "GROUP BY zip"
        )
        membership = self.memberships[self.runner.id]
        found = ended(self.runner, membership, query, pause=0.01)
        assert found["status"] == "SUCCESS", found
        return time.perf_counter() - started


def distance(one, other):
    """The greatest difference of the two distribution functions."""
    both = numpy.sort(numpy.concatenate([one, other]))
    share = lambda it: numpy.searchsorted(numpy.sort(it), both, side="right") / len(it)
    return numpy.abs(share(one) - share(other)).max()


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="glovebox-times-"))
    house = House(folder).start()
    try:
        rooms = [Timed(house, 0), Timed(house, 50_000)]
        for room in rooms:
            room.timed(-1)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            asked = [(room, pool.submit(room.timed, it)) for it in range(EACH) for room in rooms]
            times = [numpy.array([it.result() for who, it in asked if who is room]) for room in rooms]
    finally:
        house.stop()
        shutil.rmtree(folder, ignore_errors=True)
    found = distance(*times)
    draw, both = numpy.random.default_rng(1), numpy.concatenate(times)
    at_least = 0
    for _ in range(PERMUTATIONS):
        draw.shuffle(both)
        at_least += distance(both[:EACH], both[EACH:]) >= found
    p = (at_least + 1) / (PERMUTATIONS + 1)
    for name, it in zip(("without", "with"), times):
        low, middle, high = numpy.quantile(it, (0.05, 0.5, 0.95))
        print(f"{name} a user of 50,000 rows: median {middle:.3f} s, 5 % {low:.3f} s, 95 % {high:.3f} s")
    print(f"Kolmogorov-Smirnov over {EACH} answers each: distance {found:.3f}, p = {p:.2f}")
    return 0 if p > 0.001 else 1


if __name__ == "__main__":
    sys.exit(main())
