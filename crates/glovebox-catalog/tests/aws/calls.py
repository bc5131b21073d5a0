"""Carries out the calls that standard input lists, as JSON, against the endpoint given.

Each is {"service": ..., "call": ..., "args": {...}}; an argument "@PATH" is the content of a file.
"""

import json
import sys

import boto3

clients = {}
for item in json.load(sys.stdin):
    service = item["service"]
    if service not in clients:
        clients[service] = boto3.client(
            service,
            endpoint_url=sys.argv[1],
            region_name="us-east-1",
            aws_access_key_id="AKIDTEST",
            aws_secret_access_key="hush",
        )
    args = dict(item["args"])
    for name, value in args.items():
        if isinstance(value, str) and value.startswith("@"):
            with open(value[1:], "rb") as file:
                args[name] = file.read()
    getattr(clients[service], item["call"])(**args)
