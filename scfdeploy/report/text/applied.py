"""What an apply or destroy did: each change, what failed and why, what was skipped, outputs, and one last line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scfdeploy.apply import Effect, Outcome, Status
from scfdeploy.model import Value
from scfdeploy.plan import Action
from scfdeploy.report.actions import DONE, SYMBOLS
from scfdeploy.report.humanize import count, duration
from scfdeploy.report.terminal import pad, safe, safe_lines, width
from scfdeploy.report.text.plan import left_alone, render_plan
from scfdeploy.report.text.style import TextStyle
from scfdeploy.report.text.values import value_text
from scfdeploy.results import Applied

_SURE = (Effect.CONFIRMED, Effect.PARTIAL)
_OPEN = (Effect.ACCEPTED, Effect.UNKNOWN)
_IN_PART = {"apply": "Applied in part", "destroy": "Destroyed in part"}


def render_applied(result: Applied, style: TextStyle) -> str:
    """The whole report; a plan that was refused is shown in place of outcomes."""
    if result.plan is None and not result.outcomes and not result.ok:
        return ""
    if result.plan is not None and result.plan.rejected and not result.outcomes:
        return render_plan(result.plan, style)
    blocks = []
    if result.outcomes:
        blocks.append("\n".join(line for outcome in result.outcomes for line in _outcome(outcome, style)))
    elif result.ok and result.plan is not None and result.plan.unmanaged:
        # A plan with nothing to do was shown to nobody.
        blocks.append(left_alone(result.plan, style))
    if result.outputs:
        blocks.append("\n".join(_outputs(result, style)))
    blocks.append("\n".join(_last_lines(result, style)))
    return "\n\n".join(blocks) + "\n"


def _outcome(outcome: Outcome, style: TextStyle) -> Iterator[str]:
    address = style.paint(safe(str(outcome.address)), "bold")
    match outcome.status:
        case Status.SUCCEEDED:
            symbol = style.paint(f"{SYMBOLS[outcome.action]:>3}", "green")
            yield f"{symbol} {address}: {DONE[outcome.action]} in {duration(outcome.seconds)}"
        case Status.FAILED:
            action = outcome.action.value
            yield f"  {style.paint('!', 'red', 'bold')} {address}: {style.paint(f'{action} failed', 'red')}"
            yield from _failure(outcome, style)
        case Status.SKIPPED:
            reason = f": {safe(outcome.error.message)}" if outcome.error is not None else ""
            yield f"  {style.paint('.', 'yellow')} {address}: {style.paint('skipped', 'yellow')}{reason}"


def _failure(outcome: Outcome, style: TextStyle) -> Iterator[str]:
    error = outcome.error
    if error is None:
        return
    first, *rest = safe_lines(error.message) or [""]
    yield f"      {style.paint(safe(error.code), 'red')}: {first}"
    yield from (f"      {line}" for line in rest)
    retry = "retryable" if error.retryable else "not retryable: fix the cause first"
    request = f"request id {safe(error.request_id)}; " if error.request_id else ""
    yield f"      {request}{retry}"
    if error.hint:
        yield f"      hint: {safe(error.hint)}"


def _outputs(result: Applied, style: TextStyle) -> Iterator[str]:
    for instance, outputs in result.outputs.items():
        yield style.paint(f"Outputs of {safe(instance)}:", "bold")
        yield from _lines(outputs, "  ", style)


def _lines(outputs: Mapping[str, Value], indent: str, style: TextStyle) -> Iterator[str]:
    longest = max((width(safe(key)) for key, value in outputs.items() if not isinstance(value, Mapping)), default=0)
    for key, value in outputs.items():
        if isinstance(value, Mapping):
            yield f"{indent}{style.paint(safe(key), 'bold')}:"
            yield from _lines(value, f"{indent}  ", style)
        else:
            yield f"{indent}{pad(safe(key), longest)} = {_plain(value)}"


def _plain(value: Value) -> str:
    """As `value_text`, but a text without quotes: an URL is there to be copied."""
    return safe(value) if isinstance(value, str) else value_text(value)


def _last_lines(result: Applied, style: TextStyle) -> Iterator[str]:
    done = [outcome.action for outcome in result.outcomes if outcome.status is Status.SUCCEEDED]
    failed = sum(outcome.status is Status.FAILED for outcome in result.outcomes)
    skipped = sum(outcome.status is Status.SKIPPED for outcome in result.outcomes)
    unchanged = result.plan.count(Action.NO_OP) if result.plan is not None else 0
    kept = f"; {unchanged} unchanged" if unchanged else ""
    if result.ok and not result.outcomes:
        yield _nothing(result, unchanged)
        return
    parts = [
        f"{done.count(action)} {DONE[action]}" for action in Action if action is not Action.NO_OP and action in done
    ]
    parts += [f"{number} {word}" for number, word in ((failed, "failed"), (skipped, "skipped")) if number]
    summary = f"{', '.join(parts) or 'nothing done'}{kept}."
    if result.ok:
        yield style.paint(f"Done: {summary}", "green", "bold")
        return
    some_done = any(outcome.half_replaced or outcome.effect in _SURE for outcome in result.outcomes)
    word = (
        "Interrupted" if result.interrupted else _IN_PART.get(result.command, "Done in part") if some_done else "Failed"
    )
    yield style.paint(f"{word}: {summary}", "red", "bold")
    yield from _what_holds(result, some_done)


def _nothing(result: Applied, unchanged: int) -> str:
    match result.command:
        case "destroy" if result.plan is not None and result.plan.unmanaged:
            return (
                "Nothing to do: there is nothing that this run may delete. The resources above are not managed by it."
            )
        case "destroy":
            return "Nothing to do: the project owns nothing in the cloud."
        case _:
            return f"Nothing to do: {count(unchanged, 'resource')} unchanged, matching serverless.yml."


def _what_holds(result: Applied, some_done: bool) -> Iterator[str]:
    command = safe(result.command)
    is_open = any(outcome.effect in _OPEN for outcome in result.outcomes)
    if some_done:
        yield f"Successful changes are kept. Run {command} again to make the remaining changes."
        if is_open:
            yield "Some requests were sent but not confirmed; their resources may also have changed."
    elif all(outcome.status is Status.SKIPPED for outcome in result.outcomes):
        yield f"No change was started. Run {command} again."
    else:
        yield f"No change was confirmed; some resources may exist. Fix the cause and run {command} again."
