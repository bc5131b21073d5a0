"""The `glovebox` command, as members and operators use it."""

import json
import os
import pathlib
import pty
import signal
import subprocess

import boto3
import duckdb
import pytest
from conftest import BINARY, ROOT, House

EXAMPLE = ROOT / "examples/airlines"


def run_query(airlines, sql, *arguments, account=None, **kwargs):
    account = account or airlines.manufacturer
    return airlines.manufacturer.house.command(
        "query", "run", "--membership", airlines.membership, "--sql", sql, *arguments,
        env=account.environment, check=False, **kwargs,
    )


def test_an_allowed_query_is_printed_as_a_table(airlines):
    ran = run_query(airlines, EXAMPLE / "delays.sql")
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert lines[0].split() == ["manufacturer", "model", "aircraft", "arrival_delay"]
    assert len(lines) == 2 + 37
    assert "\x1b" not in ran.stdout
    assert "37 rows, in s3://glovebox-results/queries/" in ran.stderr


def test_the_result_goes_to_a_file_as_csv_or_parquet(airlines, tmp_path):
    for name in ("out.csv", "out.parquet"):
        file = tmp_path / name
        ran = run_query(airlines, EXAMPLE / "delays.sql", "--out", file)
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout == ""
        counted = duckdb.sql(f"SELECT count(*), min(aircraft) FROM '{file}'").fetchall()
        assert counted == [(37, 25)], name


def on_a_terminal(airlines, sql):
    """Runs a query with a terminal for its notes; gives what the terminal showed."""
    ours, theirs = pty.openpty()
    account = airlines.manufacturer
    environment = {**account.house.environment, **account.environment, "TERM": "xterm"}
    command = [BINARY, "query", "run", "--membership", airlines.membership, "--sql", sql]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=theirs
    ) as ran:
        os.close(theirs)
        shown = b""
        while True:
            try:
                more = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not more:
                break
            shown += more
    os.close(ours)
    return shown.decode()


def test_a_terminal_shows_each_door_as_the_query_passes(airlines):
    shown = on_a_terminal(airlines, EXAMPLE / "delays.sql")
    assert "(bound?)" in shown
    doors = "bound · cleared · priced · reserved · executed · released · kept · delivered · closed"
    assert doors in shown
    refused = on_a_terminal(airlines, EXAMPLE / "without-join.sql")
    assert "bound · (cleared?)" in refused and "priced" not in refused


def test_a_refusal_shows_the_clause_and_exits_with_1(airlines):
    ran = run_query(airlines, EXAMPLE / "without-join.sql")
    assert ran.returncode == 1
    assert "refused[GB0112]" in ran.stdout
    assert "^^^^^^^ join-required" in ran.stdout
    assert "AWS: Inner join to query runner table required for table flights" in ran.stdout


def test_json_holds_rows_or_findings(airlines):
    ran = run_query(airlines, EXAMPLE / "delays.sql", "--json")
    answer = json.loads(ran.stdout)
    assert answer["status"] == "SUCCESS"
    assert answer["columns"] == ["manufacturer", "model", "aircraft", "arrival_delay"]
    assert len(answer["rows"]) == 37
    ran = run_query(airlines, EXAMPLE / "probe.sql", "--json")
    answer = json.loads(ran.stdout)
    assert ran.returncode == 1
    assert answer["status"] == "FAILED"
    assert [it["code"] for it in answer["diagnostics"]["diagnostics"]] == ["GB0117"]


def test_sql_comes_through_standard_input_and_the_key_from_a_profile(airlines, tmp_path):
    file = tmp_path / "credentials"
    member = airlines.manufacturer
    file.write_text(
        f"[member]\naws_access_key_id = {member.key}\naws_secret_access_key = {member.secret}\n"
    )
    house = member.house
    ran = house.command(
        "query", "run", "--membership", airlines.membership, "--sql", "-",
        "--endpoint-url", house.url, "--profile", "member",
        env={"AWS_SHARED_CREDENTIALS_FILE": str(file)}, check=False,
        stdin=(EXAMPLE / "delays.sql").read_text(),
    )
    assert ran.returncode == 0, ran.stderr
    assert "CL-600-2B19" in ran.stdout


def test_who_may_not_query_is_told_so(airlines):
    ran = run_query(airlines, EXAMPLE / "delays.sql", account=airlines.airline)
    assert ran.returncode == 1
    assert "Exception" in ran.stderr
    assert airlines.airline.secret not in ran.stderr


def test_wrong_usage_exits_with_2(house):
    for arguments in (
        ["query", "run"],
        ["serve", "--listen", "nowhere"],
        ["account", "create"],
        ["no-such-command"],
    ):
        assert house.command(*arguments, check=False).returncode == 2, arguments


def test_a_server_that_is_not_there_is_named(airlines):
    ran = run_query(airlines, EXAMPLE / "delays.sql", "--endpoint-url", "http://127.0.0.1:1")
    assert ran.returncode == 1
    assert "http://127.0.0.1:1 does not answer" in ran.stderr


def heads_of(house):
    folder = house.home / ".config/glovebox/heads"
    return sorted(folder.glob("collaboration-*.json"))


def test_the_newest_head_is_kept_and_another_past_is_told(airlines):
    house = airlines.manufacturer.house
    run_query(airlines, EXAMPLE / "probe.sql")
    (file,) = [it for it in heads_of(house) if airlines.collaboration in it.name]
    kept = json.loads(file.read_text())
    run_query(airlines, EXAMPLE / "probe.sql")
    later = json.loads(file.read_text())
    assert later["size"] > kept["size"]

    forged = later | {"root": "00" * 32}
    file.write_text(json.dumps(forged))
    ran = run_query(airlines, EXAMPLE / "probe.sql")
    assert "warning: the head of the ledger was not kept" in ran.stderr
    assert json.loads(file.read_text()) == forged
    file.write_text(json.dumps(later))


def test_a_copy_of_the_ledger_verifies_without_the_server(airlines, tmp_path):
    house = airlines.manufacturer.house
    earlier, copy = tmp_path / "earlier.json", tmp_path / "ledger.json"
    fetch = lambda out, account: house.command(
        "ledger", "fetch", "--collaboration", airlines.collaboration, "--out", out,
        env=account.environment,
    )
    fetch(earlier, airlines.manufacturer)
    run_query(airlines, EXAMPLE / "probe.sql")
    fetch(copy, airlines.airline)
    verify = lambda *arguments: house.command("ledger", "verify", *arguments, check=False)
    assert verify(copy).returncode == 0
    compared = verify(copy, "--head", earlier)
    assert compared.returncode == 0 and "continues the head kept earlier" in compared.stdout
    assert verify(earlier, "--head", copy).returncode == 1

    text = copy.read_text()
    broken = tmp_path / "broken.json"
    export = json.loads(text)
    for change in (
        lambda it: it["entries"].pop(3),
        lambda it: it["entries"].pop(),
        lambda it: it["entries"][2].update(entry=it["entries"][3]["entry"]),
        lambda it: it["head"].update(size=it["head"]["size"] - 1),
    ):
        changed = json.loads(text)
        change(changed)
        broken.write_text(json.dumps(changed))
        assert verify(broken).returncode == 1, changed["head"]
    assert len(export["entries"]) == export["head"]["size"]
    broken.write_text("{}")
    assert verify(broken).returncode == 1


def test_the_sql_text_stands_in_the_ledger_for_its_runner_only(airlines, tmp_path):
    house = airlines.manufacturer.house
    copies = {}
    for account in (airlines.manufacturer, airlines.airline):
        file = tmp_path / account.id
        house.command(
            "ledger", "fetch", "--collaboration", airlines.collaboration, "--out", file,
            env=account.environment,
        )
        copies[account.id] = file.read_text()
    assert airlines.manufacturer.secret not in copies[airlines.manufacturer.id]
    stranger = house.account("Stranger")
    denied = house.command(
        "ledger", "fetch", "--collaboration", airlines.collaboration, "--out", tmp_path / "x",
        env=stranger.environment, check=False,
    )
    assert denied.returncode == 1 and not (tmp_path / "x").exists()


def test_the_operator_verifies_every_ledger_beside_the_running_server(airlines):
    house = airlines.manufacturer.house
    ran = house.command("ledger", "verify", "--data-dir", house.data)
    assert f"collaboration/{airlines.collaboration}: holds" in ran.stdout
    answer = json.loads(house.command("ledger", "verify", "--data-dir", house.data, "--json").stdout)
    assert answer["holds"] is True


def test_accounts_and_keys_are_made_rotated_and_disabled(house):
    account = house.account("Rotating")
    added = json.loads(
        house.command("account", "key", "add", account.id, "--data-dir", house.data).stdout
    )
    assert added["accountId"] == account.id
    account.rooms.list_collaborations()
    house.command("account", "key", "disable", account.key, "--data-dir", house.data)
    with pytest.raises(Exception, match="InvalidSignatureException"):
        account.rooms.list_collaborations()
    account.key, account.secret = added["accessKeyId"], added["secretAccessKey"]
    account.rooms.list_collaborations()
    house.command("account", "disable", account.id, "--data-dir", house.data)
    with pytest.raises(Exception, match="InvalidSignatureException"):
        account.rooms.list_collaborations()
    listed = json.loads(
        house.command("account", "list", "--json", "--data-dir", house.data).stdout
    )["accounts"]
    (mine,) = [it for it in listed if it["accountId"] == account.id]
    assert mine["state"] == "DISABLED"
    assert "secret" not in json.dumps(listed).lower()


def test_serve_says_who_can_read_what_and_stops_in_peace(new_house):
    new_house.start()
    new_house.stop(signal.SIGTERM)
    assert new_house.process.returncode == 0
    log = new_house.log.read_text()
    assert "Whoever runs this machine can read every table" in log
    assert f"http://127.0.0.1:{new_house.port}" in log


def test_serve_speaks_tls_to_clients_that_trust_it(new_house, tmp_path):
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "1", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-addext", "basicConstraints=critical,CA:FALSE", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )
    account = new_house.account("Secure")
    process = subprocess.Popen(
        [BINARY, "serve", "--data-dir", new_house.data, "--listen", f"0.0.0.0:{new_house.port}",
         "--tls-cert", cert, "--tls-key", key],
        env=new_house.environment, stderr=subprocess.PIPE, text=True,
    )
    try:
        for line in process.stderr:
            if "Glovebox serves https://" in line:
                break
        client = boto3.client(
            "cleanrooms", endpoint_url=f"https://localhost:{new_house.port}", verify=str(cert),
            region_name="eu-west-1", aws_access_key_id=account.key,
            aws_secret_access_key=account.secret,
        )
        assert client.list_collaborations()["collaborationList"] == []
        ran = new_house.command(
            "ledger", "fetch", "--collaboration", "0" * 36, "--out", tmp_path / "x",
            "--endpoint-url", f"https://localhost:{new_house.port}", check=False,
            env={**account.environment, "AWS_CA_BUNDLE": str(cert)},
        )
        assert "ValidationException" in ran.stderr
        ran = new_house.command(
            "ledger", "fetch", "--collaboration", "0" * 36, "--out", tmp_path / "x",
            "--endpoint-url", f"https://localhost:{new_house.port}", check=False,
            env=account.environment,
        )
        assert "does not answer" in ran.stderr
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_half_written_objects_of_a_killed_house_are_swept(new_house):
    account = new_house.start().account("Sweeper")
    account.s3.create_bucket(Bucket="swept")
    where = {"Bucket": "swept", "Key": "parts"}
    where["UploadId"] = account.s3.create_multipart_upload(**where)["UploadId"]
    account.s3.upload_part(**where, PartNumber=1, Body=b"kept")
    staging = new_house.data / "accounts" / account.id / "staging"
    new_house.stop(signal.SIGKILL)
    (staging / ("ab" * 16)).write_bytes(b"half")
    new_house.start()
    assert [it.name for it in staging.iterdir()] == ["upload-" + where["UploadId"]]
    assert len(account.s3.list_parts(**where)["Parts"]) == 1


def test_serve_does_not_listen_beyond_this_machine_in_clear(new_house):
    ran = new_house.command(
        "serve", "--listen", "0.0.0.0:0", "--data-dir", new_house.data, check=False
    )
    assert ran.returncode == 1 and "--plaintext" in ran.stderr


def test_a_second_server_on_the_same_data_is_refused(new_house):
    new_house.start()
    ran = new_house.command(
        "serve", "--listen", "127.0.0.1:0", "--data-dir", new_house.data, check=False
    )
    assert ran.returncode == 1 and "another" in ran.stderr


def test_a_wrong_master_key_opens_nothing(new_house):
    new_house.account("Someone")
    ran = new_house.command(
        "account", "list", "--data-dir", new_house.data,
        env={"GLOVEBOX_MASTER_KEY": "00" * 32}, check=False,
    )
    assert ran.returncode == 1 and "master key" in ran.stderr


def test_the_hidden_walk_does_nothing_without_its_parent(house):
    ran = house.command("walk", check=False, stdin="{}\n")
    assert ran.returncode == 1 and "started by `serve` only" in ran.stderr


def test_explain_judges_offline(house):
    explain = lambda sql: house.command(
        "explain", "--room", EXAMPLE / "airlines.room", "--sql", EXAMPLE / sql, check=False
    )
    assert explain("delays.sql").returncode == 0
    refused = explain("without-join.sql")
    assert refused.returncode == 1 and "GB0112" in refused.stdout
    assert explain("no-such.sql").returncode == 2


def test_explain_asks_a_server_and_runs_nothing(airlines):
    member = airlines.manufacturer

    def explain(sql, *arguments, account=member):
        return member.house.command(
            "explain", "--collaboration", airlines.collaboration, "--sql", EXAMPLE / sql,
            *arguments, env=account.environment, check=False,
        )

    queries = lambda: member.rooms.list_protected_queries(
        membershipIdentifier=airlines.membership
    )["protectedQueries"]
    before = queries()
    assert explain("delays.sql").stdout == "allowed\n"
    refused = explain("without-join.sql")
    assert refused.returncode == 1 and "^^^^^^^ join-required" in refused.stdout
    assert "TableScan: flights" in explain("delays.sql", "--plan").stdout
    answer = json.loads(explain("probe.sql", "--json").stdout)
    assert [it["code"] for it in answer["diagnostics"]] == ["GB0117"]
    assert explain("delays.sql", account=airlines.airline).returncode == 1
    assert member.house.command("explain", "--sql", "-", check=False).returncode == 2
    assert queries() == before


def test_the_demo_tells_its_story_twice(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    house = House(tmp_path / "house")
    for _ in range(2):
        ran = house.command("demo", "--data-dir", tmp_path / "demo", check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        for words in (
            "37 rows, delivered to s3://results/demo/",
            "refused[GB0112]",
            "refused[GB0117]",
            "10 rows, delivered to s3://results/demo/",
            "glovebox c3r decrypt result.csv",
            "refused[GB0505]",
            "BOEING",
            "verified",
        ):
            assert words in ran.stdout, words
        assert ran.stderr == ""


def test_the_demo_leaves_nothing_behind_in_a_temporary_folder(tmp_path):
    house = House(tmp_path / "house")
    ran = house.command("demo", env={"TMPDIR": str(tmp_path)}, check=False)
    assert ran.returncode == 0, ran.stderr
    assert not list(pathlib.Path(tmp_path).glob("glovebox-demo-*"))
    assert not (house.home / ".config").exists()


def test_the_demo_stays_up_when_asked(tmp_path):
    house = House(tmp_path / "house")
    process = subprocess.Popen(
        [BINARY, "demo", "--serve", "--data-dir", tmp_path / "demo"],
        env=house.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    try:
        told = []
        for line in process.stdout:
            told.append(line)
            if "The house stays up" in line:
                break
        assert any("import boto3" in line for line in told)
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors


ROOM = """member brand can query, can receive
  table audience (hash text, segment text)
member owner
  table orders (buyer text, region text, amount bigint)
  rule custom any query by brand
    threshold buyer 50 bare columns literals region columns buyer mode aws
"""


def test_the_linter_shows_what_works_and_what_stops_it(house, tmp_path):
    (tmp_path / "r.room").write_text(ROOM)
    ran = house.command("lint", "--room", tmp_path / "r.room", "--json", check=False)
    assert ran.returncode == 1, ran.stderr
    report = json.loads(ran.stdout)[0]
    probe = next(it for it in report["findings"] if it["family"] == "literal-probe")
    assert probe["change"] == "read the rule in strict mode"
    assert report["synthetic"] is True and "safe" not in ran.stdout
    rows = "buyer,region,amount\n" + "".join(f"b{i},r{i % 2},{i}\n" for i in range(80))
    (tmp_path / "rows.csv").write_text(rows)
    ran = house.command(
        "lint", "--room", tmp_path / "r.room", "--table", "orders", "--data",
        tmp_path / "rows.csv", check=False,
    )
    assert ran.returncode == 1 and "made-up" not in ran.stdout, ran.stderr
    ran = house.command("lint", "--room", tmp_path / "missing.room", check=False)
    assert ran.returncode == 2 and "missing.room" in ran.stderr


def test_a_rule_is_suggested_with_its_risks(house, tmp_path):
    (tmp_path / "r.room").write_text(ROOM)
    (tmp_path / "q.sql").write_text(
        "SELECT o.region, SUM(o.amount), COUNT(DISTINCT a.hash) FROM orders o "
        "JOIN audience a ON o.buyer = a.hash GROUP BY o.region"
    )
    ran = house.command(
        "suggest-rule", "--room", tmp_path / "r.room", "--sql", tmp_path / "q.sql", "--json",
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    rule = json.loads(ran.stdout)["orders"]
    assert rule["analysisRuleType"] == "AGGREGATION" and rule["risks"]
    (tmp_path / "q.sql").write_text("SELECT amount FROM orders")
    ran = house.command(
        "suggest-rule", "--room", tmp_path / "r.room", "--sql", tmp_path / "q.sql",
        "--type", "aggregation", check=False,
    )
    assert ran.returncode == 1 and "no AGGREGATION rule admits" in ran.stdout
