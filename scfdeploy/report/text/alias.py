"""Where the calls of an alias go after `alias set`, `alias shift` and `rollback`, and how it came to that."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.apply import Status
from scfdeploy.plan.resources.alias_routing import Route
from scfdeploy.report.terminal import safe, safe_lines
from scfdeploy.report.text.plan import render_plan
from scfdeploy.report.text.style import TextStyle
from scfdeploy.results import AliasChanged


def render_alias_changed(result: AliasChanged, style: TextStyle) -> str:
    """Steps that were made, what failed and why, and where the alias leads now; a refused plan in place of all that."""
    if result.plan.rejected:
        return render_plan(result.plan, style)
    return "\n".join(_lines(result, style)) + "\n"


def describe_route(route: Route | None) -> str:
    """`all calls to version 7`, `90 % of calls to version 6, 10 % to version 7`."""
    if route is None:
        return "an unknown version (see `scfdeploy versions`)"
    first = f"version {route.version}" if route.version != "$LATEST" else "$LATEST"
    if not route.weights:
        return safe(f"all calls to {first}")
    rest = ", ".join(f"{_percent(share)} to version {version}" for version, share in route.weights)
    return safe(f"{_percent(route.share(route.version))} of calls to {first}, {rest}")


def _lines(result: AliasChanged, style: TextStyle) -> Iterator[str]:
    name = style.paint(safe(result.alias.name), "bold")
    if not result.outcomes and result.ok:
        yield f"Nothing to do: {name} sends {describe_route(result.after)} already."
        return
    for step in result.steps:
        yield f"  {step.percent:>3} %: {_step(step.status, step.check_exit_code)}"
    for outcome in result.outcomes:
        if outcome.status is not Status.SUCCEEDED and outcome.error is not None:
            first, *rest = safe_lines(outcome.error.message) or [""]
            yield style.paint(f"  {safe(outcome.error.code)}: {first}", "red")
            yield from (f"  {line}" for line in rest)
            if outcome.error.request_id:
                yield f"  request id {safe(outcome.error.request_id)}"
    word, colour = _verdict(result)
    yield f"{style.paint(word, colour, 'bold')} {name} sends {describe_route(result.after)}."
    if not result.ok:
        yield from _what_next(result)


def _step(status: str, check: int | None) -> str:
    match status:
        case "done":
            return "done" if check is None else "done, checked"
        case "skipped":
            return "not tried"
        case "unchecked":
            return "done, not checked"
    return "failed" if check is None else f"the check failed (exit code {check})"


def _verdict(result: AliasChanged) -> tuple[str, str]:
    if result.ok:
        return "Done:", "green"
    if result.shifted_back:
        return "Shifted back:", "red"
    return ("Interrupted:", "yellow") if result.interrupted else ("Failed:", "red")


def _what_next(result: AliasChanged) -> Iterator[str]:
    name, before = safe(result.alias.name), result.before
    if result.shifted_back or before is None or result.after == before:
        return
    back = f"scfdeploy alias set '{name}' --to '{safe(before.version)}'"
    back += "".join(f" --weight '{safe(version)}={share:g}'" for version, share in before.weights)
    yield f"Run the same command to continue, or `{back}` to go back."


def _percent(share: float) -> str:
    return f"{round(share * 100, 4):g} %"
