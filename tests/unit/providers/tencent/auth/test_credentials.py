from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from scfdeploy.config.load_result import NO_ENV_FILE, EnvFile
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Secret
from scfdeploy.providers.tencent import Credentials, find_credentials
from scfdeploy.providers.tencent.auth.workload_identity import from_oidc

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


def test_the_vendor_neutral_names_come_first(tmp_path: Path) -> None:
    found = find(pair("TENCENT_", 2) | pair("TENCENTCLOUD_", 1), tmp_path)
    assert (found.secret_id, found.secret_key, found.token) == ("AKIDexample1", Secret("keyexample1"), None)


def test_the_serverless_names_are_read_with_their_token(tmp_path: Path) -> None:
    found = find(pair("TENCENT_") | {"TENCENT_TOKEN": "t"}, tmp_path)
    assert found.token == Secret("t")


@pytest.mark.parametrize("name", ["TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"])
def test_both_names_of_the_token_are_known(tmp_path: Path, name: str) -> None:
    assert find(pair("TENCENTCLOUD_") | {name: "t"}, tmp_path).token == Secret("t")


def test_the_process_environment_wins_over_dotenv(tmp_path: Path) -> None:
    assert find(pair("TENCENT_", 1), tmp_path, dotenv=pair("TENCENT_", 2)).secret_id == "AKIDexample1"


def test_dotenv_is_read_when_the_environment_says_nothing(tmp_path: Path) -> None:
    found = find({}, tmp_path, dotenv=pair("TENCENT_"))
    assert found.source == "TENCENT_SECRET_ID in .env"


def test_variables_win_over_profile_files(tmp_path: Path) -> None:
    write(tmp_path / ".tencentcloud/credentials", "[default]\nsecret_id=AKIDfile\nsecret_key=k\n")
    assert find(pair("TENCENTCLOUD_"), tmp_path).secret_id == "AKIDexample1"


def test_the_sdks_profile_file(tmp_path: Path) -> None:
    write(tmp_path / ".tencentcloud/credentials", '[default]\nsecret_id = AKIDfile\nsecret_key = "a%b"\n')
    found = find({}, tmp_path)
    assert (found.secret_id, found.secret_key) == ("AKIDfile", Secret("a%b"))


def test_the_system_wide_file(tmp_path: Path) -> None:
    write(tmp_path / "etc", "[default]\nsecret_id=AKIDetc\nsecret_key=k\n")
    assert find({}, tmp_path).secret_id == "AKIDetc"


def test_a_file_without_the_default_section_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path / ".tencentcloud/credentials", "[other]\nsecret_id=AKIDother\nsecret_key=k\n")
    write(tmp_path / ".serverless-tencent/credentials", "[default]\nTENCENT_SECRET_ID=AKIDsls\nTENCENT_SECRET_KEY=k\n")
    assert find({}, tmp_path).secret_id == "AKIDsls"


def test_the_command_line_clients_file(tmp_path: Path) -> None:
    content = {"secretId": "AKIDtccli", "secretKey": "k", "token": "t"}
    write(tmp_path / ".tccli/default.credential", json.dumps(content))
    found = find({}, tmp_path)
    assert (found.secret_id, found.token) == ("AKIDtccli", Secret("t"))


def test_a_named_profile_wins_over_variables(tmp_path: Path) -> None:
    write(tmp_path / ".tccli/work.credential", json.dumps({"secretId": "AKIDwork", "secretKey": "k"}))
    assert find(pair("TENCENTCLOUD_"), tmp_path, profile="work").secret_id == "AKIDwork"


def test_a_variable_may_name_the_profile(tmp_path: Path) -> None:
    write(tmp_path / ".tccli/work.credential", json.dumps({"secretId": "AKIDwork", "secretKey": "k"}))
    assert find({"TENCENT_CREDENTIALS_PROFILE": "work"}, tmp_path).secret_id == "AKIDwork"


@pytest.mark.parametrize("profile", ["absent", "../absent"])
def test_a_profile_that_is_nowhere_is_an_error_that_names_the_places(tmp_path: Path, profile: str) -> None:
    with pytest.raises(ScfDeployError, match="absent") as caught:
        find(pair("TENCENTCLOUD_"), tmp_path, profile=profile)
    assert ".tencentcloud" in (caught.value.hint or "")


def test_a_loopback_endpoint_gets_the_local_servers_pair(tmp_path: Path) -> None:
    found = find({}, tmp_path, endpoint="http://127.0.0.1:9080")
    assert (found.secret_id, found.secret_key) == ("AKIDlocal", Secret("local-secret"))


def test_another_endpoint_does_not(tmp_path: Path) -> None:
    with pytest.raises(ScfDeployError):
        find({}, tmp_path, endpoint="https://scf.example.com")


def test_none_at_all_is_one_message_that_names_every_way(tmp_path: Path) -> None:
    with pytest.raises(ScfDeployError) as caught:
        find({}, tmp_path)
    ways = (
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
    assert [way for way in ways if way not in (caught.value.hint or "")] == []


def test_the_machine_is_asked_last(tmp_path: Path) -> None:
    role = Credentials("AKIDrole", Secret("k"), Secret("t"), "a role")
    found = find_credentials(
        {}, profile=None, endpoint=None, home=str(tmp_path), ambient=(lambda _: None, lambda _: role), system_file=""
    )
    assert found is role


def test_half_an_oidc_identity_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ScfDeployError, match="TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE, TKE_ROLE_ARN not set"):
        find_credentials({"TKE_REGION": "r"}, profile=None, endpoint=None, home=str(tmp_path), system_file="")


def test_half_a_pair_names_the_other_half(tmp_path: Path) -> None:
    with pytest.raises(ScfDeployError, match="TENCENT_SECRET_KEY is not set in the environment"):
        find({"TENCENT_SECRET_ID": ID}, tmp_path)


_WRONG_KEYS = {
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
@pytest.mark.parametrize("key", _WRONG_KEYS)
def test_key_with_a_wrong_character_is_refused_by_the_name_of_its_variable(
    tmp_path: Path, prefix: str, name: str, key: str
) -> None:
    with pytest.raises(ScfDeployError) as caught:
        find(pair(prefix) | {f"{prefix}{name}": key}, tmp_path)
    assert caught.value.message.startswith(f"{prefix}{name} in the environment contains {_WRONG_KEYS[key]}")
    assert key not in str(caught.value) + (caught.value.hint or "")


@pytest.mark.parametrize("name", ["SECRET_ID", "SECRET_KEY", "TOKEN"])
def test_key_with_a_wrong_character_in_an_env_file_is_refused_by_file_and_line(tmp_path: Path, name: str) -> None:
    held = pair("TENCENT_") | {"TENCENT_TOKEN": "t"} | {f"TENCENT_{name}": "two words"}
    with pytest.raises(ScfDeployError, match=rf"^TENCENT_{name} in \.env:{list(held).index(f'TENCENT_{name}') + 1} "):
        find({}, tmp_path, dotenv=held)


@pytest.mark.parametrize("name", ["secret_id", "secret_key", "token"])
@pytest.mark.parametrize("file", [".tencentcloud/credentials", "etc", ".serverless-tencent/credentials"])
def test_key_with_a_wrong_character_in_a_profile_is_refused_by_its_entry(tmp_path: Path, file: str, name: str) -> None:
    prefix = "tencent_" if "serverless" in file else ""
    held = {"secret_id": ID, "secret_key": KEY, "token": "t"} | {name: "two words"}
    write(tmp_path / file, "[work]\n" + "".join(f"{prefix}{entry} = {text}\n" for entry, text in held.items()))
    with pytest.raises(ScfDeployError, match=rf"^{prefix}{name} in profile 'work' in .*{file} contains a space"):
        find({}, tmp_path, profile="work")


@pytest.mark.parametrize("name", ["secretId", "secretKey", "token"])
def test_key_with_a_wrong_character_in_a_json_profile_is_refused_by_its_entry(tmp_path: Path, name: str) -> None:
    held = {"secretId": ID, "secretKey": KEY, "token": "t"} | {name: "ended\n"}
    write(tmp_path / ".tccli/work.credential", json.dumps(held))
    with pytest.raises(ScfDeployError, match=rf"^{name} in .*work\.credential contains a line break"):
        find({}, tmp_path, profile="work")


_HALVES = ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENT_SECRET_ID", "TENCENT_SECRET_KEY"]


@pytest.mark.parametrize("half", _HALVES)
@pytest.mark.parametrize("prefix", ["TENCENTCLOUD_", "TENCENT_"])
def test_half_in_the_environment_is_never_completed_from_an_env_file(tmp_path: Path, half: str, prefix: str) -> None:
    with pytest.raises(ScfDeployError, match="is not set in the environment"):
        find({half: "half"}, tmp_path, dotenv=pair(prefix))


@pytest.mark.parametrize("half", _HALVES)
def test_half_in_an_env_file_is_never_completed_from_a_profile(tmp_path: Path, half: str) -> None:
    write(tmp_path / ".tencentcloud/credentials", "[default]\nsecret_id=AKIDfile\nsecret_key=k\n")
    with pytest.raises(ScfDeployError, match=r"is not set in \.env"):
        find({}, tmp_path, dotenv={half: "half"})


def test_pair_is_never_joined_with_a_token_of_another_place(tmp_path: Path) -> None:
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
def test_environment_of_either_name_wins_over_an_env_file(tmp_path: Path, in_environment: str, in_file: str) -> None:
    assert find(pair(in_environment, 1), tmp_path, dotenv=pair(in_file, 2)).secret_id == "AKIDexample1"


def test_env_file_of_a_parent_folder_is_passed_over_and_named(tmp_path: Path) -> None:
    parent = EnvFile("/up/.env", pair("TENCENT_"), {}, may_hold_keys=False)
    with pytest.raises(ScfDeployError, match="no Tencent Cloud credentials") as caught:
        find({}, tmp_path, dotenv=parent)
    assert "--env-file /up/.env" in (caught.value.hint or "")


def test_env_file_of_a_parent_folder_chooses_no_profile(tmp_path: Path) -> None:
    write(tmp_path / ".tccli/work.credential", json.dumps({"secretId": "AKIDwork", "secretKey": "k"}))
    write(tmp_path / ".tccli/default.credential", json.dumps({"secretId": "AKIDdefault", "secretKey": "k"}))
    chosen = {"TENCENT_CREDENTIALS_PROFILE": "work"}
    assert find({}, tmp_path, dotenv=chosen).secret_id == "AKIDwork"
    assert find({}, tmp_path, dotenv=EnvFile(".env", chosen, {}, may_hold_keys=False)).secret_id == "AKIDdefault"


def test_identity_of_the_machine_is_never_completed_from_an_env_file(tmp_path: Path) -> None:
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
def test_a_broken_file_is_named_and_not_quoted(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, "AKIDsecretstuff without any form\n")
    with pytest.raises(ScfDeployError, match=r"is not a profile file") as caught:
        find({}, tmp_path)
    assert "AKIDsecretstuff" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_printing_credentials_shows_no_key(tmp_path: Path) -> None:
    found = find(pair("TENCENTCLOUD_") | {"TENCENTCLOUD_TOKEN": "tokenexample"}, tmp_path)
    shown = f"{found} {found!r} {found.secret_key} {found.token!r}"
    assert "example" not in shown


@pytest.mark.parametrize("half", ["secret_id", "secret_key"])
def test_half_a_pair_in_a_file_names_the_other_half_and_the_file(tmp_path: Path, half: str) -> None:
    write(tmp_path / ".tencentcloud" / "credentials", f"[default]\n{half} = {ID}\n")
    other = "secret_key" if half == "secret_id" else "secret_id"
    with pytest.raises(ScfDeployError, match=rf"{other} is missing from .*credentials"):
        find({}, tmp_path)


def test_a_pod_without_an_identity_is_passed_over() -> None:
    assert from_oidc({"TKE_REGION": ""}) is None


def test_an_identity_whose_token_cannot_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = {
        "TKE_REGION": "ap-guangzhou",
        "TKE_PROVIDER_ID": "provider",
        "TKE_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "token"),
        "TKE_ROLE_ARN": "arn",
    }
    for name, value in named.items():
        monkeypatch.setenv(name, value)  # where the SDK looks for them
    with pytest.raises(ScfDeployError, match=r"the OIDC identity could not be used: .*token"):
        from_oidc(named)
