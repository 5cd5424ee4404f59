"""`alias shift`: shift traffic to another version step by step, with a wait and a check after each step."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from scfdeploy.apply import Outcome, Status
from scfdeploy.apply.stop import Stop
from scfdeploy.diagnostics import message
from scfdeploy.model import Resource
from scfdeploy.operations.alias.check_command import require_executable, run_check
from scfdeploy.operations.alias.target import route_after, single_change_plan
from scfdeploy.operations.apply import ApplyHooks, execute_plan
from scfdeploy.operations.cloud import child_environment
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.operations.resolve_function import DeployedFunction, load_deployed
from scfdeploy.plan import Change, Plan, reasons
from scfdeploy.plan.resources.alias_routing import Route, plan_route
from scfdeploy.providers.clock import SystemClock
from scfdeploy.records import dataclass, replace
from scfdeploy.report.humanize import duration
from scfdeploy.results import Findings, Planned
from scfdeploy.results.aliases import AliasChanged, ShiftStep
from scfdeploy.workspace.lock import project_lock

_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class TrafficShift:
    """A shift of the calls of `alias` to the version `to`."""

    alias: str
    to: str
    steps: tuple[int, ...] = (100,)
    """Rising percentages of calls."""

    interval_s: float = 0.0
    """The wait after each step."""

    check: tuple[str, ...] = ()
    """A command and its arguments, run after each wait; if it fails, the shift is rolled back."""

    check_limit_s: float = 600.0


def shift(request: Request, cloud: CloudOptions, name: str, traffic: TrafficShift, hooks: ApplyHooks) -> AliasChanged:
    """Shift step by step. Steps that are not above the current share of the version are left out.

    Raises ScfDeployError for an unknown alias or version, and for a check that cannot be run.
    """
    with project_lock("alias shift") as lock:
        function = load_deployed(request, cloud, name, lock=lock)
        return _shift(request, cloud, function, traffic, hooks)


def _shift(
    request: Request, cloud: CloudOptions, function: DeployedFunction, traffic: TrafficShift, hooks: ApplyHooks
) -> AliasChanged:
    alias = function.aliases.get(traffic.alias)
    if alias is None:
        hint = message("Create it with `scfdeploy alias set {alias} --to VERSION`.", alias=traffic.alias)
        raise function.unknown_alias(traffic.alias, hint)
    before, version = Route.of(alias), function.version(traffic.to)
    steps = tuple(step for step in traffic.steps if step > round(before.share(version) * 100, 4))
    traffic = replace(traffic, to=version, steps=steps)
    environment: Mapping[str, str] = {}
    if traffic.check:
        environment = child_environment(
            request.load.environ, request, cloud, dotenv=function.dotenv, settings=function.settings
        )
        require_executable(traffic.check, folder=request.load.cwd, environment=environment)
    target = before.shifted(version, steps[-1]) if steps else before
    plan = single_change_plan(function, _change(function, alias, target, reason=_describe(traffic)))
    if plan.rejected or not steps:
        return AliasChanged("alias shift", Findings(), not plan.rejected, plan, alias.address, before, before)
    hooks.confirm(Planned(Findings(), ok=True, plan=plan), function.provider.where)
    return _ShiftRun(request, traffic, function, alias, hooks, cloud, environment).run(plan)


class _ShiftRun:
    """One shift in progress."""

    def __init__(
        self,
        request: Request,
        traffic: TrafficShift,
        function: DeployedFunction,
        alias: Resource,
        hooks: ApplyHooks,
        cloud: CloudOptions,
        environment: Mapping[str, str],
    ) -> None:
        self._environment = environment
        self._request = request
        self._traffic = traffic
        self._function = function
        self._alias = alias
        self._hooks = hooks
        self._cloud = cloud
        self._clock = cloud.clock or SystemClock()
        self._print = request.on_output or (lambda _: None)
        self._before = self._current = Route.of(alias)
        self._outcomes: list[Outcome] = []
        self._steps: list[ShiftStep] = []

    def run(self, plan: Plan) -> AliasChanged:
        steps = self._traffic.steps
        for percent in steps:
            if self._is_stopped() or not self._step(percent, is_last=percent == steps[-1]):
                break
        is_done = len(self._steps) == len(steps) and all(step.status == "done" for step in self._steps)
        has_failed_check = any(step.check_exit_code for step in self._steps) and not self._is_stopped()
        is_back = has_failed_check and self._roll_back()
        skipped = steps[len(self._steps) :]
        return AliasChanged(
            "alias shift",
            Findings(),
            is_done,
            plan,
            self._alias.address,
            self._before,
            self._current,
            tuple(self._outcomes),
            steps=(*self._steps, *(ShiftStep(percent, "skipped") for percent in skipped)),
            shifted_back=is_back,
            interrupted=self._is_stopped() and not is_done,
        )

    def _step(self, percent: int, *, is_last: bool) -> bool:
        """Make one step. Returns whether the next step can follow."""
        traffic = self._traffic
        self._print(
            message(
                "{alias}: {percent} % of calls to version {version}",
                alias=traffic.alias,
                percent=percent,
                version=traffic.to,
            )
        )
        if not self._set_route(self._before.shifted(traffic.to, percent), self._hooks.stop):
            self._steps.append(ShiftStep(percent, "failed"))
            return False
        if is_last and not traffic.check:
            self._steps.append(ShiftStep(percent, "done"))
            return True
        self._wait()
        code = self._check() if traffic.check and not self._is_stopped() else None
        if self._is_stopped():
            # The signal that stops this command also ends the check, so its exit code says nothing about the version.
            self._steps.append(ShiftStep(percent, "unchecked" if traffic.check else "done"))
            return False
        self._steps.append(ShiftStep(percent, "failed" if code else "done", code))
        return not code

    def _set_route(self, route: Route, stop: Stop) -> bool:
        """Change the route of the alias. Returns whether that succeeded."""
        change = _change(self._function, self._alias, route)
        plan = single_change_plan(self._function, change)
        function, hooks = self._function, replace(self._hooks, stop=stop)
        outcomes = execute_plan(plan, function.own_project, function.provider, self._cloud, hooks)
        self._outcomes += outcomes
        if all(outcome.status is Status.SUCCEEDED for outcome in outcomes):
            self._current = route
            # The write also removes any header-based routing rules of the alias.
            self._alias = replace(self._alias, settings={**self._alias.settings, **change.settings}, attributes={})
            self._function.provider.writer.expect(self._alias)
            return True
        self._current = route_after(self._function, self._alias.address, self._current, outcomes, stop) or self._current
        return False

    def _wait(self) -> None:
        end = self._clock.monotonic() + self._traffic.interval_s
        if self._traffic.interval_s:
            self._print(message("waiting {duration}", duration=duration(self._traffic.interval_s)))
        while not self._is_stopped() and (remaining := end - self._clock.monotonic()) > 0:
            self._clock.sleep(min(remaining, _POLL_S))

    def _check(self) -> int:
        self._print(f"$ {shlex.join(self._traffic.check)}")
        code = run_check(
            self._traffic.check,
            folder=self._request.load.cwd,
            environment=self._environment,
            on_output=self._print,
            limit_s=self._traffic.check_limit_s,
            stop=self._hooks.stop,
        )
        self._print(message("the check ended with exit code {code}", code=code))
        return code

    def _roll_back(self) -> bool:
        """Restore the original route, even after a stop. Returns whether that succeeded."""
        self._print(message("{alias}: the check failed; rolling back", alias=self._traffic.alias))
        return self._set_route(self._before, Stop())

    def _is_stopped(self) -> bool:
        return self._hooks.stop.is_set()


def _change(function: DeployedFunction, alias: Resource, route: Route, *, reason: str = "") -> Change:
    return plan_route(alias.address, alias, route, owner=function.owner, spec=function.spec, reason=reason)


def _describe(traffic: TrafficShift) -> str:
    """The steps, waits and checks of a shift, as the reason of its change."""
    parts = []
    if len(traffic.steps) > 1:
        steps = reasons.listed([str(step) for step in traffic.steps])
        parts.append(message("in steps of {steps} %", steps=steps))
        if traffic.interval_s:
            parts.append(message("{duration} apart", duration=duration(traffic.interval_s)))
    if traffic.check:
        parts.append(message("each checked by `{command}`", command=shlex.join(traffic.check)))
    return ", ".join(parts) or message("at once")
