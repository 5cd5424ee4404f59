"""Whatever changes in files and in the cloud: a plan with `--refresh changed` has what a full plan has.

Also when folders are moved, linked or removed. Except for changes that only a full read shows: to a trigger or an
alias, by others, of a function that is the same otherwise. Commands in folders of the project are not others.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.command import scfdeploy
from tests.support.console_edits import delete, recreate, set_code, set_memory
from tests.support.emulator import ApiError, Cloud
from tests.support.local_server import LocalServer, local_server
from tests.support.project import HANDLER, TIMER, write_project
from tests.support.sampling import sample_size

NAMES = ("f0", "f1", "f2")
# The same number of characters, so that neither a size nor a number of lines tells them apart.
INPUTS = (
    f"  memorySize: 128\n{TIMER}",
    f"  memorySize: 256\n{TIMER}",
    f"  memorySize: 128\n{TIMER.replace('2 * *', '3 * *')}",
    f"  publish: true\n  aliasName: prod\n  msgTTL: 300\n{TIMER}",
)
CODES = (HANDLER, HANDLER.replace("hello", "jello"))
RESOURCE = "qcs::scf:ap-guangzhou:uin/:namespace/default/function/{}"


def set_owner(console: Cloud, name: str) -> None:
    rows = [{"TagKey": "scfdeploy:stage", "TagValue": "other"}]
    console.call("ModifyResourceTags", product="tag", Resource=RESOURCE.format(name), ReplaceTags=rows)


def delete_trigger(console: Cloud, name: str) -> None:
    console.call("DeleteTrigger", FunctionName=name, TriggerName="nightly", Type="timer", Qualifier="$DEFAULT")


def set_trigger(console: Cloud, name: str) -> None:
    cron = {"TriggerDesc": "0 0 9 * * * *", "Qualifier": "$DEFAULT"}
    console.call("UpdateTrigger", FunctionName=name, TriggerName="nightly", Type="timer", **cron)


def move_alias(console: Cloud, name: str) -> None:
    console.call("UpdateAlias", FunctionName=name, Name="prod", FunctionVersion="$LATEST")


def set_ttl(console: Cloud, name: str) -> None:
    config = {"MsgTTL": 900, "RetryConfig": [{"RetryNum": 2}]}
    console.call("UpdateFunctionEventInvokeConfig", FunctionName=name, AsyncTriggerConfig=config)


HIDDEN = (delete_trigger, set_trigger, move_alias, set_ttl)
VARIABLE = "  environment: {variables: {MODE: '${env:MODE}'}}\n"
HIDDEN_KINDS = ("trigger/", "alias/", "async/")
EDITS = (set_memory, set_code, set_owner, delete, recreate, *HIDDEN)
Step = tuple[str, Any]
_NAME = st.sampled_from(NAMES)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("inputs"), st.tuples(_NAME, st.sampled_from(INPUTS))),
        st.tuples(st.just("inputs"), st.tuples(_NAME, st.sampled_from([VARIABLE, INPUTS[3]]))),
        st.tuples(st.just("variable"), st.sampled_from(["one", "two"])),
        st.tuples(st.just("folder"), st.tuples(_NAME, st.sampled_from(["move", "link", "remove"]))),
        st.tuples(st.just("code"), st.tuples(_NAME, st.sampled_from(CODES))),
        st.tuples(st.just("cloud"), st.tuples(_NAME, st.sampled_from(EDITS))),
        st.tuples(st.just("cloud"), st.tuples(_NAME, st.sampled_from(HIDDEN))),
        st.tuples(st.just("time"), st.sampled_from([1, 5])),
        st.tuples(st.just("apply"), st.sampled_from(["full", "changed", "auto"])),
        st.tuples(
            st.just("command"), st.tuples(_NAME, st.sampled_from(["apply", "alias", "destroy", "target", "saved"]))
        ),
        st.tuples(st.just("fail"), st.sampled_from(["UpdateFunctionConfiguration", "UpdateTrigger", "CreateTrigger"])),
    ),
    min_size=1,
    max_size=4,
)


class Scene:
    """A project, its cloud, and the functions whose triggers others have changed since they were last read."""

    def __init__(self, folder: Path, cloud: LocalServer) -> None:
        self._folder = folder
        self._cloud = cloud
        self._console = Cloud(cloud.url)
        self._inputs = dict(zip(NAMES, (INPUTS[0], INPUTS[0], INPUTS[3]), strict=True))
        self._codes = dict.fromkeys(NAMES, CODES[0])
        self._folders = {name: folder / name for name in NAMES}
        self._moves = 0
        self._mode = "one"
        self.hidden: set[str] = set()
        for name in NAMES:
            self._write(name)

    def _write(self, name: str) -> None:
        write_project(self._folders[name], self._inputs[name], name=name, code=self._codes[name])

    def _run(self, command: str, *options: str) -> dict[str, Any]:
        ran = scfdeploy(command, self._folder, *options, "--format", "json", env=self._env)
        return ran.document

    @property
    def _env(self) -> dict[str, str]:
        return {**self._cloud.env, "MODE": self._mode}

    def do(self, step: Step) -> None:
        match step:
            case "inputs", (name, inputs):
                self._inputs[name] = inputs
                self._write(name)
            case "code", (name, code):
                self._codes[name] = code
                self._write(name)
            case "variable", mode:
                self._mode = mode
            case "folder", (name, change):
                self._change_folder(name, change)
            case "cloud", (name, edit):
                self._edit(name, edit)
            case "time", seconds:
                self._cloud.control("clock", {"advance_s": seconds})
            case "apply", mode:
                self.apply(mode)
            case "command", (name, command):
                self._run_command(name, command)
            case "fail", action:
                self._cloud.control("faults", [{"action": action, "code": "InvalidParameterValue", "times": 1}])
                self.apply("changed")
                self._cloud.control("faults", [])

    def _change_folder(self, name: str, change: str) -> None:
        """Move a folder to another name, or out of the project with a link in its place, or remove it."""
        folder = self._folders[name]
        if not folder.exists():
            return
        self._moves += 1
        if change == "move":
            self._folders[name] = folder.rename(self._folder / f"{name}-{self._moves}")
        elif change == "link" and not folder.is_symlink():
            outside = folder.rename(self._folder.parent / f"{self._folder.name}-{self._moves}")
            folder.symlink_to(outside)
        elif change == "remove" and sum(other.exists() for other in self._folders.values()) > 1:
            folder.unlink() if folder.is_symlink() else shutil.rmtree(folder)

    def _edit(self, name: str, edit: Callable[[Cloud, str], None]) -> None:
        with suppress(ApiError):  # the function or its trigger may be gone
            edit(self._console, name)
            if edit in HIDDEN:
                self.hidden.add(name)

    def _run_command(self, name: str, command: str) -> None:
        """Run a command for one function, most of them in its folder; it may fail."""
        folder = self._folders[name].resolve()
        saved = self._folder.parent / f"{self._folder.name}.plan"
        arguments = {
            "apply": ("apply", folder, "--yes"),
            "alias": ("alias", "set", "prod", "--to", "$LATEST", "--path", folder, "--yes"),
            "destroy": ("destroy", folder, "--yes"),
            "target": ("apply", self._folder, "--target", name, "--yes"),
            "saved": ("apply", "--plan", saved),
        }
        if command == "saved":
            scfdeploy("plan", self._folder, "--out", saved, env=self._env)
        scfdeploy(*arguments[command], env=self._env)

    def apply(self, mode: str) -> None:
        result = self._run("apply", "--yes", "--refresh", mode)
        if result["ok"] and mode == "full":
            self.hidden.clear()

    def changes(self, mode: str) -> dict[str, Any]:
        document = self._run("plan", "--refresh", mode)
        shown = {one["address"]: one for one in document["changes"]}
        return {"changes": shown, "refused": document["refused"], "unread": document.get("refresh", {}).get("unread")}


def function_of(address: str) -> str:
    return address.split("/")[2]


@settings(max_examples=sample_size(80, part=16))
@given(_STEPS, _STEPS)
@example([], [("cloud", ("f2", move_alias)), ("cloud", ("f2", set_ttl)), ("cloud", ("f1", set_trigger))])
@example([("cloud", ("f2", set_memory))], [("command", ("f2", "alias"))])
@example([], [("inputs", ("f1", INPUTS[2])), ("command", ("f1", "apply")), ("inputs", ("f1", INPUTS[0]))])
@example([], [("command", ("f1", "destroy"))])
@example(
    [("folder", ("f1", "link"))],
    [("inputs", ("f1", INPUTS[2])), ("command", ("f1", "apply")), ("inputs", ("f1", INPUTS[0]))],
)
@example(
    [("inputs", ("f1", VARIABLE))], [("variable", "two"), ("folder", ("f2", "remove")), ("folder", ("f0", "move"))]
)
def test_changed_plan_has_the_changes_of_a_full_plan(before: list[Step], after: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as name, local_server() as cloud:
        scene = Scene(Path(name) / "shop", cloud)
        noted: list[Step] = [("apply", "full"), ("time", 5), ("apply", "changed")]
        for step in [*noted, *before, ("apply", "changed"), *after]:
            scene.do(step)
        changed, full = scene.changes("changed"), scene.changes("full")
        assert changed["refused"] == full["refused"]
        unread = {address for address, one in changed["changes"].items() if one["reason"].startswith("not read")}
        assert sum(address.startswith("function/") for address in unread) == changed["unread"]
        read = {address: one for address, one in changed["changes"].items() if address not in unread}
        missed = {address: one for address, one in full["changes"].items() if address not in read}
        assert read == {address: one for address, one in full["changes"].items() if address in read}
        for address, one in missed.items():
            if one["action"] != "no-op":
                assert address.startswith(HIDDEN_KINDS)
                assert function_of(address) in scene.hidden
