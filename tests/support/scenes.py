"""Scenes for cutting: where a project and its cloud stand, and the command that is cut there."""

from __future__ import annotations

import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.support.changing_project import write_after, write_before, write_first_release, write_second_release
from tests.support.cutting_server import CuttingServer
from tests.support.emulator import Cloud
from tests.support.final_cloud import final_cloud
from tests.support.heavy_projects import (
    write_first_layer,
    write_kept_ready,
    write_large_code,
    write_more_kept_ready,
    write_second_layer,
    write_small_code,
)
from tests.support.local_server import READS
from tests.support.prepared import Ended, Order, Prepared

FOREIGN = [{"Key": f"scfdeploy:{part}", "Value": "theirs"} for part in ("app", "stage", "instance")]


@dataclass(frozen=True)
class Scene:
    """`command` is run once the project is as `write` leaves it, on a cloud that is as applying `first` left it.

    Without `first` it is empty, but for functions of others. It is cut before and after each call; one that
    `is_brief`, as it adds little to the others, before each call or after it.
    """

    name: str
    command: str
    write: Callable[[Path], None]
    first: Callable[[Path], None] | None = None
    keep: int | None = None
    folder: str = "project"
    is_brief: bool = False


SCENES = (
    Scene("create", "apply", write_before),
    Scene("change", "apply", write_after, write_before),
    Scene("release", "apply", write_second_release, write_first_release),
    Scene("destroy", "destroy", write_before, write_before),
    Scene("upload", "apply", write_large_code, write_small_code),
    Scene("layer", "apply", write_second_layer, write_first_layer, keep=1),
    Scene("ready", "apply", write_more_kept_ready, write_kept_ready, is_brief=True),
    Scene("destroy-layer", "destroy", write_second_layer, write_second_layer, is_brief=True),
    Scene("destroy-ready", "destroy", write_more_kept_ready, write_more_kept_ready, is_brief=True),
)


class Stage:
    """A scene that can be played again and again from its beginning."""

    def __init__(self, scene: Scene, commands: Prepared, home: Path) -> None:
        self.scene = scene
        self._commands = commands
        self._home = home
        self._build()
        with self.opened() as play:
            ended = play.run()
            assert ended.code == 0, ended
            self.calls = play.server.count
            self.final = play.cloud()
            self.done = play.done()

    @contextmanager
    def opened(self) -> Iterator[Play]:
        """The scene at its beginning."""
        place = self._home / "played"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self._home / "built", place)
        with CuttingServer(place / "cloud.db") as server:
            # What was built is settled, however long that was ago.
            Cloud(server.url).advance(60)
            yield Play(self.scene, self._commands, place, server)

    def _build(self) -> None:
        built = self._home / "built"
        (built / "project").mkdir(parents=True)
        with CuttingServer(built / "cloud.db") as server:
            Cloud(server.url).create("foreign", Tags=FOREIGN)
            Cloud(server.url).create("unmarked")
            if self.scene.first is not None:
                self.scene.first(built / "project")
                first = Play(Scene("first", "apply", self.scene.first), self._commands, built, server)
                ended = first.run()
                assert ended.code == 0, ended
        self.scene.write(built / "project")


class Play:
    """One playing of a scene."""

    def __init__(self, scene: Scene, commands: Prepared, place: Path, server: CuttingServer) -> None:
        self.server = server
        self.place = place
        self._commands = commands
        self._order = Order(
            scene.command,
            str(place / scene.folder),
            server.url,
            str(place / "out"),
            keep=scene.keep,
            saved=str(place / "the.plan"),
        )

    def run(self, command: str = "") -> Ended:
        """The command of the scene, or another, to its end."""
        self.server.cut_at(0, "")
        return self._commands.run(self._ordered(command))

    def cut(self, at: int, when: str, sent: signal.Signals = signal.SIGKILL, *, command: str = "") -> Ended:
        """The command, cut at a call."""
        self.server.cut_at(at, when, sent)
        order = self._ordered(command)
        pid = self._commands.start(order)
        self.server.aim(pid)
        return self._commands.end(pid, order)

    def forget(self) -> None:
        """Delete everything that the command kept for itself."""
        shutil.rmtree(self.place / "project" / ".scfdeploy", ignore_errors=True)

    def cloud(self) -> dict[str, Any]:
        """What the cloud holds once all that was begun has come to its end."""
        Cloud(self.server.url).advance(60)
        return final_cloud(Cloud(self.server.url).control("state"))

    def _ordered(self, command: str) -> Order:
        return replace(self._order, command=command or self._order.command)

    def done(self) -> Counter[str]:
        """How often each write took effect."""
        calls = Cloud(self.server.url).control("calls")["calls"]
        writes = (call for call in calls if not call["action"].startswith((*READS, "Head")))
        return Counter(call["action"] for call in writes if call["outcome"] == "ok")
