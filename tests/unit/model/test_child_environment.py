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
