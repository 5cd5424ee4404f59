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
from scfdeploy.operations.plan import Made, make, make_destroy, pending_replaces
from scfdeploy.operations.request import Cloud, Request
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
class Conduct:
    """How a plan is carried out.

    `confirm` is shown a plan that has something to do, and raises ScfDeployError to leave everything as it is. It can
    ask for the account and the endpoint, in words.
    `listener` hears what happens. `stop` ends the run cleanly: what is under way is waited for, nothing new starts.
    """

    confirm: Callable[[Planned, Callable[[], str]], None]
    listener: Listener
    stop: Stop


def apply(request: Request, cloud: Cloud, policy: Policy, conduct: Conduct) -> Applied:
    """Make the cloud as the files say."""
    with project_lock("apply") as lock:
        made = make(request, cloud, policy, lock=lock)
        if isinstance(made, Findings):
            return Applied("apply", made, ok=False, plan=None)
        return carry_out(made, cloud, conduct)


def carry_out(made: Made, cloud: Cloud, conduct: Conduct) -> Applied:
    """Ask, and do what was planned; nothing when policy refuses a part of it."""
    if made.plan.rejected:
        return Applied("apply", made.findings, ok=False, plan=made.plan)
    outcomes = _carry_out(made, cloud, conduct)
    observed = _look_again(made, outcomes, conduct.stop)
    return Applied(
        "apply",
        made.findings,
        ok=_all_succeeded(outcomes),
        plan=made.plan,
        outcomes=outcomes,
        outputs=outputs(made.project, observed, outcomes),
        interrupted=conduct.stop.is_set(),
    )


def destroy(request: Request, cloud: Cloud, policy: Policy, conduct: Conduct) -> Applied:
    """Remove what the project owns, nothing else."""
    with project_lock("destroy") as lock:
        made = make_destroy(request, cloud, policy, lock=lock)
        if isinstance(made, Findings):
            return Applied("destroy", made, ok=False, plan=None)
        outcomes = _carry_out(made, cloud, conduct)
    return Applied(
        "destroy",
        made.findings,
        ok=_all_succeeded(outcomes),
        plan=made.plan,
        outcomes=outcomes,
        interrupted=conduct.stop.is_set(),
    )


def _carry_out(made: Made, cloud: Cloud, conduct: Conduct) -> Sequence[Outcome]:
    if made.plan.has_changes:
        conduct.confirm(Planned(made.findings, ok=True, plan=made.plan), made.provider.where)
    still_pending = still_half_replaced(pending_replaces(made.journal), made.plan, made.policy)
    made.journal.retain(map(str, still_pending))
    if not made.plan.has_changes:
        return ()
    made.provider.end_after(cloud.timeout_s)
    conduct.stop.begin_writes()
    outcomes = run(
        made.plan,
        made.provider,
        listener=_recording(made.journal, conduct.listener),
        parallelism=cloud.parallelism,
        clock=cloud.clock,
        random=cloud.random,
        stop=conduct.stop,
        retry=cloud.retry,
        timeout_s=cloud.timeout_s,
    )
    made.cache.note_deployed(_sent_code(made, outcomes))
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


def _sent_code(made: Made, outcomes: Sequence[Outcome]) -> dict[str, DeployedCode]:
    """What code functions have now, by their ids: of those whose code was sent inline, so as the bytes that it has."""
    sent = {
        change.address
        for change in made.plan.changes
        if change.action in (Action.CREATE, Action.REPLACE) or any(field.path == "src" for field in change.fields)
    }
    found: dict[str, DeployedCode] = {}
    for outcome in outcomes:
        bundle = made.bundles.get(outcome.address)
        is_sent = outcome.status is Status.SUCCEEDED and outcome.address in sent
        match outcome.known:
            case {"functionId": str(key), "modified": str(modified)} if is_sent and bundle and _is_inline(bundle):
                found[key] = DeployedCode(modified, bundle.size, bundle.sha256)
    return found


def _is_inline(bundle: Bundle) -> bool:
    return bundle.path is not None and not bundle.needs_upload


def _all_succeeded(outcomes: Sequence[Outcome]) -> bool:
    return all(outcome.status is Status.SUCCEEDED for outcome in outcomes)


def _look_again(made: Made, outcomes: Sequence[Outcome], stop: Stop) -> Observed:
    """See what only the cloud can say of what was just done: the hash that it shows for code of a bucket.

    Nothing else is looked at: each look costs a call that a large project has to wait for.
    """
    done = {outcome.address for outcome in outcomes if outcome.status is Status.SUCCEEDED}
    wanted = tuple(
        function.address
        for function in made.project.functions
        if function.address in done and _is_by_bucket(function, made)
    )
    if not wanted:
        return made.observed
    try:
        seen = unless_stopped(stop, lambda: made.provider.observe(Query(functions=wanted)))
    except CloudError:
        seen = None
    if seen is None:
        # The work is done and reported; the outputs are those from before.
        return made.observed
    for address in wanted:
        match seen.resources[address].attributes if address in seen.resources else {}:
            case {"codeSha256": str(shown), "functionId": str(key)}:
                made.cache.note_upload(made.bundles[address], key, shown)
    return replace(made.observed, resources={**made.observed.resources, **seen.resources})


def unless_stopped(stop: Stop, look: Callable[[], T]) -> T | None:
    """What a look after the writes gives, None where the user does not want to wait for it. Raises what it raises."""
    from concurrent.futures import wait

    with Workers(1, name="look") as pool:
        future = pool.submit(look)
        while not wait((future,), timeout=_LOOK_UP_S).done:
            if stop.is_set():
                return None
        return future.result()


def _is_by_bucket(function: FunctionSpec, made: Made) -> bool:
    """Whether the code came by a bucket: no document says that the cloud then shows the hash of what was uploaded."""
    bundle = made.bundles.get(function.address)
    return isinstance(function.source, ObjectSource) or (bundle is not None and bundle.needs_upload)
