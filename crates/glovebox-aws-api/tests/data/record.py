"""Records requests as botocore prepares and signs them: no network, documented example keys.

python -m venv v && v/bin/pip install boto3 && v/bin/python record.py > botocore.json
"""

import datetime
import json

import boto3
import botocore.auth
from botocore.awsrequest import AWSResponse
from botocore.config import Config

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
NOW = datetime.datetime(2026, 11, 23, 2, 2, 0)
C = "11111111-2222-3333-4444-555555555555"
M = "66666666-7777-8888-9999-000000000000"
ARN = f"arn:aws:cleanrooms:us-east-1:111122223333:collaboration/{C}"
AGGREGATION = {
    "aggregateColumns": [{"columnNames": ["dep_delay"], "function": "AVG"}],
    "joinColumns": ["tailnum"],
    "joinRequired": "QUERY_RUNNER",
    "dimensionColumns": ["origin"],
    "scalarFunctions": ["ROUND"],
    "outputConstraints": [{"columnName": "tailnum", "minimum": 25, "type": "COUNT_DISTINCT"}],
}
CALLS = [
    ("create_collaboration", dict(
        members=[{"accountId": "444455556666", "memberAbilities": ["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
                  "displayName": "Manufacturer Ü"}],
        name="delays 😀", description="two\nlines", creatorMemberAbilities=[],
        creatorDisplayName="Airline", queryLogStatus="ENABLED",
        dataEncryptionMetadata=dict(allowCleartext=True, allowDuplicates=False,
                                    allowJoinsOnColumnsWithDifferentNames=False, preserveNulls=True),
        tags={"team": "ops", "a b": ""})),
    ("list_collaborations", dict(maxResults=7, memberStatus="INVITED", nextToken="a+b/c=")),
    ("get_collaboration", dict(collaborationIdentifier=C)),
    ("delete_collaboration", dict(collaborationIdentifier=C)),
    ("create_membership", dict(
        collaborationIdentifier=C, queryLogStatus="DISABLED",
        defaultResultConfiguration={"outputConfiguration": {"s3": {
            "resultFormat": "CSV", "bucket": "results", "keyPrefix": "out/", "singleFileOutput": True}}},
        paymentConfiguration={"queryCompute": {"isResponsible": True}})),
    ("create_configured_table", dict(
        name="flights", tableReference={"glue": {"tableName": "flights", "databaseName": "air"}},
        allowedColumns=["tailnum", "origin", "dep_delay"], analysisMethod="DIRECT_QUERY")),
    ("create_configured_table_analysis_rule", dict(
        configuredTableIdentifier=C, analysisRuleType="AGGREGATION",
        analysisRulePolicy={"v1": {"aggregation": AGGREGATION}})),
    ("get_configured_table_analysis_rule", dict(configuredTableIdentifier=C, analysisRuleType="LIST")),
    ("create_configured_table_association", dict(
        name="flights", membershipIdentifier=M, configuredTableIdentifier=C,
        roleArn="arn:aws:iam::111122223333:role/service/cleanrooms")),
    ("get_schema", dict(collaborationIdentifier=C, name="my table")),
    ("list_schemas", dict(collaborationIdentifier=C, schemaType="TABLE")),
    ("get_schema_analysis_rule", dict(collaborationIdentifier=C, name="flights", type="AGGREGATION")),
    ("start_protected_query", dict(
        type="SQL", membershipIdentifier=M,
        sqlParameters={"queryString": "SELECT 'é' AS x\n FROM \"t\"", "parameters": {"p": "1"}},
        resultConfiguration={"outputConfiguration": {"member": {"accountId": "444455556666"}}},
        computeConfiguration={"worker": {"type": "CR.1X", "number": 4}})),
    ("update_protected_query", dict(
        membershipIdentifier=M, protectedQueryIdentifier=C, targetStatus="CANCELLED")),
    ("list_protected_queries", dict(membershipIdentifier=M, status="SUCCESS", maxResults=100)),
    ("tag_resource", dict(resourceArn=ARN, tags={"k": "v"})),
    ("untag_resource", dict(resourceArn=ARN, tagKeys=["a", "b c", "ü"])),
    ("list_tags_for_resource", dict(resourceArn=ARN)),
    ("populate_id_mapping_table", dict(membershipIdentifier=M, idMappingTableIdentifier=C)),
    ("batch_get_schema", dict(collaborationIdentifier=C, names=["a", "b"])),
    ("preview_privacy_impact", dict(
        membershipIdentifier=M,
        parameters={"differentialPrivacy": {"epsilon": 3, "usersNoisePerQuery": 30}})),
]


def main():
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: NOW
    client = boto3.client(
        "cleanrooms", region_name="us-east-1", endpoint_url="http://127.0.0.1:8930",
        aws_access_key_id=KEY, aws_secret_access_key=SECRET, config=Config(retries={"max_attempts": 0}))
    recorded = []

    def capture(request, **_):
        body = request.body or b""
        if isinstance(body, str):
            body = body.encode()
        path, _, query = request.url.removeprefix("http://127.0.0.1:8930").partition("?")
        headers = [[k, v.decode() if isinstance(v, bytes) else str(v)] for k, v in request.headers.items()]
        headers = [h for h in headers if h[0].lower() not in ("user-agent", "amz-sdk-invocation-id", "amz-sdk-request")]
        if not any(h[0].lower() == "host" for h in headers):
            headers.append(["Host", "127.0.0.1:8930"])
        recorded.append({"method": request.method, "path": path, "query": query,
                         "headers": headers, "body": body.decode()})
        return AWSResponse(request.url, 200, {}, FakeRaw())

    client.meta.events.register("before-send.cleanrooms.*", capture)
    out = []
    for name, arguments in CALLS:
        getattr(client, name)(**arguments)
        operation = client.meta.method_to_api_mapping[name]
        out.append({"operation": operation, "arguments": arguments, **recorded.pop()})
    for name, arguments in CALLS[1:3]:
        url = client.generate_presigned_url(name, arguments, ExpiresIn=600)
        path, _, query = url.removeprefix("http://127.0.0.1:8930").partition("?")
        out.append({"operation": client.meta.method_to_api_mapping[name], "arguments": arguments,
                    "method": "GET", "path": path, "query": query,
                    "headers": [["Host", "127.0.0.1:8930"]], "body": ""})
    print(json.dumps(out, indent=1, ensure_ascii=True))


class FakeRaw:
    def stream(self, **_):
        yield b"{}"

    def read(self, *_):
        return b"{}"


main()
