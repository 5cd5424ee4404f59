"""Connecting to the cloud adds the credentials to the known secrets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scfdeploy.config import LoadOptions
from scfdeploy.config.load_result import NO_ENV_FILE, EnvFile
from scfdeploy.model import Secret
from scfdeploy.operations.cloud import open_cloud
from scfdeploy.operations.request import CloudOptions, LocalServer

ID, KEY, TOKEN = "AKIDofsomebody", "key-of/somebody", "token-of-somebody"
VARIABLES = {"TENCENT_SECRET_ID": ID, "TENCENT_SECRET_KEY": KEY, "TENCENT_TOKEN": TOKEN}
FILES = {
    ".tencentcloud/credentials": f"[other]\nsecret_id = {ID}\nsecret_key = {KEY}\ntoken = {TOKEN}\n",
    ".tccli/other.credential": json.dumps({"secretId": ID, "secretKey": KEY, "token": TOKEN}),
    ".serverless-tencent/credentials": "[other]\n" + "".join(f"{n.lower()}={v}\n" for n, v in VARIABLES.items()),
}


def known_after_opening(
    root: Path, cloud: CloudOptions, environment: dict[str, str], dotenv: EnvFile = NO_ENV_FILE
) -> list[bool]:
    load = LoadOptions(environ=environment)
    open_cloud(cloud, root=str(root), region="ap-guangzhou", load=load, dotenv=dotenv)
    return [load.secrets.occur_in(text) for text in (f"said {ID}.", f"said {KEY}.", f"said {TOKEN}.")]


@pytest.mark.parametrize("file", FILES)
def test_credentials_of_a_profile_file_are_known_secrets(tmp_path: Path, file: str) -> None:
    path = tmp_path / file
    path.parent.mkdir()
    path.write_text(FILES[file])
    assert all(known_after_opening(tmp_path, CloudOptions(home=str(tmp_path), profile="other"), {}))


def test_credentials_of_variables_are_known_secrets(tmp_path: Path) -> None:
    assert all(known_after_opening(tmp_path, CloudOptions(home=str(tmp_path)), VARIABLES))


def test_credentials_of_an_env_file_are_known_secrets(tmp_path: Path) -> None:
    assert all(known_after_opening(tmp_path, CloudOptions(home=str(tmp_path)), {}, EnvFile(".env", VARIABLES, {})))


def test_key_of_local_server_is_a_known_secret(tmp_path: Path) -> None:
    cloud = CloudOptions(local=lambda _: LocalServer("http://127.0.0.1:9", ID, Secret(KEY)))
    assert known_after_opening(tmp_path, cloud, {}) == [True, True, False]


def test_documented_key_pair_is_not_a_secret(tmp_path: Path) -> None:
    load = LoadOptions()
    cloud = CloudOptions(endpoint="http://127.0.0.1:9", home=str(tmp_path))
    open_cloud(cloud, root=str(tmp_path), region="ap-guangzhou", load=load)
    assert not load.secrets.occur_in("AKIDlocal and local-secret")
