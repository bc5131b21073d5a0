"""The S3 door, through boto3: an account's own buckets and nobody else's."""

import io
import os
import pathlib
import subprocess
import sys
import urllib.error
import urllib.request

import boto3
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

PARTS = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20)


@pytest.fixture(scope="module")
def alice(house):
    account = house.account("Alice")
    account.s3.create_bucket(Bucket="alice-data")
    return account


@pytest.fixture(scope="module")
def bob(house):
    account = house.account("Bob")
    account.s3.create_bucket(Bucket="bobs")
    return account


def code(call, **arguments):
    """The error code of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def fetch(url, **arguments):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, **arguments)) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_an_object_comes_back_as_it_went_in(alice):
    s3 = alice.s3
    put = s3.put_object(Bucket="alice-data", Key="in/a.csv", Body=b"a,b\n1,2\n")
    got = s3.get_object(Bucket="alice-data", Key="in/a.csv")
    assert got["Body"].read() == b"a,b\n1,2\n"
    assert got["ETag"] == put["ETag"]
    assert got["ContentType"] == "text/csv"
    head = s3.head_object(Bucket="alice-data", Key="in/a.csv")
    assert (head["ContentLength"], head["ETag"]) == (8, put["ETag"])


def test_ranges_are_those_of_http(alice):
    s3 = alice.s3
    s3.put_object(Bucket="alice-data", Key="digits", Body=b"0123456789")
    get = lambda range: s3.get_object(Bucket="alice-data", Key="digits", Range=range)
    assert get("bytes=2-3")["Body"].read() == b"23"
    assert get("bytes=-2")["ContentRange"] == "bytes 8-9/10"
    assert get("bytes=7-")["Body"].read() == b"789"
    beyond = {"Bucket": "alice-data", "Key": "digits", "Range": "bytes=10-"}
    assert code(s3.get_object, **beyond) == "InvalidRange"


def test_a_big_object_goes_in_parts_and_comes_back_whole(alice):
    content = os.urandom((12 << 20) + 17)
    s3 = alice.s3
    s3.upload_fileobj(io.BytesIO(content), "alice-data", "big", Config=PARTS)
    back = io.BytesIO()
    s3.download_fileobj("alice-data", "big", back, Config=PARTS)
    assert back.getvalue() == content


def test_parts_must_be_named_in_order_with_their_etags(alice):
    s3 = alice.s3
    where = {"Bucket": "alice-data", "Key": "parts"}
    where["UploadId"] = s3.create_multipart_upload(**where)["UploadId"]
    tags = [s3.upload_part(**where, PartNumber=n, Body=b"%d" % n)["ETag"] for n in (1, 2)]
    assert [it["Size"] for it in s3.list_parts(**where)["Parts"]] == [1, 1]
    named = lambda *pairs: {"Parts": [{"PartNumber": n, "ETag": t} for n, t in pairs]}
    finish = s3.complete_multipart_upload
    wrong = named((2, tags[1]), (1, tags[0]))
    assert code(finish, **where, MultipartUpload=wrong) == "InvalidPartOrder"
    assert code(finish, **where, MultipartUpload=named((1, tags[1]))) == "InvalidPart"
    finish(**where, MultipartUpload=named((1, tags[0]), (2, tags[1])))
    assert s3.get_object(Bucket="alice-data", Key="parts")["Body"].read() == b"12"


def test_an_aborted_upload_is_gone(alice):
    s3 = alice.s3
    where = {"Bucket": "alice-data", "Key": "aborted"}
    where["UploadId"] = s3.create_multipart_upload(**where)["UploadId"]
    s3.upload_part(**where, PartNumber=1, Body=b"x")
    s3.abort_multipart_upload(**where)
    assert code(s3.list_parts, **where) == "NoSuchUpload"


def test_listings_page_and_fold(alice):
    s3 = alice.s3
    s3.create_bucket(Bucket="listed")
    keys = ["a b", "d/1", "d/2", "d/e/3", "top", "ü/ x+y%/z&<>"]
    for key in keys:
        s3.put_object(Bucket="listed", Key=key, Body=key.encode())
    for operation in ("list_objects_v2", "list_objects"):
        pages = s3.get_paginator(operation).paginate(
            Bucket="listed", PaginationConfig={"PageSize": 2}
        )
        assert [it["Key"] for page in pages for it in page.get("Contents", [])] == keys
    folded = s3.list_objects_v2(Bucket="listed", Delimiter="/")
    assert [it["Prefix"] for it in folded["CommonPrefixes"]] == ["d/", "ü/"]
    assert [it["Key"] for it in folded["Contents"]] == ["a b", "top"]
    assert code(s3.delete_bucket, Bucket="listed") == "BucketNotEmpty"
    gone = s3.delete_objects(Bucket="listed", Delete={"Objects": [{"Key": k} for k in keys]})
    assert len(gone["Deleted"]) == len(keys) and "Errors" not in gone
    s3.delete_bucket(Bucket="listed")
    assert code(s3.list_objects_v2, Bucket="listed") == "NoSuchBucket"


def test_another_accounts_bucket_is_an_unknown_bucket(alice, bob):
    s3 = bob.s3
    alice.s3.put_object(Bucket="alice-data", Key="secret", Body=b"x")
    own = {"Bucket": "alice-data", "Key": "secret"}
    assert code(s3.get_object, **own) == "NoSuchBucket"
    assert code(s3.put_object, **own, Body=b"y") == "NoSuchBucket"
    assert code(s3.delete_object, **own) == "NoSuchBucket"
    assert code(s3.list_objects_v2, Bucket="alice-data") == "NoSuchBucket"
    assert code(s3.head_bucket, Bucket="alice-data") == "404"
    assert code(s3.copy_object, Bucket="bobs", Key="k", CopySource=own) == "NoSuchBucket"
    assert [it["Name"] for it in s3.list_buckets()["Buckets"]] == ["bobs"]
    theirs = code(s3.get_object, **own), code(s3.get_object, Bucket="no-such", Key="secret")
    assert theirs[0] == theirs[1]


def test_keys_that_climb_are_refused(alice):
    for key in ("../x", "a/../b", "../../logs/x", "a//b", "a/", "/a", ".", "a/./b"):
        at = {"Bucket": "alice-data", "Key": key}
        assert code(alice.s3.put_object, **at, Body=b"x") == "InvalidArgument", key
        assert code(alice.s3.get_object, **at) == "InvalidArgument", key


def test_a_key_and_a_longer_key_below_it_conflict(alice):
    s3 = alice.s3
    s3.put_object(Bucket="alice-data", Key="f/1", Body=b"x")
    assert code(s3.put_object, Bucket="alice-data", Key="f", Body=b"x") == "InvalidRequest"
    assert code(s3.put_object, Bucket="alice-data", Key="f/1/x", Body=b"x") == "InvalidRequest"


def test_a_wrong_digest_changes_nothing(alice):
    s3 = alice.s3
    at = {"Bucket": "alice-data", "Key": "digest", "Body": b"hello"}
    assert code(s3.put_object, **at, ChecksumSHA256="AAAA") == "BadDigest"
    assert code(s3.put_object, **at, ContentMD5="1B2M2Y8AsgTpgAmY7PhCfg==") == "BadDigest"
    assert code(s3.get_object, Bucket="alice-data", Key="digest") == "NoSuchKey"
    for algorithm in ("CRC32", "SHA1", "SHA256"):
        s3.put_object(**at, ChecksumAlgorithm=algorithm)


def test_what_is_not_kept_is_refused_by_name(alice):
    s3 = alice.s3
    at = {"Bucket": "alice-data", "Key": "plain", "Body": b"x"}
    for extra in (
        {"Metadata": {"a": "b"}},
        {"Tagging": "a=b"},
        {"ACL": "public-read"},
        {"ServerSideEncryption": "AES256"},
        {"IfMatch": "abc"},
    ):
        assert code(s3.put_object, **at, **extra) == "NotImplemented", extra
    for call in (s3.get_bucket_acl, s3.get_bucket_location, s3.get_bucket_policy):
        assert code(call, Bucket="alice-data") == "NotImplemented"
    assert code(s3.get_object, Bucket="alice-data", Key="x", VersionId="1") == "NotImplemented"


def test_conditions_hold(alice):
    s3 = alice.s3
    at = {"Bucket": "alice-data", "Key": "conditional"}
    tag = s3.put_object(**at, Body=b"x")["ETag"]
    assert code(s3.put_object, **at, Body=b"y", IfNoneMatch="*") == "PreconditionFailed"
    assert code(s3.get_object, **at, IfMatch='"other"') == "PreconditionFailed"
    assert code(s3.get_object, **at, IfNoneMatch=tag) == "304"
    assert s3.get_object(**at, IfMatch=tag)["Body"].read() == b"x"


def test_the_logs_bucket_is_read_only(alice):
    s3 = alice.s3
    assert code(s3.create_bucket, Bucket="glovebox-logs") == "AccessDenied"
    assert code(s3.put_object, Bucket="glovebox-logs", Key="x", Body=b"") in (
        "AccessDenied",
        "NoSuchBucket",
    )


def test_presigned_urls_work_and_do_not_stretch(alice):
    s3 = alice.s3
    s3.put_object(Bucket="alice-data", Key="shared", Body=b"shared")
    sign = lambda operation, key, seconds=60: s3.generate_presigned_url(
        operation, Params={"Bucket": "alice-data", "Key": key}, ExpiresIn=seconds
    )
    url = sign("get_object", "shared")
    assert fetch(url) == (200, "shared")
    assert "SignatureDoesNotMatch" in fetch(url.replace("shared", "secret"))[1]
    assert fetch(url, method="DELETE")[0] == 403
    assert fetch(sign("put_object", "via-url"), method="PUT", data=b"in")[0] == 200
    assert s3.get_object(Bucket="alice-data", Key="via-url")["Body"].read() == b"in"
    assert fetch(sign("get_object", "shared", 604_801))[0] == 400


def test_unsigned_badly_signed_and_old_signatures_are_refused(alice, house):
    assert fetch(house.url + "/alice-data/shared")[0] == 403
    make = lambda key, secret, **more: boto3.client(
        "s3",
        endpoint_url=house.url,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=more.pop("token", None),
        config=Config(retries={"total_max_attempts": 1}, **more),
    )
    wrong = code(make(alice.key, "wrong").list_buckets)
    unknown = code(make("GBIAAAAAAAAAAAAAAAAA", "wrong").list_buckets)
    assert wrong == unknown == "SignatureDoesNotMatch"
    token = make(alice.key, alice.secret, token="token")
    assert code(token.list_buckets) == "InvalidToken"
    old = make(alice.key, alice.secret, signature_version="s3")
    with pytest.raises(ClientError, match="s3v4"):
        old.list_buckets()


def test_a_disabled_key_opens_nothing_from_that_moment(house):
    account = house.account("Carol")
    account.s3.create_bucket(Bucket="carols")
    house.command("account", "key", "disable", account.key, "--data-dir", house.data)
    assert code(account.s3.list_buckets) == "SignatureDoesNotMatch"


def test_a_refusal_reaches_a_client_that_is_still_sending(alice):
    url = alice.s3.generate_presigned_url(
        "put_object", Params={"Bucket": "no-such-bucket", "Key": "k"}, ExpiresIn=60
    )
    body = os.urandom(900_000)
    for _ in range(20):
        status, answer = fetch(url, method="PUT", data=body)
        assert status == 404 and "NoSuchBucket" in answer


def test_the_aws_cli_copies_lists_and_removes(alice, tmp_path):
    aws = pathlib.Path(sys.executable).with_name("aws")

    def run(*arguments):
        done = subprocess.run(
            [aws, "s3", *map(str, arguments)], env=alice.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    folder, back = tmp_path / "folder", tmp_path / "back"
    (folder / "deep").mkdir(parents=True)
    (folder / "small.csv").write_text("a\n1\n")
    (folder / "deep/big.bin").write_bytes(os.urandom((17 << 20) + 3))
    run("mb", "s3://through-cli")
    run("sync", folder, "s3://through-cli/in")
    assert "in/deep/big.bin" in run("ls", "--recursive", "s3://through-cli")
    run("cp", "s3://through-cli/in/small.csv", "s3://through-cli/out/copy.csv")
    run("mv", "s3://through-cli/out/copy.csv", "s3://through-cli/out/moved.csv")
    run("sync", "s3://through-cli", back)
    assert (back / "in/deep/big.bin").read_bytes() == (folder / "deep/big.bin").read_bytes()
    assert (back / "out/moved.csv").read_text() == "a\n1\n"
    run("rb", "--force", "s3://through-cli")
    assert "through-cli" not in run("ls")
