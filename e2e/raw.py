"""Requests signed by hand, so that a test can send what no SDK would."""

import datetime
import hashlib
import hmac
import http.client
import json
import uuid
from dataclasses import dataclass
from urllib.parse import quote

REGION = "us-east-1"


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def error(self):
        return self.headers.get("x-amzn-errortype")

    @property
    def json(self):
        return json.loads(self.body)


def now(shift=0):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=shift)
    return moment.strftime("%Y%m%dT%H%M%SZ")


def canonical_query(query):
    return "&".join(
        sorted(pair if "=" in pair else pair + "=" for pair in query.split("&") if pair)
    )


def signature(account, service, date, region, canonical, day=None):
    day = day or date[:8]
    scope = f"{day}/{region}/{service}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = ("AWS4" + account.secret).encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{digest}"
    return scope, hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def sign(
    account,
    method,
    path,
    query="",
    body=b"",
    headers=None,
    service="cleanrooms",
    date=None,
    day=None,
    region=REGION,
    unsigned=(),
    digest=None,
):
    """The headers of a signed request; those named in `unsigned` stay out of the signature."""
    date = date or now()
    sent = {"host": f"127.0.0.1:{account.house.port}", "x-amz-date": date, **(headers or {})}
    names = sorted(name.lower() for name in sent if name.lower() not in unsigned)
    lower = {name.lower(): value for name, value in sent.items()}
    plain = path if service == "s3" else quote(path, safe="/-._~")
    canonical = "\n".join(
        [method, plain, canonical_query(query)]
        + [f"{name}:{' '.join(lower[name].split())}" for name in names]
        + ["", ";".join(names), digest or hashlib.sha256(body).hexdigest()]
    )
    scope, made = signature(account, service, date, region, canonical, day)
    sent["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={account.key}/{scope}, "
        f"SignedHeaders={';'.join(names)}, Signature={made}"
    )
    return sent


def presign(account, method, path, seconds, service="cleanrooms", date=None, more=""):
    """The query string of a presigned request."""
    date = date or now()
    scope = f"{date[:8]}/{REGION}/{service}/aws4_request"
    query = (
        f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={quote(account.key + '/' + scope, safe='')}"
        f"&X-Amz-Date={date}&X-Amz-Expires={seconds}&X-Amz-SignedHeaders=host{more}"
    )
    empty = hashlib.sha256(b"").hexdigest()
    host = f"host:127.0.0.1:{account.house.port}"
    canonical = "\n".join(
        [method, quote(path, safe="/-._~"), canonical_query(query), host, "", "host", empty]
    )
    _, made = signature(account, service, date, REGION, canonical)
    return f"{query}&X-Amz-Signature={made}"


def send(house, method, target, headers, body=b"", timeout=60):
    """Sends exactly these bytes; `headers` may be a list of pairs."""
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=timeout)
    connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    pairs = headers.items() if isinstance(headers, dict) else headers
    for name, value in pairs:
        connection.putheader(name, value)
    if body or method in ("POST", "PATCH", "PUT"):
        connection.putheader("content-length", str(len(body)))
    connection.endheaders(body or None)
    answer = connection.getresponse()
    found = Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    connection.close()
    return found


def call(account, method, path, query="", body=b"", **more):
    """Signs and sends; a body that is not bytes is sent as JSON."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    headers = sign(account, method, path, query, body, **more)
    return send(account.house, method, path + ("?" + query if query else ""), headers, body)


def invocation():
    return str(uuid.uuid4())
