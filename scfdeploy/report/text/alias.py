"""The route of an alias after `alias set`, `alias shift` and `rollback`, with the steps and errors on the way."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.apply import Status
from scfdeploy.diagnostics import message
from scfdeploy.plan.resources.alias_routing import Route
from scfdeploy.report.terminal import safe, safe_lines
from scfdeploy.report.text.plan import render_plan
from scfdeploy.report.text.style import TextStyle
from scfdeploy.results.aliases import AliasChanged, ShiftStep


def render_alias_changed(result: AliasChanged, style: TextStyle) -> str:
    """Steps, errors and the current route; or the plan if it is rejected."""
    if result.plan.rejected:
        return render_plan(result.plan, style)
    return "\n".join(_lines(result, style)) + "\n"


def describe_route(route: Route | None) -> str:
    """`all calls to version 7`, `90 % of calls to version 6, 10 % to version 7`."""
    if route is None:
        return message("an unknown version (see `scfdeploy versions`)")
    main = message("version {version}", version=route.version) if route.version != "$LATEST" else "$LATEST"
    if not route.weights:
        return safe(message("all calls to {version}", version=main))
    others = "".join(
        ", " + message("{percent} to version {version}", percent=_percent(share), version=version)
        for version, share in route.weights
    )
    percent = _percent(route.share(route.version))
    return safe(message("{percent} of calls to {version}", percent=percent, version=main) + others)


def _lines(result: AliasChanged, style: TextStyle) -> Iterator[str]:
    name, route = style.paint(safe(result.alias.name), "bold"), describe_route(result.after)
    if not result.outcomes and result.ok:
        yield message("Nothing to do: {alias} already sends {route}.", alias=name, route=route)
        return
    for step in result.steps:
        yield f"  {step.percent:>3} %: {_step(step)}"
    for outcome in result.outcomes:
        if outcome.status is not Status.SUCCEEDED and outcome.error is not None:
            first, *rest = safe_lines(outcome.error.message) or [""]
            yield style.paint(f"  {safe(outcome.error.code)}: {first}", "red")
            yield from (f"  {line}" for line in rest)
            if outcome.error.request_id:
                yield "  " + message("request id {id}", id=safe(outcome.error.request_id))
    verdict, colour = _verdict(result)
    yield f"{style.paint(verdict, colour, 'bold')} " + message("{alias} sends {route}.", alias=name, route=route)
    if not (result.ok or result.shifted_back or result.before is None or result.after == result.before):
        command = f"scfdeploy alias set '{safe(result.alias.name)}' --to '{safe(result.before.version)}'"
        command += "".join(f" --weight '{safe(version)}={share:g}'" for version, share in result.before.weights)
        yield message("Run the same command to continue, or `{command}` to go back.", command=command)


def _step(step: ShiftStep) -> str:
    match step.status, step.check_exit_code:
        case "done", None:
            return message("done")
        case "done", _:
            return message("done, check passed")
        case "skipped", _:
            return message("skipped")
        case "unchecked", _:
            return message("done, not checked")
        case _, None:
            return message("failed")
        case _, code:
            return message("check failed (exit code {code})", code=code)


def _verdict(result: AliasChanged) -> tuple[str, str]:
    if result.ok:
        return message("Done:"), "green"
    if result.shifted_back:
        return message("Rolled back:"), "red"
    return (message("Interrupted:"), "yellow") if result.interrupted else (message("Failed:"), "red")


def _percent(share: float) -> str:
    return f"{round(share * 100, 4):g} %"
