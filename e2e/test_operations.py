"""What an operator does: backups, restores, clocks, keys, monitoring, stopping."""

import json
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request

import botocore.exceptions
import pytest
from conftest import Account, associate, configure, ended

SUM = "SELECT carrier, SUM(delay) AS total FROM flights GROUP BY carrier"
COUNT = "SELECT COUNT(DISTINCT uid) AS n FROM users"
OUTPUT = {"s3": {"bucket": "results", "resultFormat": "CSV", "keyPrefix": "out"}}


class Delays:
    """An airline with a table under thresholds and one of users; a maker who made the room."""

    def __init__(self, house):
        self.house = house
        airline, maker = house.account("Airline"), house.account("Maker")
        self.airline, self.maker = airline, maker
        rows = "".join(f"N{n},UA,{n}\n" for n in range(200))
        (airline.tables() / "flights.csv").write_text("tailnum,carrier,delay\n" + rows)
        users = "".join(f"U{n},X\n" for n in range(500))
        (airline.tables() / "users.csv").write_text("uid,city\n" + users)
        made = maker.rooms.create_collaboration(
            name="Delays",
            description="which carriers are late",
            creatorDisplayName="Maker",
            creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
            members=[{"accountId": airline.id, "memberAbilities": [], "displayName": "Airline"}],
            queryLogStatus="ENABLED",
        )["collaboration"]
        self.collaboration = made["id"]
        memberships = {
            account.id: account.rooms.create_membership(
                collaborationIdentifier=made["id"], queryLogStatus="ENABLED"
            )["membership"]["id"]
            for account in (maker, airline)
        }
        self.membership = memberships[maker.id]
        self.airlines = memberships[airline.id]
        rule = {
            "aggregateColumns": [{"columnNames": ["delay"], "function": "SUM"}],
            "joinColumns": ["tailnum"],
            "dimensionColumns": ["carrier"],
            "scalarFunctions": [],
            "outputConstraints": [
                {"columnName": "tailnum", "minimum": 25, "type": "COUNT_DISTINCT"}
            ],
        }
        flights = configure(airline, "flights", ["tailnum", "carrier", "delay"], rule)
        associate(airline, self.airlines, flights, "flights")
        users = airline.rooms.create_configured_table(
            name="users",
            tableReference={"glue": {"databaseName": "airlines", "tableName": "users"}},
            allowedColumns=["uid", "city"],
            analysisMethod="DIRECT_QUERY",
        )["configuredTable"]
        custom = {
            "allowedAnalyses": ["ANY_QUERY"],
            "allowedAnalysisProviders": [maker.id],
            "differentialPrivacy": {"columns": [{"name": "uid"}]},
        }
        airline.rooms.create_configured_table_analysis_rule(
            configuredTableIdentifier=users["id"],
            analysisRuleType="CUSTOM",
            analysisRulePolicy={"v1": {"custom": custom}},
        )
        associate(airline, self.airlines, users, "users")
        airline.rooms.create_privacy_budget_template(
            membershipIdentifier=self.airlines,
            privacyBudgetType="DIFFERENTIAL_PRIVACY",
            autoRefresh="CALENDAR_MONTH",
            parameters={"differentialPrivacy": {"epsilon": 20, "usersNoisePerQuery": 30}},
        )
        maker.s3.create_bucket(Bucket="results")

    def start(self, sql):
        return self.maker.rooms.start_protected_query(
            type="SQL",
            membershipIdentifier=self.membership,
            sqlParameters={"queryString": sql},
            resultConfiguration={"outputConfiguration": OUTPUT},
        )["protectedQuery"]["id"]

    def look(self, query):
        return self.maker.rooms.get_protected_query(
            membershipIdentifier=self.membership, protectedQueryIdentifier=query
        )["protectedQuery"]

    def run(self, sql):
        return ended(self.maker, self.membership, self.start(sql))

    def succeeds(self, sql):
        found = self.run(sql)
        assert found["status"] == "SUCCESS", found

    def fails(self, sql, code):
        found = self.run(sql)
        assert found["status"] == "FAILED" and code in found["error"]["message"], found
        return found["error"]["message"]


def get(url):
    """Status and body, whatever the status."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def reasons(url):
    status, body = get(url + "/readyz")
    found = json.loads(body)
    assert (status == 200) == (found["status"] == "ready"), found
    return found["reasons"]


def until(wanted, look, seconds=60):
    """What `look` finds once it is `wanted`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if wanted(found):
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def ready(house):
    return until(lambda it: it == [], lambda: reasons(house.url))


def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_backup_of_a_busy_house_is_restored_and_the_house_goes_on(new_house, tmp_path):
    house = new_house.start()
    room = Delays(house)
    room.succeeds(COUNT)
    busy, answers = threading.Event(), []

    def ask():
        while not busy.is_set():
            answers.append(room.run(SUM)["status"])

    asking = threading.Thread(target=ask)
    asking.start()
    until(lambda it: len(it) > 0, lambda: answers)
    copies = [tmp_path / f"backup{n}" for n in range(3)]
    for copy in copies:
        house.command("backup", "--data-dir", house.data, copy)
    busy.set()
    asking.join()
    assert set(answers) == {"SUCCESS"}
    again = house.command("backup", "--data-dir", house.data, copies[0], check=False)
    assert again.returncode == 1, "a backup is not written over"
    inside = house.command("backup", "--data-dir", house.data, house.data / "x", check=False)
    assert inside.returncode == 1 and "elsewhere" in inside.stderr
    assert (copies[0] / "glovebox.sqlite").stat().st_mode & 0o077 == 0

    # Something is charged that the copy does not know of; a right is withdrawn.
    room.succeeds(COUNT.replace("AS n", "AS other"))
    house.stop()
    for name in ("glovebox.sqlite-wal", "glovebox.sqlite-shm"):
        (house.data / name).unlink(missing_ok=True)
    shutil.copy(copies[2] / "glovebox.sqlite", house.data / "glovebox.sqlite")
    house.start()
    until(lambda it: "database-older" in it, lambda: reasons(house.url))
    assert "glovebox ledger accept-restore --data-dir" in house.log.read_text()
    for sql in (SUM, COUNT):
        assert "accept-restore" in room.fails(sql, "GB0905")
    there = ["--endpoint-url", house.url]
    accept = ["ledger", "accept-restore"]
    early = house.command(*accept, *there, env=room.airline.environment)
    assert "nothing to confirm" in early.stderr
    house.command(*accept, "--data-dir", house.data)
    ready(house)
    room.fails(SUM, "GB0906")
    house.command(*accept, *there, env=room.airline.environment)
    assert f"Maker ({room.maker.id})" in room.fails(SUM, "GB0906")
    said = house.command(*accept, *there, "--json", env=room.maker.environment)
    assert json.loads(said.stdout)["restore"]["isConfirmed"] is True
    room.succeeds(SUM)
    room.fails(COUNT.replace("AS n", "AS third"), "You do not have enough aggregations")
    # An analyst's key gives nobody's word.
    key = json.loads(
        house.command(
            "account", "key", "add", room.maker.id, "--role", "analyst", "--data-dir", house.data
        ).stdout
    )
    analyst = Account(house, room.maker.id, key["accessKeyId"], key["secretAccessKey"])
    denied = house.command(*accept, *there, env=analyst.environment, check=False)
    assert denied.returncode == 1 and "AccessDenied" in denied.stderr
    # Every member finds it in the ledger, which holds.
    for member in (room.airline, room.maker):
        out = tmp_path / f"ledger-{member.id}.json"
        house.command(
            "ledger", "fetch", *there, "--collaboration", room.collaboration, "--out", out,
            env={**member.environment, "HOME": str(tmp_path / member.id)},
        )
        text = out.read_text()
        assert text.count("restoreConfirmed") == 2 and "restored" in text
        house.command("ledger", "verify", out)
    house.command("ledger", "verify", "--data-dir", house.data)
    refused = house.command(*accept, "--data-dir", house.data, check=False)
    assert refused.returncode == 1 and "--anyway" in refused.stderr


def test_a_clock_that_jumped_halts_queries_until_the_operator_speaks(new_house):
    house = new_house.start()
    room = Delays(house)
    room.succeeds(SUM)
    clock = ["--data-dir", house.data]
    assert house.command("clock", "show", *clock).returncode == 0
    # As if the clock had been set an hour ahead: it is compared from an hour further back.
    with sqlite3.connect(house.data / "glovebox.sqlite", timeout=30) as store:
        [(text,)] = store.execute("SELECT value FROM settings WHERE name = 'clock-base'")
        base = json.loads(text)
        base["wall"] -= 3600_000
        store.execute(
            "UPDATE settings SET value = ? WHERE name = 'clock-base'", (json.dumps(base),)
        )
    assert "glovebox clock accept" in room.fails(SUM, "GB0903")
    until(lambda it: it == ["clock-halted"], lambda: reasons(house.url))
    until(lambda it: "the clock jumped" in it, house.log.read_text)
    # Neither does a new start make it right.
    house.stop()
    house.start()
    room.fails(SUM, "GB0903")
    shown = house.command("clock", "show", *clock, "--json", check=False)
    assert shown.returncode == 1 and 3590 < json.loads(shown.stdout)["jumpedBySeconds"] < 3700
    house.command("clock", "accept", *clock)
    room.succeeds(SUM)
    ready(house)
    assert house.command("clock", "show", *clock).returncode == 0


LINE = re.compile(r'^(glovebox_[a-z_]+)(\{[^}]*\})? [0-9.eE+-]+$')


def figures(address):
    """Name and labels to number; every line is one of ours."""
    status, body = get(f"http://{address}/metrics")
    assert status == 200
    found = {}
    for line in body.splitlines():
        if line.startswith("#"):
            continue
        assert LINE.match(line), line
        name, value = line.rsplit(" ", 1)
        found[name] = float(value)
    return body, found


def test_figures_tell_nothing_of_anybody_and_a_private_query_runs_until_its_edge(new_house):
    house = new_house
    address = f"127.0.0.1:{port()}"
    house.start("--metrics", address)
    room = Delays(house)
    room.succeeds(SUM)
    room.fails("SELECT tailnum FROM flights", "GB0101")
    query = room.start(COUNT)
    until(lambda it: it["status"] == "STARTED", lambda: room.look(query))
    seen = []
    while room.look(query)["status"] == "STARTED":
        _, found = figures(address)
        still = room.look(query)["status"] == "STARTED"
        if still:
            names = ("glovebox_queries_running", "glovebox_queries_waiting",
                     'glovebox_queries{status="SUCCESS"}', "glovebox_ledger_entries")
            seen.append(tuple(found[it] for it in names))
    # The walk took much less than the five seconds until its edge: that shows in nothing.
    assert len(seen) > 3 and {it[:2] for it in seen} == {(1, 0)}, seen
    assert {it[2] for it in seen} == {1}, seen
    # From when it is open to shortly before its edge, when its walk has long ended.
    middle = seen[len(seen) // 4 : len(seen) * 3 // 4]
    assert len({it[3] for it in middle}) == 1, middle
    body, found = figures(address)
    assert found['glovebox_queries{status="SUCCESS"}'] == 2
    assert found['glovebox_queries{status="FAILED"}'] == 1
    assert found["glovebox_queries_running"] == found["glovebox_queries_waiting"] == 0
    assert found["glovebox_slots"] >= 1 and found["glovebox_ledger_entries"] > 10
    assert found["glovebox_resident_memory_bytes"] > 1 << 20 and found["glovebox_open_files"] > 3
    assert found["glovebox_resident_memory_bytes"] % (16 << 20) == 0
    counted = 'glovebox_request_seconds_count{operation="StartProtectedQuery",status="2xx"}'
    assert found[counted] == 3
    assert found["glovebox_store_transaction_seconds_count"] > 10
    known = (room.airline.id, room.maker.id, room.airline.key, room.maker.key, query,
             room.collaboration, room.membership, "Airline", "flights", "users", "SELECT")
    for word in known:
        assert word not in body, word
    # Whatever a stranger sends becomes no label.
    get(house.url + "/a-path-of-mine")
    get(house.url + "/healthz?a-path-of-mine")
    body, found = figures(address)
    assert "a-path-of-mine" not in body
    assert found['glovebox_request_seconds_count{operation="Unsigned",status="4xx"}'] >= 1
    labels = set(re.findall(r'([a-z]+)="', body))
    assert labels <= {"operation", "status", "le"}, labels
    # Not at the doors that members use; nothing else at the operator's address.
    assert get(house.url + "/metrics")[0] == 403
    assert get(f"http://{address}/healthz")[0] == 404
    assert get(f"http://{address}/glovebox/v1/connections")[0] == 404


def test_figures_are_not_shown_beyond_this_machine_unasked(new_house):
    done = new_house.command(
        "serve", "--data-dir", new_house.data, "--metrics", "0.0.0.0:0", check=False, timeout=60
    )
    assert done.returncode == 1 and "--plaintext" in done.stderr


def test_each_request_is_one_line_of_json_with_the_id_that_its_client_sees(new_house):
    house = new_house
    account = house.account("Named-in-no-log")
    house.start("--log-format", "json", "--log", "debug,s3s=trace,hyper=trace")
    said = account.rooms.list_collaborations()["ResponseMetadata"]
    with pytest.raises(botocore.exceptions.ClientError) as missing:
        account.rooms.get_collaboration(collaborationIdentifier="0" * 8 + "-0000-4000-8000-" + "0" * 12)
    stored = account.s3.create_bucket(Bucket="secretbucket")["ResponseMetadata"]
    house.stop()
    lines = []
    for text in house.log.read_text().splitlines():
        if text.startswith("{"):
            lines.append(json.loads(text))
    answered = {it["request_id"]: it for it in lines if it.get("message") == "answered"}
    for line in answered.values():
        assert set(line) == {
            "time", "level", "target", "message", "request_id", "operation", "status", "millis"
        }
    first = answered[said["RequestId"]]
    assert (first["operation"], first["status"]) == ("ListCollaborations", 200)
    assert isinstance(first["millis"], int)
    error = missing.value.response["ResponseMetadata"]
    assert answered[error["RequestId"]]["status"] == error["HTTPStatusCode"]
    assert answered[stored["RequestId"]]["operation"] == "S3"
    text = house.log.read_text()
    for word in (account.id, account.key, account.secret, "Named-in-no-log", "secretbucket"):
        assert word not in text, word
    assert not any(it["target"].startswith(("s3s", "hyper")) for it in lines)


def test_a_house_that_is_told_to_stop_is_first_not_ready_then_shut(new_house):
    house = new_house
    address = f"127.0.0.1:{port()}"
    house.start("--metrics", address, "--drain", "8")
    ready(house)
    account = house.account("Late")
    house.process.send_signal(signal.SIGTERM)
    for url in (house.url, f"http://{address}"):
        until(lambda it: it == ["stopping"], lambda: reasons(url))
    # The doors are open still.
    assert account.rooms.list_collaborations()["collaborationList"] == []
    assert house.process.wait(timeout=60) == 0


def test_a_second_signal_ends_a_house_at_once(new_house):
    house = new_house.start("--drain", "600")
    ready(house)
    house.process.send_signal(signal.SIGTERM)
    until(lambda it: it == ["stopping"], lambda: reasons(house.url))
    begun = time.monotonic()
    house.process.send_signal(signal.SIGTERM)
    assert house.process.wait(timeout=60) == 1
    assert time.monotonic() - begun < 30
    # Nothing of it is in the way of the next.
    house.start()


def certificate(folder, name):
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "1", "-subj", f"/CN={name}", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )
    return cert, key


def presented(house):
    """The certificate that a new connection gets."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", house.port), timeout=5) as raw:
        with context.wrap_socket(raw) as tls:
            return tls.getpeercert(binary_form=True)


def test_a_certificate_is_renewed_without_a_restart(new_house, tmp_path):
    house = new_house
    (first, first_key), (second, second_key) = (certificate(tmp_path, it) for it in ("a", "b"))
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    shutil.copy(first, cert), shutil.copy(first_key, key)
    house.start_quietly("--tls-cert", cert, "--tls-key", key)

    def shown():
        try:
            return presented(house)
        except OSError:
            return None

    before = until(lambda it: it, shown)
    assert before == ssl.PEM_cert_to_DER_cert(first.read_text())
    # One that does not fit its key changes nothing.
    shutil.copy(second, cert)
    house.process.send_signal(signal.SIGHUP)
    until(lambda it: "kept as they were" in it, house.log.read_text)
    assert presented(house) == before
    shutil.copy(second_key, key)
    house.process.send_signal(signal.SIGHUP)
    renewed = ssl.PEM_cert_to_DER_cert(second.read_text())
    until(lambda it: it == renewed, shown)


def test_the_master_key_is_changed_whole_or_not_at_all(new_house, tmp_path):
    house = new_house.start()
    room = Delays(house)
    room.succeeds(COUNT)
    rotate = ["keys", "rotate-master", "--data-dir", house.data]
    busy = house.command(*rotate, check=False)
    assert busy.returncode == 1 and "another `glovebox serve`" in busy.stderr
    house.stop()
    folder = house.home / ".config/glovebox"
    key, old, new = (folder / f"master.key{it}" for it in ("", ".old", ".new"))
    before = key.read_text()
    said = json.loads(house.command(*rotate, "--json").stdout)
    assert said == {"accessKeys": 2, "connections": 0, "keptFiles": 1}
    assert key.read_text() != before and old.read_text() == before and not new.exists()
    assert key.stat().st_mode & 0o077 == 0 and old.stat().st_mode & 0o077 == 0
    house.start()
    room.succeeds(SUM)
    # The stored release is still the answer, for nothing: its file opens under the new key.
    charges = "SELECT count(*) FROM privacy_charges"
    room.succeeds(COUNT)
    with sqlite3.connect(house.data / "glovebox.sqlite", timeout=30) as store:
        assert store.execute(charges).fetchone() == (1,)
    house.stop()
    house.command("ledger", "verify", "--data-dir", house.data)

    # Broken off after the key had changed, before its file was in place.
    current = key.read_text()
    house.command(*rotate)
    shutil.copy(key, new)
    new.chmod(0o600)
    key.write_text(current)
    refused = house.command("account", "list", "--data-dir", house.data, check=False)
    assert refused.returncode == 1 and "rotate-master" in refused.stderr
    finished = house.command(*rotate)
    assert "broken off is finished" in finished.stderr
    # Broken off before: the key that was not in force is forgotten.
    new.write_text("ab" * 32)
    new.chmod(0o600)
    house.command(*rotate)
    assert key.read_text().strip() != "ab" * 32 and not new.exists()
    house.start()
    room.succeeds(SUM)
    house.stop()

    # A key in a variable: the operator moves it there.
    env = {"GLOVEBOX_MASTER_KEY": key.read_text().strip()}
    missing = house.command(*rotate, env=env, check=False)
    assert missing.returncode == 1 and "--new-key" in missing.stderr
    file = tmp_path / "next.key"
    house.command(*rotate, "--new-key", file, env=env)
    stale = house.command("account", "list", "--data-dir", house.data, env=env, check=False)
    assert stale.returncode == 1
    house.start(env={"GLOVEBOX_MASTER_KEY": file.read_text().strip()})
    room.succeeds(SUM)


def test_an_access_key_is_changed_with_overlap(new_house):
    house = new_house.start()
    old = house.account("Rotating")
    made = json.loads(
        house.command("account", "key", "add", old.id, "--data-dir", house.data).stdout
    )
    new = Account(house, old.id, made["accessKeyId"], made["secretAccessKey"])
    for key in (old, new):
        assert key.rooms.list_collaborations()["collaborationList"] == []
        key.s3.list_buckets()
    house.command("account", "key", "disable", old.key, "--data-dir", house.data)
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        old.rooms.list_collaborations()
    assert refused.value.response["Error"]["Code"] == "InvalidSignatureException"
    assert new.rooms.list_collaborations()["collaborationList"] == []
    listed = json.loads(house.command("account", "list", "--json", "--data-dir", house.data).stdout)
    [account] = listed["accounts"]
    assert [it["state"] for it in account["accessKeys"]] == ["DISABLED", "ENABLED"]
