"""`src.hook`: the command that makes the code runs before packing, once, and says what it says on stderr."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.local_server import LocalServer

FILE = """\
component: scf
name: hello
app: shop
inputs:
  name: hello
  src: {{src: ./code, dist: ./out, hook: "{hook}"}}
  runtime: Python3.10
  handler: index.main_handler
"""
BUILD = "mkdir -p ../out && cp index.py ../out && echo built $GREETING && echo run >> ../runs"


def project(folder: Path, hook: str = BUILD) -> Path:
    (folder / "code").mkdir()
    (folder / "code" / "index.py").write_text("def main_handler(event, context):\n    return 'made'\n")
    (folder / ".env").write_text("GREETING=well\n")
    (folder / "serverless.yml").write_text(FILE.format(hook=hook))
    return folder


def test_the_command_runs_once_and_its_folder_is_deployed(tmp_path: Path, cloud: LocalServer) -> None:
    folder = project(tmp_path)
    applied = scfdeploy("apply", folder, "--yes", "--format", "json", env=cloud.env)
    assert applied.exit_code == 0, applied.stderr
    assert applied.document["ok"]
    assert f"$ {BUILD}\nbuilt well\n" in applied.stderr
    assert (folder / "runs").read_text() == "run\n"
    assert scfdeploy("invoke", "hello", "--path", folder, env=cloud.env).stdout.strip().startswith('"made"')


def test_it_is_not_run_where_nothing_is_packed_or_nobody_wants_it(tmp_path: Path, cloud: LocalServer) -> None:
    folder = project(tmp_path)
    assert scfdeploy("validate", folder).exit_code == 0
    skipped = scfdeploy("plan", folder, "--no-hook", env=cloud.env)
    assert skipped.exit_code == 3
    assert "code-missing" in skipped.stderr
    assert not (folder / "out").exists()
    assert scfdeploy("plan", folder, env=cloud.env).exit_code == 0
    assert scfdeploy("plan", folder, "--no-hook", env=cloud.env).exit_code == 0
    assert scfdeploy("status", folder, env=cloud.env).exit_code == 0
    assert (folder / "runs").read_text() == "run\n"


@pytest.mark.parametrize(
    ("hook", "words"),
    [("echo one; echo two; exit 7", "exit code 7"), ("kill -9 $$", "signal 9"), ("no-such-thing", "exit code 127")],
)
def test_one_that_fails_ends_the_run_with_its_last_lines(
    tmp_path: Path, cloud: LocalServer, hook: str, words: str
) -> None:
    folder = project(tmp_path, hook)
    applied = scfdeploy("apply", folder, "--yes", env=cloud.env)
    assert applied.exit_code == 3
    assert "serverless.yml:6:41: error: Command before packing failed [hook-failed]" in applied.stderr
    assert words in applied.stderr
    assert cloud.writes() == []


def test_functions_that_share_code_share_its_command(tmp_path: Path, cloud: LocalServer) -> None:
    folder = project(tmp_path)
    (folder / "serverless.yml").write_text(
        "component: multi-scf\nname: hello\ninputs:\n"
        f'  src: {{src: ./code, dist: ./out, hook: "{BUILD}"}}\n'
        "  runtime: Python3.10\n  functions: {one: {handler: index.main_handler}, two: {handler: index.main_handler}}\n"
    )
    assert scfdeploy("plan", folder, env=cloud.env).exit_code == 0
    assert (folder / "runs").read_text() == "run\n"
