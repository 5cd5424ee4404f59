"""What of the environment a command that is run for the user does not get."""

import base64
from urllib.parse import quote

import pytest

from scfdeploy.model.child_environment import without_credentials

KEY = "b2/Kx+Q9zLm3TnV7/example+key"


@pytest.mark.parametrize(
    "name",
    [
        "TENCENTCLOUD_SECRET_ID",
        "TENCENTCLOUD_SECRET_KEY",
        "TENCENTCLOUD_TOKEN",
        "TENCENTCLOUD_SECURITY_TOKEN",
        "TENCENTCLOUD_SECRETKEY",
        "TENCENT_SECRET_ID",
        "TENCENT_SECRET_KEY",
        "TENCENT_TOKEN",
        "tencent_secret_key",
        "TCCLI_SECRET_KEY",
        "QCLOUD_SECRET_KEY",
        "COS_SECRET_KEY",
        "TKE_WEB_IDENTITY_TOKEN_FILE",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        "ACTIONS_ID_TOKEN_REQUEST_URL",
        "PROD_TENCENT_SECRET_KEY",
        "TF_VAR_tencentcloud_secret_key",
        "TENCENT_CLOUD_API_CRED",
        "TENCENTSECRETKEY",
    ],
)
def test_credential_is_left_out_by_its_name(name: str) -> None:
    assert without_credentials({name: "x", "HOME": "/root"}, ()) == {"HOME": "/root"}


@pytest.mark.parametrize(
    "value",
    [
        KEY,
        f"{KEY}\n",
        f"https://id:{KEY}@example.com/",
        f"https://id:{quote(KEY, safe='')}@example.com/",
        f'{{"key": "{KEY}"}}',
        base64.b64encode(KEY.encode()).decode(),
        base64.b64encode(f"i:{KEY}".encode()).decode(),
        base64.b64encode(f"id:{KEY}:more".encode()).decode(),
    ],
)
def test_variable_of_any_name_is_left_out_by_its_value(value: str) -> None:
    assert without_credentials({"MINE": value, "OTHER": "kept"}, [KEY]) == {"OTHER": "kept"}


def test_short_secret_leaves_out_equal_values_only() -> None:
    assert without_credentials({"MINE": "k", "PATH": "/bin/k"}, ["k"]) == {"PATH": "/bin/k"}


@pytest.mark.parametrize("name", ["TENCENTCLOUD_REGION", "NPM_TOKEN", "MONKEY", "STAGE", "TENCENT_APP_ID"])
def test_other_variable_is_kept(name: str) -> None:
    assert without_credentials({name: "x"}, [KEY]) == {name: "x"}


@pytest.mark.parametrize(
    ("of_id", "of_key"),
    [
        ("SECRET_ID", "SECRET_KEY"),
        ("DEPLOY_SECRET_ID", "DEPLOY_SECRET_KEY"),
        ("DEPLOY_SECRET_ID", "DEPLOY_SESSION_TOKEN"),
        ("deploySecretId", "deploySecretKey"),
        ("CI_ACCESS_KEY_ID", "CI_SECRET_ACCESS_KEY"),
        ("CI_ID", "CI_KEY"),
    ],
)
def test_pair_of_any_name_is_left_out_by_its_key_id(of_id: str, of_key: str) -> None:
    environment = {of_id: "AKID" + "x1Y2" * 8, of_key: "any", "NPM_TOKEN": "kept", "DJANGO_SECRET_KEY": "kept"}
    assert set(without_credentials(environment, ())) == {"NPM_TOKEN", "DJANGO_SECRET_KEY"}


def test_key_of_another_service_is_kept() -> None:
    environment = {"SECRET_ID": "AKIAXXXXXXXXXXXXXXXX", "SECRET_KEY": "any", "APP_SECRET_KEY": "any"}
    assert without_credentials(environment, ()) == environment
