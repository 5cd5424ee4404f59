"""`schema` on the command line, and the schema of a new project."""

from __future__ import annotations

import json
from pathlib import Path

from scfdeploy.config.schema import json_schema
from tests.support.command import scfdeploy
from tests.support.local_server import LocalServer

MODELINE = "# yaml-language-server: $schema=./serverless.schema.json"


def test_schema_is_printed_alone() -> None:
    ran = scfdeploy("schema")

    assert ran.exit_code == 0
    assert ran.stderr == ""
    assert ran.document == json_schema()


def test_schema_is_written_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "serverless.schema.json"
    file.write_text("an older one")

    ran = scfdeploy("schema", "--out", file)

    assert (ran.exit_code, ran.stdout) == (0, f"wrote {file}\n")
    assert json.loads(file.read_text()) == json_schema()
    assert scfdeploy("schema", "--out", tmp_path / "missing" / "a.json").exit_code == 1


def test_schema_of_a_document_is_printed_and_written(tmp_path: Path) -> None:
    printed = scfdeploy("schema", "--document", "events-list").document
    written = scfdeploy("schema", "--document", "events-list", "--out", tmp_path / "events.json")

    assert printed["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "events" in json.dumps(printed)
    assert written.exit_code == 0
    assert json.loads((tmp_path / "events.json").read_text()) == printed


def test_schema_of_an_unknown_document_is_a_usage_error() -> None:
    ran = scfdeploy("schema", "--document", "event-list")

    assert ran.exit_code == 2
    assert 'Did you mean "events-list"?' in " ".join(ran.stderr.split())


def test_new_project_names_its_schema(tmp_path: Path) -> None:
    assert scfdeploy("init", tmp_path / "hello").exit_code == 0

    assert (tmp_path / "hello" / "serverless.yml").read_text().splitlines()[0] == MODELINE
    assert json.loads((tmp_path / "hello" / "serverless.schema.json").read_text()) == json_schema()


def test_new_project_keeps_an_existing_schema(tmp_path: Path) -> None:
    (tmp_path / "serverless.schema.json").write_text("{}")

    assert scfdeploy("init", tmp_path, "--name", "hello").exit_code == 0

    assert (tmp_path / "serverless.schema.json").read_text() == "{}"


def test_schema_beside_the_file_is_not_packed(tmp_path: Path, cloud: LocalServer) -> None:
    assert scfdeploy("init", tmp_path / "hello").exit_code == 0
    file = tmp_path / "hello" / "serverless.yml"
    file.write_text(file.read_text().replace("src: ./src", "src: ./"))
    (tmp_path / "hello" / "src" / "index.py").rename(tmp_path / "hello" / "index.py")
    before = scfdeploy("apply", tmp_path / "hello", "--yes", env=cloud.env)
    (tmp_path / "hello" / "serverless.schema.json").unlink()
    after = scfdeploy("plan", tmp_path / "hello", "--detailed-exitcode", env=cloud.env)

    assert (before.exit_code, after.exit_code) == (0, 0), before.stderr + after.stdout
