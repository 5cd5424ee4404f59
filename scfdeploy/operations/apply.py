"""`apply` and `destroy`: plan, ask, carry out, look again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from scfdeploy.apply import Outcome, Status, run
from scfdeploy.apply.events import ChangeFinished, ChangeStarted, Event, Listener
from scfdeploy.apply.stop import Stop
from scfdeploy.model import Bundle, FunctionSpec, ObjectSource, Observed
from scfdeploy.model.code import DeployedCode
from scfdeploy.operations.outputs import outputs
from scfdeploy.operations.plan import PlannedProject, pending_replaces, plan_destroy, plan_project
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.plan import Action, Policy
from scfdeploy.plan.interrupted_replace import still_half_replaced
from scfdeploy.providers.base import CloudError, Query
from scfdeploy.providers.workers import Workers
from scfdeploy.results import Applied, Findings, Planned
from scfdeploy.workspace.lock import project_lock
from scfdeploy.workspace.replace_journal import ReplaceJournal

_LOOK_UP_S = 0.1
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ApplyHooks:
    """How a plan is carried out.

    `confirm` is shown a plan that has something to do, and raises ScfDeployError to leave everything as it is. It can
    ask for the account and the endpoint, in words.
    `listener` hears what happens. `stop` ends the run cleanly: what is under way is waited for, nothing new starts.
    """

    confirm: Callable[[Planned, Callable[[], str]], None]
    listener: Listener
    stop: Stop


def apply(request: Request, cloud: CloudOptions, policy: Policy, hooks: ApplyHooks) -> Applied:
    """Make the cloud as the files say."""
    with project_lock("apply") as lock:
        planned = plan_project(request, cloud, policy, lock=lock)
        if isinstance(planned, Findings):
            return Applied("apply", planned, ok=False, plan=None)
        return apply_planned(planned, cloud, hooks)


def apply_planned(planned: PlannedProject, cloud: CloudOptions, hooks: ApplyHooks) -> Applied:
    """Ask, and do what was planned; nothing when policy refuses a part of it."""
    if planned.plan.rejected:
        return Applied("apply", planned.findings, ok=False, plan=planned.plan)
    outcomes = _carry_out(planned, cloud, hooks)
    observed = _look_again(planned, outcomes, hooks.stop)
    return Applied(
        "apply",
        planned.findings,
        ok=_all_succeeded(outcomes),
        plan=planned.plan,
        outcomes=outcomes,
        outputs=outputs(planned.project, observed, outcomes),
        interrupted=hooks.stop.is_set(),
    )


def destroy(request: Request, cloud: CloudOptions, policy: Policy, hooks: ApplyHooks) -> Applied:
    """Delete the resources that the project owns."""
    with project_lock("destroy") as lock:
        planned = plan_destroy(request, cloud, policy, lock=lock)
        if isinstance(planned, Findings):
            return Applied("destroy", planned, ok=False, plan=None)
        outcomes = _carry_out(planned, cloud, hooks)
    return Applied(
        "destroy",
        planned.findings,
        ok=_all_succeeded(outcomes),
        plan=planned.plan,
        outcomes=outcomes,
        interrupted=hooks.stop.is_set(),
    )


def _carry_out(planned: PlannedProject, cloud: CloudOptions, hooks: ApplyHooks) -> Sequence[Outcome]:
    if planned.plan.has_changes:
        hooks.confirm(Planned(planned.findings, ok=True, plan=planned.plan), planned.provider.where)
    still_pending = still_half_replaced(pending_replaces(planned.journal), planned.plan, planned.policy)
    planned.journal.retain(map(str, still_pending))
    if not planned.plan.has_changes:
        return ()
    planned.provider.end_after(cloud.timeout_s)
    hooks.stop.begin_writes()
    outcomes = run(
        planned.plan,
        planned.provider,
        listener=_recording(planned.journal, hooks.listener),
        parallelism=cloud.parallelism,
        clock=cloud.clock,
        random=cloud.random,
        stop=hooks.stop,
        retry=cloud.retry,
        timeout_s=cloud.timeout_s,
    )
    planned.cache.note_deployed(_sent_code(planned, outcomes))
    return outcomes


def _recording(journal: ReplaceJournal, listener: Listener) -> Listener:
    """A listener that records the start and the end of replacements in the journal before it calls `listener`."""

    def hear(event: Event) -> None:
        match event:
            case ChangeStarted(address, Action.REPLACE):
                journal.begin(str(address))
            case ChangeFinished(outcome) if outcome.status is Status.SUCCEEDED:
                journal.end(str(outcome.address))
        listener(event)

    return hear


def _sent_code(planned: PlannedProject, outcomes: Sequence[Outcome]) -> dict[str, DeployedCode]:
    """What code functions have now, by their ids: of those whose code was sent inline, so as the bytes that it has."""
    sent = {
        change.address
        for change in planned.plan.changes
        if change.action in (Action.CREATE, Action.REPLACE) or any(field.path == "src" for field in change.fields)
    }
    found: dict[str, DeployedCode] = {}
    for outcome in outcomes:
        bundle = planned.bundles.get(outcome.address)
        is_sent = outcome.status is Status.SUCCEEDED and outcome.address in sent
        match outcome.outputs:
            case {"functionId": str(key), "modified": str(modified)} if is_sent and bundle and _is_inline(bundle):
                found[key] = DeployedCode(modified, bundle.size, bundle.sha256)
    return found


def _is_inline(bundle: Bundle) -> bool:
    return bundle.path is not None and not bundle.needs_upload


def _all_succeeded(outcomes: Sequence[Outcome]) -> bool:
    return all(outcome.status is Status.SUCCEEDED for outcome in outcomes)


def _look_again(planned: PlannedProject, outcomes: Sequence[Outcome], stop: Stop) -> Observed:
    """See what only the cloud can say of what was just done: the hash that it shows for code of a bucket.

    Nothing else is looked at: each look costs a call that a large project has to wait for.
    """
    done = {outcome.address for outcome in outcomes if outcome.status is Status.SUCCEEDED}
    wanted = tuple(
        function.address
        for function in planned.project.functions
        if function.address in done and _is_by_bucket(function, planned)
    )
    if not wanted:
        return planned.observed
    try:
        seen = wait_unless_stopped(stop, lambda: planned.provider.observe(Query(functions=wanted)))
    except CloudError:
        seen = None
    if seen is None:
        # The work is done and reported; the outputs are those from before.
        return planned.observed
    for address in wanted:
        match seen.resources[address].attributes if address in seen.resources else {}:
            case {"codeSha256": str(shown), "functionId": str(key)}:
                planned.cache.note_upload(planned.bundles[address], key, shown)
    return replace(planned.observed, resources={**planned.observed.resources, **seen.resources})


def wait_unless_stopped(stop: Stop, look: Callable[[], T]) -> T | None:
    """What a look after the writes gives, None where the user does not want to wait for it. Raises what it raises."""
    from concurrent.futures import wait

    with Workers(1, name="look") as pool:
        future = pool.submit(look)
        while not wait((future,), timeout=_LOOK_UP_S).done:
            if stop.is_set():
                return None
        return future.result()


def _is_by_bucket(function: FunctionSpec, planned: PlannedProject) -> bool:
    """Whether the code came by a bucket: no document says that the cloud then shows the hash of what was uploaded."""
    bundle = planned.bundles.get(function.address)
    return isinstance(function.source, ObjectSource) or (bundle is not None and bundle.needs_upload)
