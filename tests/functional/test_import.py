"""`import` writes files whose plan is empty."""

from __future__ import annotations

import json
import random
import stat
from pathlib import Path

import pytest

from scfdeploy.config.schema import json_schema
from tests.support.command import Ran, scfdeploy
from tests.support.emulator import Cloud
from tests.support.local_server import LocalServer
from tests.support.project import TIMER, write_project

SECRET = "hunter2 'quoted' #no comment"
INPUTS = f"""\
  memorySize: 256
  description: two words
  environment:
    variables:
      COLOUR: "on"
      NUMBER: "0123"
      GREETING: "{{{{x}}}} $NAME"
      DB_PASSWORD: {json.dumps(SECRET)}
  retryNum: 1
  tags:
    team: blue
{TIMER}    - http:
        parameters:
          authType: NONE
"""
MODELINE = "# yaml-language-server: $schema=./serverless.schema.json\n"
SCHEMA = "serverless.schema.json"
FILE = f"""\
{MODELINE}component: scf
name: hello
app: shop
stage: dev

inputs:
  name: hello
  region: ap-guangzhou
  src: ./src
  runtime: Python3.10
  handler: index.main_handler
  description: "two words"
  memorySize: 256
  timeout: 3
  environment:
    variables:
      COLOUR: "on"
      NUMBER: "0123"
      GREETING: "{{{{x}}}} $NAME"
      DB_PASSWORD: "${{env:DB_PASSWORD}}"
  tags:
    team: blue
  retryNum: 1
  events:
    - http:
        parameters:
          authType: NONE
          netConfig:
            enableIntranet: false
            enableExtranet: true
    - timer:
        parameters:
          name: nightly
          cronExpression: "0 0 2 * * * *"
          enable: true
"""


@pytest.fixture
def deployed(tmp_path: Path, cloud: LocalServer) -> Path:
    folder = write_project(tmp_path / "hello", INPUTS)
    assert scfdeploy("apply", folder, "--yes", env=cloud.env).exit_code == 0
    return folder


@pytest.mark.waits("0.1 s: a server of --local completes changes by the clock of the machine")
def test_local_cloud_of_the_current_project_is_imported_into_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write_project(tmp_path / "hello"))
    assert scfdeploy("apply", "--local", "--yes").exit_code == 0

    taken = scfdeploy("import", "hello", "--local", "--out", "copy")

    assert taken.exit_code == 0, taken.stderr
    assert Path("copy/serverless.yml").exists()
    assert not Path("copy/.scfdeploy/emulator.db").exists()


def take(cloud: LocalServer, folder: Path, *more: str | Path) -> Ran:
    return scfdeploy("import", *more, "--out", folder, env=cloud.env)


def plan(cloud: LocalServer, folder: Path, *more: str) -> Ran:
    return scfdeploy("plan", folder, "--detailed-exitcode", *more, env=cloud.env)


def files(folder: Path) -> list[str]:
    """The files of an import, without the schema for editors."""
    names = (str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in names if ".scfdeploy" not in Path(name).parts and name != SCHEMA)


def test_plan_is_empty_after_import(cloud: LocalServer, deployed: Path, tmp_path: Path) -> None:
    before = cloud.writes()
    into = tmp_path / "new"
    ran = take(cloud, into, "hello", "--code")
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert cloud.writes() == before
    assert (into / "serverless.yml").read_text() == FILE
    assert (into / "src" / "index.py").read_text() == (deployed / "src" / "index.py").read_text()
    assert files(into) == [".env", ".gitignore", "serverless.yml", "src/index.py"]
    planned = plan(cloud, into)
    assert planned.exit_code == 0, planned.stdout
    assert ran.stdout.endswith(f"\nNext: scfdeploy plan {into}\n")
    assert "mark" not in ran.stdout


def test_secrets_are_written_to_private_env_file(cloud: LocalServer, deployed: Path, tmp_path: Path) -> None:
    into = tmp_path / "new"
    into.mkdir()
    (into / ".env").write_text("DB_PASSWORD=another\nKEPT=yes")
    ran = take(cloud, into, "hello", "--code", "--format", "json")
    assert SECRET not in ran.stdout + ran.stderr + (into / "serverless.yml").read_text()
    assert '"${env:hello_DB_PASSWORD}"' in (into / "serverless.yml").read_text()
    assert (into / ".env").read_text().startswith("DB_PASSWORD=another\nKEPT=yes\nhello_DB_PASSWORD=")
    assert stat.S_IMODE((into / ".env").stat().st_mode) == 0o600
    assert ".env" in (into / ".gitignore").read_text()
    assert [Path(file).name for file in ran.document["secretFiles"]] == [".env"]
    assert plan(cloud, into).exit_code == 0


def test_json_lists_written_files(cloud: LocalServer, deployed: Path, tmp_path: Path) -> None:
    document = take(cloud, tmp_path / "new", "hello", "--code", "--format", "json").document
    assert (document["command"], document["ok"], document["diagnostics"]) == ("import", True, [])
    assert [Path(file).name for file in document["files"]] == ["src", ".gitignore", ".env", "serverless.yml", SCHEMA]
    [function] = document["functions"]
    assert function["address"] == "function/default/hello"
    assert (function["owned"], function["drift"], function["leftOut"]) == (True, [], [])


def test_existing_files_are_not_overwritten(cloud: LocalServer, deployed: Path, tmp_path: Path) -> None:
    into = tmp_path / "new"
    (into / "src").mkdir(parents=True)
    (into / "src" / "mine.py").write_text("mine")
    (into / "serverless.yml").write_text("mine")
    refused = take(cloud, into, "hello", "--code")
    assert refused.exit_code == 1
    words = f"nothing was written; already present: {into}/serverless.yml, {into}/src"
    assert words in refused.stderr.replace("\n", " ")
    assert files(into) == ["serverless.yml", "src/mine.py"]
    assert (into / "serverless.yml").read_text() == "mine"

    assert take(cloud, into, "hello").exit_code == 1
    forced = take(cloud, into, "hello", "--code", "--force")
    assert forced.exit_code == 0
    assert (into / "src.before-import" / "mine.py").read_text() == "mine"
    assert files(into / "src") == ["index.py"]
    assert "moved" in forced.stdout
    assert plan(cloud, into).exit_code == 0


def test_import_without_code_leaves_the_code_alone(cloud: LocalServer, deployed: Path, tmp_path: Path) -> None:
    into = tmp_path / "new"
    ran = take(cloud, into, "hello")
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert not (into / "src").exists()
    text = (into / "serverless.yml").read_text()
    assert "\n  src: false # the deployed code is left alone\n" in text
    planned = plan(cloud, into)
    assert planned.exit_code == 0, planned.stdout
    assert "function/default/hello: its code is left alone (src: false)\n" in planned.stdout
    document = plan(cloud, into, "--format", "json").document
    assert document["leftAlone"] == [
        {"address": "function/default/hello", "reason": "its code is left alone (src: false)"}
    ]


def test_apply_changes_settings_and_leaves_the_code_alone(cloud: LocalServer, deployed: Path, tmp_path: Path) -> None:
    before = by_hand(cloud).call("GetFunctionAddress", FunctionName="hello")["CodeSha256"]
    into = tmp_path / "new"
    assert take(cloud, into, "hello").exit_code == 0
    file = into / "serverless.yml"
    file.write_text(file.read_text().replace("memorySize: 256", "memorySize: 512"))
    calls = len(cloud.writes())
    assert scfdeploy("apply", into, "--yes", env=cloud.env).exit_code == 0
    assert cloud.writes()[calls:] == ["UpdateFunctionConfiguration"]
    assert by_hand(cloud).call("GetFunctionAddress", FunctionName="hello")["CodeSha256"] == before
    assert plan(cloud, into).exit_code == 0


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            "name: hello\n  region",
            "name: fresh\n  region",
            "does not exist yet, and with `src: false` there is no code",
        ),
        ("runtime: Python3.10", "runtime: Nodejs18.15", "cannot be changed in place, and with `src: false`"),
        ("handler: index.main_handler", "handler: index.other", "handler is changed together with the code, and with"),
    ],
)
def test_change_that_needs_unmanaged_code_is_refused(
    cloud: LocalServer, deployed: Path, tmp_path: Path, old: str, new: str, reason: str
) -> None:
    into = tmp_path / "new"
    assert take(cloud, into, "hello").exit_code == 0
    file = into / "serverless.yml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    before = cloud.writes()
    refused = scfdeploy("apply", into, "--yes", env=cloud.env)
    assert refused.exit_code == 1
    assert reason in refused.stdout
    assert "[code-unknown]" in refused.stdout
    assert cloud.writes() == before


def test_quoted_false_is_a_path(cloud: LocalServer, tmp_path: Path) -> None:
    project = write_project(tmp_path)
    file = project / "serverless.yml"
    assert "src: ./src" in file.read_text()
    file.write_text(file.read_text().replace("src: ./src", 'src: "false"'))
    assert "There is no folder or archive" in scfdeploy("validate", project).stderr


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["absent"], "not found in ap-guangzhou: function/default/absent"),
        (["other/hello"], "not found in ap-guangzhou: function/other/hello"),
        (["hello", "--namespace", "other"], "not found in ap-guangzhou: function/other/hello"),
        (["hello", "--region", "ap-beijing"], "not found in ap-beijing: function/default/hello"),
        (["hello", "--stage", "prod"], 'the functions belong to stage "dev", not to "prod"'),
    ],
)
def test_failed_import_reports_reason_and_writes_nothing(
    cloud: LocalServer, deployed: Path, tmp_path: Path, names: list[str], words: str
) -> None:
    ran = take(cloud, tmp_path / "new", *names)
    assert ran.exit_code == 1
    assert words in ran.stderr
    assert files(tmp_path / "new") == []


@pytest.mark.parametrize("name", ["../hello", "a/b/c", "/hello", "hello/", "--", "h llo"])
def test_invalid_name_is_a_usage_error(cloud: LocalServer, tmp_path: Path, name: str) -> None:
    assert scfdeploy("import", "--out", tmp_path / "new", "--", name, env=cloud.env).exit_code == 2


def by_hand(cloud: LocalServer) -> Cloud:
    """Calls of somebody who uses no tool."""
    return Cloud(cloud.url)


def test_imported_unowned_function_is_adopted_by_first_apply(cloud: LocalServer, tmp_path: Path) -> None:
    console = by_hand(cloud)
    console.create("report", Environment={"Variables": [{"Key": "MODE", "Value": "fast"}]}, MemorySize=512)
    console.call(
        "CreateTrigger", FunctionName="report", TriggerName="tick", Type="timer", TriggerDesc="0 0 2 * * * *",
        Qualifier="$DEFAULT",
    )  # fmt: skip
    into = tmp_path / "new"
    ran = take(cloud, into, "report", "--code")
    assert "function/default/report: not managed by scfdeploy; run apply --adopt to take ownership" in ran.stdout
    assert f"Next: scfdeploy plan {into} --adopt" in ran.stdout
    assert (
        (into / "serverless.yml")
        .read_text()
        .startswith(f"{MODELINE}component: scf\nname: report\napp: report\nstage: dev\n")
    )

    assert "Take it over with --adopt" in plan(cloud, into).stdout
    adopting = scfdeploy("plan", into, "--adopt", "--format", "json", env=cloud.env).document
    changed = {field["path"] for change in adopting["changes"] for field in change["fields"]}
    assert changed == {"tags.scfdeploy:app", "tags.scfdeploy:stage", "tags.scfdeploy:instance", "owner"}
    assert scfdeploy("apply", into, "--adopt", "--yes", env=cloud.env).exit_code == 0

    assert plan(cloud, into).exit_code == 0
    assert scfdeploy("import", "report", "--code", "--out", tmp_path / "again", env=cloud.env).exit_code == 0
    assert plan(cloud, tmp_path / "again").exit_code == 0


def test_several_functions_become_one_project(cloud: LocalServer, deployed: Path, tmp_path: Path) -> None:
    by_hand(cloud).create("report")
    into = tmp_path / "new"
    ran = take(cloud, into, "hello", "report", "--code")
    assert ran.exit_code == 0, ran.stderr
    assert files(into) == [
        ".env", ".gitignore", "hello/serverless.yml", "hello/src/index.py", "report/serverless.yml",
        "report/src/index.py",
    ]  # fmt: skip
    assert "app: shop" in (into / "report" / "serverless.yml").read_text()
    assert scfdeploy("apply", into, "--adopt", "--yes", env=cloud.env).exit_code == 0
    assert plan(cloud, into).exit_code == 0


def test_functions_of_one_instance_share_a_file(cloud: LocalServer, tmp_path: Path) -> None:
    folder = write_project(tmp_path / "shop")
    (folder / "serverless.yml").write_text(
        """\
component: multi-scf
name: shop
app: mall
inputs:
  src: ./src
  runtime: Python3.10
  handler: index.main_handler
  functions:
    list: {name: shop-list, memorySize: 256}
    buy:
      name: shop-buy
      environment: {variables: {API_TOKEN: "first"}}
    pay:
      name: shop-pay
      environment: {variables: {API_TOKEN: "second"}}
  triggers:
    - type: timer
      function: list
      parameters: {name: tick, cronExpression: "0 0 2 * * * *", enable: false}
"""
    )
    assert scfdeploy("apply", folder, "--yes", env=cloud.env).exit_code == 0
    into = tmp_path / "new"
    ran = take(cloud, into, "shop-list", "shop-buy", "shop-pay", "--code")
    assert ran.exit_code == 0, ran.stderr
    assert "component: multi-scf" in (into / "serverless.yml").read_text()
    assert (into / ".env").read_text() == "API_TOKEN=first\nshop_pay_API_TOKEN=second\n"
    assert plan(cloud, into).exit_code == 0, plan(cloud, into).stdout


def test_functions_of_two_projects_are_refused(cloud: LocalServer, deployed: Path, tmp_path: Path) -> None:
    other = write_project(tmp_path / "other", name="other", app="another")
    assert scfdeploy("apply", other, "--yes", env=cloud.env).exit_code == 0
    ran = take(cloud, tmp_path / "new", "hello", "other")
    assert ran.exit_code == 1
    assert "belong to several projects" in ran.stderr


def test_unsafe_archive_is_rejected_and_leaves_no_files(cloud: LocalServer, tmp_path: Path) -> None:
    by_hand(cloud).create("evil", files={"index.py": "", "../../evil.py": "x"})
    into = tmp_path / "deep" / "new"
    ran = take(cloud, into, "evil", "--code")
    assert ran.exit_code == 1
    assert "the deployed code cannot be unpacked: ../../evil.py leads out of the folder" in ran.stderr
    assert files(tmp_path) == []
    assert list((into / ".scfdeploy").glob("import-*")) == []


def test_import_escapes_values_that_look_like_variables(cloud: LocalServer, deployed: Path, tmp_path: Path) -> None:
    text = (deployed / "serverless.yml").read_text()
    (deployed / "serverless.yml").write_text(text.replace('COLOUR: "on"', "COLOUR: '${env:ASIDE}'"))
    env = cloud.env | {"ASIDE": "${stage} and $${x}"}
    assert scfdeploy("apply", deployed, "--yes", env=env).exit_code == 0
    into = tmp_path / "new"
    ran = take(cloud, into, "hello", "--code")
    assert ran.exit_code == 0, ran.stderr
    assert 'COLOUR: "$${stage} and $$${x}"' in (into / "serverless.yml").read_text()
    assert not (into / ".env").exists() or "COLOUR" not in (into / ".env").read_text()
    assert plan(cloud, into).exit_code == 0


TEXTS = (
    "${name}", "$${name}", "$$${name}", "${", "${{ x }}", "${env:HOME}", "p$4$q", "$", "$$", "yes", "on", "null", "~",
    "true", "0123", "1e3", "0x1f", "-1", ".5", "1_000", "12:30:45", "2026-11-28", " lead", "trail ", "\t", " ",
    "a: b", "a #b", "#c", "- d", "? e", "*f", "&g", "!h", "|", ">", "%i", "@j", "`k`", "[l]", "{m}", "n, o", "'", '"',
    "it's", '"q"', "\\", "\\n", "a\\", "a\nb", "\n", "a\n\n", "a\r\nb", "a\tb", "é ü 中文 🎉", "\u00a0", "\u3000",
    "\u200b", "\ufeff", "\u2028", "\x85", "\x7f", "\x1b[31m", "---", "...", "=", "<<", "<% x %>", "{{ x }}",
    "x" * 1500,
)  # fmt: skip


def test_import_keeps_every_text_and_apply_changes_none(cloud: LocalServer, tmp_path: Path) -> None:
    console = by_hand(cloud)
    names = [f"{prefix}{number:02}" for prefix in ("T_", "PASSWORD_") for number in range(len(TEXTS) // 2 + 1)]
    halves = (TEXTS[: len(TEXTS) // 2], TEXTS[len(TEXTS) // 2 :])
    for function, texts in zip(("one", "two"), halves, strict=True):
        pairs = [
            {"Key": f"{prefix}{at:02}", "Value": text}
            for prefix in ("T_", "PASSWORD_")
            for at, text in enumerate(texts)
        ]
        assert {pair["Key"] for pair in pairs} <= set(names)
        console.create(function, Environment={"Variables": pairs}, Description="Hello ${name}")
        console.call(
            "CreateTrigger", FunctionName=function, TriggerName="tick", Type="timer", TriggerDesc="0 0 2 * * * *",
            Qualifier="$DEFAULT", CustomArgument='{"a": "${stage}", "b": " x "}',
        )  # fmt: skip
        into = tmp_path / function
        ran = take(cloud, into, function, "--code")
        assert ran.exit_code == 0, ran.stderr
        assert "the plan is not empty" not in ran.stdout
        before = console.call("GetFunction", FunctionName=function)
        assert scfdeploy("apply", into, "--adopt", "--yes", env=cloud.env).exit_code == 0
        after = console.call("GetFunction", FunctionName=function)
        assert after["Environment"] == before["Environment"]
        assert after["Description"] == before["Description"]
        assert [one["CustomArgument"] for one in after["Triggers"]] == [
            one["CustomArgument"] for one in before["Triggers"]
        ]
        assert plan(cloud, into).exit_code == 0


def test_unowned_functions_are_named_after_the_folder(cloud: LocalServer, tmp_path: Path) -> None:
    for name in ("one", "two"):
        by_hand(cloud).create(name)
    for folder, app in (("our-shop", "our-shop"), ("店", "one")):
        ran = take(cloud, tmp_path / folder, "one", "two")
        assert ran.exit_code == 0, ran.stderr
        assert f"app: {app}\nstage: dev\n" in (tmp_path / folder / "two" / "serverless.yml").read_text()


def test_same_name_in_two_namespaces_gets_different_keys(cloud: LocalServer, tmp_path: Path) -> None:
    by_hand(cloud).call("CreateNamespace", Namespace="test")
    by_hand(cloud).create("report")
    by_hand(cloud).create("report", Namespace="test", Handler="index.main")
    into = tmp_path / "new"
    assert take(cloud, into, "report", "test/report", "--code", "--stage", "prod").exit_code == 0
    assert files(into) == ["report/serverless.yml", "report/src/index.py", "test-report/serverless.yml",
                           "test-report/src/index.py"]  # fmt: skip
    assert "namespace: test\n" in (into / "test-report" / "serverless.yml").read_text()
    assert scfdeploy("apply", into, "--adopt", "--yes", env=cloud.env).exit_code == 0
    assert plan(cloud, into).exit_code == 0


def test_large_imported_code_is_not_uploaded_again(cloud: LocalServer, tmp_path: Path) -> None:
    folder = write_project(tmp_path / "large")
    (folder / "src" / "data.bin").write_bytes(random.Random(1).randbytes(8 << 20))
    assert scfdeploy("apply", folder, "--yes", env=cloud.env).exit_code == 0
    into = tmp_path / "new"
    assert take(cloud, into, "hello", "--code").exit_code == 0
    assert plan(cloud, into).exit_code == 0


def test_import_fails_if_plan_is_not_empty(cloud: LocalServer, tmp_path: Path) -> None:
    by_hand(cloud).create("odd", files={"index.py": "def main(event, context):\n    return 1\n", ".env.local": "A=1"})
    ran = take(cloud, tmp_path / "new", "odd", "--code")
    assert ran.exit_code == 1, ran.stderr
    assert take(cloud, tmp_path / "more", "odd", "--code", "--format", "json").document["ok"] is False
    assert "the plan is not empty (cloud -> file):\n    src: " in ran.stdout


def test_import_writes_aliases_and_concurrency(cloud: LocalServer, tmp_path: Path) -> None:
    folder = write_project(tmp_path / "hello", "  publish: true\n  aliasName: prod\n  aliasDescription: stable\n")
    assert scfdeploy("apply", folder, "--yes", env=cloud.env).exit_code == 0
    write_project(
        folder,
        "  publish: true\n  memorySize: 256\n  traffic: 0.75\n  lastVersion: '1'\n"
        "  provisionedNum: 2\n  qualifier: '2'\n  reservedConcurrencyMem: 1024\n",
    )
    assert scfdeploy("apply", folder, "--yes", env=cloud.env).exit_code == 0
    by_hand(cloud).call("CreateAlias", FunctionName="hello", Name="test", FunctionVersion="2")
    into = tmp_path / "new"
    ran = take(cloud, into, "hello", "--code")
    assert ran.exit_code == 0, ran.stderr
    text = (into / "serverless.yml").read_text()
    for line in (
        "traffic: 0.75", 'lastVersion: "1"', "aliasName: prod", 'aliasFunctionVersion: "1"', "aliasDescription: stable",
        "provisionedNum: 2", 'qualifier: "2"', "reservedConcurrencyMem: 1024",
    ):  # fmt: skip
        assert f"  {line}\n" in text, text
    assert "not in the file: alias/default/hello/test: a file can set only one alias other than $DEFAULT" in ran.stdout
    assert plan(cloud, into).exit_code == 0, plan(cloud, into).stdout


def test_new_env_file_hiding_another_is_reported(
    cloud: LocalServer, deployed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("TENCENT_SECRET_ID=AKIDlocal\nTENCENT_SECRET_KEY=local-secret\n")
    monkeypatch.chdir(tmp_path)
    ran = take(cloud, Path("new"), "hello", "--code")
    assert ran.exit_code == 0, ran.stderr
    assert (
        "\n.env is no longer read for these files; copy the values that they need from it, such as credentials\n"
        in ran.stdout
    )
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / ".env").write_text("")
    assert take(cloud, Path("second"), "hello", "--format", "json").document["unreadEnvFile"] is None


def test_unreadable_env_file_is_not_changed(cloud: LocalServer, deployed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "found"
    folder.mkdir()
    (folder / ".env").write_bytes(b"NAME=caf\xe9\n")
    ran = take(cloud, folder, "hello")
    assert ran.exit_code == 1
    assert "it is not UTF-8 text" in ran.stderr
    assert (folder / ".env").read_bytes() == b"NAME=caf\xe9\n"
    assert not (folder / "serverless.yml").exists()


def test_functions_are_listed_without_names(cloud: LocalServer, deployed: Path) -> None:
    by_hand(cloud).create("report")
    by_hand(cloud).call("CreateNamespace", Namespace="test")
    by_hand(cloud).create("report", Namespace="test", Handler="index.main")
    before = cloud.writes()

    listed = scfdeploy("import", env=cloud.env)

    assert (listed.exit_code, listed.stderr) == (0, "")
    assert cloud.writes() == before
    lines = [line.split() for line in listed.stdout.splitlines()]
    assert lines[0] == ["NAME", "RUNTIME", "STATE", "MODIFIED", "OWNER"]
    assert [(line[0], line[1], line[2], line[-1]) for line in lines[1:4]] == [
        ("hello", "Python3.10", "Active", "shop/dev"),
        ("report", "Python3.10", "Active", "-"),
        ("test/report", "Python3.10", "Active", "-"),
    ]
    assert "\nImport one: scfdeploy import report --endpoint" in listed.stdout
    assert "\nImport all without an owner: scfdeploy import --all --endpoint" in listed.stdout


def test_json_list_has_owner_and_command_of_each_function(cloud: LocalServer, deployed: Path) -> None:
    by_hand(cloud).call("CreateNamespace", Namespace="test")
    by_hand(cloud).create("report", Namespace="test", Handler="index.main")
    document = scfdeploy("import", "--format", "json", env=cloud.env).document
    assert (document["command"], document["ok"], document["region"]) == ("import", True, "ap-guangzhou")
    hello, report = document["functions"]
    assert (hello["address"], hello["runtime"], hello["state"]) == ("function/default/hello", "Python3.10", "Active")
    assert hello["owner"] == {"app": "shop", "stage": "dev", "instance": "hello"}
    assert hello["modified"]
    assert report["owner"] is None
    assert report["import"].startswith("scfdeploy import test/report ")

    only = scfdeploy("import", "--namespace", "test", "--format", "json", env=cloud.env).document
    assert [function["address"] for function in only["functions"]] == ["function/test/report"]
    assert "--all --namespace test" in only["importAll"]


def test_list_of_unknown_namespace_fails(cloud: LocalServer) -> None:
    ran = scfdeploy("import", "--namespace", "absent", env=cloud.env)
    assert ran.exit_code == 1
    assert "ResourceNotFound.Namespace" in ran.stderr


def test_list_of_empty_account_says_so(cloud: LocalServer) -> None:
    assert scfdeploy("import", env=cloud.env).stdout == "There are no functions in ap-guangzhou.\n"


def test_list_fits_a_narrow_terminal(cloud: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    by_hand(cloud).create("a-function-with-quite-a-long-name")
    monkeypatch.setenv("COLUMNS", "60")
    table = scfdeploy("import", env=cloud.env).stdout.partition("\n\n")[0]
    assert max(map(len, table.splitlines())) <= 60
    assert table.split()[:2] == ["NAME", "RUNTIME"]


def test_import_all_writes_a_folder_for_each_unowned_function(
    cloud: LocalServer, deployed: Path, tmp_path: Path
) -> None:
    by_hand(cloud).create("report")
    by_hand(cloud).call("CreateNamespace", Namespace="test")
    by_hand(cloud).create("report", Namespace="test", Handler="index.main")
    into = tmp_path / "account"
    ran = take(cloud, into, "--all")
    assert ran.exit_code == 0, ran.stderr
    assert files(into) == ["report/serverless.yml", "test-report/serverless.yml"]
    assert "app: account\nstage: dev\n" in (into / "test-report" / "serverless.yml").read_text()
    assert 'Not imported: 1 function\n  belongs to app "shop", stage "dev": function/default/hello\n' in ran.stdout
    assert "its code is left alone" in plan(cloud, into, "--adopt").stdout
    assert scfdeploy("apply", into, "--adopt", "--yes", env=cloud.env).exit_code == 0
    assert plan(cloud, into).exit_code == 0


def test_second_import_all_adds_only_new_functions(cloud: LocalServer, tmp_path: Path) -> None:
    into = tmp_path / "account"
    by_hand(cloud).create("one")
    assert take(cloud, into, "--all", "--code").exit_code == 0
    written = (into / "one" / "serverless.yml").read_text()
    assert "src: ./src\n" in written
    (into / "one" / "serverless.yml").write_text(f"{written}# mine\n")
    by_hand(cloud).create("two")

    document = take(cloud, into, "--all", "--code", "--format", "json").document

    assert [function["address"] for function in document["functions"]] == ["function/default/two"]
    [left] = document["notImported"]
    assert left["address"] == "function/default/one"
    assert left["reason"] == "its folder already exists"
    assert (into / "one" / "serverless.yml").read_text().endswith("# mine\n")
    assert take(cloud, into, "--all").stdout == (
        "Not imported: 2 functions\n  its folder already exists: function/default/one, function/default/two\n"
    )


def test_import_all_writes_functions_of_its_own_project_again(cloud: LocalServer, tmp_path: Path) -> None:
    by_hand(cloud).create("one")
    assert take(cloud, tmp_path / "account", "--all").exit_code == 0
    assert scfdeploy("apply", tmp_path / "account", "--adopt", "--yes", env=cloud.env).exit_code == 0
    assert take(cloud, tmp_path / "elsewhere" / "account", "--all").exit_code == 0
    assert files(tmp_path / "elsewhere" / "account") == ["one/serverless.yml"]
    assert files(tmp_path / "another") == []


def test_names_that_differ_in_case_get_different_folders(cloud: LocalServer, tmp_path: Path) -> None:
    by_hand(cloud).create("report")
    by_hand(cloud).create("Report")
    assert take(cloud, tmp_path / "account", "--all").exit_code == 0
    folders = {path.parent.name.lower() for path in (tmp_path / "account").rglob("serverless.yml")}
    assert len(folders) == 2
    assert take(cloud, tmp_path / "account", "--all").stdout.startswith("Not imported: 2 functions\n")


def test_import_all_continues_after_an_unsafe_archive(cloud: LocalServer, tmp_path: Path) -> None:
    by_hand(cloud).create("evil", files={"index.py": "", "../../evil.py": "x"})
    by_hand(cloud).create("good")
    into = tmp_path / "account"
    ran = take(cloud, into, "--all", "--code")
    assert ran.exit_code == 0, ran.stderr
    assert files(into) == ["evil/serverless.yml", "good/serverless.yml", "good/src/index.py"]
    assert "src: false" in (into / "evil" / "serverless.yml").read_text()
    assert "function/default/evil: its code cannot be imported: " in ran.stdout


def test_import_all_into_a_project_is_refused(cloud: LocalServer, deployed: Path) -> None:
    ran = take(cloud, deployed, "--all")
    assert ran.exit_code == 1
    assert "nothing was written; already present:" in ran.stderr


def test_import_all_without_functions_writes_nothing(cloud: LocalServer, tmp_path: Path) -> None:
    ran = take(cloud, tmp_path / "new", "--all")
    assert (ran.exit_code, ran.stdout) == (0, "There are no functions to import.\n")


def test_import_of_many_functions_is_reported_in_few_lines(cloud: LocalServer, tmp_path: Path) -> None:
    for number in range(25):
        by_hand(cloud).create(f"function-{number}")
    ran = take(cloud, tmp_path / "account", "--all")
    assert ran.exit_code == 0, ran.stderr
    assert len(ran.stdout.splitlines()) < 12
    assert "25 functions are not managed by scfdeploy" in ran.stdout


@pytest.mark.parametrize("options", [("hello", "--all"), ("--all", "--force"), ("--code",), ("--force",)], ids=" ".join)
def test_options_that_do_not_fit_are_a_usage_error(cloud: LocalServer, options: tuple[str, ...]) -> None:
    assert scfdeploy("import", *options, env=cloud.env).exit_code == 2


def test_files_name_the_one_schema_for_editors(cloud: LocalServer, deployed: Path, tmp_path: Path) -> None:
    other = write_project(tmp_path / "other", name="other")
    assert scfdeploy("apply", other, "--yes", env=cloud.env).exit_code == 0
    into = tmp_path / "both"

    assert take(cloud, into, "hello", "other").exit_code == 0

    for name in ("hello", "other"):
        first = (into / name / "serverless.yml").read_text().splitlines()[0]
        assert first == "# yaml-language-server: $schema=../serverless.schema.json"
    assert json.loads((into / SCHEMA).read_text()) == json_schema()


def test_existing_schema_is_kept(cloud: LocalServer, deployed: Path, tmp_path: Path) -> None:
    into = tmp_path / "new"
    into.mkdir()
    (into / SCHEMA).write_text("{}")

    assert take(cloud, into, "hello").exit_code == 0

    assert (into / SCHEMA).read_text() == "{}"
