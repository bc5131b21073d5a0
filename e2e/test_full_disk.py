"""The disk of the data directory is full: nothing is lost or told wrongly, and everything goes on
once there is room.

The disk is a `tmpfs` of this test's own, which takes the right to mount one.
"""

import json
import subprocess
import time

import botocore.exceptions
import pytest
from conftest import House, ended, open_airlines

MIB = 1 << 20
SIZE = 96
SMALL = "SELECT f.carrier, COUNT(DISTINCT f.tailnum) AS n FROM flights f JOIN planes p " \
    "ON f.tailnum = p.tailnum GROUP BY f.carrier"


@pytest.fixture
def disk(tmp_path):
    """A house whose data directory is a disk of its own."""
    house = House(tmp_path / "house")
    house.data.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m,mode=0700", "tmpfs", house.data]
    if subprocess.run(mount).returncode != 0:
        pytest.skip("whoever runs the tests may not mount a disk")
    try:
        yield house.start("--log-format", "json")
        house.stop()
    finally:
        subprocess.run(["umount", "--lazy", house.data], check=True)


def fill(house, left):
    """A file that leaves so many bytes of the disk."""
    found = subprocess.run(
        ["stat", "--file-system", "--format=%a %S", house.data],
        check=True, capture_output=True, text=True,
    )
    free = int.__mul__(*map(int, found.stdout.split()))
    weight = house.data / "weight"
    with open(weight, "wb") as file:
        for _ in range(max(0, free - left) // MIB):
            file.write(bytes(MIB))
    return weight


def status(airlines, query):
    return airlines.manufacturer.rooms.get_protected_query(
        membershipIdentifier=airlines.membership, protectedQueryIdentifier=query
    )["protectedQuery"]["status"]


def test_on_a_full_disk_queries_wait_and_end_well_once_there_is_room(disk):
    airlines = open_airlines(disk)
    assert ended(airlines.manufacturer, airlines.membership, airlines.start(SMALL))["status"] == "SUCCESS"
    # Less than the house's own part, and still enough to write down that somebody asks.
    weight = fill(disk, 3 * MIB)
    query = airlines.start(SMALL)
    for _ in range(40):
        assert status(airlines, query) == "SUBMITTED"
        time.sleep(0.05)
    # Members cannot fill what is left.
    with pytest.raises(botocore.exceptions.ClientError) as full:
        airlines.manufacturer.s3.put_object(Bucket="results", Key="more", Body=bytes(MIB))
    assert full.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    weight.unlink()
    found = ended(airlines.manufacturer, airlines.membership, query)
    assert found["status"] == "SUCCESS", found
    airlines.manufacturer.s3.put_object(Bucket="results", Key="more", Body=bytes(MIB))


def test_a_disk_without_any_room_breaks_nothing_that_was_recorded(disk):
    airlines = open_airlines(disk)
    rooms, mine = airlines.manufacturer.rooms, {"membershipIdentifier": airlines.membership}
    known = [ended(airlines.manufacturer, airlines.membership, airlines.start(SMALL))["id"]]
    weight = fill(disk, 2 * MIB)
    with open(weight, "ab", buffering=0) as file, pytest.raises(OSError):
        while True:
            file.write(bytes(4096))
    refused = 0
    for _ in range(30):
        try:
            known.append(airlines.start(SMALL))
        except botocore.exceptions.ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500, error
            refused += 1
    assert refused, "the disk was not full"
    # What is there can be read all the while.
    assert rooms.list_protected_queries(**mine)["protectedQueries"]
    weight.unlink()
    known.append(airlines.start(SMALL))
    for query in known:
        found = ended(airlines.manufacturer, airlines.membership, query)
        assert found["status"] == "SUCCESS", found
    listed = rooms.list_protected_queries(**mine, maxResults=100)["protectedQueries"]
    assert sorted(it["id"] for it in listed) == sorted(known), "asked and recorded, or neither"
    disk.stop()
    verified = disk.command("ledger", "verify", "--data-dir", disk.data, "--json")
    assert json.loads(verified.stdout), verified.stderr
