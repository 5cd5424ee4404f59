"""Signatures: the vectors of the SDK, every form that real clients send, and the errors for invalid ones."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import pytest

from scfdeploy.emulator import auth
from scfdeploy.emulator.messages import Request
from tests.support.emulator import SECRET_ID, SECRET_KEY, Cloud, tc3_headers

VECTORS = [
    (
        b"{}",
        "823de3f9663446b13caff35bf50c270c00f736cd3e3e2be9c66f5e05a95865d1",
        "468333c3f14b9a94e3f2593aaa53c7ae3c89640334b3d5373f3e9393e9adf4c5",
    ),
    (
        b'{"FunctionName": "hello"}',
        "58cf1f85f1f8ca98972feeef8e568cbda96b7b31d4bc8ca74556f37f0eaf6ecd",
        "d1cbad61db967eaa201f25979b1ddb9be5db5db69266d506248d961fe0a6cd26",
    ),
]


@pytest.mark.parametrize(("body", "request_hash", "signature"), VECTORS)
def test_tc3_signature_equals_sdk_signature(body: bytes, request_hash: str, signature: str) -> None:
    headers = {"host": "scf.tencentcloudapi.com", "content-type": "application/json"}
    request = Request("POST", "/", "", headers, body)
    scope = auth.Scope("AKIDTESTTESTTESTTEST", "2023-11-14", "scf", ("content-type", "host"), signature)

    canonical = next(auth.canonical_requests(request, scope.headers))

    assert hashlib.sha256(canonical.encode()).hexdigest() == request_hash
    assert auth.sign_tc3("SECRETTESTTESTTESTTEST", scope, "1700000000", canonical) == signature


def error_of(cloud: Cloud, headers: dict[str, str], body: bytes = b"{}", *, method: str = "POST") -> str:
    status, answered, answer = cloud.send(method, "/", body, headers)
    assert status == 200
    assert answered["Content-Type"] == "application/json"
    response = json.loads(answer)["Response"]
    assert response["RequestId"]
    return str(response.get("Error", {}).get("Code", "ok"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "ok"),
        ({"secret_key": "wrong"}, "AuthFailure.SignatureFailure"),
        ({"secret_id": "AKIDother"}, "AuthFailure.SecretIdNotFound"),
        ({"seconds_off": -301}, "AuthFailure.SignatureExpire"),
        ({"seconds_off": 330}, "AuthFailure.SignatureExpire"),
        ({"seconds_off": -200}, "ok"),
        ({"payload": b"{ }"}, "AuthFailure.SignatureFailure"),
        ({"product": "127"}, "ok"),
        ({"more": {"x-tc-action": "listnamespaces"}}, "ok"),
    ],
)
def test_invalid_signature_returns_documented_code(cloud: Cloud, change: dict[str, Any], code: str) -> None:
    rest = {name: value for name, value in change.items() if name != "seconds_off"}
    timestamp = int(time.time()) + change.get("seconds_off", 0)
    headers = tc3_headers(cloud.address, "ListNamespaces", b"{}", timestamp=timestamp, **rest)
    assert error_of(cloud, headers) == code


def test_signed_host_may_omit_port_or_be_url(cloud: Cloud) -> None:
    bare = tc3_headers(cloud.address, "ListNamespaces", b"{}", signed_host="127.0.0.1")
    whole = tc3_headers(cloud.url, "ListNamespaces", b"{}")

    assert error_of(cloud, bare) == "ok"
    assert error_of(cloud, whole) == "ok"


def test_unsigned_payload_is_accepted_if_declared(cloud: Cloud) -> None:
    headers = tc3_headers(cloud.address, "ListNamespaces", b"{}", payload=b"UNSIGNED-PAYLOAD")
    assert error_of(cloud, headers | {"X-TC-Content-SHA256": "UNSIGNED-PAYLOAD"}) == "ok"


def test_get_request_signs_raw_query(cloud: Cloud) -> None:
    query = urlencode({"Limit": 5, "SearchKey.0.Key": "Namespace", "SearchKey.0.Value": "def"})
    form = "application/x-www-form-urlencoded"
    headers = tc3_headers(cloud.address, "ListNamespaces", b"", method="GET", query=query, content_type=form)

    _, _, answer = cloud.send("GET", f"/?{query}", b"", headers)

    assert json.loads(answer)["Response"]["TotalCount"] == 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("X-TC-Action", "MissingParameter"),
        ("X-TC-Version", "MissingParameter"),
        ("X-TC-Timestamp", "MissingParameter"),
        ("Authorization", "MissingParameter"),
    ],
)
def test_missing_header_is_named_in_error(cloud: Cloud, name: str, code: str) -> None:
    headers = tc3_headers(cloud.address, "ListNamespaces", b"{}")
    del headers[name]
    assert error_of(cloud, headers) == code


def test_malformed_authorization_has_its_own_code(cloud: Cloud) -> None:
    headers = tc3_headers(cloud.address, "ListNamespaces", b"{}")
    assert error_of(cloud, headers | {"Authorization": "TC3-HMAC-SHA256 me"}) == "AuthFailure.InvalidAuthorization"


def test_token_with_permanent_key_is_rejected(cloud: Cloud) -> None:
    headers = tc3_headers(cloud.address, "ListNamespaces", b"{}")
    assert error_of(cloud, headers | {"X-TC-Token": "t"}) == "AuthFailure.TokenFailure"


@pytest.mark.parametrize(
    ("headers", "code"),
    [({"X-TC-Version": "2017-01-01"}, "NoSuchVersion"), ({"X-TC-Action": "listNamespaces"}, "InvalidAction")],
)
def test_unknown_version_and_action_are_rejected(cloud: Cloud, headers: dict[str, str], code: str) -> None:
    assert error_of(cloud, tc3_headers(cloud.address, "ListNamespaces", b"{}") | headers) == code


def test_unsupported_action_is_not_reported_as_unknown(cloud: Cloud) -> None:
    assert cloud.error("DeleteTag", product="tag", TagKey="a", TagValue="b") == "UnsupportedOperation"


def test_methods_other_than_get_and_post_are_rejected(cloud: Cloud) -> None:
    headers = tc3_headers(cloud.address, "ListNamespaces", b"{}")
    assert error_of(cloud, headers, method="PUT") == "UnsupportedProtocol"


def older_form(cloud: Cloud, method: str, algorithm: str, **parameters: str) -> str:
    digest = {"HmacSHA1": hashlib.sha1, "HmacSHA256": hashlib.sha256}[algorithm]
    flat = {
        "Action": "ListNamespaces",
        "Version": "2018-04-16",
        "Region": "ap-guangzhou",
        "Timestamp": str(int(time.time())),
        "Nonce": "42",
        "SecretId": SECRET_ID,
        "SignatureMethod": algorithm,
        **parameters,
    }
    text = f"{method}{cloud.address}/?" + "&".join(f"{name}={flat[name]}" for name in sorted(flat))
    key = hmac.new(SECRET_KEY.encode(), text.encode(), digest)
    flat["Signature"] = base64.b64encode(key.digest()).decode()
    return urlencode(flat)


@pytest.mark.parametrize("algorithm", ["HmacSHA1", "HmacSHA256"])
def test_v1_signature_is_accepted_in_form_and_query(cloud: Cloud, algorithm: str) -> None:
    form = older_form(cloud, "POST", algorithm, Limit="1").encode()
    query = older_form(cloud, "GET", algorithm, Limit="1")

    for _, _, answer in (
        cloud.send("POST", "/", form, {"Content-Type": "application/x-www-form-urlencoded"}),
        cloud.send("GET", f"/?{query}"),
        cloud.send("GET", f"{cloud.url}/?{query}"),
    ):
        assert json.loads(answer)["Response"]["TotalCount"] == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"SecretId": "AKIDother"}, "AuthFailure.SecretIdNotFound"),
        ({"Timestamp": "1700000000"}, "AuthFailure.SignatureExpire"),
        ({"Token": "t"}, "AuthFailure.TokenFailure"),
        ({"Limit": "many"}, "InvalidParameter"),
        ({"Colour": "red"}, "UnknownParameter"),
    ],
)
def test_v1_signature_returns_same_errors(cloud: Cloud, change: dict[str, str], code: str) -> None:
    form = older_form(cloud, "POST", "HmacSHA256", **change).encode()
    assert error_of(cloud, {}, form) == code


def test_changed_value_breaks_v1_signature(cloud: Cloud) -> None:
    form = older_form(cloud, "POST", "HmacSHA1", Limit="1").replace("Limit=1", "Limit=2").encode()
    assert error_of(cloud, {}, form) == "AuthFailure.SignatureFailure"


def test_body_limit_is_one_megabyte_for_v1_and_ten_for_tc3(cloud: Cloud) -> None:
    large = json.dumps({"FunctionName": "a" * (1 << 20)}).encode()

    assert error_of(cloud, {}, b"Action=" + large) == "RequestSizeLimitExceeded"
    assert error_of(cloud, tc3_headers(cloud.address, "GetFunction", large), large) == "InvalidParameter.FunctionName"
    huge = b'"' + b"a" * (10 << 20) + b'"'
    assert error_of(cloud, tc3_headers(cloud.address, "GetFunction", huge), huge) == "RequestSizeLimitExceeded"


def test_empty_request_returns_missing_action(cloud: Cloud) -> None:
    assert error_of(cloud, {}, b"") == "MissingParameter"
