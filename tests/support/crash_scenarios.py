"""Crash scenarios: the state of project and cloud, and the command that is interrupted there."""

from __future__ import annotations

import json
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.changing_project import write_after, write_before, write_first_release, write_second_release
from tests.support.cloud_snapshot import cloud_snapshot
from tests.support.command import Ran
from tests.support.crash_point_server import CrashPointServer
from tests.support.emulator import Cloud
from tests.support.forked_commands import CommandRunner, CommandSpec
from tests.support.heavy_projects import (
    write_first_layer,
    write_kept_ready,
    write_large_code,
    write_more_kept_ready,
    write_second_layer,
    write_small_code,
)
from tests.support.local_server import READS
from tests.support.sampling import is_soak
from tests.support.shared import shared_folder

_WHOLE_RUN = "whole-run.json"
"""Calls, successful writes and cloud of a run that nothing disturbs."""
FOREIGN = [{"Key": f"scfdeploy:{part}", "Value": "theirs"} for part in ("app", "stage", "instance")]


@dataclass(frozen=True)
class CrashScenario:
    """`command` runs on the project that `write` makes and the cloud that applying `first` made.

    Without `first` the cloud has only functions of other owners.
    """

    name: str
    command: str
    write: Callable[[Path], None]
    first: Callable[[Path], None] | None = None
    keep: int | None = None
    folder: str = "project"
    refresh: str = "full"
    """With `changed` nothing is pruned and no version of a layer deleted: that takes a look at everything."""


SCENARIOS = (
    CrashScenario("create", "apply", write_before),
    CrashScenario("change", "apply", write_after, write_before),
    CrashScenario("release", "apply", write_second_release, write_first_release),
    CrashScenario("destroy", "destroy", write_before, write_before),
    CrashScenario("upload", "apply", write_large_code, write_small_code),
    CrashScenario("layer", "apply", write_second_layer, write_first_layer, keep=1),
    CrashScenario("ready", "apply", write_more_kept_ready, write_kept_ready),
    CrashScenario("destroy-layer", "destroy", write_second_layer, write_second_layer),
    CrashScenario("destroy-ready", "destroy", write_more_kept_ready, write_more_kept_ready),
)
IN_BOTH_MODES = (
    *SCENARIOS,
    *(
        replace(scenario, refresh="changed", keep=None)
        for scenario in SCENARIOS
        if scenario.name in (("change", "release", "upload", "layer") if is_soak() else ("change",))
    ),
)
"""The scenarios, and again those of `--refresh changed`; in a usual run only the one that leaves a function unread.

Not `ready`: after a crash, instances that are kept ready for an older version are only deleted with pruning.
"""


def scenario_id(scenario: CrashScenario) -> str:
    """The name of a scenario in a test."""
    return scenario.name if scenario.refresh == "full" else f"{scenario.name}-{scenario.refresh}"


class PreparedScenario:
    """A scenario whose initial state is built once for all workers, and copied for each run."""

    def __init__(self, scenario: CrashScenario, commands: CommandRunner, factory: pytest.TempPathFactory) -> None:
        self.scenario = scenario
        self._commands = commands
        self._home = factory.mktemp(scenario.name)
        name = f"scenario-{scenario_id(scenario)}-{scenario.write.__name__}"
        self._built = shared_folder(factory, name, self._build)
        whole = json.loads((self._built / _WHOLE_RUN).read_text())
        self.calls: int = whole["calls"]
        self.final: dict[str, Any] = whole["final"]
        self.done: Counter[str] = Counter(whole["done"])

    def _build(self, built: Path) -> None:
        """Make the initial state, and what a run leaves that nothing disturbs."""
        self._built = built
        (built / "project").mkdir()
        self._make_initial_state()
        with self.start_run() as attempt:
            ended = attempt.run()
            assert ended.exit_code == 0, ended
            whole = {"calls": attempt.server.count, "final": attempt.cloud(), "done": attempt.done()}
        if self.scenario.refresh != "full":
            self._require_same_as_full(ended, whole)
        (built / _WHOLE_RUN).write_text(json.dumps(whole))

    def _require_same_as_full(self, ended: Ran, whole: Mapping[str, Any]) -> None:
        """A refresh that leaves functions unread leads to the same cloud by the same writes."""
        assert ended.document["refresh"]["mode"] == self.scenario.refresh
        assert self.scenario.name != "change" or ended.document["refresh"]["unread"]
        with self.start_run() as attempt:
            assert attempt.run(refresh="full").exit_code == 0
            assert attempt.cloud() == whole["final"]
            assert attempt.done() == whole["done"]

    @contextmanager
    def start_run(self) -> Iterator[ScenarioRun]:
        """Start a run from a copy of the initial state."""
        place = self._home / "run"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self._built, place)
        with CrashPointServer(place / "cloud.db") as server:
            # Complete pending operations of the initial state.
            Cloud(server.url).advance(60)
            started = ScenarioRun(self.scenario, self._commands, place, server)
            if self.scenario.refresh != "full" and self.scenario.first is not None:
                self._note(started, place / "project")
            yield started

    def _note(self, started: ScenarioRun, project: Path) -> None:
        """Let a run without changes note what later ones need not read: notes are not copied with a folder."""
        assert self.scenario.first is not None
        self.scenario.first(project)
        assert started.run().exit_code == 0
        self.scenario.write(project)

    def _make_initial_state(self) -> None:
        built = self._built
        with CrashPointServer(built / "cloud.db") as server:
            Cloud(server.url).create("foreign", Tags=FOREIGN)
            Cloud(server.url).create("unmarked")
            if self.scenario.first is not None:
                self.scenario.first(built / "project")
                first = ScenarioRun(CrashScenario("first", "apply", self.scenario.first), self._commands, built, server)
                ended = first.run()
                assert ended.exit_code == 0, ended
        self.scenario.write(built / "project")


class ScenarioRun:
    """One run of a scenario."""

    def __init__(self, scenario: CrashScenario, commands: CommandRunner, place: Path, server: CrashPointServer) -> None:
        self.server = server
        self.place = place
        self._commands = commands
        self._order = CommandSpec(
            scenario.command,
            str(place / scenario.folder),
            server.url,
            str(place / "out"),
            keep=scenario.keep,
            saved=str(place / "the.plan"),
            refresh=scenario.refresh,
            prune=scenario.refresh == "full",
        )

    def run(self, command: str = "", **options: Any) -> Ran:
        """Run the scenario's command, or another, to its end."""
        self.server.crash_at(0, "")
        return self._commands.run(replace(self._ordered(command), **options))

    def crash(
        self, at: int, when: str, sent: signal.Signals = signal.SIGKILL, *, command: str = "", action: str = ""
    ) -> Ran:
        """Run the command and send it a signal at a call; with `action`, counted among its calls only."""
        self.server.crash_at(at, when, sent, action=action)
        order = self._ordered(command)
        pid = self._commands.start(order)
        self.server.set_target(pid)
        return self._commands.end(pid, order)

    def delete_state(self) -> None:
        """Delete the project's .scfdeploy directory."""
        shutil.rmtree(self.place / "project" / ".scfdeploy", ignore_errors=True)

    def cloud(self) -> dict[str, Any]:
        """The cloud after all pending operations have completed."""
        Cloud(self.server.url).advance(60)
        return cloud_snapshot(Cloud(self.server.url).control("state"))

    def _ordered(self, command: str) -> CommandSpec:
        return replace(self._order, command=command or self._order.command)

    def done(self) -> Counter[str]:
        """The number of successful calls per write action."""
        calls = Cloud(self.server.url).control("calls")["calls"]
        writes = (call for call in calls if not call["action"].startswith((*READS, "Head")))
        return Counter(call["action"] for call in writes if call["outcome"] == "ok")
