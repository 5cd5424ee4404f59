"""What happened in a simulation: the timeline, a table of the events, and what was repeated or lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from scfdeploy.delivery.trace import ItemSummary
from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import join_messages
from scfdeploy.report.humanize import enumeration, plural, ranges
from scfdeploy.report.terminal import clip, safe
from scfdeploy.report.text.simulation_timeline import delivery_error, item_noun, timeline
from scfdeploy.report.text.style import TextStyle, aligned_table
from scfdeploy.results.simulation import Simulated, SimulatedRun, SmallestFaultPlan

MAX_LINES = 200
"""The most lines of a timeline."""
_LAST_LINES = 50
"""How many of them are the last ones, if the run has kept all of its steps."""
MAX_ROWS = 100
"""The most rows of the table."""
_MAX_STATE = 2000
_HARMLESS_ENDS = frozenset(("finished", "dead-lettered"))
_TIMES_WORDS = (
    "",
    "once",
    "twice",
    "three times",
    "four times",
    "five times",
    "six times",
    "seven times",
    "eight times",
)


def render_simulated(result: Simulated, style: TextStyle) -> str:
    """All runs; those of several platforms side by side."""
    if not result.runs:
        return ""
    lines: list[str] = []
    for run in result.runs:
        if len(result.runs) > 1:
            lines += [*([""] if lines else []), style.paint(safe(run.platform), "bold")]
        lines += _timeline(run)
    lines.append("")
    lines += _table(result.runs[0], style) if len(result.runs) == 1 else _tables_side_by_side(result.runs, style)
    lines.append("")
    for texts in zip(*map(summary_texts, result.runs), strict=True):
        label = texts[0][0]
        lines += _section(label, [(run.platform, text) for run, (_, text) in zip(result.runs, texts, strict=True)])
    lines += closing_lines(result)
    return "\n".join(lines) + "\n"


def summary_texts(run: SimulatedRun) -> list[tuple[str, str]]:
    """What a run adds up to, each with its label."""
    return [
        (message("Processed more than once"), _repeated(run)),
        (message("Lost"), _lost(run)),
        (message("Destinations"), _destinations(run)),
        (message("Metrics"), _metrics(run)),
        (message("Assumed"), _assumed(run)),
    ]


def _timeline(run: SimulatedRun) -> list[str]:
    lines = timeline(run)
    is_whole = run.total_steps <= len(run.steps)
    if len(lines) <= MAX_LINES and is_whole:
        return lines
    if is_whole:
        left_out = message(
            "… {count} lines are left out; see all steps with --format jsonl.", count=f"{len(lines) - MAX_LINES:,}"
        )
        return [*lines[: MAX_LINES - _LAST_LINES], left_out, *lines[-_LAST_LINES:]]
    more = message(
        "… only the first {shown} lines are shown; see all {total} steps with --format jsonl.",
        shown=min(len(lines), MAX_LINES),
        total=f"{run.total_steps:,}",
    )
    return [*lines[:MAX_LINES], more]


def _table(run: SimulatedRun, style: TextStyle) -> Iterator[str]:
    items = run.summary.items
    if not items:
        yield {"event": message("No events."), "message": message("No messages.")}.get(run.item, message("No records."))
        return
    rows = [
        (str(item.number), str(item.attempts), str(item.completions), _end(item))
        for item in islice(items.values(), MAX_ROWS)
    ]
    header = (_item_header(run), message("ATTEMPTS"), message("COMPLETIONS"), message("END"))
    yield from aligned_table(header, rows, style, numbers=(1, 2))
    yield from _rest(run)


def _tables_side_by_side(runs: Sequence[SimulatedRun], style: TextStyle) -> Iterator[str]:
    """One row per event, and for each platform its attempts, completions and end."""
    numbers = sorted({number for run in runs for number in islice(run.summary.items, MAX_ROWS)})[:MAX_ROWS]
    header = (_item_header(runs[0]), *(safe(run.platform).upper() for run in runs))
    rows = [
        (str(number), *(_cell(run.summary.items[number]) if number in run.summary.items else "-" for run in runs))
        for number in numbers
    ]
    totals = [
        (message("all"), *(_invocations(run) for run in runs)),
        ("", *(ends_text(run) for run in runs)),
    ]
    yield from aligned_table(header, [*rows, *totals], style, numbers=())
    yield message("In each cell: attempts, completions, end.")
    yield from _rest(runs[0])


def _invocations(run: SimulatedRun) -> str:
    count = run.summary.invocations
    return message("1 invocation") if count == 1 else message("{count} invocations", count=f"{count:,}")


def _cell(item: ItemSummary) -> str:
    return f"{item.attempts}, {item.completions}, {_end(item)}"


def _rest(run: SimulatedRun) -> Iterator[str]:
    """How many rows are missing, and the ends of all."""
    missing = len(run.summary.items) - MAX_ROWS
    if missing > 0:
        yield message(
            "… and {count} more; see all with --format json. Ends: {ends}.", count=f"{missing:,}", ends=ends_text(run)
        )


def ends_text(run: SimulatedRun) -> str:
    """How many items ended in each way: `2 finished, 1 lost`."""
    counts = Counter(item.end for item in run.summary.items.values())
    return ", ".join(f"{count:,} {safe(end)}" for end, count in counts.items())


def _item_header(run: SimulatedRun) -> str:
    return {"event": message("EVENT"), "message": message("MESSAGE"), "record": message("RECORD")}[run.item]


def _end(item: ItemSummary) -> str:
    return f"{safe(item.end)} ({safe(item.reason)})" if item.reason else safe(item.end)


def _section(label: str, texts: Sequence[tuple[str, str]]) -> list[str]:
    if len({text for _, text in texts}) == 1:
        return [message("{title}: {text}", title=label, text=texts[0][1])]
    return [message("{title}:", title=label), *(f"  {safe(platform)}: {text}" for platform, text in texts)]


def _repeated(run: SimulatedRun) -> str:
    groups = _by_completions(run)
    if not groups:
        return message("none")
    return join_messages(
        message("; "),
        [
            message("{items} ({times})", items=items_text(run, numbers), times=_times(count))
            for count, numbers in groups
        ],
    )


def _by_completions(run: SimulatedRun) -> list[tuple[int, list[int]]]:
    """The items that were processed more than once, by how often."""
    groups: dict[int, list[int]] = {}
    for item in run.summary.items.values():
        if item.completions > 1:
            groups.setdefault(item.completions, []).append(item.number)
    return sorted(groups.items(), key=lambda group: group[1])


def items_text(run: SimulatedRun, numbers: Sequence[int]) -> str:
    """`event 3`, `records 1, 2`; at the beginning of a sentence the caller capitalises it."""
    return f"{item_noun(run, len(numbers))} {ranges(sorted(numbers))}"


def _times(count: int) -> str:
    return message(_TIMES_WORDS[count]) if count < len(_TIMES_WORDS) else message("{count} times", count=count)


def _lost(run: SimulatedRun) -> str:
    groups: dict[tuple[str, str], list[int]] = {}
    for item in run.summary.items.values():
        if item.end not in _HARMLESS_ENDS and item.end != "waiting":
            groups.setdefault((item.end, item.reason), []).append(item.number)
    if not groups:
        return message("none")
    return join_messages(
        message("; "),
        [
            message("{title}: {text}", title=items_text(run, numbers), text=_rule(run, end, reason, numbers[0]))
            for (end, reason), numbers in groups.items()
        ],
    )


def _rule(run: SimulatedRun, end: str, reason: str, number: int) -> str:
    """The rule that lost an item."""
    cause = {
        "RetriesExhausted": message("all retries failed"),
        "EventAgeExceeded": message("the next attempt came after the maximum age"),
        "QueueFull": message("the queue of waiting events was full"),
        "MaxReceiveExceeded": message("received as often as the queue allows"),
    }.get(reason, safe(reason))
    if end == "lost":
        error = next(
            (
                message("{title}: {text}", title=safe(delivery.destination), text=delivery_error(run, delivery))
                for delivery in run.summary.deliveries
                if not delivery.delivered and number in delivery.items
            ),
            "",
        )
        what = message("not delivered to {error}", error=error) if error else message("not delivered")
    elif end == "dropped" and run.item == "message" and run.platform == "scf":
        what = message("a batch of CKafka goes to no dead letter queue")
    elif end == "dropped":
        what = message("no dead letter queue or failure destination is set")
    elif end == "failed":
        what = message("a traced event is not retried and goes to no destination")
    else:
        what = safe(end)
    return join_messages(message("; "), filter(None, [cause, what]))


def _destinations(run: SimulatedRun) -> str:
    counts = Counter(delivery.destination for delivery in run.summary.deliveries if delivery.delivered)
    names = list(dict.fromkeys(delivery.destination for delivery in run.summary.deliveries))
    if not names:
        return message("none")
    return enumeration(
        f"{safe(name)} {plural(counts[name], '{number} message', '{number} messages')}" for name in names
    )


def _metrics(run: SimulatedRun) -> str:
    words = {
        "failedDeliveries": message("failed deliveries {number}"),
        "iteratorAgeMs": message("longest iterator age {number} ms"),
    }
    numbers = [(name, f"{number:,}") for name, number in run.metrics.items() if isinstance(number, int)]
    texts = (words.get(name, f"{name} {{number}}").replace("{number}", number) for name, number in numbers)
    return enumeration(texts) or message("none")


def _assumed(run: SimulatedRun) -> str:
    return join_messages(message("; "), run.assumed) or message("none")


def closing_lines(result: Simulated) -> Iterator[str]:
    """Remarks, loops, differences from `expect`, and advice."""
    several = len(result.runs) > 1
    remarks = dict.fromkeys([*result.remarks, *(remark for run in result.runs for remark in run.remarks)])
    yield from map(safe, remarks)
    for run in result.runs:
        prefix = f"{safe(run.platform)}: " if several else ""
        if run.faults:
            yield prefix + message("Faults: {count}", count=f"{run.total_faults:,}")
            yield from (f"  {safe(fault)}" for fault in run.faults)
        if run.total_faults > len(run.faults):
            yield message("  … and {count} more", count=f"{run.total_faults - len(run.faults):,}")
        if run.loop:
            yield prefix + _loop(run)
        yield from (prefix + difference for difference in run.differences)
    if result.is_asserted and not any(run.differences for run in result.runs):
        yield message("The results are as expected.")
    if result.idempotency is not None:
        yield from _idempotency(result.idempotency)
    yield from dict.fromkeys(text for run in result.runs if (text := _advice(run)))


def _loop(run: SimulatedRun) -> str:
    functions, count = message(" and ").join(map(safe, run.loop)), run.summary.invocations
    if len(run.loop) == 1:
        return message(
            "{function} invokes itself in a loop; stopped after {count} invocations.", function=functions, count=count
        )
    return message(
        "{functions} invoke each other in a loop; stopped after {count} invocations.", functions=functions, count=count
    )


def _advice(run: SimulatedRun) -> str:
    groups = [
        f"{items_text(run, numbers) if index == 0 else ranges(sorted(numbers))} {_was(numbers, index)}{_times(count)}"
        for index, (count, numbers) in enumerate(_by_completions(run))
    ]
    if not groups:
        return ""
    text = message("{items}: make the handler idempotent.", items=message(" and ").join(groups))
    return text[0].upper() + text[1:]


def _was(numbers: Sequence[int], index: int) -> str:
    if index:
        return ""
    return message("was processed ") if len(numbers) == 1 else message("were processed ")


def _idempotency(found: SmallestFaultPlan) -> Iterator[str]:
    if not found.faults:
        yield message("Idempotent: {runs} runs with faults left the same state.", runs=found.runs)
        return
    yield message("Not idempotent. The smallest set of faults that changes the state:")
    yield from (f"  {safe(fault)}" for fault in found.faults)
    yield message("State without faults:  {state}", state=clip(safe(found.expected), _MAX_STATE))
    yield message("State with them:       {state}", state=clip(safe(found.actual), _MAX_STATE))
