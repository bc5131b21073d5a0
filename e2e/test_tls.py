"""The same doors behind TLS, and what the server refuses to listen on."""

import pathlib
import socket
import ssl
import time

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config

# Made for these tests, for 127.0.0.1 only; the key protects nothing.
TLS = pathlib.Path(__file__).parent / "tls"


def wait_for_tls(house):
    deadline = time.monotonic() + 60
    context = ssl.create_default_context(cafile=TLS / "cert.pem")
    context.set_alpn_protocols(["h2", "http/1.1"])
    while time.monotonic() < deadline:
        assert house.process.poll() is None, house.log.read_text()
        try:
            with socket.create_connection(("127.0.0.1", house.port), timeout=1) as raw:
                with context.wrap_socket(raw, server_hostname="127.0.0.1") as tls:
                    tls.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
                    assert tls.recv(4096).startswith(b"HTTP/1.1 200 ")
                    return tls.version(), tls.selected_alpn_protocol()
        except OSError:
            time.sleep(0.05)
    raise AssertionError("no TLS:\n" + house.log.read_text())


def client(account, url, **more):
    return boto3.client(
        "cleanrooms",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=account.key,
        aws_secret_access_key=account.secret,
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=5),
        **more,
    )


def test_boto3_speaks_tls_with_the_certificate_it_trusts(new_house):
    house = new_house
    account = house.account("Tls")
    house.start_quietly("--tls-cert", TLS / "cert.pem", "--tls-key", TLS / "key.pem")
    assert wait_for_tls(house) == ("TLSv1.3", "http/1.1")
    url = f"https://127.0.0.1:{house.port}"
    trusted = client(account, url, verify=str(TLS / "cert.pem"))
    assert trusted.list_collaborations()["collaborationList"] == []
    with pytest.raises(botocore.exceptions.SSLError):
        client(account, url).list_collaborations()
    with pytest.raises(botocore.exceptions.BotoCoreError):
        client(account, url.replace("https", "http")).list_collaborations()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--tls-cert", TLS / "cert.pem", "--tls-key", TLS / "cert.pem"],
        ["--tls-cert", TLS / "key.pem", "--tls-key", TLS / "key.pem"],
        ["--tls-cert", "nowhere.pem", "--tls-key", TLS / "key.pem"],
        ["--tls-cert", TLS / "cert.pem"],
        ["--listen", "0.0.0.0:0"],
    ],
    ids=["no key", "no certificate", "no file", "half", "open to all"],
)
def test_a_server_that_cannot_be_safe_does_not_start(new_house, arguments):
    done = new_house.command(
        "serve", "--data-dir", new_house.data, *arguments, check=False, timeout=60
    )
    assert done.returncode in (1, 2) and done.stderr.strip(), done
