"""The loop of `dev`: deploys what changes, obeys what is typed, and says what happens."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from queue import Empty, SimpleQueue
from typing import Any, TypeAlias

from scfdeploy.diagnostics import Diagnostic, ScfDeployError, message
from scfdeploy.model import Address, Project
from scfdeploy.operations.cloud import open_cloud
from scfdeploy.operations.dev.hook_outputs import HookOutputs
from scfdeploy.operations.dev.redeploy import changed_functions, is_valid, redeploy
from scfdeploy.operations.dev.watched_files import Affected, WatchedFiles, watched_files
from scfdeploy.operations.emulator import open_control
from scfdeploy.operations.logs import local_entry
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.operations.resolve_function import function_address, unknown_function
from scfdeploy.operations.template import read_template
from scfdeploy.operations.urls.local import local_urls
from scfdeploy.records import NamedTuple, dataclass, field
from scfdeploy.results import Applied, Findings
from scfdeploy.results.dev import (
    DevEvent,
    Failure,
    HelpShown,
    Redeployed,
    Rejected,
    RequestEnded,
    TimersFired,
    UrlReady,
)

EVERYTHING = Affected(everything=True)
_LONGEST_WAIT_S = 0.25


class FilesChanged(NamedTuple):
    """Files or folders have changed."""

    paths: frozenset[str]


class LineTyped(NamedTuple):
    """A line was typed, such as `t orders`."""

    text: str


Input: TypeAlias = FilesChanged | LineTyped


def queued_inputs(queue: SimpleQueue[Input | None]) -> Iterator[Input]:
    """The inputs of a queue until None. Changes that waited together, without a line between them, become one."""
    while True:
        waiting = [_next_input(queue)]
        while not queue.empty():
            waiting.append(queue.get())
        for kind, group in groupby(waiting, key=type):
            items = list(group)
            if kind is FilesChanged:
                yield FilesChanged(frozenset().union(*(item.paths for item in items if isinstance(item, FilesChanged))))
                continue
            for item in items:
                if item is None:
                    return
                yield item


def _next_input(queue: SimpleQueue[Input | None]) -> Input | None:
    # Python would handle a signal that comes right before a wait without a timeout only when the wait has ended.
    while True:
        with suppress(Empty):
            return queue.get(timeout=_LONGEST_WAIT_S)


def request_ended(fields: Mapping[str, Any]) -> RequestEnded:
    """A run of a function, as the local server describes it."""
    http = fields.get("http")
    entry = local_entry(fields)
    return RequestEnded(entry) if http is None else RequestEnded(entry, http["method"], http["path"], http["status"])


def in_background(task: Callable[[], None]) -> None:
    """Run a task in a thread that does not delay the end of the process."""
    threading.Thread(target=task, daemon=True).start()


@dataclass(slots=True)
class DevSession:
    """One run of `dev`."""

    request: Request
    cloud: CloudOptions
    on_event: Callable[[DevEvent], None]
    """Called from any thread."""

    watch: Callable[[frozenset[str]], None]
    """Called with the folders to watch whenever these may be others. May raise ScfDeployError."""

    template: str | None = None
    """The test event with which changed functions are called."""

    on_deployed: Callable[[Project], None] = lambda _project: None
    """Called with the project before its functions are called."""

    start: Callable[[Callable[[], None]], None] = in_background
    """Runs a call of a function."""

    monotonic: Callable[[], float] = time.monotonic
    _files: WatchedFiles | None = None
    _project: Project | None = None
    """The project that is deployed."""

    _instances: set[str] = field(default_factory=set)
    _outputs: HookOutputs = field(default_factory=HookOutputs)
    _urls: set[str] = field(default_factory=set)
    _warnings: set[tuple[str, ...]] = field(default_factory=set)
    _has_failed: bool = False

    def run(self, inputs: Iterable[Input]) -> None:
        """Deploy the project, then follow the inputs until they end, or until `q` is typed."""
        self._deploy(EVERYTHING, is_first=True)
        for item in inputs:
            match item:
                case FilesChanged(paths):
                    affected = self._affected(paths)
                    if affected:
                        self._deploy(affected)
                case LineTyped(text) if text.split() == ["q"]:
                    return
                case LineTyped(text):
                    self._obey(text.split())

    def _affected(self, paths: frozenset[str]) -> Affected:
        if self._files is None:
            return EVERYTHING
        paths = self._outputs.without_outputs(paths)
        if self._has_failed:
            return EVERYTHING if self._files.could_fix(paths) else Affected()
        return self._files.affected(paths)

    def _deploy(self, affected: Affected, *, is_first: bool = False) -> None:
        began = self.monotonic()
        had_failed, self._has_failed = self._has_failed, True
        try:
            files = self._prepare(affected)
            self._forget_other_project(files.project)
            applied = redeploy(self.request, self.cloud, affected, instances=self._instances)
        except ScfDeployError as error:
            self.on_event(Failure(error.message, error.hint, Findings(*error.findings)))
            return
        finally:
            if self._files is not None and self._files.has_hooks:
                self._outputs.end(watched_files(self.request).folders)
        if applied.plan is None:
            self.on_event(Rejected(applied.findings))
            return
        self._has_failed = not applied.ok
        shown = applied._replace(findings=self._new_warnings(applied.findings, affected))
        is_fixed = had_failed and applied.ok and not is_first
        self.on_event(Redeployed(shown, self.monotonic() - began, is_first, is_fixed))
        if files.project is not None:
            self._project = files.project
            current = {instance.name for instance in files.project.instances}
            # One that is gone from the files has nothing any more once everything is deployed.
            self._instances = current if applied.ok and affected.everything else self._instances | current
            self._follow_up(files.project, applied)

    def _prepare(self, affected: Affected) -> WatchedFiles:
        """Watch the files before they are read: a change that comes too late for this deployment is noticed."""
        files = self._files
        if files is None or affected.everything:
            files = self._files = watched_files(self.request)
            self.watch(files.folders)
        if files.has_hooks:
            self._outputs.begin(files.folders)
        return files

    def _forget_other_project(self, project: Project | None) -> None:
        """Empty the server when the file names another app, stage or region: its functions belong to the first one."""
        if project is None or self._project is None or project.key == self._project.key:
            return
        if is_valid(self.request, self.cloud):
            open_control(self.cloud, project.root).post("reset", {})
            self._project = None
            self._urls.clear()
        self._instances.clear()

    def _follow_up(self, project: Project, applied: Applied) -> None:
        urls = local_urls(self.cloud, project.root, project.key.region)
        for function in project.functions:
            for url in urls.of(function.address) if urls is not None else ():
                if url not in self._urls:
                    self._urls.add(url)
                    self.on_event(UrlReady(url))
        self.on_deployed(project)
        if self.template is not None:
            changed = changed_functions(applied)
            for function in project.functions:
                if function.address in changed and not function.is_web:
                    self._invoke(project, function.address, self.template)

    def _new_warnings(self, findings: Findings, affected: Affected) -> Findings:
        """The findings that were not shown since the deployment of everything in which they appeared."""
        current = {_identity(finding) for finding in findings.diagnostics}
        new = [finding for finding in findings.diagnostics if _identity(finding) not in self._warnings]
        self._warnings = current if affected.everything else self._warnings | current
        return Findings(new, findings.sources)

    def _invoke(self, project: Project, function: Address, template: str) -> None:
        """Call a function. The run itself is shown as that of any other request."""
        if any(spec.address == function and spec.is_web for spec in project.functions):
            raise ScfDeployError(
                message("{function} is a web function and takes no events", function=function.function_name),
                hint=message("Call it by its URL."),
            )

        def call() -> None:
            try:
                event = read_template(self.request, function.function_name, template) if template else "{}"
                provider = open_cloud(self.cloud, root=project.root, region=project.key.region, load=self.request.load)
                provider.invoke(function, event, qualifier="$LATEST", asynchronous=False)
            except ScfDeployError as error:
                self.on_event(Failure(error.message, error.hint))

        self.start(call)

    def _obey(self, words: Sequence[str]) -> None:
        match words:
            case []:
                return
            case ["r"]:
                self._deploy(EVERYTHING)
            case ["t", *names] if len(names) <= 2:
                self._with_function(names, self._fire_timers)
            case ["i", *names] if len(names) <= 2:
                self._with_function(names, self._invoke)
            case _:
                self.on_event(HelpShown())

    def _with_function(self, names: Sequence[str], action: Callable[[Project, Address, str], None]) -> None:
        """Run an action on the function that is named first, or on the only one."""
        if self._project is None:
            self.on_event(Failure(message("nothing is deployed yet")))
            return
        name, second = [*names, "", ""][:2]
        try:
            function = function_address(name, self._project)
            if function not in [spec.address for spec in self._project.functions]:
                raise unknown_function(name, self._project)
            action(self._project, function, second)
        except ScfDeployError as error:
            self.on_event(Failure(error.message, error.hint))

    def _fire_timers(self, project: Project, function: Address, trigger: str) -> None:
        key = f"{project.key.region}/{function.namespace}/{function.function}"
        control = open_control(self.cloud, project.root)
        fired: Sequence[Any] = control.post("timers", {"function": key, "trigger": trigger})["fired"]
        if fired:
            self.on_event(TimersFired(function.function_name, fired))
            return
        triggers = [each for spec in project.functions if spec.address == function for each in spec.triggers]
        known = [each.name for each in triggers if each.type == "timer"]
        raise ScfDeployError(
            message("{function} has no timer {name}", function=function.function_name, name=trigger)
            if trigger
            else message("{function} has no timer", function=function.function_name),
            hint=message("Its timers: {names}.", names=", ".join(known)) if known else None,
        )


def _identity(finding: Diagnostic) -> tuple[str, ...]:
    """What makes a finding another one: not its line, which moves with those above it."""
    return finding.rule, finding.summary, finding.detail or ""
