"""The page of `simulate`: for each platform a timeline as a picture, and tables of steps, items and messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scfdeploy.delivery.driver import REFUSED
from scfdeploy.delivery.trace import Delivery, ItemSummary, StepKind, TraceStep
from scfdeploy.diagnostics import message
from scfdeploy.report.html.page import Cell, Column, Page, Row, Section, Table
from scfdeploy.report.html.render import MAX_ROWS
from scfdeploy.report.html.timeline import MAX_LANES, Lane, Mark, MarkKind, Timeline, chosen_lanes
from scfdeploy.report.humanize import byte_count, elapsed, ranges, time_of_day
from scfdeploy.report.text.simulation import closing_lines, ends_text, items_text, summary_texts
from scfdeploy.report.text.simulation_timeline import delivery_error
from scfdeploy.results.simulation import START_MS, Simulated, SimulatedRun

_FINISHED = "finished"
_WAITING = "waiting"


def simulation_page(result: Simulated) -> Page:
    """The page of a simulation; only the findings if the scenario has errors."""
    title = message("Simulation of {function}", function=result.runs[0].function) if result.runs else message("No run")
    runs = [_run_section(run, f"run{number}") for number, run in enumerate(result.runs, 1)]
    sections = [_comparison(result.runs), *runs] if len(runs) > 1 else runs
    return Page(title, list(closing_lines(result)), sections=sections)


def _comparison(runs: Sequence[SimulatedRun]) -> Section:
    """What differs between platforms, side by side."""
    rows = [
        Row((Cell(message("Invocations")), *(Cell(f"{run.summary.invocations:,}") for run in runs))),
        Row((Cell(message("Ends")), *(Cell(ends_text(run)) for run in runs))),
    ]
    labels = [label for label, _ in summary_texts(runs[0])]
    texts = [[text for _, text in summary_texts(run)] for run in runs]
    rows += [Row((Cell(label), *(Cell(column[place]) for column in texts))) for place, label in enumerate(labels)]
    columns = [Column(""), *(Column(run.platform) for run in runs)]
    caption = message("The same scenario on each platform")
    return Section("comparison", message("Comparison"), tables=[Table(caption, columns, rows)])


def _run_section(run: SimulatedRun, name: str) -> Section:
    steps = _Steps(run)
    sentences = []
    if run.total_steps > len(run.steps):
        sentences.append(
            message(
                "The picture and the table of steps have the first {count} of {total} steps; see all with"
                " --format jsonl.",
                count=f"{len(run.steps):,}",
                total=f"{run.total_steps:,}",
            )
        )
    facts = [
        (message("Invocations"), f"{run.summary.invocations:,}"),
        (message("Ends"), ends_text(run)),
        *summary_texts(run),
    ]
    tables = [table for table in (steps.table(), _items_table(run), _deliveries_table(run)) if table.rows]
    heading = message("Platform {platform}", platform=run.platform)
    return Section(name, heading, sentences, steps.timeline(), tables=tables, facts=facts)


class _Steps:
    """The steps of a run as marks and rows: a call and its result are one of them."""

    def __init__(self, run: SimulatedRun) -> None:
        self._run = run
        self._lanes, self._total_lanes = _lanes(run)
        self._places = {item: place for place, item in enumerate(self._lanes)}
        self._marks: list[list[Mark]] = []
        self._rows: list[Row] = []
        self._calls: dict[tuple[str, tuple[int, ...], int], tuple[int, int]] = {}
        """Calls without a result yet: the number of the row, and when they began."""
        self._before: dict[int, tuple[StepKind, int]] = {}
        """The last attempt or delivery of each lane, and when it ended."""
        self._attempts: Counter[int] = Counter()
        self._has_functions = len({step.function or run.function for step in run.steps}) > 1
        for step in run.steps:
            self._add(step)

    def timeline(self) -> Timeline:
        marks = [mark for marks in self._marks for mark in marks]
        label = message("Timeline on platform {platform}", platform=self._run.platform)
        return Timeline(label, list(self._lanes.values()), marks, START_MS, self._total_lanes)

    def table(self) -> Table:
        columns = (
            Column(message("Time")),
            Column(message("Since the start"), is_number=True),
            Column(message("Step")),
            Column(message("Result")),
            Column(message("Duration"), is_number=True),
        )
        return Table(message("Steps"), columns, self._rows)

    def _add(self, step: TraceStep) -> None:
        match step.kind:
            case StepKind.INVOKE:
                self._calls[step.function, step.items, step.tries] = len(self._rows), step.t
                self._attempts.update(step.items)
                self._append(step, self._attempt_text(step), MarkKind.NEXT, "")
            case StepKind.RESULT:
                self._complete(step)
            case StepKind.SPLIT:
                parts = " · ".join(ranges(part) for part in step.parts)
                self._append(step, message("split into {parts}", parts=parts), MarkKind.SPLIT, "")
            case StepKind.DELIVER:
                self._append(step, self._delivery_text(step), *self._delivery_result(step))
            case StepKind.END if step.end == _FINISHED:
                pass
            case StepKind.END:
                reason = f" ({step.reason})" if step.reason else ""
                items = items_text(self._run, step.items)
                text = message("{items} ended: {end}", items=items, end=step.end) + reason
                self._append(step, text, MarkKind.STOPPED, "")

    def _append(self, step: TraceStep, text: str, kind: MarkKind, result: str) -> None:
        number = len(self._rows)
        when = time_of_day(START_MS + step.t)
        words = f"{when}, {text}" + (f": {result}" if result else "")
        is_tried = step.kind in (StepKind.INVOKE, StepKind.DELIVER)
        marks = []
        for item in self._shown(_marked_items(step)):
            before, ended_at = self._before.get(item, (None, 0))
            link = elapsed(step.t - ended_at) if is_tried and before is step.kind and step.t > ended_at else None
            marks.append(Mark(self._places[item], step.t, kind, "", words, number, link=link))
            if is_tried:
                self._before[item] = step.kind, step.t
        self._marks.append(marks)
        self._rows.append(self._row(step, text, kind, result, number))

    def _complete(self, step: TraceStep) -> None:
        """Add the result of a call to its marks and its row."""
        number, began_at = self._calls.pop((step.function, step.items, step.tries), (-1, 0))
        if number < 0:
            if step.reason == REFUSED:
                text = message("{items} not accepted", items=items_text(self._run, step.items))
                self._append(step, text, MarkKind.STOPPED, str(step.status))
            return
        kind = self._kind(step)
        said = self._run.messages.get((step.function or self._run.function, step.items, step.tries), "")
        parts = [str(step.status), said.strip().partition("\n")[0]]
        if kind is not MarkKind.SUCCESS and step.completed:
            parts.append(message("completed {items}", items=ranges(step.completed)))
        result = " ".join(part for part in parts if part)
        until = step.t if step.t > began_at else None
        completed = set(step.completed) if len(step.items) > 1 else set()
        self._marks[number] = [
            mark._replace(
                kind=MarkKind.SUCCESS if item in completed else kind,
                label="" if item in completed and kind is not MarkKind.SUCCESS else str(step.status),
                text=f"{mark.text}: {result}",
                until=until,
            )
            for item, mark in zip(self._shown(step.items), self._marks[number], strict=True)
        ]
        self._before.update((item, (StepKind.INVOKE, step.t)) for item in self._shown(step.items))
        row = self._rows[number]
        duration = Cell(elapsed(step.t - began_at))
        self._rows[number] = row._replace(
            cells=(*row.cells[:2], row.cells[2]._replace(kind=kind), Cell(result), duration)
        )

    def _shown(self, items: Sequence[int]) -> list[int]:
        """The items that have a lane."""
        return [item for item in items if item in self._places]

    def _kind(self, step: TraceStep) -> MarkKind:
        if 200 <= step.status < 300:
            return MarkKind.SUCCESS
        return MarkKind.PLATFORM if step.status in self._run.retried_statuses else MarkKind.FAILURE

    def _attempt_text(self, step: TraceStep) -> str:
        items = items_text(self._run, step.items)
        if self._has_functions:
            items = f"{step.function or self._run.function}, {items}"
        if len(step.items) > 1:
            return message("call with {items}", items=items)
        return message("{items}, attempt {number}", items=items, number=self._attempts[step.items[0]])

    def _delivery_text(self, step: TraceStep) -> str:
        kind = self._run.destination_kinds.get(step.destination, "")
        target = " ".join(part for part in (kind, step.destination) if part)
        text = message("{items} to {target}", items=items_text(self._run, step.items), target=target)
        return text + (", " + message("try {number}", number=step.tries + 1) if step.tries else "")

    def _delivery_result(self, step: TraceStep) -> tuple[MarkKind, str]:
        if step.reason:
            return MarkKind.UNDELIVERED, _not_delivered(self._run, step)
        return MarkKind.DELIVERED, message("delivered, {size} bytes", size=f"{byte_count(step.body):,}")

    def _row(self, step: TraceStep, text: str, kind: MarkKind, result: str, number: int) -> Row:
        when = Cell(time_of_day(START_MS + step.t)), Cell(elapsed(step.t))
        return Row((*when, Cell(text, kind=kind), Cell(result), Cell()), number)


def _marked_items(step: TraceStep) -> Sequence[int]:
    """The items in whose lanes a step is a mark of its own."""
    match step.kind:
        case StepKind.RESULT if step.reason != REFUSED:
            return ()
        case StepKind.SPLIT:
            return [part[0] for part in step.parts if part]
        case StepKind.END if step.end == _FINISHED:
            return ()
        case _:
            return step.items


def _lanes(run: SimulatedRun) -> tuple[dict[int, Lane], int]:
    """The lanes that fit the picture, by item, and the number of all.

    They are chosen before there are marks: a run may have thousands of calls with thousands of items each.
    """
    items = run.summary.items
    numbers = sorted({item for step in run.steps for item in step.items})
    total = max(len(items), len(numbers))
    if len(numbers) > MAX_LANES:
        places = {number: place for place, number in enumerate(numbers)}
        marks = Counter(places[item] for step in run.steps for item in _marked_items(step))
        numbers = [numbers[place] for place in chosen_lanes([_end_kind(items.get(one)) for one in numbers], marks)]
    return {number: _lane(run, number) for number in numbers}, total


def _lane(run: SimulatedRun, number: int) -> Lane:
    item = run.summary.items.get(number)
    sequence = "shard" if run.item == "record" else ""
    return Lane(items_text(run, (number,)), "" if item is None else item.end, _end_kind(item), sequence)


def _end_kind(item: ItemSummary | None) -> MarkKind | None:
    if item is None or item.end == _WAITING:
        return None
    return MarkKind.ENDED if item.end == _FINISHED else MarkKind.STOPPED


def _items_table(run: SimulatedRun) -> Table:
    """What became of each item; if there are too many, those with failures first."""
    items = run.summary.items
    shown = list(items.values())
    if len(items) > MAX_ROWS:
        shown.sort(key=lambda item: (item.end == _FINISHED and item.attempts <= 1, item.number))
        shown = sorted(shown[:MAX_ROWS], key=lambda item: item.number)
    columns = (
        Column(message("Item")),
        Column(message("Attempts"), is_number=True),
        Column(message("Completions"), is_number=True),
        Column(message("End")),
        Column(message("Ended"), is_number=True),
    )
    rows = [
        Row(
            (
                Cell(items_text(run, (item.number,))),
                Cell(str(item.attempts)),
                Cell(str(item.completions)),
                Cell(
                    f"{item.end} ({item.reason})" if item.reason else item.end,
                    kind=_end_kind(item),
                ),
                Cell("" if item.end == _WAITING else elapsed(item.ended_at)),
            )
        )
        for item in shown
    ]
    return Table(message("Ends"), columns, rows, len(items))


def _arrival(run: SimulatedRun, delivery: Delivery) -> tuple[str, MarkKind]:
    if delivery.delivered:
        return message("delivered"), MarkKind.DELIVERED
    return _not_delivered(run, delivery), MarkKind.UNDELIVERED


def _not_delivered(run: SimulatedRun, failed: TraceStep | Delivery) -> str:
    return message("not delivered: {error}", error=delivery_error(run, failed))


def _deliveries_table(run: SimulatedRun) -> Table:
    deliveries = run.summary.deliveries
    columns = (
        Column(message("Destination")),
        Column(message("Items")),
        Column(message("Tries"), is_number=True),
        Column(message("Since the start"), is_number=True),
        Column(message("Result")),
    )
    rows = [
        Row(
            (
                Cell(delivery.destination, note=run.destination_kinds.get(delivery.destination, "")),
                Cell(items_text(run, delivery.items), note=delivery.kind.value),
                Cell(str(delivery.tries)),
                Cell(elapsed(delivery.at)),
                Cell(
                    *_arrival(run, delivery),
                    block=delivery.body,
                    block_label=message("Message") if delivery.body else "",
                ),
            )
        )
        for delivery in deliveries[:MAX_ROWS]
    ]
    return Table(message("Messages to destinations"), columns, rows, len(deliveries))
