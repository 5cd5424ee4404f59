"""Put the functions of a project on a local server that keeps everything in memory, and call them there."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from scfdeploy.apply import Status, run
from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Address, Bundle, FunctionSpec, Project
from scfdeploy.operations.code import build_all, pack_all
from scfdeploy.operations.query import plan_query
from scfdeploy.operations.request import LocalServer
from scfdeploy.operations.simulate.handlers import MessageKey
from scfdeploy.operations.simulate.project_functions import call_timeout_ms
from scfdeploy.operations.simulate.queue_endpoint import QueueEndpoint
from scfdeploy.packager import PackageCache
from scfdeploy.plan import Policy, make_plan
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.emulator_control import EmulatorControl
from scfdeploy.providers.invocation import Invocation
from scfdeploy.providers.tencent import Credentials, TencentProvider, open_provider
from scfdeploy.records import replace
from scfdeploy.results import Findings

_SDK_VARIABLES = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_DEFAULT_REGION": "us-east-1"}
"""Without these, an SDK calls no endpoint."""


class RealFunctions:
    """Functions on a local server."""

    def __init__(
        self,
        provider: TencentProvider,
        control: EmulatorControl,
        functions: Mapping[str, FunctionSpec],
        queue_endpoint: QueueEndpoint | None,
    ) -> None:
        self._provider = provider
        self._control = control
        self._functions = functions
        self._queue_endpoint = queue_endpoint
        self.batch_errors: dict[MessageKey, str] = {}
        """What failed calls with batches said in this run."""
        self._runs = 0

    def __contains__(self, name: object) -> bool:
        return name in self._functions

    def begin_run(self) -> None:
        """End the instances of an earlier run, so that nothing in their memory reaches the next one."""
        self._runs += 1
        self.batch_errors = {}
        if self._runs > 1:
            self._control.post("settings", {"host_id": f"local-host-{self._runs}"})

    def call(self, name: str, event: str) -> Invocation:
        """Call a function."""
        address = self._functions[name].address
        return self._provider.invoke(address, event, qualifier="$LATEST", asynchronous=False)

    def timeout_ms(self, name: str) -> int:
        """The most time that a call of the function may take."""
        return call_timeout_ms(self._functions[name])

    def take_deleted(self) -> list[str]:
        """The ids of the messages that functions deleted since the last call."""
        return [] if self._queue_endpoint is None else self._queue_endpoint.take_deleted()


@contextmanager
def deployed(
    project: Project,
    functions: Mapping[str, FunctionSpec],
    start_server: Callable[[], LocalServer],
    *,
    deletes_messages: bool = False,
) -> Iterator[RealFunctions]:
    """Package the functions, with installed dependencies, and put them on a local server in memory.

    With `deletes_messages`, environment variables tell them where they can delete messages of a queue.

    Raises ScfDeployError if that fails. `src.hook` does not run, and nothing is installed.
    """
    queue = QueueEndpoint() if deletes_messages else nullcontext()
    with tempfile.TemporaryDirectory(prefix="scfdeploy-") as folder, queue as endpoint:
        project = project if endpoint is None else _with_variables(project, endpoint.variables)
        server = start_server()
        credentials = Credentials(server.secret_id, server.secret_key, None, message("the local server"))
        project = _with_dependencies(project, functions)
        bundles, problems = pack_all(project, PackageCache(Path(folder) / "cache", place="simulate"))
        if problems.has_errors:
            error = ScfDeployError(message("the code of the project cannot be packaged"))
            error.findings = Findings(problems.sorted())
            raise error
        control = EmulatorControl(server.url, server.secret_key)
        clock = _ServerClock(control)
        provider = open_provider(
            project.key.region,
            credentials=credentials,
            endpoint=server.url,
            clock=clock,
            is_emulator=True,
        )
        provider.provide_code(bundles)
        _create(project, provider, [spec.address for spec in functions.values()], bundles, clock)
        yield RealFunctions(provider, control, functions, endpoint)


def _with_dependencies(project: Project, functions: Mapping[str, FunctionSpec]) -> Project:
    """The project with its installed dependencies. ScfDeployError if one of the functions lacks its own."""
    built = build_all(project, environment=dict, on_output=None, limit_s=0)
    addresses = {str(spec.address) for spec in functions.values()}
    missing = sorted({finding.address or "" for finding in built.diagnostics} & addresses)
    if missing:
        raise ScfDeployError(
            message("the dependencies of {function} are not installed", function=missing[0]),
            hint=message("Run `scfdeploy build` first, or set `src.build: false`."),
        )
    return built.project


class _ServerClock:
    """A clock whose waiting lets time pass on the local server instead."""

    def __init__(self, control: EmulatorControl) -> None:
        self._control = control
        self._lock = threading.Lock()
        self._passed = 0.0

    def now(self) -> float:
        """Unix time in seconds."""
        return time.time() + self._passed

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment."""
        return time.monotonic() + self._passed

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        if seconds > 0:
            with self._lock:
                self._control.post("clock", {"advance_s": seconds})
                self._passed += seconds


def _with_variables(project: Project, variables: Mapping[str, str]) -> Project:
    """The project with more environment variables for its functions, and credentials that an SDK accepts."""

    def extended(spec: FunctionSpec) -> FunctionSpec:
        environment = spec.settings.get("environment")
        own = environment.get("variables") if isinstance(environment, Mapping) else None
        merged = {**_SDK_VARIABLES, **(own if isinstance(own, Mapping) else {}), **variables}
        return replace(spec, settings={**spec.settings, "environment": {"variables": merged}})

    instances = (
        replace(instance, functions=tuple(map(extended, instance.functions))) for instance in project.instances
    )
    return replace(project, instances=tuple(instances))


def _create(
    project: Project,
    provider: TencentProvider,
    targets: Sequence[Address],
    bundles: Mapping[Address, Bundle],
    clock: Clock,
) -> None:
    policy = Policy(targets=tuple(targets))
    plan = make_plan(project, bundles, provider.observe(plan_query(project, policy)), policy)
    for refusal in plan.rejected:
        raise ScfDeployError(
            message(
                "the function {address} cannot run locally: {reason}", address=refusal.address, reason=refusal.reason
            ),
            hint=refusal.hint,
        )
    outcomes = run(plan, provider.writer, listener=lambda _event: None, clock=clock)
    for outcome in outcomes:
        if outcome.status is not Status.SUCCEEDED and outcome.address in targets:
            reason = outcome.error.message if outcome.error else outcome.status.value
            raise ScfDeployError(
                message("the function {address} cannot run locally: {reason}", address=outcome.address, reason=reason)
            )
