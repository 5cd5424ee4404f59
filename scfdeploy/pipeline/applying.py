"""`apply` and `destroy`: plan, ask, carry out, look again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scfdeploy.apply import Outcome, Status, run
from scfdeploy.apply.events import Listener
from scfdeploy.model import Observed
from scfdeploy.pipeline.outputs import outputs
from scfdeploy.pipeline.planning import Made, make, make_destroy, query
from scfdeploy.pipeline.request import Cloud, Request
from scfdeploy.plan import Action, Policy
from scfdeploy.providers.base import CloudError
from scfdeploy.report.results import Applied, Findings, Planned


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a plan is carried out.

    `confirm` is shown a plan that has something to do, and raises ScfDeployError to leave everything as it is.
    `listener` hears what happens. `stop` ends the run cleanly: what is under way is finished, nothing new starts.
    """

    confirm: Callable[[Planned], None]
    listener: Listener
    stop: threading.Event


def apply(request: Request, cloud: Cloud, policy: Policy, conduct: Conduct) -> Applied:
    """Make the cloud as the files say."""
    made = make(request, cloud, policy)
    if isinstance(made, Findings):
        return Applied("apply", made, ok=False, plan=None)
    if made.plan.refused:
        return Applied("apply", made.findings, ok=False, plan=made.plan)
    outcomes = _carry_out(made, cloud, conduct)
    observed = _look_again(made, outcomes)
    return Applied(
        "apply",
        made.findings,
        ok=_all_succeeded(outcomes),
        plan=made.plan,
        outcomes=outcomes,
        outputs=outputs(made.project, observed),
        interrupted=conduct.stop.is_set(),
    )


def destroy(request: Request, cloud: Cloud, policy: Policy, conduct: Conduct) -> Applied:
    """Remove what the project owns, nothing else."""
    made = make_destroy(request, cloud, policy)
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
    if not made.plan.has_changes:
        return ()
    conduct.confirm(Planned(made.findings, ok=True, plan=made.plan))
    return run(made.plan, made.provider, listener=conduct.listener, parallelism=cloud.parallelism, stop=conduct.stop)


def _all_succeeded(outcomes: Sequence[Outcome]) -> bool:
    return all(outcome.status is Status.SUCCEEDED for outcome in outcomes)


def _look_again(made: Made, outcomes: Sequence[Outcome]) -> Observed:
    """See what came of it, and note under which hash the cloud shows the code that was just sent."""
    if not any(outcome.status is Status.SUCCEEDED for outcome in outcomes):
        return made.observed
    try:
        observed = made.provider.observe(query(made.project))
    except CloudError:
        # The work is done and reported; only the outputs are those from before.
        return made.observed
    sent = {
        change.address
        for change in made.plan.changes
        if change.action in (Action.CREATE, Action.REPLACE) or any(field.path == "src" for field in change.fields)
    }
    for outcome in outcomes:
        bundle = made.bundles.get(outcome.address)
        resource = observed.resources.get(outcome.address)
        if bundle is None or resource is None or outcome.status is not Status.SUCCEEDED or outcome.address not in sent:
            continue
        shown = resource.facts.get("codeSha256")
        if isinstance(shown, str) and shown:
            made.cache.note_upload(bundle, shown)
    return observed
