"""`policy`: the least-privilege CAM policy of a project, computed offline."""

from __future__ import annotations

from scfdeploy.model import Bundle, FolderSource, ObjectSource, Project
from scfdeploy.operations.check import code_sources, load_and_check, may_have_dependencies
from scfdeploy.operations.code import pack_all, package_cache
from scfdeploy.operations.query import destroy_query, plan_query, with_version_queries
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.plan import Policy
from scfdeploy.providers.tencent.cos.upload import object_location
from scfdeploy.providers.tencent.permissions import CodeBucket, Run, as_policy, permissions
from scfdeploy.results.policy import PolicyShown

_APP_ID = "TENCENT_APP_ID"


def policy(request: Request, run: Run, *, prune: bool = False) -> PolicyShown:
    """The policy with which a key can plan, apply or destroy the project. Packages code, but runs no hook.

    `prune` is as in `permissions`.
    """
    checked = load_and_check(request)
    if checked.failed or checked.project is None:
        return PolicyShown(checked.findings, ok=False, run=str(run))
    project = checked.project
    query = (
        destroy_query(project)
        if run is Run.DESTROY
        else with_version_queries(plan_query(project, Policy(prune=prune)), project)
    )
    app_id = request.load.environ.get(_APP_ID) or checked.dotenv.values.get(_APP_ID) or ""
    buckets = _buckets(project, app_id if app_id.isdigit() else "") if run is Run.APPLY else ()
    granted = permissions(project, query, run, prune=prune, buckets=buckets)
    return PolicyShown(checked.findings, True, str(run), as_policy(granted), granted, checked.settings.role or "")


def _buckets(project: Project, app_id: str) -> tuple[CodeBucket, ...]:
    """The buckets to which apply uploads code, also where a hook or a build can make the code that large."""
    bundles, _ = pack_all(project, package_cache(project, CloudOptions()))
    buckets: dict[str, CodeBucket] = {}
    for address, source in code_sources(project):
        bundle = bundles.get(address)
        has_hook = isinstance(source, FolderSource) and source.hook is not None
        if source is None or isinstance(source, ObjectSource):
            continue
        if bundle is None or bundle.needs_upload or has_hook or may_have_dependencies(source):
            name, is_own = _bucket(bundle, project.key.region)
            buckets[name] = CodeBucket(f"{name}-{app_id or '*'}", app_id, is_own)
    return tuple(buckets.values())


def _bucket(bundle: Bundle | None, region: str) -> tuple[str, bool]:
    """The name of the bucket for a bundle, and whether scfdeploy creates it."""
    if bundle is None:
        return f"scfdeploy-code-{region}", True
    return object_location(bundle, region)[0], not bundle.bucket
