"""The outcome of an apply or destroy: each change with its error, the outputs, and a summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scfdeploy.apply import Effect, Outcome, Status
from scfdeploy.diagnostics import message
from scfdeploy.model import Address, Value
from scfdeploy.plan import Action
from scfdeploy.report.actions import SYMBOLS, completed, failed
from scfdeploy.report.humanize import duration, enumeration, plural
from scfdeploy.report.terminal import pad, safe, safe_lines, width
from scfdeploy.report.text.plan import partial_lines, render_plan, render_unmanaged, unread_lines
from scfdeploy.report.text.style import Detail, TextStyle
from scfdeploy.report.values import value_text
from scfdeploy.results import Applied

_CERTAIN = (Effect.CONFIRMED, Effect.PARTIAL)
_UNCERTAIN = (Effect.ACCEPTED, Effect.UNKNOWN)
_IN_THE_FILE = frozenset({"name", "namespace", "region", "runtime", "runtimes"})
"""Outputs that repeat the files; the JSON document has them, for programs."""

MANY_OUTCOMES = 20
"""More outcomes than this are shown in groups."""


def render_applied(result: Applied, style: TextStyle) -> str:
    """The outcomes, outputs and summary; or the plan if it is rejected."""
    if result.plan is None and not result.outcomes and not result.ok:
        return ""
    if result.plan is not None and result.plan.rejected and not result.outcomes:
        return render_plan(result.plan, style)
    blocks = []
    if result.outcomes and is_large(result, style):
        from scfdeploy.report.text.groups.similar_outcomes import outcome_groups

        blocks += outcome_groups(result.outcomes, style)
    elif result.outcomes:
        blocks.append("\n".join(line for outcome in result.outcomes for line in outcome_lines(outcome, style)))
    elif result.ok and result.plan is not None and result.plan.unmanaged:
        # A plan without changes was not shown before.
        blocks.append(_left_alone(result.plan.unmanaged, style))
    if result.local_queues:
        blocks.append("\n".join(_local_queue(name, kind) for name, kind in result.local_queues.items()))
    outputs = list(_outputs(result, style))
    if outputs:
        blocks.append("\n".join([*outputs, *serve_hint(result.serve_command, style)]))
    blocks.append("\n".join(_summary(result, style)))
    return "\n\n".join(blocks) + "\n"


def is_large(result: Applied, style: TextStyle) -> bool:
    """Whether similar outcomes are shown together."""
    return style.detail is Detail.SUMMARY or (style.detail is Detail.GROUPED and len(result.outcomes) > MANY_OUTCOMES)


def applied_counts(result: Applied) -> str:
    """`2 created, 1 failed; 3 unchanged.`, or why there was nothing to do."""
    unchanged = result.plan.count(Action.NO_OP) if result.plan is not None else 0
    if result.ok and not result.outcomes:
        if result.command != "destroy":
            return plural(
                unchanged,
                "{number} resource unchanged, matching serverless.yml.",
                "{number} resources unchanged, matching serverless.yml.",
            )
        if result.plan is not None and result.plan.unmanaged:
            return message("this run can delete none of the resources above.")
        return message("the project owns no resources in the cloud.")
    done = [outcome.action for outcome in result.outcomes if outcome.status is Status.SUCCEEDED]
    statuses = [outcome.status for outcome in result.outcomes]
    counts = [(done.count(action), completed(action)) for action in Action if action is not Action.NO_OP]
    counts += [(statuses.count(Status.FAILED), message("failed")), (statuses.count(Status.SKIPPED), message("skipped"))]
    texts = [message("{number} {words}", number=number, words=words) for number, words in counts if number]
    listed = enumeration(texts) if texts else message("no changes made")
    if not unchanged:
        return message("{text}.", text=listed)
    return message("{counts}; {number} unchanged.", counts=listed, number=unchanged)


def outcome_lines(outcome: Outcome, style: TextStyle) -> Iterator[str]:
    """The outcome of one change, with its error."""
    address = style.paint(safe(str(outcome.address)), "bold")
    match outcome.status:
        case Status.SUCCEEDED:
            symbol = style.paint(f"{SYMBOLS[outcome.action]:>3}", "green")
            action, time = completed(outcome.action), duration(outcome.seconds)
            text = message("{action} in {time}", action=action, time=time)
            yield from style.lines(f"{symbol} {address}: {text}", hanging="      ")
        case Status.FAILED:
            mark = style.paint("!", "red", "bold")
            text = style.paint(failed(outcome.action), "red")
            yield from style.lines(f"  {mark} {address}: {text}", hanging="      ")
            yield from error_lines(outcome, style)
        case Status.SKIPPED:
            reason = f": {safe(outcome.error.message)}" if outcome.error is not None else ""
            skipped = style.paint(message("skipped"), "yellow")
            yield from style.lines(f"  {style.paint('.', 'yellow')} {address}: {skipped}{reason}", hanging="      ")


def error_lines(outcome: Outcome, style: TextStyle) -> Iterator[str]:
    """The error of a change: code and message, the request id, whether it can be retried, and advice."""
    error = outcome.error
    if error is None:
        return
    first, *rest = safe_lines(error.message) or [""]
    yield from style.lines(f"{style.paint(safe(error.code), 'red')}: {first}", "      ", hanging="  ")
    for line in rest:
        yield from style.lines(line, "      ")
    retry = message("retryable") if error.retryable else message("not retryable: fix the cause first")
    request = message("request id {id}; ", id=safe(error.request_id)) if error.request_id else ""
    yield from style.lines(f"{request}{retry}", "      ", hanging="  ")
    if error.hint:
        yield from style.lines(message("hint: {text}", text=safe(error.hint)), "      ", hanging="  ")


def _local_queue(name: str, kind: str) -> str:
    if kind == "CMQ-TOPIC":
        return message(
            "Created local topic {name} ({kind}) in place of the cloud topic named in deadLetter.",
            name=safe(name),
            kind=kind,
        )
    return message(
        "Created local queue {name} ({kind}) in place of the cloud queue named in deadLetter.",
        name=safe(name),
        kind=safe(kind),
    )


def _outputs(result: Applied, style: TextStyle) -> Iterator[str]:
    """The outputs that the files do not have: URLs and versions."""
    rows = [row for instance, outputs in result.outputs.items() for row in _output_rows(instance, outputs)]
    urls = [row for row in rows if row[2].startswith(("http://", "https://"))]
    if is_large(result, style):
        others = len(rows) - len(urls)
        rows = urls
    else:
        others = 0
    if rows:
        yield style.paint(message("Outputs:"), "bold")
    longest = max((width(name) for name, _, _ in rows), default=0)
    keys = max((width(key) for _, key, _ in rows), default=0)
    for name, key, text in rows:
        yield f"  {style.paint(pad(name, longest), 'bold')}  {pad(key, keys)} = {text}"
    if others:
        more = plural(others, "{number} more output: see --format json", "{number} more outputs: see --format json")
        yield style.paint(f"  {more}" if rows else more, "dim")


def _output_rows(name: str, outputs: Mapping[str, Value]) -> Iterator[tuple[str, str, str]]:
    for key, value in outputs.items():
        if isinstance(value, Mapping):
            yield from _output_rows(f"{name}.{key}", value)
        elif key not in _IN_THE_FILE:
            # Strings are not quoted, so that URLs can be copied.
            yield safe(name), safe(key), safe(value) if isinstance(value, str) else value_text(value)


def serve_hint(command: str, style: TextStyle) -> Iterator[str]:
    """The commands that serve local URLs after this run; nothing without a command."""
    if command:
        text = message(
            "The local URLs respond while {dev} or {command} runs.", dev="`scfdeploy dev`", command=f"`{safe(command)}`"
        )
        yield from style.lines(text)


def _left_alone(resources: Sequence[tuple[Address, str]], style: TextStyle) -> str:
    if style.detail is Detail.FULL or len(resources) <= MANY_OUTCOMES:
        return render_unmanaged(resources, style)
    from scfdeploy.report.text.groups.similar_changes import unmanaged_lines

    return "\n".join(unmanaged_lines(resources, style))


def _summary(result: Applied, style: TextStyle) -> Iterator[str]:
    counts = applied_counts(result)
    if result.plan is not None:
        yield from partial_lines(result.plan, style)
        if not result.outcomes:  # otherwise the plan was shown before
            yield from unread_lines(result.plan, style)
    if result.ok and not result.outcomes:
        yield from style.lines(message("Nothing to do: {counts}", counts=counts))
        return
    if result.ok:
        yield from style.lines(style.paint(message("Done: {counts}", counts=counts), "green", "bold"))
        return
    some_done = any(outcome.half_replaced or outcome.effect in _CERTAIN for outcome in result.outcomes)
    yield from style.lines(style.paint(f"{_verdict(result, some_done)} {counts}", "red", "bold"))
    for line in _advice(result, some_done):
        yield from style.lines(line)


def _verdict(result: Applied, some_done: bool) -> str:
    if result.interrupted:
        return message("Interrupted:")
    if not some_done:
        return message("Failed:")
    return message("Partly destroyed:") if result.command == "destroy" else message("Partly applied:")


def _advice(result: Applied, some_done: bool) -> Iterator[str]:
    command = safe(result.command)
    if some_done:
        yield message(
            "Successful changes are kept. Run {command} again to make the remaining changes.", command=command
        )
        if any(outcome.effect in _UNCERTAIN for outcome in result.outcomes):
            yield message("Some requests were sent but not confirmed; their resources may also have changed.")
    elif all(outcome.status is Status.SKIPPED for outcome in result.outcomes):
        yield message("No change was started. Run {command} again.", command=command)
    else:
        yield message(
            "No change was confirmed; some resources may exist. Fix the cause and run {command} again.", command=command
        )
