"""Fit a policy to a platform, and say what is lost, out of range or needs another destination there."""

from __future__ import annotations

from scfdeploy.config.scenario import FunctionPolicy, Target
from scfdeploy.config.scenario.findings import POLICY_RANGE, POLICY_UNSUPPORTED
from scfdeploy.delivery.platform import AsyncPlatform, PolicyKey, PolicyProblem, Range
from scfdeploy.diagnostics import Diagnostic, Severity, Span, message
from scfdeploy.operations.simulate.platforms import ASYNC_PLATFORMS
from scfdeploy.records import dataclass, field, replace
from scfdeploy.report.humanize import interval


@dataclass(slots=True)
class FittedPolicy:
    """A policy without what the platform does not have."""

    policy: FunctionPolicy
    diagnostics: list[Diagnostic] = field(default_factory=list)


def fit(policy: FunctionPolicy, platform: str) -> FittedPolicy:
    """The policy of a function on one platform."""
    return _Fitting(policy, ASYNC_PLATFORMS[platform]).run()


class _Fitting:
    def __init__(self, policy: FunctionPolicy, platform: AsyncPlatform) -> None:
        self._platform = platform
        self._written = policy
        self._fitted = FittedPolicy(policy)

    def run(self) -> FittedPolicy:
        self._lower_dead_letter()
        self._check_trace()
        for problem in self._problems(self._fitted.policy):
            if problem.accepted is not None:
                self._report_range(problem, problem.accepted)
            else:
                self._leave_out(problem)
        return self._fitted

    def _problems(self, policy: FunctionPolicy) -> tuple[PolicyProblem, ...]:
        return self._platform.problems(
            retries=policy.retries,
            max_age_ms=policy.max_age_ms,
            dead_letter=str(policy.dead_letter or ""),
            on_failure=str(policy.on_failure or ""),
            on_success=str(policy.on_success or ""),
        )

    def _lower_dead_letter(self) -> None:
        """On a platform without dead letter queues, the destination of failures takes their place."""
        policy = self._fitted.policy
        target = policy.dead_letter
        if target is None or self._platform.dead_letters or policy.on_failure is not None:
            return
        if target.kind not in self._platform.failures:
            return
        self._fitted.policy = replace(policy, dead_letter=None, on_failure=target)
        self._report(
            PolicyKey.DEAD_LETTER,
            "Platform {platform} has no dead letter queue. {target} is used as onFailure; it receives a record of the "
            "result instead of the event.",
            target=target,
        )

    def _check_trace(self) -> None:
        if self._fitted.policy.is_traced and self._platform.name == "lambda":
            self._report("trace", "Platform {platform} has no status records of single events; trace is left out.")

    def _leave_out(self, problem: PolicyProblem) -> None:
        key, target = problem.key, self._target(problem.key)
        if problem.schemes:
            self._report(
                key,
                "Platform {platform} cannot send to {target}; {setting} is left out.",
                hint=message("Use one of: {kinds}.", kinds=", ".join(f"{scheme}://" for scheme in problem.schemes)),
                target=target,
            )
        elif key is PolicyKey.DEAD_LETTER and self._written.on_failure is not None:
            self._report(
                key,
                "Platform {platform} sends failed events to one destination, onFailure; deadLetter is left out.",
            )
        elif key is PolicyKey.DEAD_LETTER:
            kinds = ", ".join(f"{scheme}://" for scheme in self._platform.failures)
            self._report(
                key,
                "Platform {platform} has no dead letter queue and cannot send failed events to {target}; deadLetter is "
                "left out.",
                hint=message("Set onFailure to one of: {kinds}.", kinds=kinds),
                target=target,
            )
        else:
            hint = message("Use deadLetter.") if key is PolicyKey.ON_FAILURE else ""
            self._report(key, "Platform {platform} has no {setting}; it is left out.", hint=hint)
        self._fitted.policy = _without(self._fitted.policy, key)

    def _target(self, key: PolicyKey) -> Target | None:
        targets = {
            PolicyKey.DEAD_LETTER: self._written.dead_letter,
            PolicyKey.ON_FAILURE: self._written.on_failure,
            PolicyKey.ON_SUCCESS: self._written.on_success,
        }
        return targets.get(key)

    def _report_range(self, problem: PolicyProblem, accepted: Range) -> None:
        if problem.key is PolicyKey.MAX_AGE:
            least, most, value = (_age(each) for each in (accepted.least, accepted.most, int(problem.value)))
        else:
            least, most, value = str(accepted.least), str(accepted.most), str(problem.value)
        self._fitted.diagnostics.append(
            POLICY_RANGE.at(
                self._span(problem.key),
                platform=self._platform.name,
                key=problem.key,
                least=least,
                most=most,
                value=value,
            )
        )

    def _report(self, key: str, detail: str, *, hint: str = "", target: Target | None = None) -> None:
        if self._written.unsupported == "drop":
            return
        severity = Severity.ERROR if self._written.unsupported == "error" else Severity.WARNING
        self._fitted.diagnostics.append(
            POLICY_UNSUPPORTED.at(
                self._span(key),
                severity=severity,
                detail=detail,
                hint="{advice}",
                advice=hint,
                platform=self._platform.name,
                setting=key,
                target=target,
            )
        )

    def _span(self, key: str) -> Span | None:
        return self._written.spans.get(key)


def _age(milliseconds: int) -> str:
    """An age in words and in seconds: `6 h (21,600 s)`."""
    seconds = f"{milliseconds / 1000:,g} s" if milliseconds % 1000 else f"{milliseconds // 1000:,} s"
    words = interval(milliseconds)
    return seconds if words.endswith(" s") else f"{words} ({seconds})"


def _without(policy: FunctionPolicy, key: PolicyKey) -> FunctionPolicy:
    match key:
        case PolicyKey.DEAD_LETTER:
            return replace(policy, dead_letter=None)
        case PolicyKey.ON_FAILURE:
            return replace(policy, on_failure=None)
        case _:
            return replace(policy, on_success=None)
