"""`plan`: package the code, read the cloud, and plan the changes of a checked project."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import Diagnostic, Diagnostics, ScfDeployError
from scfdeploy.model import Address, Bundle, Observed, Project, Ref, Value
from scfdeploy.model.resource_kind import LAYER
from scfdeploy.model.value import whole_number
from scfdeploy.operations.check import CheckedProject, attach_findings, failed, load_and_check
from scfdeploy.operations.cloud import child_environment, connect_early, open_cloud
from scfdeploy.operations.code import (
    build_all,
    check_built_code,
    match_deployed_code,
    observed_code,
    pack_all,
    package_cache,
    run_hooks,
)
from scfdeploy.operations.query import destroy_query, plan_query, with_version_queries
from scfdeploy.operations.request import CloudOptions, Refresh, Request, destroy_command, endpoint_of
from scfdeploy.packager import PackageCache
from scfdeploy.plan import Action, Plan, Policy, make_plan
from scfdeploy.plan.checks import (
    ACCOUNT_LIMITS_UNKNOWN,
    alias_findings,
    needs_limits,
    public_url_findings,
    shared_aliases,
    with_existing_versions,
    within_limits,
)
from scfdeploy.providers.base import CloudError, ErrorKind, Query
from scfdeploy.providers.tencent import TencentProvider
from scfdeploy.records import dataclass, replace
from scfdeploy.results import Drifted, Findings, Planned
from scfdeploy.workspace.replace_journal import ReplaceJournal

if TYPE_CHECKING:
    from scfdeploy.operations.refresh.selection import UnreadSelection
    from scfdeploy.workspace.lock import ProjectLock


@dataclass(frozen=True, slots=True)
class PlannedProject:
    """A plan, and everything that is needed to apply it."""

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
    """Plan the changes of an apply; change nothing. Raises ScfDeployError if the cloud cannot be read."""
    planned = plan_project(request, cloud, policy)
    if isinstance(planned, Findings):
        return Planned(planned, ok=False, plan=None)
    return Planned(planned.findings, not planned.plan.rejected, planned.plan)


def drift(request: Request, cloud: CloudOptions, policy: Policy) -> Drifted:
    """The differences between the cloud and the files, all of which is read.

    Raises ScfDeployError if the cloud cannot be read.
    """
    planned = plan_project(request, cloud.reading_everything(), policy)
    if isinstance(planned, Findings):
        return Drifted(planned, ok=False, project=None)
    differing = tuple(change for change in planned.plan.changes if change.action is not Action.NO_OP)
    rejected = tuple((refusal.address, refusal.reason) for refusal in planned.plan.rejected)
    return Drifted(planned.findings, True, planned.project.key, differing, (*rejected, *planned.plan.unmanaged))


def plan_project(
    request: Request,
    cloud: CloudOptions,
    policy: Policy,
    *,
    complete_query: Callable[[Query, Project], Query] = with_version_queries,
    lock: ProjectLock | None = None,
    skip_missing_versions: bool = False,
) -> PlannedProject | Findings:
    """Plan the changes that make the cloud match the files; returns only the findings if these stop the command.

    `complete_query` extends the query of the project. A `lock` is acquired before the cloud is read.
    `skip_missing_versions` leaves out aliases with versions that the function does not have; otherwise they are errors.
    """
    checked = load_and_check(request)
    if checked.failed or checked.project is None:
        return checked.findings
    project, request = checked.project, checked.request
    if lock is not None:
        from scfdeploy.operations.refresh.related_folders import lock_project

        lock_project(lock, project)
    project, built = _build(checked, project, cloud)
    if built.has_errors:
        return checked.with_diagnostics(built)
    cache, journal = package_cache(project, cloud), replace_journal(project, cloud)
    with attach_findings(checked.with_diagnostics(built)):
        half_replaced = pending_replaces(journal)
        selection = _unread_selection(project, policy, cloud, half_replaced)
        query = replace(
            complete_query(plan_query(project, policy), project),
            known_code=cache.deployed(),
            entries=lock is not None,
            choose_unread=None if selection is None else selection.chooser,
        )
    open_provider = _open_early(checked, project, cloud, query)
    bundles, packing = pack_all(project, cache, exclude_path=request.exclude_path, on_progress=cloud.on_progress)
    built.extend(packing)
    findings = checked.with_diagnostics(built)
    if failed(findings, strict=request.strict):
        return findings
    with attach_findings(findings):
        provider = open_provider()
        provider.provide_code(bundles)
        if selection is not None:
            selection.provide_code(bundles)
        if lock is not None and not query.known_code:
            # A first apply from this checkout probably creates functions, so the limits are needed right after.
            provider.start_account_limits()
        observed = provider.observe(query)
        cache.note_deployed(observed_code(observed))
        bundles = match_deployed_code(bundles, observed, provider, cache)
    make = partial(
        make_plan,
        project,
        bundles,
        policy=policy,
        half_replaced=half_replaced,
        destroy_command=destroy_command(request, cloud, project.key),
    )
    plan, observed = (make(observed), observed) if selection is None else selection.make_plan(make, observed)
    with attach_findings(findings):
        plan = with_existing_versions(plan, partial(_version_names, provider), leave_out=skip_missing_versions)
        warnings = [*public_url_findings(project, plan), *_alias_findings(project, plan, observed, provider)]
    plan, limit_notices = _within_limits(plan, provider)
    warnings = [finding for finding in warnings if finding.rule not in request.ignore]
    findings = _with_chosen_credentials(
        checked.with_diagnostics(Diagnostics([*built, *warnings, *limit_notices])), provider
    )
    if failed(findings, strict=request.strict):
        return findings
    return PlannedProject(project, findings, plan, observed, bundles, cache, provider, _resolved(policy, plan), journal)


def _build(checked: CheckedProject, project: Project, cloud: CloudOptions) -> tuple[Project, Diagnostics]:
    """Run the hooks of a project and install its dependencies; returns it with these."""
    request = checked.request
    built = run_hooks(
        project,
        environment=lambda: child_environment(
            checked.environment, request, cloud, dotenv=checked.dotenv, settings=checked.settings
        ),
        on_output=request.on_output,
        limit_s=request.hook_limit_s,
    )
    if not built.has_errors:
        built.extend(check_built_code(project, select=request.select, ignore=request.ignore))
    if built.has_errors or not request.build:
        return project, built
    installed = build_all(
        project,
        environment=lambda: child_environment(
            request.load.environ, request, cloud, dotenv=checked.dotenv, settings=checked.settings
        ),
        on_output=request.on_build,
        limit_s=request.hook_limit_s,
        prebuilt=request.load.prebuilt,
    )
    built.extend(installed.diagnostics)
    return installed.project, built


def _open_early(
    checked: CheckedProject, project: Project, cloud: CloudOptions, query: Query
) -> Callable[[], TencentProvider]:
    """Use the time in which code is packed; returns what opens the provider then, or raises why there is none.

    The lists that show which functions need not be read do not depend on code, so other threads read them meanwhile.
    For a query that does not begin with lists, only connections are opened. Errors are raised later: what is wrong
    with the code is reported first, and without credentials too.
    """
    if query.choose_unread is None or cloud.local is not None:
        connect_early(cloud, region=project.key.region)
        return partial(_open, checked, project, cloud)
    from concurrent.futures import Future

    opened: Future[TencentProvider] = Future()
    try:
        provider = _open(checked, project, cloud)
        provider.start_observing(query)
        opened.set_result(provider)
    except ScfDeployError as error:
        opened.set_exception(error)
    return opened.result


def _unread_selection(
    project: Project,
    policy: Policy,
    cloud: CloudOptions,
    half_replaced: frozenset[Address],
) -> UnreadSelection | None:
    """What chooses the functions that are not read; None if all are."""
    if cloud.refresh is Refresh.FULL:
        return None
    from scfdeploy.operations.refresh.selection import UnreadSelection

    return UnreadSelection(project, policy, cloud, half_replaced=half_replaced)


def _with_chosen_credentials(findings: Findings, provider: TencentProvider) -> Findings:
    """The findings, with a notice if scfdeploy.toml chooses the keys. The project cannot hide it."""
    if not provider.is_chosen_by_project:
        return findings
    from scfdeploy.config.settings_file import PROJECT_CREDENTIALS

    notice = PROJECT_CREDENTIALS.at(None, source=provider.credentials_source)
    return Findings(Diagnostics([*findings.diagnostics, notice]).sorted(), findings.sources)


def _alias_findings(
    project: Project, plan: Plan, observed: Observed, provider: TencentProvider
) -> Sequence[Diagnostic]:
    """Compare the dead letter queues of the versions behind each alias; reads published versions from the cloud."""
    if not any(shared_aliases(plan)):
        return ()
    from scfdeploy.plan.resources.alias import LATEST

    planned = {change.address: change.settings for change in plan.changes}

    @cache
    def dead_letter_of(function: Address, version: Value) -> str | None:
        settings: Mapping[str, Value] | None
        if isinstance(version, Ref) or version == LATEST:
            resource = observed.resources.get(function)
            settings = {**(resource.settings if resource else {}), **planned.get(function, {})}
        else:
            settings = provider.version_settings(function, str(version))
        dead_letter = settings.get("deadLetter") if settings is not None else None
        name = dead_letter.get("name") if isinstance(dead_letter, Mapping) else None
        return None if settings is None else str(name or "")

    return tuple(alias_findings(project, plan, dead_letter_of))


def _version_names(provider: TencentProvider, function: Address) -> Sequence[str]:
    """The numbers of the versions of a function, the newest last."""
    return [version.name for version in provider.versions(function) if whole_number(version.name) is not None]


def _within_limits(plan: Plan, provider: TencentProvider) -> tuple[Plan, Sequence[Diagnostic]]:
    """The plan, with changes beyond the limits of the account rejected; a notice if these limits cannot be read."""
    if plan.rejected or not needs_limits(plan):
        return plan, ()
    try:
        return within_limits(plan, provider.account_limits()), ()
    except CloudError as error:
        # The finding advises to allow the action, which does not help against other failures.
        hint = None if error.kind is ErrorKind.REJECTED else error.hint
        return plan, (ACCOUNT_LIMITS_UNKNOWN.at(None, hint=hint, error=error.message),)


def plan_destroy(
    request: Request, cloud: CloudOptions, policy: Policy, *, lock: ProjectLock
) -> PlannedProject | Findings:
    """Plan to delete the resources that the project owns. Code is not packaged."""
    from scfdeploy.operations.refresh.related_folders import lock_project
    from scfdeploy.plan.destroy import make_destroy_plan

    checked = load_and_check(request)
    if checked.failed or checked.project is None:
        return checked.findings
    project = checked.project
    lock_project(lock, project)
    with attach_findings(checked.findings):
        provider = _open(checked, project, cloud)
        query = destroy_query(project)
        observed = provider.observe(query)
        if not query.mounts and any(resource.address.kind is LAYER for resource in observed.unlisted):
            observed = provider.observe(replace(query, mounts=True, settings=True))
    plan = make_destroy_plan(project, observed, policy, destroy_command=destroy_command(request, cloud, project.key))
    cache, journal = package_cache(project, cloud), replace_journal(project, cloud)
    findings = _with_chosen_credentials(checked.findings, provider)
    return PlannedProject(project, findings, plan, observed, {}, cache, provider, _resolved(policy, plan), journal)


def _resolved(policy: Policy, plan: Plan) -> Policy:
    """The policy with the addresses that its targets stand for in this plan."""
    return replace(policy, targets=plan.targets)


def replace_journal(project: Project, cloud: CloudOptions) -> ReplaceJournal:
    """The journal of replacements of one stage of a project at one endpoint."""
    return ReplaceJournal(project.root, (endpoint_of(cloud), project.key.region, project.key.app, project.key.stage))


def pending_replaces(journal: ReplaceJournal) -> frozenset[Address]:
    """The addresses in a journal, without damaged entries."""
    addresses = set()
    for text in journal.pending:
        with suppress(ValueError):
            addresses.add(Address.parse(text))
    return frozenset(addresses)


def _open(checked: CheckedProject, project: Project, cloud: CloudOptions) -> TencentProvider:
    return open_cloud(
        cloud,
        root=project.root,
        region=project.key.region,
        load=checked.request.load,
        dotenv=checked.dotenv,
        settings=checked.settings,
    )
