from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import responses

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Secret
from scfdeploy.providers.tencent.auth.workload_identity import from_github, from_oidc

GITHUB = "https://token.actions.example/id"
STS = "https://sts.tencentcloudapi.com/"
JOB = {
    "TENCENTCLOUD_ROLE_ARN": "qcs::cam::uin/100000000001:roleName/deploy",
    "TENCENTCLOUD_OIDC_PROVIDER": "github",
    "ACTIONS_ID_TOKEN_REQUEST_URL": f"{GITHUB}?api-version=2.0",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "the-permission",
}
KEYS = {"Token": "temporary", "TmpSecretId": "AKIDtemporary", "TmpSecretKey": "temporary-key"}


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def test_no_role_gives_no_keys() -> None:
    assert from_github({name: text for name, text in JOB.items() if name != "TENCENTCLOUD_ROLE_ARN"}) is None
    assert from_github(JOB | {"TENCENTCLOUD_ROLE_ARN": ""}) is None


def test_identity_token_is_exchanged_for_role_keys(web: responses.RequestsMock) -> None:
    github = web.add(responses.GET, GITHUB, json={"value": "the-identity"})
    sts = web.add(
        responses.POST, STS, json={"Response": {"Credentials": KEYS, "ExpiredTime": 4102444800, "RequestId": "r"}}
    )

    found = from_github(JOB)

    assert found is not None
    assert (found.secret_id, found.secret_key, found.token) == (
        "AKIDtemporary",
        Secret("temporary-key"),
        Secret("temporary"),
    )
    first, second = github.calls[0].request, sts.calls[0].request
    assert first.headers["Authorization"] == "bearer the-permission"
    assert first.params == {"api-version": "2.0", "audience": "sts.tencentcloudapi.com"}
    assert second.headers["X-TC-Action"] == "AssumeRoleWithWebIdentity"
    assert second.headers["Authorization"] == "SKIP"
    body = json.loads(second.body)
    assert (body["WebIdentityToken"], body["ProviderId"]) == ("the-identity", "github")
    assert body["RoleArn"] == JOB["TENCENTCLOUD_ROLE_ARN"]


def test_audience_variable_sets_the_audience(web: responses.RequestsMock) -> None:
    github = web.add(responses.GET, GITHUB, status=403)
    with pytest.raises(ScfDeployError):
        from_github(JOB | {"TENCENTCLOUD_OIDC_AUDIENCE": "ours"})
    assert github.calls[0].request.params["audience"] == "ours"


def test_rejection_names_cause_and_shows_no_token(web: responses.RequestsMock) -> None:
    web.add(responses.GET, GITHUB, json={"value": "the-identity"})
    error = {"Code": "InvalidParameter.WebIdentityTokenError", "Message": "expired"}
    web.add(responses.POST, STS, json={"Response": {"Error": error, "RequestId": "r"}})

    with pytest.raises(ScfDeployError, match="WebIdentityTokenError") as caught:
        from_github(JOB)

    assert "TENCENTCLOUD_ROLE_ARN" in (caught.value.hint or "")
    assert "the-identity" not in f"{caught.value.message}{caught.value.hint}"


@pytest.mark.parametrize("response", [{"status": 403, "body": "no"}, {"body": "<html>"}, {"json": {}}, {"json": []}])
def test_malformed_github_response_shows_nothing_of_the_request(web: responses.RequestsMock, response: dict) -> None:
    web.add(responses.GET, GITHUB, **response)
    with pytest.raises(ScfDeployError, match="issued no identity token") as caught:
        from_github(JOB)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("TENCENTCLOUD_OIDC_PROVIDER", "TENCENTCLOUD_OIDC_PROVIDER is not"),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", "offers this process no identity token"),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "offers this process no identity token"),
    ],
)
def test_missing_variable_is_named_in_error(missing: str, message: str) -> None:
    with pytest.raises(ScfDeployError, match=message):
        from_github({name: text for name, text in JOB.items() if name != missing})


def test_no_oidc_variables_give_no_keys() -> None:
    assert from_oidc({"TKE_REGION": ""}) is None


def test_unreadable_oidc_token_is_an_error(tmp_path: Path) -> None:
    variables = {
        "TKE_REGION": "ap-guangzhou",
        "TKE_PROVIDER_ID": "provider",
        "TKE_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "token"),
        "TKE_ROLE_ARN": "arn",
    }
    with pytest.raises(ScfDeployError, match=r"the token of the OIDC identity cannot be read: .*token"):
        from_oidc(variables)
