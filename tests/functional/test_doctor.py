"""`doctor`: problems of this machine and account, as they really are."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.config import LoadOptions
from scfdeploy.operations.doctor import CHECKS, examine
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.results.doctor import CheckResult, CheckState
from tests.support.command import Ran, scfdeploy
from tests.support.local_server import LocalServer
from tests.support.raw_server import answered, raw_server

FILE = """\
component: scf
name: hello
inputs: {{name: hello, src: ./code, runtime: {runtime}, handler: index.main_handler}}
"""
NOON = 1_700_000_000.0
PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
CLEAN = {name: "" for each in PROXIES for name in (each, each.lower())} | {"REQUESTS_CA_BUNDLE": ""}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_project(tmp_path)
    return tmp_path


def write_project(folder: Path, runtime: str = "Python3.10") -> None:
    (folder / "code").mkdir(exist_ok=True)
    (folder / "code" / "index.py").write_text("def main_handler(event, context):\n    return 1\n")
    (folder / "serverless.yml").write_text(FILE.format(runtime=runtime))


def doctor(folder: Path, *options: str, **env: str) -> Ran:
    """Run `doctor`. Node.js, npm and pip answer at once: the real ones take longer than all other checks."""
    programs = folder / ".programs"
    program(programs, "node", "v20.1.0")
    program(programs, "npm", "10.2.0")
    program(programs, "pip", "pip 25.1 from /usr/lib (python 3.11)")
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return scfdeploy("doctor", folder, *options, env={**CLEAN, "HOME": str(folder), "PATH": path, **env})


def checks_of(ran: Ran) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in ran.document["checks"]}


def examined(
    folder: Path, name: str, *, environ: Mapping[str, str] | None = None, endpoint: str | None = None, now: float = NOON
) -> CheckResult:
    """The result of one check."""
    load = LoadOptions(cwd=str(folder), environ=environ or {})
    cloud = CloudOptions(endpoint=endpoint, home=str(folder))
    [result] = examine(Request(str(folder), load), cloud, checks={name: CHECKS[name]}, now=lambda: now).checks
    return result


def program(folder: Path, name: str, output: str, code: int = 0) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\necho '{output}'\nexit {code}\n")
    (folder / name).chmod(0o755)


def test_reachable_server_has_no_problems(folder: Path, cloud: LocalServer) -> None:
    ran = doctor(folder, **cloud.env)

    assert ran.exit_code == 0, ran.stdout
    assert "No problems found." in ran.stdout
    assert "plan may read" in ran.stdout
    assert list(filter(None, cloud.writes())) == []  # the probe has no action


def test_document_has_every_check(folder: Path, cloud: LocalServer) -> None:
    document = doctor(folder, "--format", "json", **cloud.env).document

    assert (document["format"], document["command"], document["ok"]) == (1, "doctor", True)
    assert [check["name"] for check in document["checks"]] == list(CHECKS)
    assert sum(document["summary"].values()) == len(CHECKS)
    assert all(set(check) == {"name", "state", "detail", "cure"} for check in document["checks"])


def test_account_is_that_of_the_keys(folder: Path, cloud: LocalServer) -> None:
    assert "100000000001" in checks_of(doctor(folder, "--format", "json", **cloud.env))["account"]["detail"]


def test_missing_credentials_fail_with_a_cure(folder: Path) -> None:
    result = examined(folder, "credentials")

    assert result.state is CheckState.FAILED
    assert "TENCENTCLOUD_SECRET_ID" in result.cure
    assert examined(folder, "permissions").detail == "not checked: no credentials"


def test_half_of_a_key_pair_fails(folder: Path) -> None:
    result = examined(folder, "credentials", environ={"TENCENTCLOUD_SECRET_ID": "AKIDmine"})

    assert result.state is CheckState.FAILED
    assert "TENCENTCLOUD_SECRET_KEY is not set" in result.detail


def test_rejected_keys_fail(folder: Path, cloud: LocalServer) -> None:
    keys = {"TENCENTCLOUD_SECRET_ID": "AKIDlocal", "TENCENTCLOUD_SECRET_KEY": "another-key"}
    checks = checks_of(doctor(folder, "--format", "json", **cloud.env, **keys))

    assert checks["account"]["state"] == "failed"
    assert "AuthFailure.SignatureFailure" in checks["account"]["detail"]
    assert "another-key" not in json.dumps(checks)


def test_denied_read_is_named(folder: Path, cloud: LocalServer) -> None:
    cloud.control("faults", [{"action": "ListTriggers", "code": "AuthFailure.UnauthorizedOperation"}])
    ran = doctor(folder, "--format", "json", **cloud.env)

    assert ran.exit_code == 1
    permissions = checks_of(ran)["permissions"]
    assert permissions["state"] == "failed"
    assert permissions["detail"] == "not allowed: scf:ListTriggers"
    assert "scfdeploy policy" in permissions["cure"]


def test_keys_that_may_not_ask_whose_they_are_pass(folder: Path, cloud: LocalServer) -> None:
    cloud.control(
        "faults",
        [
            {"action": action, "code": "AuthFailure.UnauthorizedOperation"}
            for action in ("GetCallerIdentity", "GetUserAppId")
        ],
    )
    ran = doctor(folder, "--format", "json", **cloud.env)

    assert ran.exit_code == 0
    assert checks_of(ran)["account"]["state"] == "not-checked"


def test_unreachable_server_is_said_once_and_other_checks_go_on(folder: Path) -> None:
    with raw_server() as server:
        port = server.port
    checks = checks_of(doctor(folder, "--format", "json", "--endpoint", f"http://127.0.0.1:{port}"))

    assert checks["connection"]["state"] == "failed"
    assert "connection refused" in checks["connection"]["detail"]
    assert {checks[name]["detail"] for name in ("clock", "account", "permissions")} == {"not checked: no connection"}
    assert checks["versions"]["state"] == checks["disk"]["state"] == "ok"


@pytest.mark.parametrize(
    ("seconds", "state"),
    [(0, CheckState.OK), (-59, CheckState.OK), (120, CheckState.WARNING), (-301, CheckState.FAILED)],
)
def test_clock_is_compared_with_that_of_the_server(seconds: int, state: CheckState, folder: Path) -> None:
    date = f"Date: {formatdate(NOON, usegmt=True)}"
    with raw_server(answered("400 Bad Request", date)) as server:
        result = examined(folder, "clock", endpoint=server.url, now=NOON + seconds)

    assert result.state is state
    assert f"{seconds:+d} s" in result.detail


@pytest.mark.parametrize("date", ["", "Date: yesterday", "Date: Mon, 01 Jan 99999999999999999999 00:00:00 GMT"])
def test_clock_is_not_checked_without_a_date(date: str, folder: Path) -> None:
    with raw_server(answered("200 OK", *filter(None, [date]))) as server:
        assert examined(folder, "clock", endpoint=server.url).state is CheckState.NOT_CHECKED


def test_redirect_is_no_connection(folder: Path) -> None:
    with raw_server(answered("302 Found", "Location: http://login.example/")) as server:
        result = examined(folder, "connection", endpoint=server.url)

    assert result.state is CheckState.FAILED
    assert "redirects" in result.detail


def test_server_that_is_no_api_is_said(folder: Path) -> None:
    with raw_server(answered("200 OK", "Content-Type: text/html", body=b"<h1>Welcome</h1>")) as server:
        checks = checks_of(doctor(folder, "--format", "json", "--endpoint", server.url))

    assert checks["account"]["state"] == "failed"
    assert "unexpected response from 127.0.0.1" in checks["account"]["detail"]
    assert checks["permissions"]["state"] == "not-checked"


def test_proxy_is_shown_without_password(folder: Path) -> None:
    environ = {"HTTPS_PROXY": "http://me:hidden-word@proxy.example:3128", "no_proxy": "localhost"}
    result = examined(folder, "proxy", environ=environ)

    assert result.detail == "HTTPS_PROXY=http://proxy.example:3128, NO_PROXY=localhost"


def test_malformed_proxy_fails_without_quoting_it(folder: Path) -> None:
    result = examined(folder, "proxy", environ={"HTTPS_PROXY": "http://me:hidden-word@[proxy"})

    assert result.state is CheckState.FAILED
    assert "hidden-word" not in result.detail + result.cure


def test_password_in_the_exceptions_of_proxies_is_not_shown(folder: Path) -> None:
    result = examined(folder, "proxy", environ={"NO_PROXY": "localhost, me:hidden-word@host"})

    assert result.detail == "NO_PROXY=localhost,host"


def test_malformed_proxy_is_said_once(folder: Path) -> None:
    checks = checks_of(doctor(folder, "--format", "json", ALL_PROXY="hidden-word@", all_proxy="hidden-word@"))

    assert checks["proxy"]["state"] == "failed"
    assert checks["connection"]["detail"] == "not checked: ALL_PROXY is not the address of a proxy"


def test_socks_proxy_has_a_cure(folder: Path) -> None:
    proxy = "socks5://127.0.0.1:9"
    checks = checks_of(doctor(folder, "--format", "json", HTTPS_PROXY=proxy, https_proxy=proxy))

    assert "Proxies are supported with http:// and https:// only" in str(checks["connection"])


def test_missing_certificates_fail(folder: Path) -> None:
    result = examined(folder, "certificates", environ={"REQUESTS_CA_BUNDLE": str(folder / "missing.pem")})

    assert result.state is CheckState.FAILED
    assert "does not exist" in result.detail


def test_interpreter_of_the_runtime_is_found(folder: Path) -> None:
    program(folder / "programs", "python3.10", "Python 3.10.4")

    result = examined(folder, "interpreters", environ={"PATH": str(folder / "programs")})

    assert (result.state, result.detail) == (CheckState.OK, f"Python3.10: {folder / 'programs' / 'python3.10'}")


@pytest.mark.parametrize(
    ("runtime", "name", "output", "state"),
    [
        ("Java8", "java", 'openjdk version "1.8.0_392"', CheckState.OK),
        ("Java11", "java", 'openjdk version "11.0.2" 2019-01-15', CheckState.OK),
        ("Java11", "java", 'openjdk version "17.0.2" 2019-01-15', CheckState.WARNING),
        ("Php7.4", "php", "PHP 7.4.3 (cli)", CheckState.OK),
        ("Nodejs18.15", "node", "v18.20.1", CheckState.OK),
        ("Nodejs18.15", "node", "v20.18.0", CheckState.WARNING),
        ("Python3.10", "python3", "Python 3.10.4", CheckState.WARNING),
    ],
)
def test_version_of_interpreter_is_compared(
    runtime: str, name: str, output: str, state: CheckState, folder: Path
) -> None:
    write_project(folder, runtime)
    program(folder / "programs", name, output)

    assert examined(folder, "interpreters", environ={"PATH": f"{folder / 'programs'}:/usr/bin:/bin"}).state in (
        {state} if name != "python3" else {state, CheckState.OK}
    )


def test_shim_of_an_unselected_version_is_no_interpreter(folder: Path) -> None:
    program(folder / "programs", "python3.10", "The command exists in these Python versions: 3.10.4", code=127)

    assert examined(folder, "interpreters", environ={"PATH": str(folder / "programs")}).state is CheckState.WARNING


def test_programs_of_the_project_are_not_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    program(folder, "python3.10", "Python 3.10.4")
    (folder / "docker").write_text("#!/bin/sh\ntouch run\n")
    (folder / "docker").chmod(0o755)
    environ = {"PATH": f".:{folder.name}::bin"}

    assert examined(folder, "interpreters", environ=environ).state is CheckState.WARNING
    examined(folder, "docker", environ=environ)
    assert not (folder / "run").exists()


def test_programs_get_no_credentials(folder: Path) -> None:
    tools = folder / "programs"
    tools.mkdir()
    (tools / "uv").write_text('#!/bin/sh\necho "uv $TENCENTCLOUD_SECRET_KEY$MY_COPY."\n')
    (tools / "uv").chmod(0o755)
    keys = {"TENCENTCLOUD_SECRET_ID": "AKIDmine", "TENCENTCLOUD_SECRET_KEY": "my-key-5e11", "MY_COPY": "my-key-5e11"}

    assert examined(folder, "installers", environ={"PATH": str(tools), **keys}).detail == "uv ."


@pytest.mark.parametrize(("runtime", "state"), [("Nodejs18.15", CheckState.WARNING), ("Python3.10", CheckState.OK)])
def test_missing_node_matters_to_node_functions(runtime: str, state: CheckState, folder: Path) -> None:
    write_project(folder, runtime)

    assert examined(folder, "node", environ={"PATH": str(folder / "nowhere")}).state is state


def test_docker_that_does_not_answer_is_said(folder: Path) -> None:
    program(folder / "programs", "docker", "Cannot connect to the Docker daemon", code=1)

    result = examined(folder, "docker", environ={"PATH": str(folder / "programs")})

    assert "docker does not answer: Cannot connect" in result.detail
    assert result.state is CheckState.OK


def test_folder_without_project_is_checked(tmp_path: Path) -> None:
    assert examined(tmp_path, "project").state is CheckState.NOT_CHECKED
    assert examined(tmp_path, "disk").state is CheckState.OK


def test_path_that_does_not_exist_fails(tmp_path: Path) -> None:
    result = examined(tmp_path / "missing", "project")

    assert (result.state, result.detail) == (CheckState.FAILED, f"'{tmp_path / 'missing'}' does not exist")


def test_file_with_errors_fails(folder: Path) -> None:
    (folder / "serverless.yml").write_text("component: scf\nname: hello\n")

    result = examined(folder, "project")

    assert (result.state, result.cure) == (CheckState.FAILED, "Run `scfdeploy validate`.")


def test_mistake_in_scfdeploy_toml_is_not_said_to_be_in_serverless_yml(folder: Path) -> None:
    (folder / "scfdeploy.toml").write_text("porfile = 1\n")

    assert examined(folder, "project").detail == "errors in the files of the project: 1"


def test_malformed_endpoint_is_no_fault_of_the_clock(folder: Path) -> None:
    checks = checks_of(doctor(folder, "--format", "json", "--endpoint", "ftp://host"))

    assert (checks["connection"]["state"], checks["clock"]["state"]) == ("failed", "not-checked")


def test_check_that_hangs_is_given_up(folder: Path) -> None:
    release = threading.Event()
    checks = {"slow": lambda name, _: CheckResult(name, CheckState.OK, str(release.wait())), "disk": CHECKS["disk"]}

    report = examine(Request(str(folder), LoadOptions(cwd=str(folder))), CloudOptions(), checks=checks, limit_s=0.2)
    release.set()

    assert report.checks[0] == CheckResult("slow", CheckState.NOT_CHECKED, "not checked: no answer within 0.2 s")
    assert report.ok


def test_text_fits_narrow_terminals(folder: Path, cloud: LocalServer) -> None:
    ran = doctor(folder, **cloud.env, COLUMNS="60")

    path_free = [line for line in ran.stdout.splitlines() if str(folder) not in line and "/" not in line]
    assert max(map(len, path_free)) <= 60


def test_unwritable_folder_is_found(folder: Path) -> None:
    import os

    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    folder.chmod(0o500)
    try:
        assert examined(folder, "disk").state is CheckState.FAILED
    finally:
        folder.chmod(0o700)


def test_wrong_option_is_a_usage_error(folder: Path) -> None:
    assert doctor(folder, "--local", "--endpoint", "http://127.0.0.1:1").exit_code == 2
