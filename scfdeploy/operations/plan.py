"""Package, observe and plan: from a checked project to what would change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from scfdeploy.diagnostics import Diagnostic, Diagnostics
from scfdeploy.model import Address, Bundle, Observed, Project
from scfdeploy.model.resource_kind import LAYER
from scfdeploy.operations.check import CheckedProject, attach_findings, failed, load_and_check
from scfdeploy.operations.child_environment import child_environment
from scfdeploy.operations.cloud import open_cloud
from scfdeploy.operations.code import (
    check_built_code,
    match_deployed_code,
    observed_code,
    pack_all,
    package_cache,
    run_hooks,
)
from scfdeploy.operations.query import with_version_queries
from scfdeploy.operations.request import CloudOptions, Request, destroy_command, endpoint_of
from scfdeploy.packager import PackageCache
from scfdeploy.plan import Action, Plan, Policy, make_destroy_plan, make_plan, named_namespaces
from scfdeploy.plan.account_limits import ACCOUNT_LIMITS_UNKNOWN, needs_limits, within_limits
from scfdeploy.plan.public_urls import public_url_findings
from scfdeploy.providers.base import CloudError, Query
from scfdeploy.providers.tencent import TencentProvider
from scfdeploy.results import Drifted, Findings, Planned
from scfdeploy.workspace.lock import ProjectLock
from scfdeploy.workspace.replace_journal import ReplaceJournal


@dataclass(frozen=True, slots=True)
class PlannedProject:
    """A plan, and what it was made from: all that applying it needs."""

    project: Project
    findings: Findings
    plan: Plan
    observed: Observed
    bundles: Mapping[Address, Bundle]
    cache: PackageCache
    provider: TencentProvider
    policy: Policy
    journal: ReplaceJournal


def plan(request: Request, cloud: CloudOptions, policy: Policy) -> Planned:
    """What apply would do; changes nothing. Raises ScfDeployError when the cloud cannot be asked."""
    made = plan_project(request, cloud, policy)
    if isinstance(made, Findings):
        return Planned(made, ok=False, plan=None)
    return Planned(made.findings, not made.plan.rejected, made.plan)


def drift(request: Request, cloud: CloudOptions, policy: Policy) -> Drifted:
    """What differs between the cloud and the files, with nothing to be applied. Raises ScfDeployError as `plan`."""
    planned = plan_project(request, cloud, policy)
    if isinstance(planned, Findings):
        return Drifted(planned, ok=False, project=None)
    differing = tuple(change for change in planned.plan.changes if change.action is not Action.NO_OP)
    refused = tuple((refusal.address, refusal.reason) for refusal in planned.plan.rejected)
    return Drifted(planned.findings, True, planned.project.key, differing, (*refused, *planned.plan.unmanaged))


def plan_project(
    request: Request,
    cloud: CloudOptions,
    policy: Policy,
    *,
    complete_query: Callable[[Query, Project], Query] = with_version_queries,
    lock: ProjectLock | None = None,
) -> PlannedProject | Findings:
    """Plan towards the files; the findings alone when the configuration has errors.

    `complete_query` adds to the query of a project. Whoever is going to carry it out gives a `lock`, taken before the
    cloud is looked at.
    """
    checked = load_and_check(request)
    if checked.failed or checked.project is None:
        return checked.findings
    project = checked.project
    if lock is not None:
        lock.acquire(project.root, stage=project.key.stage, region=project.key.region)
    built = run_hooks(
        project,
        environment=lambda: child_environment(checked.environment, request, cloud, dotenv=checked.dotenv),
        on_output=request.on_output,
        limit_s=request.hook_limit_s,
    )
    if not built.has_errors:
        built.extend(check_built_code(project, select=request.select, ignore=request.ignore))
    if built.has_errors:
        return checked.with_diagnostics(built)
    cache = package_cache(project, cloud)
    bundles, found = pack_all(project, cache, exclude_path=request.exclude_path)
    built.extend(found)
    findings = checked.with_diagnostics(built)
    if failed(findings, strict=request.strict):
        return findings
    with attach_findings(findings):
        provider = _open(request, checked, project, cloud, bundles)
        query = complete_query(_plan_query(project, policy), project)
        observed = provider.observe(replace(query, known_code=cache.deployed()))
        cache.note_deployed(observed_code(observed))
        known = match_deployed_code(bundles, observed, provider, cache)
    journal = replace_journal(project, cloud)
    plan = make_plan(
        project,
        known,
        observed,
        policy,
        half_replaced=pending_replaces(journal),
        destroy_command=destroy_command(request, cloud, project.key),
    )
    plan, limit_notices = _within_limits(plan, provider)
    public_urls = [one for one in public_url_findings(project, plan) if one.rule not in request.ignore]
    findings = checked.with_diagnostics(Diagnostics([*built, *public_urls, *limit_notices]))
    if failed(findings, strict=request.strict):
        return findings
    return PlannedProject(project, findings, plan, observed, known, cache, provider, policy, journal)


def _within_limits(plan: Plan, provider: TencentProvider) -> tuple[Plan, Sequence[Diagnostic]]:
    """The plan, refused where it goes beyond what the account may have; a notice where the cloud does not say that."""
    if plan.rejected or not needs_limits(plan):
        return plan, ()
    try:
        return within_limits(plan, provider.account_limits()), ()
    except CloudError as error:
        return plan, (ACCOUNT_LIMITS_UNKNOWN.at(None, error=error.message),)


def plan_destroy(
    request: Request, cloud: CloudOptions, policy: Policy, *, lock: ProjectLock
) -> PlannedProject | Findings:
    """Plan to remove what the project owns. Code is not needed, nor packed."""
    checked = load_and_check(request)
    if checked.failed or checked.project is None:
        return checked.findings
    project = checked.project
    lock.acquire(project.root, stage=project.key.stage, region=project.key.region)
    with attach_findings(checked.findings):
        provider = _open(request, checked, project, cloud, {})
        wanted = _destroy_query(project)
        observed = provider.observe(wanted)
        if not wanted.mounts and any(found.address.kind is LAYER for found in observed.unlisted):
            observed = provider.observe(replace(wanted, mounts=True))
    plan = make_destroy_plan(project, observed, policy, destroy_command=destroy_command(request, cloud, project.key))
    cache, journal = package_cache(project, cloud), replace_journal(project, cloud)
    return PlannedProject(project, checked.findings, plan, observed, {}, cache, provider, policy, journal)


def replace_journal(project: Project, cloud: CloudOptions) -> ReplaceJournal:
    """The journal of replacements of one stage of a project at one endpoint."""
    return ReplaceJournal(project.root, (endpoint_of(cloud), project.key.region, project.key.app, project.key.stage))


def pending_replaces(journal: ReplaceJournal) -> frozenset[Address]:
    """The addresses in a journal, without damaged entries."""
    return frozenset(_addresses(journal.pending))


def _addresses(texts: Iterable[str]) -> Iterator[Address]:
    for text in texts:
        with suppress(ValueError):
            yield Address.parse(text)


def query(project: Project, *, code: bool = True) -> Query:
    """What to look at for a project: its functions, and all else that carries its mark."""
    return Query(
        functions=tuple(function.address for function in project.functions),
        asynchronous=frozenset(
            function.address for function in project.functions if {"msgTTL", "retryNum"} & function.settings.keys()
        ),
        code=code,
        app=project.key.app,
        stage=project.key.stage,
        layers=tuple(layer.address for layer in project.layers),
        namespaces=tuple(named_namespaces(project)),
    )


def _plan_query(project: Project, policy: Policy) -> Query:
    """Layers that no file names are looked for where there are others, or where they would be deleted."""
    return replace(
        query(project),
        unlisted_layers=bool(project.layers) or policy.prune,
        mounts=policy.prune or (bool(project.layers) and policy.keep is not None),
    )


def _destroy_query(project: Project) -> Query:
    """All that carries the project's mark, in every namespace; who uses a layer only where there may be one."""
    many = bool(project.layers) or len(project.instances) > 1
    return replace(query(project, code=False), unlisted_layers=True, mounts=many, everywhere=True)


def _open(
    request: Request, checked: CheckedProject, project: Project, cloud: CloudOptions, bundles: Mapping[Address, Bundle]
) -> TencentProvider:
    return open_cloud(
        cloud,
        root=project.root,
        region=project.key.region,
        load=request.load,
        dotenv=checked.dotenv,
        bundles=bundles,
    )
