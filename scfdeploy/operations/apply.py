"""`apply` and `destroy`: plan, ask for approval, make the changes, read what only the cloud knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from scfdeploy.apply import Outcome, Status, run
from scfdeploy.apply.events import ChangeFinished, ChangeStarted, Event, Listener
from scfdeploy.apply.stop import Stop
from scfdeploy.model import FunctionSpec, ObjectSource, Observed, Project
from scfdeploy.model.code import DeployedCode
from scfdeploy.model.resource_kind import FUNCTION
from scfdeploy.operations.emulator import stand_in_queues
from scfdeploy.operations.outputs import outputs
from scfdeploy.operations.plan import PlannedProject, pending_replaces, plan_destroy, plan_project
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.operations.urls.local import local_urls
from scfdeploy.plan import Action, Plan, Policy
from scfdeploy.plan.planner import still_half_replaced
from scfdeploy.providers.base import CloudError, Query, Stage, StageProgress
from scfdeploy.providers.tencent import TencentProvider
from scfdeploy.providers.workers import Workers
from scfdeploy.records import dataclass, replace
from scfdeploy.results import Applied, Findings, Planned
from scfdeploy.workspace.lock import project_lock
from scfdeploy.workspace.replace_journal import ReplaceJournal

_POLL_S = 0.1
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ApplyHooks:
    """What the caller does during an apply."""

    confirm: Callable[[Planned, Callable[[], str]], None]
    """Approve a plan with changes, or raise ScfDeployError. The second argument describes account and endpoint."""

    listener: Listener
    stop: Stop
    """Ends the run cleanly: waits for operations in progress, and starts no new ones."""


def apply(request: Request, cloud: CloudOptions, policy: Policy, hooks: ApplyHooks) -> Applied:
    """Create or update resources to match the files."""
    with project_lock("apply") as lock:
        planned = plan_project(request, cloud, policy, lock=lock)
        if isinstance(planned, Findings):
            return Applied("apply", planned, ok=False, plan=None)
        return apply_and_note(planned, cloud, hooks)


def apply_and_note(planned: PlannedProject, cloud: CloudOptions, hooks: ApplyHooks) -> Applied:
    """Apply, and after a success note what later plans need not read."""
    applied = apply_planned(planned, cloud, hooks)
    if applied.ok and not applied.interrupted:
        from scfdeploy.operations.refresh.notes import note_applied

        note_applied(planned, cloud, applied.outcomes)
    return applied


def apply_planned(planned: PlannedProject, cloud: CloudOptions, hooks: ApplyHooks) -> Applied:
    """Ask for approval and make the planned changes; none if policy rejects any of them."""
    if planned.plan.rejected:
        return Applied("apply", planned.findings, ok=False, plan=planned.plan)
    root = planned.project.root
    queues = stand_in_queues(cloud, root) if _names_dead_letter(planned.plan) else None
    outcomes = _execute(planned, cloud, hooks)
    observed = _refresh_uploaded(planned, outcomes, hooks.stop)
    created = {} if queues is None else stand_in_queues(cloud, root)
    local = local_urls(cloud, root, planned.project.key.region)
    return Applied(
        "apply",
        planned.findings,
        ok=_all_succeeded(outcomes),
        plan=planned.plan,
        outcomes=outcomes,
        outputs=outputs(planned.project, observed, outcomes, local=local),
        interrupted=hooks.stop.is_set(),
        local_queues={name: kind for name, kind in created.items() if name not in (queues or ())},
        serve_command=local.serve_command if local is not None else "",
    )


def _names_dead_letter(plan: Plan) -> bool:
    """Whether the plan changes a function that has a dead letter queue."""
    return any(
        change.address.kind is FUNCTION and change.action is not Action.NO_OP and change.settings.get("deadLetter")
        for change in plan.changes
    )


def destroy(request: Request, cloud: CloudOptions, policy: Policy, hooks: ApplyHooks) -> Applied:
    """Delete the resources that the project owns."""
    with project_lock("destroy") as lock:
        planned = plan_destroy(request, cloud, policy, lock=lock)
        if isinstance(planned, Findings):
            return Applied("destroy", planned, ok=False, plan=None)
        if planned.plan.rejected:
            return Applied("destroy", planned.findings, ok=False, plan=planned.plan)
        outcomes = _execute(planned, cloud, hooks)
    return Applied(
        "destroy",
        planned.findings,
        ok=_all_succeeded(outcomes),
        plan=planned.plan,
        outcomes=outcomes,
        interrupted=hooks.stop.is_set(),
    )


def _execute(planned: PlannedProject, cloud: CloudOptions, hooks: ApplyHooks) -> Sequence[Outcome]:
    if planned.plan.has_changes:
        hooks.confirm(Planned(planned.findings, ok=True, plan=planned.plan), planned.provider.where)
    still_pending = still_half_replaced(pending_replaces(planned.journal), planned.plan, planned.policy)
    planned.journal.retain(map(str, still_pending))
    if not planned.plan.has_changes:
        return ()
    planned.provider.end_after(cloud.timeout_s)
    if cloud.on_progress is not None:
        cloud.on_progress(StageProgress(Stage.CHANGING, 0, len(planned.plan.changes)))
    journaled = replace(hooks, listener=_journal_listener(planned.journal, hooks.listener))
    outcomes = execute_plan(planned.plan, planned.project, planned.provider, cloud, journaled)
    codes = _inline_code(planned, outcomes)
    planned.cache.note_deployed(codes)
    sent = {code.sha256 for code in codes.values()}
    planned.cache.note_sent(bundle for bundle in planned.bundles.values() if bundle.sha256 in sent)
    return outcomes


def execute_plan(
    plan: Plan, project: Project, provider: TencentProvider, cloud: CloudOptions, hooks: ApplyHooks
) -> tuple[Outcome, ...]:
    """Make the changes of an approved plan. Every command that changes resources of a project does it here.

    The caller holds the lock of the project since before it read the resources: otherwise an apply at the same time
    could note a state that this run has changed.
    """
    from scfdeploy.operations.refresh.notes import forget_changed

    forget_changed(plan, project, cloud)
    hooks.stop.begin_writes()
    return run(
        plan,
        provider.writer,
        listener=hooks.listener,
        parallelism=provider.parallelism,
        clock=cloud.clock,
        random=cloud.random,
        stop=hooks.stop,
        retry=cloud.retry,
        timeout_s=cloud.timeout_s,
    )


def _journal_listener(journal: ReplaceJournal, listener: Listener) -> Listener:
    """A listener that records the start and the end of replacements in the journal before it calls `listener`."""

    def on_event(event: Event) -> None:
        match event:
            case ChangeStarted(address, Action.REPLACE):
                journal.begin(str(address))
            case ChangeFinished(outcome) if outcome.status is Status.SUCCEEDED:
                journal.end(str(outcome.address))
        listener(event)

    return on_event


def _inline_code(planned: PlannedProject, outcomes: Sequence[Outcome]) -> dict[str, DeployedCode]:
    """The deployed code by function id, of functions whose code was sent inline and is stored byte for byte."""
    sent = {
        change.address
        for change in planned.plan.changes
        if change.action in (Action.CREATE, Action.REPLACE) or any(field.path == "src" for field in change.fields)
    }
    codes: dict[str, DeployedCode] = {}
    for outcome in outcomes:
        bundle = planned.bundles.get(outcome.address)
        if outcome.status is not Status.SUCCEEDED or outcome.address not in sent or bundle is None:
            continue
        match outcome.outputs:
            case {"functionId": str(function_id), "modified": str(modified)} if bundle.path and not bundle.needs_upload:
                codes[function_id] = DeployedCode(modified, bundle.size, bundle.sha256)
    return codes


def _all_succeeded(outcomes: Sequence[Outcome]) -> bool:
    return all(outcome.status is Status.SUCCEEDED for outcome in outcomes)


def _refresh_uploaded(planned: PlannedProject, outcomes: Sequence[Outcome], stop: Stop) -> Observed:
    """Read the functions whose code was uploaded through a bucket: only the cloud knows the hash that it shows for it.

    Nothing else is read again: each call would delay the end of a large project.
    """
    done = {outcome.address for outcome in outcomes if outcome.status is Status.SUCCEEDED}
    addresses = tuple(
        function.address
        for function in planned.project.functions
        if function.address in done and _is_from_bucket(function, planned)
    )
    if not addresses:
        return planned.observed
    try:
        query = Query(functions=addresses, triggers=False)
        refreshed = wait_unless_stopped(stop, lambda: planned.provider.observe(query))
    except CloudError:
        refreshed = None
    if refreshed is None:
        # The changes are made and reported; only the outputs are those from before.
        return planned.observed
    for address in addresses:
        match refreshed.resources[address].attributes if address in refreshed.resources else {}:
            case {"codeSha256": str(digest), "functionId": str(function_id)}:
                planned.cache.note_upload(planned.bundles[address], function_id, digest)
    return replace(planned.observed, resources={**planned.observed.resources, **refreshed.resources})


def wait_unless_stopped(stop: Stop, read: Callable[[], T]) -> T | None:
    """The result of `read`, which may raise; None if the user stops the run first."""
    from concurrent.futures import wait

    with Workers(1, name="read") as pool:
        future = pool.submit(read)
        while not wait((future,), timeout=_POLL_S).done:
            if stop.is_set():
                return None
        return future.result()


def _is_from_bucket(function: FunctionSpec, planned: PlannedProject) -> bool:
    """Whether the code comes from a bucket; the hash that the cloud shows for such code is not documented."""
    bundle = planned.bundles.get(function.address)
    return isinstance(function.source, ObjectSource) or (bundle is not None and bundle.needs_upload)
