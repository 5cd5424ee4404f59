"""A saved plan is applied exactly, or rejected with the differences."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.local_server import LocalServer
from tests.support.project import TIMER, write_project

SECRET = "hunter2-do-not-show"
INPUTS = f"""\
  memorySize: 256
  environment:
    variables:
      WORDS: C
      DB_PASSWORD: {SECRET}
{TIMER}"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "hello", INPUTS)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "the.plan"


def plan(project: Path, file: Path, cloud: LocalServer, *more: str) -> Ran:
    return scfdeploy("plan", project, "--out", file, *more, env=cloud.env)


def apply(file: Path, cloud: LocalServer, *more: str | Path) -> Ran:
    return scfdeploy("apply", "--plan", file, *more, env=cloud.env)


def said(ran: Ran) -> str:
    return ran.stdout + ran.stderr


def change(project: Path, old: str, new: str) -> None:
    text = (project / "serverless.yml").read_text()
    assert old in text
    (project / "serverless.yml").write_text(text.replace(old, new))


def test_saved_plan_is_applied_once_without_prompt(cloud: LocalServer, project: Path, file: Path) -> None:
    made = plan(project, file, cloud)
    assert made.exit_code == 0
    assert "Saved to" in made.stdout
    assert cloud.writes() == []

    done = apply(file, cloud)

    assert done.exit_code == 0
    assert "CreateFunction" in cloud.writes()
    assert scfdeploy("plan", project, "--detailed-exitcode", env=cloud.env).exit_code == 0
    again = apply(file, cloud)
    assert again.exit_code == 1
    assert "the cloud changed since the plan was made: function/default/hello is new" in said(again)


def test_plan_file_is_private_and_has_no_secrets(cloud: LocalServer, project: Path, file: Path) -> None:
    file.write_text("older")
    file.chmod(0o644)
    plan(project, file, cloud)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert SECRET not in file.read_text()
    assert json.loads(file.read_text())["format"] == 1
    scfdeploy("apply", project, "--yes", env=cloud.env)
    change(project, SECRET, "another-secret")
    change(project, "memorySize: 256", "memorySize: 512")
    plan(project, file, cloud)
    assert SECRET not in file.read_text()
    assert "another-secret" not in file.read_text()
    assert sorted(path.name for path in file.parent.iterdir()) == ["hello", "the.plan"]


def test_json_names_plan_file(cloud: LocalServer, project: Path, file: Path) -> None:
    assert plan(project, file, cloud, "--format", "json").document["savedTo"] == str(file)
    assert scfdeploy("plan", project, "--format", "json", env=cloud.env).document["savedTo"] is None
    document = apply(file, cloud, "--format", "json").document
    assert document["ok"] is True
    assert document["summary"]["succeeded"] == 2


def by_hand(cloud: LocalServer, folder: Path, inputs: str, **names: str) -> None:
    """What somebody else does meanwhile: the same project, written otherwise."""
    other = write_project(folder / "other", inputs, **names)
    assert scfdeploy("apply", other, "--yes", env=cloud.env).exit_code == 0


@pytest.mark.parametrize(
    ("inputs", "moved"),
    [
        (INPUTS.replace("256", "384"), "function/default/hello: memorySize"),
        (INPUTS.replace("WORDS: C", "WORDS: D"), "function/default/hello: environment.variables.WORDS"),
        (INPUTS.replace(SECRET, "x"), "function/default/hello: the time of its last change"),
        (INPUTS.replace("0 0 2", "0 0 3"), "trigger/default/hello/timer/nightly: cronExpression"),
        (INPUTS.replace(TIMER, ""), "trigger/default/hello/timer/nightly no longer exists"),
    ],
)
def test_cloud_conflict_rejects_saved_plan_and_names_field(
    cloud: LocalServer, project: Path, file: Path, tmp_path: Path, inputs: str, moved: str
) -> None:
    scfdeploy("apply", project, "--yes", env=cloud.env)
    change(project, "memorySize: 256", "memorySize: 512")
    plan(project, file, cloud)
    cloud.control("clock", {"advance_s": 5})
    by_hand(cloud, tmp_path, inputs)
    before = cloud.writes()

    refused = apply(file, cloud)

    assert refused.exit_code == 1
    assert "the cloud changed since the plan was made" in said(refused)
    assert moved in said(refused)
    assert SECRET not in said(refused)
    assert cloud.writes() == before


def test_code_conflict_is_named(cloud: LocalServer, project: Path, file: Path, tmp_path: Path) -> None:
    scfdeploy("apply", project, "--yes", env=cloud.env)
    change(project, "memorySize: 256", "memorySize: 512")
    plan(project, file, cloud)
    by_hand(cloud, tmp_path, INPUTS, code="def main_handler(event, context):\n    return 1\n")
    assert "function/default/hello: its code" in said(apply(file, cloud))


def edited(old: str, new: str) -> Callable[[Path], None]:
    return lambda project: change(project, old, new)


def other_code(project: Path) -> None:
    (project / "src" / "index.py").write_text("def main_handler(event, context):\n    return 2\n")


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (edited("memorySize: 256", "memorySize: 512"), "function/default/hello: memorySize"),
        (edited("WORDS: C", "WORDS: D"), "function/default/hello: environment.variables.WORDS"),
        (edited(SECRET, "n3w"), "a value that is not shown"),
        (other_code, "function/default/hello: src"),
        (edited("0 0 2", "0 0 4"), "trigger/default/hello/timer/nightly: cronExpression"),
        (edited(TIMER, ""), "trigger/default/hello/timer/nightly no longer changes"),
        (
            edited("  name: hello\n", "  name: other\n"),
            "function/default/other is new; function/default/hello no longer exists",
        ),
    ],
)
def test_changed_project_is_rejected_with_differences(
    cloud: LocalServer, project: Path, file: Path, edit: Callable[[Path], None], words: str
) -> None:
    plan(project, file, cloud)
    edit(project)
    refused = apply(file, cloud)
    assert refused.exit_code == 1
    assert "the project changed since the plan was made" in said(refused)
    assert words in said(refused)
    assert "n3w" not in said(refused)
    assert cloud.writes() == []


def test_another_stage_region_app_or_endpoint_is_refused(
    cloud: LocalServer, project: Path, file: Path, tmp_path: Path
) -> None:
    plan(project, file, cloud, "--stage", "prod")
    assert 'made for stage "prod", and this is stage "test"' in said(apply(file, cloud, "--stage", "test"))
    assert 'this is region "ap-beijing"' in said(apply(file, cloud, "--region", "ap-beijing"))
    other = write_project(tmp_path / "other", INPUTS, app="another")
    assert 'made for app "shop", and this is app "another"' in said(apply(file, cloud, other))
    local = scfdeploy("apply", "--plan", file, "--local")
    assert local.exit_code == 1
    assert f"the plan was made for {cloud.url}, and this is the local server (--local)" in said(local)
    assert cloud.writes() == []
    assert apply(file, cloud).exit_code == 0


@pytest.mark.waits("0.25 s: a server of --local is not known before the command runs")
def test_local_plan_is_applied_on_another_port(project: Path, file: Path) -> None:
    assert scfdeploy("plan", project, "--local", "--out", file).exit_code == 0
    assert scfdeploy("apply", "--plan", file, "--local").exit_code == 0


def test_saved_plan_keeps_its_policy_options(cloud: LocalServer, project: Path, file: Path) -> None:
    plan(project, file, cloud, "--target", "function/default/hello")
    assert apply(file, cloud, "--adopt").exit_code == 2
    assert apply(file, cloud).exit_code == 0
    assert "CreateFunction" in cloud.writes()


def test_rejected_plan_is_not_saved(cloud: LocalServer, project: Path, file: Path, tmp_path: Path) -> None:
    by_hand(cloud, tmp_path, "", app="another")
    made = plan(project, file, cloud)
    assert made.exit_code == 1
    assert not file.exists()
    assert "Saved" not in made.stdout


def broken(**changes: Any) -> Callable[[str], str]:
    return lambda text: json.dumps(json.loads(text) | changes)


@pytest.mark.parametrize(
    ("breaks", "words"),
    [
        (lambda text: text[: len(text) // 2], "it is not a plan: invalid or truncated JSON"),
        (lambda text: "[" * 100_000, "it is not a plan: invalid or truncated JSON"),
        (lambda text: "[]", "it is not a plan of scfdeploy"),
        (broken(kind="other"), "it is not a plan of scfdeploy"),
        (broken(format=2), "it has format 2, and this scfdeploy reads format 1"),
        (broken(format="1"), "it is damaged"),
        (broken(origin=None), "it is damaged"),
        (broken(changes=[1]), "it is damaged"),
        (broken(traces={"a": []}), "it is damaged"),
        (broken(policy={"targets": [], "obey": True}), "it is damaged"),
        (broken(policy={"targets": ["nonsense"]}), "it is damaged"),
    ],
)
def test_invalid_plan_file_is_a_one_line_error(
    cloud: LocalServer, project: Path, file: Path, breaks: Callable[[str], str], words: str
) -> None:
    plan(project, file, cloud)
    file.write_text(breaks(file.read_text()))
    refused = apply(file, cloud, project)
    assert refused.exit_code == 1
    assert f"{file}: {words}" in said(refused).replace("\n", " ")
    assert "Traceback" not in said(refused)
    assert cloud.writes() == []


def test_unreadable_and_unwritable_files_are_reported(cloud: LocalServer, project: Path, tmp_path: Path) -> None:
    assert "No such file" in said(apply(tmp_path / "absent", cloud))
    assert "cannot be written" in said(plan(project, tmp_path / "absent" / "plan", cloud))
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    assert "not UTF-8" in said(apply(tmp_path / "binary", cloud))


def code_beside_the_file(project: Path) -> None:
    (project / "src" / "index.py").rename(project / "index.py")
    change(project, "src: ./src", "src: ./")


@pytest.mark.parametrize("name", ["plan.json", "kept [1].out"])
def test_plan_file_inside_code_is_not_packaged(
    cloud: LocalServer, project: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(project)
    code_beside_the_file(project)
    assert scfdeploy("plan", "--out", name, env=cloud.env).exit_code == 0
    assert scfdeploy("apply", "--plan", name, env=cloud.env).exit_code == 0
    assert scfdeploy("plan", "--out", name, "--detailed-exitcode", env=cloud.env).exit_code == 0


def test_plan_file_beside_the_code_changes_no_later_plan(
    cloud: LocalServer, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    code_beside_the_file(project)
    scfdeploy("plan", "--out", "plan.json", env=cloud.env)
    scfdeploy("apply", "--plan", "plan.json", env=cloud.env)
    assert scfdeploy("plan", "--detailed-exitcode", env=cloud.env).exit_code == 0
    (project / "plan.json").write_text('{"mine": true}')
    assert scfdeploy("plan", "--detailed-exitcode", env=cloud.env).exit_code == 4


def test_saved_plan_needs_the_same_variables(cloud: LocalServer, project: Path, file: Path) -> None:
    change(project, "WORDS: C", "WORDS: ${mine}")
    plan(project, file, cloud, "--var", "mine=one")
    assert apply(file, cloud, "--var", "mine=two").exit_code == 1
    assert apply(file, cloud, "--var", "mine=one").exit_code == 0


def test_saved_plan_holds_when_another_project_deploys(
    cloud: LocalServer, project: Path, file: Path, tmp_path: Path
) -> None:
    neighbour = write_project(tmp_path / "neighbour", name="neighbour")
    plan(project, file, cloud)
    assert scfdeploy("apply", neighbour, "--yes", env=cloud.env).exit_code == 0

    assert apply(file, cloud).exit_code == 0


def test_plan_of_the_folder_around_holds_when_another_checkout_deploys(
    cloud: LocalServer, tmp_path: Path, file: Path
) -> None:
    around = tmp_path / "around"
    write_project(around / "one", name="one")
    write_project(around / "two", name="two")
    plan(around, file, cloud)
    other = write_project(tmp_path / "three", name="three")
    assert scfdeploy("apply", other, "--yes", env=cloud.env).exit_code == 0

    assert apply(file, cloud).exit_code == 0


def test_plan_that_names_an_instance_fails_when_more_of_it_was_deployed(
    cloud: LocalServer, tmp_path: Path, file: Path
) -> None:
    project = write_project(tmp_path / "one", name="one")
    other = write_project(tmp_path / "three", name="three")
    assert scfdeploy("apply", other, "--yes", env=cloud.env).exit_code == 0
    plan(project, file, cloud, "--prune", "--instance", "three")
    yaml = other / "serverless.yml"
    yaml.write_text(yaml.read_text().replace("  name: three", "  name: four"))
    assert scfdeploy("apply", other, "--yes", env=cloud.env).exit_code == 0

    done = apply(file, cloud)

    assert done.exit_code == 1
    assert "function/default/four is new" in said(done)
