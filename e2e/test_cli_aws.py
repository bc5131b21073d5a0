"""The AWS CLI, unmodified, through its own settings: environment variables only."""

import json
import pathlib
import shutil
import subprocess
import sys

import pytest
from conftest import DATA, PLANES_RULE, ROLE, configure
from shapes import GHOST

AWS = pathlib.Path(sys.executable).parent / "aws"


def aws(account, *arguments, check=True):
    """Runs `aws` and gives its JSON, or the finished process when it may fail."""
    done = subprocess.run(
        [AWS, *arguments, "--output", "json"],
        env=account.environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    if not check:
        return done
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout.strip() else None


@pytest.fixture(scope="module")
def user(house):
    account = house.account("Command line")
    shutil.copy(DATA / "planes.parquet", account.tables())
    return account


def test_the_aws_cli_goes_the_whole_way(user, tmp_path):
    made = aws(
        user,
        "cleanrooms",
        "create-collaboration",
        "--name=From the command line",
        "--description=",
        "--creator-display-name=me",
        "--creator-member-abilities",
        "CAN_QUERY",
        "CAN_RECEIVE_RESULTS",
        "--members=[]",
        "--query-log-status=ENABLED",
        "--tags=Env=Test",
    )["collaboration"]
    joined = aws(
        user,
        "cleanrooms",
        "create-membership",
        "--collaboration-identifier",
        made["id"],
        "--query-log-status=DISABLED",
        "--default-result-configuration=outputConfiguration={s3={resultFormat=CSV,bucket=cli,keyPrefix=out}}",
    )["membership"]
    assert joined["status"] == "ACTIVE"
    assert aws(user, "s3", "mb", "s3://cli", check=False).returncode == 0

    table = configure(
        user, "planes", ["tailnum", "manufacturer", "model", "type", "seats"], PLANES_RULE
    )
    linked = aws(
        user,
        "cleanrooms",
        "create-configured-table-association",
        "--cli-input-json",
        json.dumps(
            {
                "name": "planes",
                "membershipIdentifier": joined["id"],
                "configuredTableIdentifier": table["id"],
                "roleArn": ROLE,
            }
        ),
    )["configuredTableAssociation"]
    query = aws(
        user,
        "cleanrooms",
        "start-protected-query",
        "--type=SQL",
        "--membership-identifier",
        joined["id"],
        "--sql-parameters",
        json.dumps({"queryString": "SELECT tailnum FROM planes"}),
    )["protectedQuery"]
    assert query["status"] == "SUBMITTED"
    found = aws(
        user,
        "cleanrooms",
        "get-protected-query",
        f"--membership-identifier={joined['id']}",
        f"--protected-query-identifier={query['id']}",
    )["protectedQuery"]
    assert found["id"] == query["id"]

    tags = aws(user, "cleanrooms", "list-tags-for-resource", "--resource-arn", made["arn"])
    assert tags == {"tags": {"Env": "Test"}}
    listed = aws(user, "cleanrooms", "list-collaborations", "--page-size=1")
    assert [it["id"] for it in listed["collaborationList"]] == [made["id"]]
    schema = aws(
        user,
        "cleanrooms",
        "get-schema",
        f"--collaboration-identifier={made['id']}",
        "--name=planes",
        "--query=schema.columns[].name",
    )
    assert schema == ["tailnum", "manufacturer", "model", "type", "seats"]
    for arguments in (
        [
            "delete-configured-table-association",
            f"--membership-identifier={joined['id']}",
            f"--configured-table-association-identifier={linked['id']}",
        ],
        ["delete-collaboration", f"--collaboration-identifier={made['id']}"],
    ):
        assert aws(user, "cleanrooms", *arguments) is None

    copied = tmp_path / "notes.txt"
    copied.write_text("hello")
    assert aws(user, "s3", "cp", str(copied), "s3://cli/a/notes.txt", check=False).returncode == 0
    heard = aws(user, "s3", "cp", "s3://cli/a/notes.txt", "-", check=False)
    assert heard.stdout == "hello"


@pytest.mark.parametrize(
    "arguments, error",
    [
        (["get-collaboration", f"--collaboration-identifier={GHOST}"], "AccessDeniedException"),
        (["get-membership", f"--membership-identifier={GHOST}"], "ResourceNotFoundException"),
        (["list-memberships", "--status=GONE"], "ValidationException"),
        (
            ["list-id-mapping-tables", f"--membership-identifier={GHOST}"],
            "UnknownOperationException",
        ),
    ],
)
def test_the_aws_cli_shows_the_errors(user, arguments, error):
    done = aws(user, "cleanrooms", *arguments, check=False)
    assert done.returncode in (254, 255) and error in done.stderr, done.stderr


def test_the_aws_cli_with_a_wrong_secret_is_told_so(user, house):
    from dataclasses import replace

    done = aws(replace(user, secret="x" * 40), "cleanrooms", "list-memberships", check=False)
    assert done.returncode in (254, 255) and "InvalidSignatureException" in done.stderr
