from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Secret
from scfdeploy.providers.tencent import Credentials, find_credentials
from scfdeploy.providers.tencent.ambient import from_oidc

ID, KEY = "AKIDexample", "keyexample"


def find(
    environment: Mapping[str, str],
    home: Path,
    *,
    profile: str | None = None,
    endpoint: str | None = None,
    dotenv: Mapping[str, str] | None = None,
) -> Credentials:
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


@pytest.mark.parametrize("key", ["trailingblank ", " leadingblank", "two words", "line\nbreak", "ключ", "zero\0"])
def test_what_cannot_be_a_key_is_refused_without_being_shown(tmp_path: Path, key: str) -> None:
    with pytest.raises(ScfDeployError) as caught:
        find({"TENCENTCLOUD_SECRET_ID": ID, "TENCENTCLOUD_SECRET_KEY": key}, tmp_path)
    assert "TENCENTCLOUD_SECRET_ID in the environment" in caught.value.message
    assert key not in str(caught.value) + (caught.value.hint or "")


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
