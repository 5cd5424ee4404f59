"""Deploys a project, or only the code of some of its functions, to the local server of `dev`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from scfdeploy.apply import Status
from scfdeploy.apply.stop import Stop
from scfdeploy.model import Address, Project
from scfdeploy.model.resource_kind import FUNCTION
from scfdeploy.operations.apply import ApplyHooks, apply_planned
from scfdeploy.operations.dev.watched_files import Affected
from scfdeploy.operations.plan import plan_project
from scfdeploy.operations.query import with_version_queries
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.plan import Action, Policy
from scfdeploy.providers.base import Query
from scfdeploy.records import replace
from scfdeploy.results import Applied, Findings


def redeploy(request: Request, cloud: CloudOptions, affected: Affected, *, instances: Iterable[str] = ()) -> Applied:
    """Deploy what is affected, without asking. Resources that are no longer in the files are deleted.

    Aliases with versions that only the cloud has are left out. `instances` are those that were deployed before: their
    files may be gone. No lock is needed: no other program changes this server. Raises KeyboardInterrupt after a signal.
    """
    targets = tuple(sorted(affected.functions, key=str)) if not affected.everything else ()
    policy = Policy(targets=targets) if targets else Policy(adopt=True, prune=True, instances=tuple(sorted(instances)))
    query = _only(affected.functions) if targets else with_version_queries
    planned = plan_project(request, cloud, policy, complete_query=query, skip_missing_versions=True)
    if isinstance(planned, Findings):
        return Applied("dev", planned, ok=False, plan=None)
    hooks = ApplyHooks(confirm=lambda _planned, _where: None, listener=lambda _event: None, stop=_StopAtOnce())
    applied = apply_planned(planned, cloud, hooks)
    if applied.interrupted:
        raise KeyboardInterrupt
    return applied


def is_valid(request: Request, cloud: CloudOptions) -> bool:
    """Whether the project has no errors, so that it can be deployed to an empty server."""
    return not isinstance(plan_project(request, cloud, Policy(), complete_query=with_version_queries), Findings)


class _StopAtOnce(Stop):
    """Waits for no operation in progress: what it changes ends with this run."""

    @property
    def is_at_once(self) -> bool:
        return self.is_set()


def _only(functions: frozenset[Address]) -> Callable[[Query, Project], Query]:
    """Read only these functions: reading hundreds of others takes longer than deploying one."""

    def narrow(query: Query, project: Project) -> Query:
        complete = with_version_queries(query, project)
        return replace(
            complete,
            functions=tuple(address for address in complete.functions if address in functions),
            asynchronous=complete.asynchronous & functions,
            versions=complete.versions & functions,
            published=complete.published & functions,
            aliases=complete.aliases & functions,
            provisioned=complete.provisioned & functions,
            reserved=complete.reserved & functions,
            app="",
            stage="",
            unlisted_layers=False,
            mounts=False,
        )

    return narrow


def changed_functions(applied: Applied) -> frozenset[Address]:
    """The functions that run other code or have other settings than before."""
    return frozenset(
        outcome.address
        for outcome in applied.outcomes
        if outcome.address.kind is FUNCTION
        and outcome.status is Status.SUCCEEDED
        and outcome.action is not Action.DELETE
    )
