from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from scfdeploy.config.load_result import NO_ENV_FILE, EnvFile
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Secret
from scfdeploy.providers.tencent import Credentials, find_credentials

ID, KEY = "AKIDexample", "keyexample"


def find(
    environment: Mapping[str, str],
    home: Path,
    *,
    profile: str | None = None,
    endpoint: str | None = None,
    dotenv: Mapping[str, str] | EnvFile = NO_ENV_FILE,
) -> Credentials:
    if not isinstance(dotenv, EnvFile):
        dotenv = EnvFile(".env", dotenv, {name: number for number, name in enumerate(dotenv, start=1)})
    return find_credentials(
        environment,
        profile=profile,
        endpoint=endpoint,
        home=str(home),
        dotenv=dotenv,
        ambient=(),
        system_file=str(home / "etc"),
    )


def pair(prefix: str, number: int = 1) -> dict[str, str]:
    return {f"{prefix}SECRET_ID": f"{ID}{number}", f"{prefix}SECRET_KEY": f"{KEY}{number}"}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_tencentcloud_variables_come_first(tmp_path: Path) -> None:
    found = find(pair("TENCENT_", 2) | pair("TENCENTCLOUD_", 1), tmp_path)
    assert (found.secret_id, found.secret_key, found.token) == ("AKIDexample1", Secret("keyexample1"), None)


def test_tencent_variables_are_read_with_their_token(tmp_path: Path) -> None:
    found = find(pair("TENCENT_") | {"TENCENT_TOKEN": "t"}, tmp_path)
    assert found.token == Secret("t")


@pytest.mark.parametrize("name", ["TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"])
def test_both_token_variables_are_read(tmp_path: Path, name: str) -> None:
    assert find(pair("TENCENTCLOUD_") | {name: "t"}, tmp_path).token == Secret("t")


def test_environment_wins_over_dotenv(tmp_path: Path) -> None:
    assert find(pair("TENCENT_", 1), tmp_path, dotenv=pair("TENCENT_", 2)).secret_id == "AKIDexample1"


def test_dotenv_is_read_without_environment_variables(tmp_path: Path) -> None:
    found = find({}, tmp_path, dotenv=pair("TENCENT_"))
    assert found.source == "TENCENT_SECRET_ID in .env"


def test_variables_win_over_profile_files(tmp_path: Path) -> None:
    write(tmp_path / ".tencentcloud/credentials", "[default]\nsecret_id=AKIDfile\nsecret_key=k\n")
    assert find(pair("TENCENTCLOUD_"), tmp_path).secret_id == "AKIDexample1"


def test_sdk_profile_file_is_read(tmp_path: Path) -> None:
    write(tmp_path / ".tencentcloud/credentials", '[default]\nsecret_id = AKIDfile\nsecret_key = "a%b"\n')
    found = find({}, tmp_path)
    assert (found.secret_id, found.secret_key) == ("AKIDfile", Secret("a%b"))


def test_system_file_is_read(tmp_path: Path) -> None:
    write(tmp_path / "etc", "[default]\nsecret_id=AKIDetc\nsecret_key=k\n")
    assert find({}, tmp_path).secret_id == "AKIDetc"


def test_profile_file_without_default_section_is_skipped(tmp_path: Path) -> None:
    write(tmp_path / ".tencentcloud/credentials", "[other]\nsecret_id=AKIDother\nsecret_key=k\n")
    write(tmp_path / ".serverless-tencent/credentials", "[default]\nTENCENT_SECRET_ID=AKIDsls\nTENCENT_SECRET_KEY=k\n")
    assert find({}, tmp_path).secret_id == "AKIDsls"


def test_tccli_profile_file_is_read(tmp_path: Path) -> None:
    content = {"secretId": "AKIDtccli", "secretKey": "k", "token": "t"}
    write(tmp_path / ".tccli/default.credential", json.dumps(content))
    found = find({}, tmp_path)
    assert (found.secret_id, found.token) == ("AKIDtccli", Secret("t"))


def test_named_profile_wins_over_variables(tmp_path: Path) -> None:
    write(tmp_path / ".tccli/work.credential", json.dumps({"secretId": "AKIDwork", "secretKey": "k"}))
    assert find(pair("TENCENTCLOUD_"), tmp_path, profile="work").secret_id == "AKIDwork"


def test_profile_variable_names_the_profile(tmp_path: Path) -> None:
    write(tmp_path / ".tccli/work.credential", json.dumps({"secretId": "AKIDwork", "secretKey": "k"}))
    assert find({"TENCENT_CREDENTIALS_PROFILE": "work"}, tmp_path).secret_id == "AKIDwork"


@pytest.mark.parametrize("profile", ["absent", "../absent"])
def test_unknown_profile_error_names_the_searched_files(tmp_path: Path, profile: str) -> None:
    with pytest.raises(ScfDeployError, match="absent") as caught:
        find(pair("TENCENTCLOUD_"), tmp_path, profile=profile)
    assert ".tencentcloud" in (caught.value.hint or "")


def test_loopback_endpoint_gets_the_emulator_pair(tmp_path: Path) -> None:
    found = find({}, tmp_path, endpoint="http://127.0.0.1:9080")
    assert (found.secret_id, found.secret_key) == ("AKIDlocal", Secret("local-secret"))


def test_remote_endpoint_without_keys_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ScfDeployError):
        find({}, tmp_path, endpoint="https://scf.example.com")


def test_missing_credentials_hint_names_every_source(tmp_path: Path) -> None:
    with pytest.raises(ScfDeployError) as caught:
        find({}, tmp_path)
    sources = (
        "TENCENTCLOUD_SECRET_ID",
        "TENCENT_SECRET_ID",
        ".env",
        ".tencentcloud",
        ".tccli",
        ".serverless-tencent",
        "--profile",
        "CVM role",
        "OIDC",
        "--local",
    )
    assert [source for source in sources if source not in (caught.value.hint or "")] == []


def test_machine_identity_comes_last(tmp_path: Path) -> None:
    role = Credentials("AKIDrole", Secret("k"), Secret("t"), "a role")
    found = find_credentials(
        {}, profile=None, endpoint=None, home=str(tmp_path), ambient=(lambda _: None, lambda _: role), system_file=""
    )
    assert found is role


def test_incomplete_oidc_identity_names_missing_variables(tmp_path: Path) -> None:
    with pytest.raises(ScfDeployError, match="TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE, TKE_ROLE_ARN not set"):
        find_credentials({"TKE_REGION": "r"}, profile=None, endpoint=None, home=str(tmp_path), system_file="")


def test_incomplete_pair_in_environment_names_missing_variable(tmp_path: Path) -> None:
    with pytest.raises(ScfDeployError, match="TENCENT_SECRET_KEY is not set in the environment"):
        find({"TENCENT_SECRET_ID": ID}, tmp_path)


_INVALID_KEYS = {
    "trailing ": "a space, at its start or end",
    " leading": "a space, at its start or end",
    "two words": "a space:",
    "line\nbreak": "a line break:",
    "ended\n": "a line break, at its start or end",
    "dos\r\n": "a carriage return, at its start or end",
    "tab\t": "a tab, at its start or end",
    "zero\0": "the character U+0000",
    "escape\x1b[0m": "the character U+001B",
    "no-break\u00a0": "the character U+00A0",
    "\ufeffmark": "the character U+FEFF",
    "ключ": "the character U+043A",
}


@pytest.mark.parametrize("name", ["SECRET_ID", "SECRET_KEY", "TOKEN"])
@pytest.mark.parametrize("prefix", ["TENCENTCLOUD_", "TENCENT_"])
@pytest.mark.parametrize("key", _INVALID_KEYS)
def test_invalid_character_in_variable_names_the_variable(tmp_path: Path, prefix: str, name: str, key: str) -> None:
    with pytest.raises(ScfDeployError) as caught:
        find(pair(prefix) | {f"{prefix}{name}": key}, tmp_path)
    assert caught.value.message.startswith(f"{prefix}{name} in the environment contains {_INVALID_KEYS[key]}")
    assert key not in str(caught.value) + (caught.value.hint or "")


@pytest.mark.parametrize("name", ["SECRET_ID", "SECRET_KEY", "TOKEN"])
def test_invalid_character_in_env_file_names_file_and_line(tmp_path: Path, name: str) -> None:
    held = pair("TENCENT_") | {"TENCENT_TOKEN": "t"} | {f"TENCENT_{name}": "two words"}
    with pytest.raises(ScfDeployError, match=rf"^TENCENT_{name} in \.env:{list(held).index(f'TENCENT_{name}') + 1} "):
        find({}, tmp_path, dotenv=held)


@pytest.mark.parametrize("name", ["secret_id", "secret_key", "token"])
@pytest.mark.parametrize("file", [".tencentcloud/credentials", "etc", ".serverless-tencent/credentials"])
def test_invalid_character_in_profile_names_the_entry(tmp_path: Path, file: str, name: str) -> None:
    prefix = "tencent_" if "serverless" in file else ""
    held = {"secret_id": ID, "secret_key": KEY, "token": "t"} | {name: "two words"}
    write(tmp_path / file, "[work]\n" + "".join(f"{prefix}{entry} = {text}\n" for entry, text in held.items()))
    with pytest.raises(ScfDeployError, match=rf"^{prefix}{name} in profile 'work' in .*{file} contains a space"):
        find({}, tmp_path, profile="work")


@pytest.mark.parametrize("name", ["secretId", "secretKey", "token"])
def test_invalid_character_in_json_profile_names_the_entry(tmp_path: Path, name: str) -> None:
    held = {"secretId": ID, "secretKey": KEY, "token": "t"} | {name: "ended\n"}
    write(tmp_path / ".tccli/work.credential", json.dumps(held))
    with pytest.raises(ScfDeployError, match=rf"^{name} in .*work\.credential contains a line break"):
        find({}, tmp_path, profile="work")


_PAIR_VARIABLES = ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENT_SECRET_ID", "TENCENT_SECRET_KEY"]


@pytest.mark.parametrize("half", _PAIR_VARIABLES)
@pytest.mark.parametrize("prefix", ["TENCENTCLOUD_", "TENCENT_"])
def test_incomplete_pair_in_environment_is_not_completed_from_env_file(tmp_path: Path, half: str, prefix: str) -> None:
    with pytest.raises(ScfDeployError, match="is not set in the environment"):
        find({half: "half"}, tmp_path, dotenv=pair(prefix))


@pytest.mark.parametrize("half", _PAIR_VARIABLES)
def test_incomplete_pair_in_env_file_is_not_completed_from_profile(tmp_path: Path, half: str) -> None:
    write(tmp_path / ".tencentcloud/credentials", "[default]\nsecret_id=AKIDfile\nsecret_key=k\n")
    with pytest.raises(ScfDeployError, match=r"is not set in \.env"):
        find({}, tmp_path, dotenv={half: "half"})


def test_pair_is_not_joined_with_token_of_another_source(tmp_path: Path) -> None:
    tokens = {"TENCENTCLOUD_TOKEN": "other", "TENCENT_TOKEN": "other"}
    write(tmp_path / ".tencentcloud/credentials", "[default]\nsecret_id=AKIDfile\nsecret_key=k\n")
    assert find(pair("TENCENT_"), tmp_path, dotenv=tokens).token is None
    assert find(tokens, tmp_path, dotenv=pair("TENCENT_")).token is None
    assert find(tokens, tmp_path, dotenv=tokens).token is None
    assert find(tokens, tmp_path, profile="default").token is None
    assert find(pair("TENCENT_") | {"TENCENTCLOUD_TOKEN": "other"}, tmp_path).token is None
    assert find(pair("TENCENTCLOUD_") | {"TENCENT_TOKEN": "other"}, tmp_path).token is None


@pytest.mark.parametrize("in_file", ["TENCENTCLOUD_", "TENCENT_"])
@pytest.mark.parametrize("in_environment", ["TENCENTCLOUD_", "TENCENT_"])
def test_environment_of_either_family_wins_over_env_file(tmp_path: Path, in_environment: str, in_file: str) -> None:
    assert find(pair(in_environment, 1), tmp_path, dotenv=pair(in_file, 2)).secret_id == "AKIDexample1"


def test_env_file_of_parent_folder_is_named_but_not_used(tmp_path: Path) -> None:
    parent = EnvFile("/up/.env", pair("TENCENT_"), {}, may_hold_keys=False)
    with pytest.raises(ScfDeployError, match="no Tencent Cloud credentials") as caught:
        find({}, tmp_path, dotenv=parent)
    assert "--env-file /up/.env" in (caught.value.hint or "")


def test_env_file_of_parent_folder_sets_no_profile(tmp_path: Path) -> None:
    write(tmp_path / ".tccli/work.credential", json.dumps({"secretId": "AKIDwork", "secretKey": "k"}))
    write(tmp_path / ".tccli/default.credential", json.dumps({"secretId": "AKIDdefault", "secretKey": "k"}))
    chosen = {"TENCENT_CREDENTIALS_PROFILE": "work"}
    assert find({}, tmp_path, dotenv=chosen).secret_id == "AKIDwork"
    assert find({}, tmp_path, dotenv=EnvFile(".env", chosen, {}, may_hold_keys=False)).secret_id == "AKIDdefault"


def test_machine_identity_gets_no_env_file_variables(tmp_path: Path) -> None:
    asked: list[Mapping[str, str]] = []

    def ask(environment: Mapping[str, str]) -> None:
        asked.append(environment)

    held = EnvFile(".env", {"TENCENTCLOUD_ROLE_ARN": "arn", "ACTIONS_ID_TOKEN_REQUEST_URL": "https://example.com"}, {})
    with pytest.raises(ScfDeployError):
        find_credentials(
            {"A": "1"}, profile=None, endpoint=None, home=str(tmp_path), dotenv=held, ambient=(ask,), system_file=""
        )
    assert asked == [{"A": "1"}]


@pytest.mark.parametrize("name", [".tencentcloud/credentials", ".tccli/default.credential"])
def test_malformed_profile_file_is_named_and_not_quoted(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, "AKIDsecretstuff without any form\n")
    with pytest.raises(ScfDeployError, match=r"is not a profile file") as caught:
        find({}, tmp_path)
    assert "AKIDsecretstuff" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_printed_credentials_contain_no_key(tmp_path: Path) -> None:
    found = find(pair("TENCENTCLOUD_") | {"TENCENTCLOUD_TOKEN": "tokenexample"}, tmp_path)
    shown = f"{found} {found!r} {found.secret_key} {found.token!r}"
    assert "example" not in shown


@pytest.mark.parametrize("half", ["secret_id", "secret_key"])
def test_incomplete_pair_in_profile_names_missing_entry_and_file(tmp_path: Path, half: str) -> None:
    write(tmp_path / ".tencentcloud" / "credentials", f"[default]\n{half} = {ID}\n")
    other = "secret_key" if half == "secret_id" else "secret_id"
    with pytest.raises(ScfDeployError, match=rf"{other} is missing from .*credentials"):
        find({}, tmp_path)
