"""`--refresh changed`: what is not read in full, what is read although it seems unchanged, and what is never missed."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.api import Cloud as ApiCloud
from scfdeploy.api import apply as api_apply
from scfdeploy.api import plan as api_plan
from scfdeploy.emulator import Server
from tests.support.command import Ran, scfdeploy
from tests.support.console_edits import delete, recreate, set_asynchronous, set_code, set_memory
from tests.support.emulator import Cloud
from tests.support.instances import write_function, write_layer
from tests.support.local_server import LocalServer, local_server
from tests.support.project import HANDLER, TIMER, write_project

COUNT = 3
LATER = {"advance_s": 5}
URL = "  events:\n    - http: {parameters: {name: url, authType: CAM}}\n"


def run(command: str, folder: Path, cloud: LocalServer, *options: str, code: int = 0) -> Ran:
    ran = scfdeploy(command, folder, *options, "--format", "json", env=cloud.env)
    assert ran.exit_code == code, ran.stdout + ran.stderr
    return ran


def plan(folder: Path, cloud: LocalServer, mode: str = "changed", *options: str) -> dict[str, Any]:
    return run("plan", folder, cloud, "--refresh", mode, *options).document


def changed(document: dict[str, Any]) -> dict[str, str]:
    return {one["address"]: one["action"] for one in document["changes"] if one["action"] != "no-op"}


def unread(document: dict[str, Any]) -> int:
    return int(document["refresh"]["unread"])


def note(folder: Path, cloud: LocalServer, *options: str) -> None:
    """Apply, and once more when the seconds of the changes are over, so that everything can be noted."""
    for _ in range(2):
        run("apply", folder, cloud, "--yes", *options)
        cloud.control("clock", LATER)


def write_all(folder: Path, inputs: str = TIMER) -> Path:
    for number in range(COUNT):
        write_project(folder / f"f{number}", inputs, name=f"f{number}")
    return folder


@pytest.fixture
def project(tmp_path: Path, cloud: LocalServer) -> Path:
    """Three deployed functions with a timer each, all noted."""
    folder = write_all(tmp_path / "shop")
    note(folder, cloud)
    return folder


def calls_of(cloud: LocalServer, action: Callable[[], object]) -> Counter[str]:
    before = Counter(cloud.calls())
    action()
    return Counter(cloud.calls()) - before


@pytest.mark.parametrize("mode", ["changed", "auto"])
def test_unchanged_functions_are_not_read(project: Path, cloud: LocalServer, mode: str) -> None:
    assert calls_of(cloud, lambda: plan(project, cloud, mode)) == Counter(ListFunctions=1)
    document = plan(project, cloud, mode)
    assert document["refresh"] == {"mode": mode, "functions": COUNT, "unread": COUNT, "unreadResources": 2 * COUNT}
    assert document["summary"]["unchanged"] == 2 * COUNT
    shown = scfdeploy("plan", project, "--refresh", mode, env=cloud.env).stdout
    assert f"Not read in full: {COUNT} of {COUNT} functions ({2 * COUNT} resources)" in " ".join(shown.split())


def test_functions_of_others_in_the_namespace_are_not_listed(project: Path, cloud: LocalServer) -> None:
    """More than a page of them would take further calls."""
    console = Cloud(cloud.url)
    for number in range(100):
        console.create(f"other{number}", {"index.py": HANDLER}, Handler="index.main_handler")
    assert calls_of(cloud, lambda: plan(project, cloud)) == Counter(ListFunctions=1)
    assert unread(plan(project, cloud)) == COUNT


def test_full_is_the_default_and_says_nothing(project: Path, cloud: LocalServer) -> None:
    document = run("plan", project, cloud).document
    assert "refresh" not in document
    assert calls_of(cloud, lambda: run("plan", project, cloud))["GetFunction"] == COUNT
    assert "in full" not in scfdeploy("plan", project, env=cloud.env).stdout


@pytest.mark.parametrize(
    ("env", "faults", "error"),
    [
        ({"TENCENTCLOUD_SECRET_ID": "AKIDalone"}, [], "TENCENTCLOUD_SECRET_KEY is not set"),
        ({}, [{"action": "ListFunctions", "code": "UnauthorizedOperation"}], "UnauthorizedOperation"),
    ],
)
@pytest.mark.parametrize("command", ["plan", "apply --yes"])
def test_mistake_in_code_is_reported_before_that_the_list_cannot_be_read(
    project: Path, cloud: LocalServer, command: str, env: dict[str, str], faults: list[dict[str, str]], error: str
) -> None:
    cloud.control("faults", faults)
    name, *options = command.split()

    def messages(code: int) -> str:
        ran = scfdeploy(name, project, "--refresh", "changed", *options, env={**cloud.env, **env})
        assert ran.exit_code == code, ran.stdout + ran.stderr
        return " ".join((ran.stdout + ran.stderr).split())

    assert error in messages(1)
    (project / "f1" / "src" / "gone").symlink_to("nowhere")
    shown = messages(3)
    assert "link-broken" in shown
    assert error not in shown


@pytest.mark.parametrize(
    ("inputs", "code", "addresses"),
    [
        (f"  memorySize: 256\n{TIMER}", HANDLER, {"function/default/f1"}),
        (TIMER.replace("0 0 2", "0 0 3"), HANDLER, {"trigger/default/f1/timer/nightly"}),
        ("  events: []\n", HANDLER, {"trigger/default/f1/timer/nightly"}),
        (f"  environment: {{variables: {{MODE: zh}}}}\n{TIMER}", HANDLER, {"function/default/f1"}),
        (f"  tags: {{team: a}}\n{TIMER}", HANDLER, {"function/default/f1"}),
        (f"  msgTTL: 300\n{TIMER}", HANDLER, {"async/default/f1"}),
        (TIMER, HANDLER.replace("hello", "byebye"), {"function/default/f1"}),
        (TIMER, HANDLER.replace("hello", "jello"), {"function/default/f1"}),
    ],
)
def test_function_whose_files_changed_is_read_and_planned(
    project: Path, cloud: LocalServer, inputs: str, code: str, addresses: set[str]
) -> None:
    write_project(project / "f1", inputs, name="f1", code=code)
    document = plan(project, cloud)
    assert set(changed(document)) == addresses
    assert unread(document) == COUNT - 1
    assert changed(run("plan", project, cloud).document) == changed(document)
    run("apply", project, cloud, "--yes", "--refresh", "changed")
    assert changed(run("plan", project, cloud).document) == {}


def _set_tag(console: Cloud, name: str) -> None:
    resource = f"qcs::scf:ap-guangzhou:uin/:namespace/default/function/{name}"
    rows = [{"TagKey": "scfdeploy:instance", "TagValue": "other"}]
    console.call("ModifyResourceTags", product="tag", Resource=resource, ReplaceTags=rows)


def _unprotect(console: Cloud, name: str) -> None:
    resource = f"qcs::scf:ap-guangzhou:uin/:namespace/default/function/{name}"
    rows = [{"TagKey": "scfdeploy:protect"}]
    console.call("ModifyResourceTags", product="tag", Resource=resource, DeleteTags=rows)


@pytest.mark.parametrize("edit", [set_memory, set_code, _set_tag, _unprotect, delete, recreate])
def test_function_changed_by_others_is_read(
    tmp_path: Path, cloud: LocalServer, edit: Callable[[Cloud, str], None]
) -> None:
    project = write_all(tmp_path / "shop", f"  memorySize: 128\n  protect: true\n{TIMER}")
    note(project, cloud)
    edit(Cloud(cloud.url), "f1")
    ran = scfdeploy("plan", project, "--refresh", "changed", "--format", "json", env=cloud.env)
    full = scfdeploy("plan", project, "--format", "json", env=cloud.env)
    assert unread(ran.document) == COUNT - 1
    assert changed(ran.document) == changed(full.document)
    assert ran.document["refused"] == full.document["refused"]
    assert changed(ran.document) or ran.document["refused"]


def test_change_in_the_second_of_the_note_is_seen(tmp_path: Path, cloud: LocalServer) -> None:
    """Most often all calls are in one second, so that the modification time of the later change is the same."""
    folder = write_all(tmp_path / "shop", f"  memorySize: 128\n{TIMER}")
    note(folder, cloud)
    console = Cloud(cloud.url)
    set_memory(console, "f1")
    console.call("UpdateFunctionConfiguration", FunctionName="f1", MemorySize=128)
    run("apply", folder, cloud, "--yes", "--refresh", "changed")
    seen_at = console.call("GetFunction", FunctionName="f1")["ModTime"]
    set_memory(console, "f1")
    if console.call("GetFunction", FunctionName="f1")["ModTime"] == seen_at:
        assert unread(plan(folder, cloud)) == COUNT - 1
    assert changed(plan(folder, cloud)) == {"function/default/f1": "update"}


def test_dates_of_responses_are_those_of_the_api(cloud: LocalServer) -> None:
    """So that a note is not trusted or mistrusted by the clock of another machine."""
    cloud.control("clock", {"advance_s": 86_400})
    console = Cloud(cloud.url)
    _, headers, _ = console.send("POST", "/", b"{}")
    tomorrow = parsedate_to_datetime(headers["Date"])
    _, headers, _ = console.send("GET", "/_emulator/health")
    assert tomorrow - parsedate_to_datetime(headers["Date"]) >= timedelta(hours=23)


def test_trigger_changed_by_others_is_not_seen_and_counted(project: Path, cloud: LocalServer) -> None:
    Cloud(cloud.url).call("DeleteTrigger", FunctionName="f1", TriggerName="nightly", Type="timer", Qualifier="$DEFAULT")
    document = plan(project, cloud)
    assert changed(document) == {}
    assert unread(document) == COUNT
    assert changed(run("plan", project, cloud).document) == {"trigger/default/f1/timer/nightly": "create"}


def _move_alias(console: Cloud) -> None:
    console.call("UpdateAlias", FunctionName="hello", Name="prod", FunctionVersion="$LATEST")


def _reserve(console: Cloud) -> None:
    console.call("PutReservedConcurrencyConfig", FunctionName="hello", ReservedConcurrencyMem=2560)


@pytest.mark.parametrize(
    ("edit", "address"),
    [
        (partial(set_asynchronous, ttl=900, retries=2), "async/default/hello"),
        (_move_alias, "alias/default/hello/prod"),
        (_reserve, "concurrency/default/hello"),
    ],
)
def test_part_changed_by_others_is_not_seen_and_counted(
    tmp_path: Path, cloud: LocalServer, edit: Callable[[Cloud], None], address: str
) -> None:
    inputs = "  msgTTL: 300\n  publish: true\n  aliasName: prod\n  reservedConcurrencyMem: 1280\n"
    folder = write_project(tmp_path / "hello", inputs)
    note(folder, cloud)
    edit(Cloud(cloud.url))
    document = plan(folder, cloud)
    assert changed(document) == {}
    assert document["refresh"]["unreadResources"] == 4
    assert changed(run("plan", folder, cloud).document) == {address: "update"}


def test_failed_apply_leaves_no_note_of_what_it_changed(project: Path, cloud: LocalServer) -> None:
    """Its trigger changed, which the list does not show, and afterwards the file says what it said before."""
    write_project(project / "f1", f"  memorySize: 256\n{TIMER.replace('0 0 2', '0 0 3')}", name="f1")
    cloud.control("faults", [{"action": "UpdateFunctionConfiguration", "code": "InvalidParameterValue.Memory"}])
    assert scfdeploy("apply", project, "--yes", "--refresh", "changed", env=cloud.env).exit_code in (1, 5)
    cloud.control("faults", [])
    write_project(project / "f1", TIMER, name="f1")
    document = plan(project, cloud)
    assert unread(document) == COUNT - 1
    assert changed(document) == changed(run("plan", project, cloud).document)


@pytest.mark.parametrize("target", ["f1", "trigger/default/f1/timer/nightly"])
def test_targeted_apply_keeps_the_other_notes(project: Path, cloud: LocalServer, target: str) -> None:
    for name in ("f1", "f2"):
        write_project(project / name, f"  memorySize: 256\n{TIMER.replace('0 0 2', '0 0 3')}", name=name)
    run("apply", project, cloud, "--yes", "--refresh", "changed", "--target", target)
    cloud.control("clock", LATER)
    document = plan(project, cloud)
    assert changed(document) == changed(run("plan", project, cloud).document)
    assert "function/default/f2" in changed(document)
    assert unread(document) >= 1


def test_destroyed_trigger_is_planned_again(tmp_path: Path, cloud: LocalServer) -> None:
    """A deletion by this checkout removes the note of the function."""
    folder = write_all(tmp_path / "shop")
    note(folder, cloud)
    assert scfdeploy("destroy", folder, "--yes", "--target", "f1", env=cloud.env).exit_code == 0
    assert changed(plan(folder, cloud)) == changed(run("plan", folder, cloud).document) != {}


def test_apply_in_a_folder_of_the_project_removes_its_note(project: Path, cloud: LocalServer) -> None:
    write_project(project / "f1", TIMER.replace("0 0 2", "0 0 3"), name="f1")
    run("apply", project / "f1", cloud, "--yes")
    write_project(project / "f1", TIMER, name="f1")
    assert changed(plan(project, cloud)) == {"trigger/default/f1/timer/nightly": "update"}


def test_apply_of_the_project_removes_the_note_of_its_folder(project: Path, cloud: LocalServer) -> None:
    note(project / "f1", cloud)
    write_project(project / "f1", TIMER.replace("0 0 2", "0 0 3"), name="f1")
    run("apply", project, cloud, "--yes")
    write_project(project / "f1", TIMER, name="f1")
    assert changed(plan(project / "f1", cloud)) == {"trigger/default/f1/timer/nightly": "update"}


def _link(link: Path, target: Path) -> Path:
    link.symlink_to(target)
    return link


@pytest.mark.parametrize("is_moved", [False, True])
def test_apply_in_a_folder_under_another_name_removes_its_note(
    project: Path, cloud: LocalServer, tmp_path: Path, is_moved: bool
) -> None:
    """Through a link to the folder; or in the folder itself, which the project has as a link."""
    if is_moved:
        other = (project / "f1").rename(tmp_path / "elsewhere")
        _link(project / "f1", other)
        note(project, cloud)
    else:
        other = _link(tmp_path / "f1", project / "f1")
    write_project(other, TIMER.replace("0 0 2", "0 0 3"), name="f1")
    run("apply", other, cloud, "--yes")
    write_project(other, TIMER, name="f1")
    document = plan(project, cloud)
    assert changed(document) == {"trigger/default/f1/timer/nightly": "update"}
    assert unread(document) == COUNT - 1


def test_apply_in_another_project_with_a_link_to_the_folder_removes_its_note(
    project: Path, cloud: LocalServer, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    _link(other / "linked", project / "f1")
    write_project(project / "f1", TIMER.replace("0 0 2", "0 0 3"), name="f1")
    run("apply", other, cloud, "--yes")
    write_project(project / "f1", TIMER, name="f1")
    assert changed(plan(project, cloud)) == {"trigger/default/f1/timer/nightly": "update"}


def test_link_to_the_project_in_itself_does_not_lock_it_twice(tmp_path: Path, cloud: LocalServer) -> None:
    folder = write_project(tmp_path / "f1", name="f1")
    _link(folder / "again", folder)
    run("apply", folder, cloud, "--yes")
    write_project(tmp_path / "f2", name="f2")
    _link(tmp_path / "f1" / "up", tmp_path)
    run("apply", tmp_path, cloud, "--yes")


def test_local_apply_removes_the_note_of_its_data_at_an_address(tmp_path: Path) -> None:
    """`scfdeploy emulator --data` serves what `--local` changes."""
    folder = write_project(tmp_path / "hello", TIMER)

    with Server(folder / ".scfdeploy" / "emulator.db") as server:
        note(folder, LocalServer(server.url))
        assert unread(plan(folder, LocalServer(server.url))) == 1
    assert _noted_endpoints(folder) == {server.url}
    write_project(folder, TIMER.replace("0 0 2", "0 0 3"))
    ran = scfdeploy("apply", folder, "--yes", "--local")
    assert ran.exit_code == 0, ran.stderr
    assert server.url not in _noted_endpoints(folder)


def _noted_endpoints(folder: Path) -> set[str]:
    files = (folder / ".scfdeploy" / "cache" / "refreshed").iterdir()
    return {json.loads(file.read_bytes())["scope"][0] for file in files}


def test_alias_command_removes_the_note(tmp_path: Path, cloud: LocalServer) -> None:
    inputs = "  publish: true\n  aliasName: prod\n  aliasFunctionVersion: '1'\n"
    folder = write_project(tmp_path / "hello", inputs)
    note(folder, cloud)
    assert unread(plan(folder, cloud)) == 1
    to_latest = ("alias", "set", "prod", "--to", "$LATEST", "--path", folder, "--yes")
    ran = scfdeploy(*to_latest, env=cloud.env)
    assert ran.exit_code == 0, ran.stderr
    assert changed(plan(folder, cloud)) == changed(run("plan", folder, cloud).document) != {}


def test_notes_belong_to_one_stage(project: Path, cloud: LocalServer) -> None:
    document = run("plan", project, cloud, "--refresh", "changed", "--stage", "test", code=1).document
    assert unread(document) == 0
    assert len(document["refused"]) == COUNT


def test_notes_belong_to_one_endpoint(project: Path, cloud: LocalServer) -> None:
    with local_server() as other:
        run("apply", project, other, "--yes")
        other.control("clock", LATER)
        Cloud(other.url).call(
            "DeleteTrigger", FunctionName="f1", TriggerName="nightly", Type="timer", Qualifier="$DEFAULT"
        )
        write_project(project / "f2", f"  memorySize: 256\n{TIMER}", name="f2")
        assert changed(plan(project, cloud)) == {"function/default/f2": "update"}


def test_apply_with_another_name_of_the_endpoint_removes_the_note(project: Path, cloud: LocalServer) -> None:
    same = LocalServer(cloud.url.replace("127.0.0.1", "localhost"))
    write_project(project / "f1", TIMER.replace("0 0 2", "0 0 3"), name="f1")
    run("apply", project, same, "--yes")
    write_project(project / "f1", TIMER, name="f1")
    assert changed(plan(project, cloud)) == {"trigger/default/f1/timer/nightly": "update"}


def _note_file(folder: Path) -> Path:
    [file] = (folder / ".scfdeploy" / "cache" / "refreshed").iterdir()
    return file


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format":1}', b"\xff\xfe"])
def test_damaged_notes_are_ignored(project: Path, cloud: LocalServer, content: bytes) -> None:
    _note_file(project).write_bytes(content)
    assert unread(plan(project, cloud)) == 0


def test_edited_notes_are_ignored(project: Path, cloud: LocalServer) -> None:
    file = _note_file(project)
    set_memory(Cloud(cloud.url), "f1")
    shown = Cloud(cloud.url).call("GetFunction", FunctionName="f1")["ModTime"]
    document = json.loads(file.read_bytes())
    document["functions"]["function/default/f1"][1:3] = [shown, ""]
    file.write_text(json.dumps(document))
    assert unread(plan(project, cloud)) == 0


def test_copied_notes_are_ignored(project: Path, cloud: LocalServer, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    shutil.copytree(project, other)
    assert unread(plan(other, cloud)) == 0


def test_notes_contain_no_setting_and_secrets_are_compared(tmp_path: Path, cloud: LocalServer) -> None:
    folder = tmp_path / "shop"
    for number, password in enumerate(["tiger7", "tiger7", "open"]):
        inputs = f"  environment: {{variables: {{DB_PASSWORD: {password}, MODE: zh_CN}}}}\n"
        write_project(folder / f"f{number}", inputs, name=f"f{number}")
    note(folder, cloud)
    assert unread(plan(folder, cloud)) == COUNT
    text = _note_file(folder).read_text()
    assert "tiger7" not in text
    assert "zh_CN" not in text
    write_project(folder / "f1", "  environment: {variables: {DB_PASSWORD: tiger8, MODE: zh_CN}}\n", name="f1")
    assert changed(plan(folder, cloud)) == {"function/default/f1": "update"}


@pytest.mark.parametrize("option", ["--adopt", "--prune", "--keep=3"])
def test_options_that_need_everything_read_everything(project: Path, cloud: LocalServer, option: str) -> None:
    assert unread(plan(project, cloud, "changed", option)) == 0


@pytest.mark.parametrize("options", [("--out", "plan.json"), ("--refresh-only",)])
def test_changed_with_what_needs_everything_is_a_usage_error(
    project: Path, cloud: LocalServer, options: tuple[str, ...]
) -> None:
    ran = scfdeploy("plan", project, "--refresh", "changed", *options, env=cloud.env)
    assert ran.exit_code == 2
    assert "Usage:" in ran.stderr
    assert "use `auto` or `full`" in " ".join(ran.stderr.split())


def test_saved_plan_is_made_and_applied_from_everything(project: Path, cloud: LocalServer, tmp_path: Path) -> None:
    write_project(project / "f1", f"  memorySize: 256\n{TIMER}", name="f1")
    file = str(tmp_path / "plan.json")
    made = calls_of(cloud, lambda: run("plan", project, cloud, "--refresh", "auto", "--out", file))
    assert made["GetFunction"] == COUNT
    assert scfdeploy("apply", "--plan", file, "--refresh", "changed", env=cloud.env).exit_code == 2
    ran = scfdeploy("apply", "--plan", file, project, "--refresh", "auto", "--format", "json", env=cloud.env)
    assert ran.document["summary"]["succeeded"] == 1


def test_functions_that_share_a_value_are_read_together(tmp_path: Path, cloud: LocalServer) -> None:
    folder = write_all(tmp_path / "shop", URL)
    uses = "  environment: {variables: {OTHER: '${output:${stage}:${app}:f0.url}'}}\n"
    write_project(folder / "f1", uses, name="f1")
    note(folder, cloud)
    assert unread(plan(folder, cloud)) == COUNT
    write_project(folder / "f0", f"  memorySize: 256\n{URL}", name="f0")
    document = plan(folder, cloud)
    assert unread(document) == 1
    assert changed(document) == changed(run("plan", folder, cloud).document)


def test_functions_of_a_changed_layer_are_read(tmp_path: Path, cloud: LocalServer) -> None:
    folder = write_function(write_layer(tmp_path / "shop"))
    note(folder, cloud)
    assert unread(plan(folder, cloud)) == 1
    write_layer(folder, answer=43)
    document = plan(folder, cloud)
    assert changed(document) == changed(run("plan", folder, cloud).document)
    assert "layer/base" in changed(document)


def test_outputs_are_the_same_as_of_a_full_apply(tmp_path: Path, cloud: LocalServer) -> None:
    folder = write_all(tmp_path / "shop", f"  publish: true\n{URL}")
    note(folder, cloud)
    quick = run("apply", folder, cloud, "--yes", "--refresh", "changed").document
    assert quick["refresh"]["unread"] == COUNT
    full = run("apply", folder, cloud, "--yes").document
    assert quick["outputs"] == full["outputs"]
    assert full["outputs"]["f0"]["url"]
    assert full["outputs"]["f0"]["version"] == "1"


def test_python_api_takes_the_mode(project: Path, cloud: LocalServer) -> None:
    result = api_plan(project, ApiCloud(endpoint=cloud.url), refresh="changed")
    assert unread(dict(result.document)) == COUNT
    with pytest.raises(ValueError, match="saved"):
        api_plan(project, ApiCloud(endpoint=cloud.url), refresh="changed", save_to=project / "plan.json")
    with pytest.raises(ValueError, match="saved"):
        api_apply(None, ApiCloud(endpoint=cloud.url), refresh="changed", saved_plan=project / "plan.json")
