"""`alias shift`: move calls to another version step by step, waiting and checking in between."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from scfdeploy.apply import Outcome, Status, run
from scfdeploy.apply.stop import Stop
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Resource
from scfdeploy.operations.alias.check_command import require_executable, run_check
from scfdeploy.operations.alias.target import current_route, plan_of
from scfdeploy.operations.apply import ApplyHooks
from scfdeploy.operations.child_environment import child_environment
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.operations.resolve_function import DeployedFunction, load_deployed
from scfdeploy.plan import Change, Plan, reasons
from scfdeploy.plan.resources.alias_routing import Route, plan_route
from scfdeploy.providers.clock import Clock, SystemClock
from scfdeploy.report.humanize import duration
from scfdeploy.results import AliasChanged, Findings, Planned, ShiftStep

_LOOK_UP_S = 0.2


@dataclass(frozen=True, slots=True)
class TrafficShift:
    """Calls of `alias` are to go to the version `to`: `steps` percent of them, rising, `interval_s` apart.

    `check` is a command and its arguments, run after each pause for `check_limit_s` seconds at most: when it fails, all
    goes back to where it was.
    """

    alias: str
    to: str
    steps: tuple[int, ...] = (100,)
    interval_s: float = 0.0
    check: tuple[str, ...] = ()
    check_limit_s: float = 600.0


def shift(request: Request, cloud: CloudOptions, name: str, wish: TrafficShift, hooks: ApplyHooks) -> AliasChanged:
    """Shift step by step. Steps that are not above what the version has already are passed over.

    Raises ScfDeployError for an unknown alias or version, and for a check that cannot be run.
    """
    found = load_deployed(request, cloud, name)
    resource = found.aliases.get(wish.alias)
    if resource is None:
        raise ScfDeployError(
            f"{found.address.function} has no alias {wish.alias}",
            hint=f"Make it with `scfdeploy alias set {wish.alias} --to VERSION`.",
        )
    wish = replace(wish, to=found.version(wish.to))
    before = Route.of(resource)
    left = tuple(step for step in wish.steps if step > round(before.share(wish.to) * 100, 4))
    environment: Mapping[str, str] = {}
    if wish.check:
        environment = child_environment(request.load.environ, request, cloud, dotenv=found.dotenv)
        require_executable(wish.check, folder=request.load.cwd, environment=environment)
    last = before.shifted(wish.to, left[-1]) if left else before
    plan = plan_of(found, _change(found, resource, last, reason=_words(replace(wish, steps=left))))
    address = found.address.alias(wish.alias)
    if plan.rejected or not left:
        return AliasChanged("alias shift", Findings(), not plan.rejected, plan, address, before, before)
    hooks.confirm(Planned(Findings(), ok=True, plan=plan), found.provider.where)
    hooks.stop.begin_writes()
    wish = replace(wish, steps=left)
    shifting = _ShiftRun(request, wish, found, resource, hooks, cloud.clock or SystemClock(), environment)
    return shifting.run(plan)


class _ShiftRun:
    """One shift under way."""

    def __init__(
        self,
        request: Request,
        wish: TrafficShift,
        found: DeployedFunction,
        alias: Resource,
        hooks: ApplyHooks,
        clock: Clock,
        environment: Mapping[str, str],
    ) -> None:
        self._environment = environment
        self._request = request
        self._wish = wish
        self._found = found
        self._alias = alias
        self._conduct = hooks
        self._clock = clock
        self._tell: Callable[[str], None] = request.on_output or (lambda _: None)
        self._before = self._stands = Route.of(alias)
        self._outcomes: list[Outcome] = []
        self._steps: list[ShiftStep] = []

    def run(self, plan: Plan) -> AliasChanged:
        steps = self._wish.steps
        for percent in steps:
            if self._is_stopped() or not self._step(percent, is_last=percent == steps[-1]):
                break
        is_done = len(self._steps) == len(steps) and all(step.status == "done" for step in self._steps)
        has_failed_check = any(step.check_exit_code for step in self._steps) and not self._is_stopped()
        is_back = has_failed_check and self._roll_back()
        untried = steps[len(self._steps) :]
        return AliasChanged(
            "alias shift",
            Findings(),
            is_done,
            plan,
            self._alias.address,
            self._before,
            self._stands,
            tuple(self._outcomes),
            steps=(*self._steps, *(ShiftStep(percent, "skipped") for percent in untried)),
            shifted_back=is_back,
            interrupted=self._is_stopped() and not is_done,
        )

    def _step(self, percent: int, *, is_last: bool) -> bool:
        """Make one step; whether the next may follow."""
        wish, route = self._wish, self._before.shifted(self._wish.to, percent)
        self._tell(f"{wish.alias}: {percent} % of calls to version {wish.to}")
        if not self._route(route, self._conduct.stop):
            self._steps.append(ShiftStep(percent, "failed"))
            return False
        if is_last and not wish.check:
            self._steps.append(ShiftStep(percent, "done"))
            return True
        self._pause()
        code = self._check() if wish.check and not self._is_stopped() else None
        if self._is_stopped():
            # What interrupts this command interrupts the check too: it says nothing of the version.
            self._steps.append(ShiftStep(percent, "unchecked" if wish.check else "done"))
            return False
        self._steps.append(ShiftStep(percent, "failed" if code else "done", code))
        return not code

    def _route(self, route: Route, stop: Stop) -> bool:
        """Let the alias lead there; whether it does."""
        change = _change(self._found, self._alias, route)
        plan = plan_of(self._found, change)
        outcomes = run(plan, self._found.provider, listener=self._conduct.listener, clock=self._clock, stop=stop)
        self._outcomes += outcomes
        if all(outcome.status is Status.SUCCEEDED for outcome in outcomes):
            self._stands = route
            # With the write, rules of the alias by which others chose versions are gone.
            self._alias = replace(self._alias, settings={**self._alias.settings, **change.settings}, attributes={})
            self._found.provider.expect(self._alias)
            return True
        self._stands = current_route(self._found, self._alias.address, self._stands, outcomes, stop) or self._stands
        return False

    def _pause(self) -> None:
        until = self._clock.monotonic() + self._wish.interval_s
        if self._wish.interval_s:
            self._tell(f"waiting {duration(self._wish.interval_s)}")
        while not self._is_stopped() and (left := until - self._clock.monotonic()) > 0:
            self._clock.sleep(min(left, _LOOK_UP_S))

    def _check(self) -> int:
        self._tell(f"$ {shlex.join(self._wish.check)}")
        code = run_check(
            self._wish.check,
            folder=self._request.load.cwd,
            environment=self._environment,
            tell=self._tell,
            limit_s=self._wish.check_limit_s,
            stop=self._conduct.stop,
        )
        self._tell(f"the check ended with exit code {code}")
        return code

    def _roll_back(self) -> bool:
        """Undo it all, whatever else happens; whether that was possible."""
        self._tell(f"{self._wish.alias}: the check failed, all goes back to where it was")
        return self._route(self._before, Stop())

    def _is_stopped(self) -> bool:
        return self._conduct.stop.is_set()


def _change(found: DeployedFunction, alias: Resource, route: Route, *, reason: str = "shifts") -> Change:
    return plan_route(alias.address, alias, route, owner=found.owner, spec=found.spec, reason=reason)


def _words(wish: TrafficShift) -> str:
    """How the shift goes, as the reason of its change."""
    said = f"in steps of {reasons.listed([str(step) for step in wish.steps])} %" if len(wish.steps) > 1 else ""
    pause = f"{duration(wish.interval_s)} apart" if wish.interval_s and len(wish.steps) > 1 else ""
    check = f"each checked by `{shlex.join(wish.check)}`" if wish.check else ""
    return ", ".join(part for part in (said, pause, check) if part) or "at once"
