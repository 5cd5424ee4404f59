"""The page of `plan`: resources, dependencies and changes as a graph, and every change as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.model import Address
from scfdeploy.plan import Action, Change, FieldChange, Plan
from scfdeploy.report.actions import SYMBOLS, action_verb
from scfdeploy.report.html.graph import Edge, Graph, Node
from scfdeploy.report.html.page import Cell, Column, Notice, Page, Row, Section, Table
from scfdeploy.report.text.plan import plan_counts, unread_text
from scfdeploy.report.values import change_text, set_text
from scfdeploy.results import Planned

_COLUMNS = 300
"""Longer values are cut near their difference."""


def plan_page(result: Planned) -> Page:
    """The page of a plan; only the findings if the configuration has errors."""
    plan = result.plan
    if plan is None:
        return Page(message("No plan"), [message("The configuration has errors.")])
    key = plan.project
    title = message("Plan for {app} (stage {stage}, {region})", app=key.app, stage=key.stage, region=key.region)
    unread = [text] if (text := unread_text(plan)) else []
    saved = [message("Saved to {file}.", file=result.saved_to)] if result.saved_to else []
    return Page(title, [_summary(plan), *unread, *saved], notices=list(_notices(plan)), sections=list(_sections(plan)))


def _graph(plan: Plan) -> Graph:
    """The resources of a plan, each after those that it waits for or belongs to."""
    places = {change.address: place for place, change in enumerate(plan.changes)}
    nodes = [_node(change, row) for row, change in enumerate(plan.changes)]
    order = [
        Edge(places[needed], place)
        for place, change in enumerate(plan.changes)
        for needed in change.requires
        if needed in places
    ]
    return Graph(message("Resources and their dependencies"), nodes, [*order, *_belonging(plan, places, order)])


def _belonging(plan: Plan, places: Mapping[Address, int], order: Sequence[Edge]) -> Iterator[Edge]:
    """Edges from a function or namespace to what is in it, where no order connects them yet."""
    connected = {frozenset((edge.source, edge.target)) for edge in order}
    for place, change in enumerate(plan.changes):
        own = change.address
        parents = [own.of] if own.kind.belongs_to_function else []
        parents += [Address.of_namespace(own.namespace)] if own.function else []
        parent = next((parent for parent in parents if parent in places and parent != own), None)
        if parent is not None and frozenset((places[parent], place)) not in connected:
            yield Edge(places[parent], place, is_order=False)


def _node(change: Change, row: int) -> Node:
    address = change.address
    is_quiet = change.action is Action.NO_OP
    if address.kind.belongs_to_function:
        name, of = address.name or str(address.kind), f"{address.kind} · {address.function_name}"
    else:
        name, of = str(address).partition("/")[2], str(address.kind)
    text = ", ".join(part for part in (f"{action_verb(change.action)} {address}", change.reason) if part)
    return Node(name, of, action_verb(change.action), _symbol(change.action), change.action.value, text, row, is_quiet)


def _symbol(action: Action) -> str:
    return SYMBOLS[action].strip() or "="


def _summary(plan: Plan) -> str:
    if plan.rejected:
        return message("This plan cannot be applied.")
    if not plan.has_changes:
        return message("Nothing to do: the cloud matches serverless.yml.")
    return message("Plan: {counts}", counts=plan_counts(plan))


def _notices(plan: Plan) -> Iterator[Notice]:
    if plan.targets:
        targets = ", ".join(map(str, plan.targets))
        text = message("Partial plan, limited by --target to {targets} (with dependencies).", targets=targets)
        yield Notice("warning", message("warning"), text)
    for refusal in plan.rejected:
        text = message("{address}: {reason}", address=refusal.address, reason=refusal.reason)
        yield Notice("error", message("refused"), f"{text} [{refusal.rule}]", [refusal.hint])
    for change in plan.changes:
        for warning in change.warnings:
            yield Notice("warning", message("warning"), f"{change.address}: {warning}")


def _sections(plan: Plan) -> Iterator[Section]:
    if plan.changes:
        columns = (Column(message("Action")), Column(message("Resource")), Column(message("Settings")))
        rows = [_row(change, number) for number, change in enumerate(plan.changes)]
        table = Table(message("Changes, in the order in which they are made"), columns, rows)
        yield Section("changes", message("Changes"), graph=_graph(plan), tables=[table])
    if plan.unmanaged:
        rows = [Row((Cell(str(address), is_code=True), Cell(reason))) for address, reason in plan.unmanaged]
        caption = message("Resources that exist and are not changed")
        table = Table(caption, (Column(message("Resource")), Column(message("Reason"))), rows)
        yield Section("unmanaged", message("Not managed"), tables=[table])


def _row(change: Change, number: int) -> Row:
    return Row(
        (
            Cell(action_verb(change.action), symbol=_symbol(change.action), style=change.action.value),
            Cell(str(change.address), is_code=True, note=change.reason),
            Cell(lines=[_field(field, change.action) for field in change.fields]),
        ),
        number,
    )


def _field(field: FieldChange, action: Action) -> str:
    show = set_text if action in (Action.UPDATE, Action.REPLACE) else change_text
    text = f"{field.path}: {show(field, _COLUMNS)}"
    if field.forces_replace and action is Action.REPLACE:
        text += f"  # {message('forces replacement')}"
    return text
