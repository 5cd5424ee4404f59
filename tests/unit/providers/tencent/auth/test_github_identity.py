from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import responses

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Secret
from scfdeploy.providers.tencent.auth.github_identity import from_github

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


def test_without_a_role_there_is_nothing_to_ask_for() -> None:
    assert from_github({name: text for name, text in JOB.items() if name != "TENCENTCLOUD_ROLE_ARN"}) is None
    assert from_github(JOB | {"TENCENTCLOUD_ROLE_ARN": ""}) is None


def test_the_job_s_identity_is_exchanged_for_the_keys_of_the_role(web: responses.RequestsMock) -> None:
    asked = web.add(responses.GET, GITHUB, json={"value": "the-identity"})
    exchanged = web.add(
        responses.POST, STS, json={"Response": {"Credentials": KEYS, "ExpiredTime": 4102444800, "RequestId": "r"}}
    )

    found = from_github(JOB)

    assert found is not None
    assert (found.secret_id, found.secret_key, found.token) == (
        "AKIDtemporary",
        Secret("temporary-key"),
        Secret("temporary"),
    )
    first, second = asked.calls[0].request, exchanged.calls[0].request
    assert first.headers["Authorization"] == "bearer the-permission"
    assert first.params == {"api-version": "2.0", "audience": "sts.tencentcloudapi.com"}
    assert second.headers["X-TC-Action"] == "AssumeRoleWithWebIdentity"
    assert second.headers["Authorization"] == "SKIP"
    body = json.loads(second.body)
    assert (body["WebIdentityToken"], body["ProviderId"]) == ("the-identity", "github")
    assert body["RoleArn"] == JOB["TENCENTCLOUD_ROLE_ARN"]


def test_the_audience_can_be_chosen(web: responses.RequestsMock) -> None:
    asked = web.add(responses.GET, GITHUB, status=403)
    with pytest.raises(ScfDeployError):
        from_github(JOB | {"TENCENTCLOUD_OIDC_AUDIENCE": "ours"})
    assert asked.calls[0].request.params["audience"] == "ours"


def test_rejection_names_cause_and_shows_no_token(web: responses.RequestsMock) -> None:
    web.add(responses.GET, GITHUB, json={"value": "the-identity"})
    error = {"Code": "InvalidParameter.WebIdentityTokenError", "Message": "expired"}
    web.add(responses.POST, STS, json={"Response": {"Error": error, "RequestId": "r"}})

    with pytest.raises(ScfDeployError, match="WebIdentityTokenError") as caught:
        from_github(JOB)

    assert "TENCENTCLOUD_ROLE_ARN" in (caught.value.hint or "")
    assert "the-identity" not in f"{caught.value.message}{caught.value.hint}"


@pytest.mark.parametrize("answer", [{"status": 403, "body": "no"}, {"body": "<html>"}, {"json": {}}, {"json": []}])
def test_an_odd_answer_of_github_shows_nothing_of_the_request(web: responses.RequestsMock, answer: dict) -> None:
    web.add(responses.GET, GITHUB, **answer)
    with pytest.raises(ScfDeployError, match="did not give") as caught:
        from_github(JOB)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("TENCENTCLOUD_OIDC_PROVIDER", "TENCENTCLOUD_OIDC_PROVIDER is not"),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", "no job of GitHub Actions"),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "no job of GitHub Actions"),
    ],
)
def test_missing_variable_is_named_in_error(missing: str, message: str) -> None:
    with pytest.raises(ScfDeployError, match=message):
        from_github({name: text for name, text in JOB.items() if name != missing})
