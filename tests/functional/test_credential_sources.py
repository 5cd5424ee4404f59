"""The precedence of credentials from several sources."""

from __future__ import annotations

import base64
import itertools
from pathlib import Path

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.local_server import LocalServer

FILE = """\
component: scf
name: hello
app: shop
inputs: {name: hello, src: ./code, runtime: Python3.10, handler: index.main_handler}
"""
ID, KEY = "AKIDlocal", "local-secret"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "work" / "project"
    (made / "code").mkdir(parents=True)
    (made / "code" / "index.py").write_text("def main_handler(event, context):\n    return 1\n")
    (made / "serverless.yml").write_text(FILE)
    return made


def keys(prefix: str, *, right: bool) -> dict[str, str]:
    return {f"{prefix}_SECRET_ID": ID if right else "AKIDother", f"{prefix}_SECRET_KEY": KEY if right else "otherkey"}


def env_text(values: dict[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in values.items())


def plan(folder: Path, cloud: LocalServer, *options: str, env: dict[str, str] | None = None) -> Ran:
    return scfdeploy("plan", folder, *options, env={**cloud.env, "HOME": str(folder), **(env or {})})


@pytest.mark.parametrize("option", ["", "--env-file"])
@pytest.mark.parametrize(("environment", "file"), list(itertools.product(("TENCENTCLOUD", "TENCENT"), repeat=2)))
def test_environment_wins_over_env_file(
    folder: Path, cloud: LocalServer, environment: str, file: str, option: str
) -> None:
    path = folder / ("keys.env" if option else ".env")
    path.write_text(env_text(keys(file, right=False)))
    options = (option, str(path)) if option else ()
    assert plan(folder, cloud, *options).exit_code == 1
    ran = plan(folder, cloud, *options, env=keys(environment, right=True))
    assert ran.exit_code == 0, ran.stderr


def test_env_file_of_the_project_is_used(folder: Path, cloud: LocalServer) -> None:
    (folder / ".env").write_text(env_text(keys("TENCENT", right=False)))
    assert "AuthFailure" in plan(folder, cloud).stderr


@pytest.mark.parametrize("up", [1, 2])
def test_env_file_of_parent_folder_provides_no_credentials(
    folder: Path, cloud: LocalServer, up: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (folder.parents[up - 1] / ".env").write_text("MEMORY=384\n" + env_text(keys("TENCENTCLOUD", right=False)))
    (folder / "serverless.yml").write_text(FILE.replace("{name", "{memorySize: '${env:MEMORY}', name"))
    ran = plan(folder, cloud)
    assert ran.exit_code == 0, ran.stderr
    assert "memorySize: 384" in ran.stdout


def test_named_env_file_of_parent_folder_provides_credentials(folder: Path, cloud: LocalServer) -> None:
    path = folder.parent / ".env"
    path.write_text(env_text(keys("TENCENTCLOUD", right=False)))
    assert "AuthFailure" in plan(folder, cloud, "--env-file", str(path)).stderr


def test_invalid_key_in_env_file_names_file_and_line(folder: Path, cloud: LocalServer) -> None:
    (folder / ".env").write_text(f"\n# keys\nA=1\n\nTENCENT_SECRET_ID={ID}\n\nTENCENT_SECRET_KEY='{KEY}\n'\n")
    ran = plan(folder, cloud)
    assert ran.exit_code == 1
    assert f"TENCENT_SECRET_KEY in {folder / '.env'}:7 contains a line break" in ran.stderr
    assert KEY not in ran.stderr


@pytest.mark.parametrize("command", [("plan",), ("apply", "--yes")])
def test_prebuilt_folder_cannot_set_keys_variables_or_hooks(
    folder: Path, cloud: LocalServer, command: tuple[str, ...]
) -> None:
    (folder / ".env").write_text("GREETING=from the folder\n" + env_text(keys("TENCENTCLOUD", right=False)))
    (folder / "serverless.yml").write_text(
        FILE.replace("src: ./code", "src: {src: ./code, hook: 'echo ran > ../ran'}").replace(
            "{name", "{description: '${env:GREETING}', name"
        )
    )
    name, *options = command
    env = {**cloud.env, "HOME": str(folder)}
    unset = scfdeploy(name, folder, *options, "--prebuilt", env=env)
    assert unset.exit_code == 3
    assert "GREETING" in unset.stderr
    ran = scfdeploy(name, folder, *options, "--prebuilt", env={**env, "GREETING": "from the job"})
    assert ran.exit_code == 0, ran.stderr
    assert "from the job" in ran.stdout
    assert not (folder / "ran").exists()


@pytest.mark.parametrize("place", ["description: '${env:NAME}'", "environment: {variables: {A: 'x-${env:NAME}'}}"])
@pytest.mark.parametrize(
    "name",
    [
        *("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"),
        *("TENCENT_SECRET_ID", "TENCENT_SECRET_KEY", "TENCENT_TOKEN", "tencent_secret_key", "PROD_TENCENT_SECRET_KEY"),
        *("TKE_WEB_IDENTITY_TOKEN_FILE", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL"),
        *("COPY_OF_KEY", "KEY_IN_A_URL", "KEY_IN_BASE64"),
    ],
)
def test_prebuilt_file_that_reads_a_credential_is_refused(
    folder: Path, cloud: LocalServer, name: str, place: str
) -> None:
    copies = {
        "COPY_OF_KEY": KEY,
        "KEY_IN_A_URL": f"https://u:{KEY}@example.com",
        "KEY_IN_BASE64": base64.b64encode(f"u:{KEY}".encode()).decode(),
    }
    (folder / "serverless.yml").write_text(FILE.replace("{name", "{" + place.replace("NAME", name) + ", name"))
    env = {name: "value", **cloud.env, **keys("TENCENTCLOUD", right=True), **copies, "HOME": str(folder)}
    refused = scfdeploy("plan", folder, "--prebuilt", env=env)
    assert refused.exit_code == 3
    assert "[variable-withheld]" in refused.stderr
    given = scfdeploy("plan", folder, "--prebuilt", "--var", f"{name}=of-the-app", env=env)
    assert "[variable-withheld]" not in given.stderr


@pytest.mark.parametrize("name", ["TENCENT_MAP_KEY", "DB_PASSWORD", "TENCENT_APP_ID", "COS_OBJECT_KEY"])
def test_prebuilt_file_reads_other_secrets(folder: Path, cloud: LocalServer, name: str) -> None:
    (folder / "serverless.yml").write_text(
        FILE.replace("{name", "{environment: {variables: {A: '${env:" + name + "}'}}, name")
    )
    ran = scfdeploy("plan", folder, "--prebuilt", env={**cloud.env, name: "1250000000", "HOME": str(folder)})
    assert ran.exit_code == 0, ran.stderr


def test_prebuilt_plan_is_applied_without_hooks(folder: Path, cloud: LocalServer, tmp_path: Path) -> None:
    (folder / "serverless.yml").write_text(FILE.replace("src: ./code", "src: {src: ./code, hook: 'echo ran > ../ran'}"))
    saved = str(tmp_path / "plan.json")
    env = {**cloud.env, "HOME": str(folder)}
    assert scfdeploy("plan", folder, "--prebuilt", "--out", saved, env=env).exit_code == 0
    ran = scfdeploy("apply", "--plan", saved, "--prebuilt", env=env)
    assert ran.exit_code == 0, ran.stderr
    assert not (folder / "ran").exists()


@pytest.mark.parametrize("file", ["sdk", "tccli", "serverless"])
def test_hook_that_prints_a_profile_file_shows_no_key(folder: Path, cloud: LocalServer, file: str) -> None:
    path, text = {
        "sdk": (".tencentcloud/credentials", "[default]\nsecret_id = AKIDmine\nsecret_key = c2VjcmV0mine\n"),
        "tccli": (".tccli/default.credential", '{"secretId": "AKIDmine", "secretKey": "c2VjcmV0mine"}\n'),
        "serverless": (
            ".serverless-tencent/credentials",
            "[default]\ntencent_secret_id=AKIDmine\ntencent_secret_key=c2VjcmV0mine\n",
        ),
    }[file]
    (folder / path).parent.mkdir()
    (folder / path).write_text(text)
    hook = f"grep -oE [A-Za-z0-9]+ ../{path}; echo printed; exit 3"
    (folder / "serverless.yml").write_text(FILE.replace("src: ./code", f"src: {{src: ./code, hook: '{hook}'}}"))
    ran = plan(folder, cloud)
    assert ran.exit_code != 0
    assert "printed" in ran.stderr
    assert "AKIDmine" not in ran.stdout + ran.stderr
    assert "c2VjcmV0mine" not in ran.stdout + ran.stderr
