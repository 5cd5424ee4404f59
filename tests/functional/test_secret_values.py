"""Secrets in responses of the cloud, output of hooks, imported settings and saved plans."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.local_server import LocalServer
from tests.support.project import write_project

_PASSWORD = "marked password/41ce"
_NOTE = "marked-note-2b1e"
_INPUTS = """\
  description: ${env:NOTE}
  environment:
    variables:
      DB: mysql://app:marked-url-90d1@db.example/app
      PLAIN: ${env:PASSWORD_OF_DB}
  tags:
    owner: ${env:NOTE}
  events:
    - timer:
        parameters:
          name: nightly
          cronExpression: "0 0 2 * * * *"
          enable: true
          argument: '{"password": "${env:PASSWORD_OF_DB}"}'
"""
_MARKS = (_PASSWORD, _NOTE, "marked-url-90d1", "marked%20password", base64.b64encode(_PASSWORD.encode()).decode()[:-3])


def _project(folder: Path, inputs: str = _INPUTS) -> Path:
    root = write_project(folder, inputs)
    (root / ".env").write_text(f"NOTE={_NOTE}\n")
    return root


def _run(*arguments: str | Path) -> Ran:
    return scfdeploy(*arguments, env={"PASSWORD_OF_DB": _PASSWORD})


def _shown(ran: Ran) -> str:
    return ran.stdout + ran.stderr


def _require_hidden(text: str) -> None:
    assert [mark for mark in _MARKS if mark in text] == []


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_message_of_the_cloud_that_echoes_a_value_hides_it(cloud: LocalServer, tmp_path: Path, form: str) -> None:
    root = _project(tmp_path)
    escaped = json.dumps({"Description": _NOTE, "Argument": _PASSWORD})
    cloud.control(
        "faults", [{"action": "CreateFunction", "code": "InvalidParameterValue", "message": f"bad value {escaped}"}]
    )
    ran = _run("apply", root, "--yes", "--endpoint", cloud.url, "--format", form)
    assert ran.exit_code != 0
    assert "bad value" in _shown(ran)
    _require_hidden(_shown(ran))


@pytest.mark.parametrize("form", ["text", "json", "markdown", "github"])
def test_plan_hides_values_in_every_field(cloud: LocalServer, tmp_path: Path, form: str) -> None:
    ran = _run("plan", _project(tmp_path), "--endpoint", cloud.url, "--format", form)
    assert ran.exit_code == 0
    assert "(sensitive)" in ran.stdout
    _require_hidden(_shown(ran))


def test_plan_marks_each_field_of_a_secret_as_sensitive(cloud: LocalServer, tmp_path: Path) -> None:
    ran = _run("plan", _project(tmp_path), "--endpoint", cloud.url, "--format", "json")
    fields = {field["path"]: field for change in ran.document["changes"] for field in change["fields"]}
    hidden = ("description", "tags.owner", "argument", "environment.variables.DB", "environment.variables.PLAIN")
    assert [(path, fields[path]["sensitive"], fields[path]["after"]) for path in hidden] == [
        (path, True, "(sensitive)") for path in hidden
    ]
    assert fields["handler"]["sensitive"] is False


def test_value_that_was_there_before_is_hidden_too(cloud: LocalServer, tmp_path: Path) -> None:
    root = _project(tmp_path)
    assert _run("apply", root, "--yes", "--endpoint", cloud.url).exit_code == 0
    old = (root / "serverless.yml").read_text()
    new = old.replace("mysql://app:marked-url-90d1@db.example/app", "none").replace("${env:NOTE}", "open", 1)
    (root / "serverless.yml").write_text(new)
    for form in ("text", "json"):
        for command in ("plan", "status"):
            ran = _run(command, root, "--endpoint", cloud.url, "--format", form)
            assert ran.exit_code == 0
            _require_hidden(_shown(ran))


def test_saved_plan_holds_no_value_and_no_digest_that_can_be_guessed(cloud: LocalServer, tmp_path: Path) -> None:
    root = _project(tmp_path)
    assert _run("apply", root, "--yes", "--endpoint", cloud.url).exit_code == 0
    file = tmp_path / "saved.plan"
    assert _run("plan", root, "--endpoint", cloud.url, "--out", file).exit_code == 0
    first = file.read_text()
    _require_hidden(first)
    assert _run("plan", root, "--endpoint", cloud.url, "--out", file).exit_code == 0
    one, other = json.loads(first), json.loads(file.read_text())
    assert one["observedDigest"] != other["observedDigest"]
    assert one["seal"] != other["seal"]


def test_import_writes_what_looks_secret_into_dotenv(cloud: LocalServer, tmp_path: Path) -> None:
    inputs = _INPUTS.replace("${env:NOTE}", "open").replace("${env:PASSWORD_OF_DB}", _PASSWORD)
    assert _run("apply", _project(tmp_path / "first", inputs), "--yes", "--endpoint", cloud.url).exit_code == 0
    taken = tmp_path / "taken"
    ran = scfdeploy("import", "hello", "--out", taken, "--endpoint", cloud.url, "--format", "json")
    assert ran.exit_code == 0, _shown(ran)
    assert "marked-url-90d1" not in (taken / "serverless.yml").read_text()
    assert f'password": "{_PASSWORD}' not in (taken / "serverless.yml").read_text()
    assert "mysql://app:marked-url-90d1@db.example/app" in (taken / ".env").read_text()
    _require_hidden(_shown(ran).replace(_NOTE, ""))


def test_import_replaces_a_secret_wherever_the_function_repeats_it(cloud: LocalServer, tmp_path: Path) -> None:
    inputs = f"""\
  environment: {{variables: {{DB_PASSWORD: {_PASSWORD}}}}}
  tags: {{owner: {_PASSWORD}}}
  events: [{{timer: {{parameters: {{cronExpression: 0 0 1 * * * *, enable: true, argument: "x {_PASSWORD}"}}}}}}]
"""
    head = _INPUTS.partition("  environment:")[0]
    assert _run("apply", _project(tmp_path / "first", head + inputs), "--yes", "--endpoint", cloud.url).exit_code == 0
    imported = tmp_path / "imported"
    ran = scfdeploy("import", "hello", "--out", imported, "--endpoint", cloud.url)
    assert ran.exit_code == 0, _shown(ran)
    assert _PASSWORD not in (imported / "serverless.yml").read_text()


def test_failed_hook_shows_neither_its_secrets_nor_their_encodings(cloud: LocalServer, tmp_path: Path) -> None:
    root = _project(tmp_path)
    (root / "index.py").write_text("")
    text = (root / "serverless.yml").read_text()
    hook = 'echo "$PASSWORD_OF_DB"; printf %s "$PASSWORD_OF_DB" | base64; echo marked%20password%2F41ce; exit 3'
    lines = [
        line if not line.startswith("  src:") else f"  src: {{src: ./src, hook: {json.dumps(hook)}}}"
        for line in text.splitlines()
    ]
    (root / "serverless.yml").write_text("\n".join(lines) + "\n")
    ran = _run("plan", root, "--endpoint", cloud.url)
    assert ran.exit_code == 3
    assert "hook-failed" in ran.stderr
    _require_hidden(_shown(ran))


def test_short_secret_is_not_redacted(cloud: LocalServer, tmp_path: Path) -> None:
    root = _project(tmp_path, "  environment:\n    variables:\n      DB_PASSWORD: ${env:PASSWORD_OF_DB}\n")
    ran = scfdeploy("plan", root, "--endpoint", cloud.url, env={"PASSWORD_OF_DB": "a"})
    assert "environment.variables.DB_PASSWORD: (sensitive)" in ran.stdout
    assert "***" not in ran.stdout


@pytest.mark.parametrize("name", ["environment", "anchor"])
def test_migrate_shows_no_secret_of_the_older_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "src").mkdir()
    head = "codeUri: ./src\n    handler: index.main_handler\n    runtime: Python3.10"
    written = {
        "environment": "    environment:\n      variables: {A: b, DB: 'mysql://app:marked-url-90d1@db/x'}\n",
        "anchor": "    description: &one marked-note-2b1e\n    environment:\n      variables:\n        TOKEN: *one\n",
    }[name]
    (tmp_path / "serverless.yml").write_text(
        f'hello:\n  component: "@serverless/tencent-scf"\n  inputs:\n    {head}\n{written}'
    )
    for form in ("text", "json"):
        ran = scfdeploy("migrate", tmp_path, "--format", form)
        assert ran.exit_code == 0, _shown(ran)
        _require_hidden(_shown(ran))


_HEAD = """component: scf
name: hello
inputs:
  src: ./src
  handler: index.main_handler
  runtime: Python3.10
  environment:
    variables:
"""
_MISTAKES = {
    "second colon": "DB_PASSWORD: marked-41ce : oops",
    "open quote": 'DB_PASSWORD: "marked-41ce\n      OTHER: x',
    "wrong escape": 'DB_PASSWORD: "marked-41ce\\q"',
    "open mapping": "{DB_PASSWORD: marked-41ce, X: 1\n      OTHER: x",
    "open list": '["DB_PASSWORD", "marked-41ce"\n      x: }',
    "value in the next line": "DB_PASSWORD:\n      marked-41ce\n      B: c",
    "quoted value in the next line": '{"a": {"DB_PASSWORD":\n      "marked-41ce"\n      }',
    "no blank": "DB_PASSWORD:marked-41ce\n      x: ]",
    "full-width colon": "DB_PASSWORD： marked-41ce\n      x: ]",
    "at sign": "DB_PASSWORD: @marked-41ce",
    "percent sign": "DB_PASSWORD: %marked-41ce",
    "backtick": "DB_PASSWORD: `marked-41ce",
    "unknown alias": "DB_PASSWORD: *marked-41ce",
    "unknown tag": "DB_PASSWORD: !marked-41ce x",
    "default of a variable": "DB_PASSWORD: ${env:A, 'marked-41ce'}\n      x: ]",
}


@pytest.mark.parametrize("mistake", _MISTAKES)
@pytest.mark.parametrize("command", ["validate", "plan", "migrate"])
@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_message_about_a_file_that_cannot_be_read_hides_its_secrets(
    tmp_path: Path, mistake: str, command: str, form: str
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.py").write_text("def main_handler(event, context): pass\n")
    (tmp_path / "serverless.yml").write_text(f"{_HEAD}      {_MISTAKES[mistake]}\n", encoding="utf-8")
    ran = scfdeploy(command, tmp_path, "--format", form)
    assert "marked-41ce" not in _shown(ran)


def test_lines_of_progress_hide_a_value_that_the_cloud_echoes(cloud: LocalServer, tmp_path: Path) -> None:
    root = _project(tmp_path)
    cloud.control("faults", [{"action": "CreateFunction", "code": f"FailedOperation.{_NOTE}", "message": "no"}])
    ran = _run("apply", root, "--yes", "--endpoint", cloud.url)
    assert ran.exit_code != 0
    assert "create failed after" in ran.stderr
    _require_hidden(_shown(ran))


@pytest.mark.parametrize("output_format", ["text", "json", "sarif", "junit", "github"])
@pytest.mark.parametrize(
    "inputs",
    [
        "  description: \"${env:DB_PASSWORD, 'marked-default-1'}\"\n",
        "  description: ${env:DB_PASSWORD:-marked-default-1}\n",
        "  description: ${DB_PASSWORD:marked-default-1}\n",
        "  description: ${env:DB_PASSWORD | marked-default-1}\n",
        "  description: \"${self:custom.password, 'marked-default-1'}\"\n",
        "  description: \"${opt:password, 'marked-default-1'\"\n",
        "  description: ${env:DB_PASSWORD, 'marked-default-1' and more\n",
        "  environment:\n    variables:\n      DB_PASSWORD: \"${env:X, 'marked-default-1'}\"\n",
        "  description: \"${env:X, ${env:DB_PASSWORD, 'marked-default-1'}}\"\n",
    ],
)
def test_default_of_a_secret_variable_is_reported_and_redacted(tmp_path: Path, inputs: str, output_format: str) -> None:
    ran = scfdeploy("validate", write_project(tmp_path, inputs), "--format", output_format)
    assert ran.exit_code == (0 if ", 'marked" in inputs and "self:" not in inputs else 3)
    assert "literal-secret" in ran.stdout + ran.stderr
    assert "marked-default-1" not in ran.stdout + ran.stderr


def test_name_of_variable_with_secret_default_is_shown(tmp_path: Path) -> None:
    inputs = "  environment:\n    variables:\n      DB_PASSWORD: ${env:DB_PASSWORD, 'marked-default-1'}\n"

    checked = scfdeploy("validate", _project(tmp_path, inputs))

    assert "Write ${env:DB_PASSWORD}, and" in checked.stderr
    assert "marked-default-1" not in checked.stderr
