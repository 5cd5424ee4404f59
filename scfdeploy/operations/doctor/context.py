"""What the checks of `doctor` look at: the machine, the project, and the cloud, each read once."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

from scfdeploy.config.load_result import NO_ENV_FILE, EnvFile, LoadResult
from scfdeploy.config.project_settings import NO_SETTINGS
from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import FunctionSpec, Project
from scfdeploy.operations.cloud import child_environment, open_cloud, settings_of
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.packager.command import run_command
from scfdeploy.providers.retry import RetryPolicy
from scfdeploy.providers.tencent import TencentProvider
from scfdeploy.records import NamedTuple
from scfdeploy.results.doctor import CheckResult, CheckState

T = TypeVar("T")

DEFAULT_REGION = "ap-guangzhou"
_PROGRAM_LIMIT_S = 5.0
_MAX_OUTPUT_LINES = 20


class ProgramOutput(NamedTuple):
    """How a program answered."""

    started: bool
    code: int
    lines: Sequence[str]

    @property
    def first_line(self) -> str:
        """The first line that is not empty."""
        return next((line.strip() for line in self.lines if line.strip()), "")


@dataclass
class DoctorContext:
    """The surroundings of the command. Thread-safe: checks run at the same time."""

    request: Request
    cloud: CloudOptions
    loaded: LoadResult | None
    """None if there is no file at the path."""
    now: Callable[[], float] = time.time
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _results: dict[str, object] = field(default_factory=dict)

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment of the process."""
        return self.request.load.environ

    @property
    def project(self) -> Project | None:
        """The project; None without a file or with one that cannot be read."""
        return self.loaded.project if self.loaded is not None else None

    @property
    def dotenv(self) -> EnvFile:
        """The .env file of the project."""
        return self.loaded.dotenv if self.loaded is not None else NO_ENV_FILE

    @property
    def root(self) -> str:
        """The folder of the project, or the current folder."""
        return self.project.root if self.project is not None else self.request.load.cwd

    @property
    def region(self) -> str:
        """The region that is called."""
        chosen = self.request.load.region
        return chosen or (self.project.key.region if self.project is not None else DEFAULT_REGION)

    @property
    def languages(self) -> frozenset[str]:
        """The languages of the project's functions."""
        from scfdeploy.facts import runtime

        known = (runtime(str(spec.settings.get("runtime") or "")) for spec in self.functions)
        return frozenset(found.language for found in known if found is not None)

    @property
    def functions(self) -> Sequence[FunctionSpec]:
        """The functions of the project."""
        return self.project.functions if self.project is not None else ()

    def provider(self) -> TencentProvider:
        """The cloud, without retries. Raises ScfDeployError without credentials."""
        return self.once("provider", self._open)

    def once(self, name: str, call: Callable[[], T]) -> T:
        """The result of a call that several checks need, which is made once; its ScfDeployError is raised to each."""
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            if name not in self._results:
                try:
                    self._results[name] = call()
                except ScfDeployError as error:
                    self._results[name] = error
            result = self._results[name]
        if isinstance(result, ScfDeployError):
            raise result
        return cast(T, result)

    def run(self, *command: str) -> ProgramOutput:
        """Run a program that prints its version: without credentials, outside of the project, within 5 seconds."""
        lines: list[str] = []
        environment = child_environment(self.environ, self.request, self.cloud, dotenv=self.dotenv)
        try:
            result = run_command(
                command,
                folder=self.cloud.home if os.path.isdir(self.cloud.home) else "/",  # noqa: PTH112
                environment=environment,
                on_output=lambda line: lines.append(line) if len(lines) < _MAX_OUTPUT_LINES else None,
                timeout_s=_PROGRAM_LIMIT_S,
            )
        except OSError:
            return ProgramOutput(False, -1, ())
        return ProgramOutput(True, result.code, lines)

    def _open(self) -> TencentProvider:
        cloud = replace(self.cloud, retry=RetryPolicy(retries=0))
        return open_cloud(
            cloud,
            root=self.root,
            region=self.region,
            load=self.request.load,
            dotenv=self.dotenv,
            settings=settings_of(self.loaded) if self.loaded is not None else NO_SETTINGS.defaults,
        )


def passed(name: str, detail: str) -> CheckResult:
    """The result of a check that found nothing wrong."""
    return CheckResult(name, CheckState.OK, detail)


def warned(name: str, detail: str, cure: str) -> CheckResult:
    """The result of a check that found something missing which not everything needs."""
    return CheckResult(name, CheckState.WARNING, detail, cure)


def failed(name: str, detail: str, cure: str) -> CheckResult:
    """The result of a check that found what prevents plan or apply."""
    return CheckResult(name, CheckState.FAILED, detail, cure)


def not_checked(name: str, reason: str, cure: str = "") -> CheckResult:
    """The result of a check that could not be made."""
    return CheckResult(name, CheckState.NOT_CHECKED, message("not checked: {reason}", reason=reason), cure)
