"""The API actions that plan, apply and destroy of a project call, and the resources that they are limited to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum

from scfdeploy.diagnostics import message
from scfdeploy.facts.permissions import policy_actions
from scfdeploy.model import Project
from scfdeploy.providers.base import Query
from scfdeploy.providers.tencent.cos.upload import FOLDER
from scfdeploy.records import NamedTuple

_ANY = "*"
_COS_OWN = ("HeadBucket", "PutBucket", "GetBucketLifecycle", "PutBucketLifecycle")
_COS = (
    "HeadObject",
    "GetObject",
    "PutObject",
    "InitiateMultipartUpload",
    "ListMultipartUploads",
    "ListParts",
    "UploadPart",
    "CompleteMultipartUpload",
)
_CLB_READS = ("DescribeTargets",)
_CLB_WRITES = ("DescribeListeners", "DescribeTaskStatus", "CreateRule", "RegisterFunctionTargets",
               "ModifyFunctionTargets", "DeregisterFunctionTargets")  # fmt: skip
_CLB_DELETES = ("DescribeListeners", "DescribeTaskStatus", "DeregisterFunctionTargets")
_ELSEWHERE = ("clb", "cls", "mps")  # types of triggers that other products store


class Run(StrEnum):
    """What the permissions are for."""

    PLAN = "plan"
    APPLY = "apply"
    DESTROY = "destroy"


class CodeBucket(NamedTuple):
    """A bucket to which code is uploaded."""

    name: str
    """With the APPID as suffix; with `*` in its place if that is not known."""
    app_id: str
    """Empty if it is not known."""
    is_own: bool
    """Whether scfdeploy creates it."""


class Permission(NamedTuple):
    """Actions for one purpose."""

    reason: str
    """The purpose, for people."""
    actions: tuple[str, ...]
    """In the names of CAM, sorted."""
    resources: tuple[str, ...]
    """Six-part names, or `*`."""


class _Need(NamedTuple):
    reason: str
    product: str
    actions: tuple[str, ...]


def permissions(
    project: Project, query: Query, run: Run, *, prune: bool = False, buckets: Collection[CodeBucket] = ()
) -> tuple[Permission, ...]:
    """The permissions for a run that reads `query` and uploads code to `buckets`.

    With `prune`, also those to delete what no file lists any more.
    """
    functions = _function_names(project, everything=prune)
    granted: list[Permission] = []
    for need in _needs(project, query, run, prune=prune):
        granted += _limited(need, {"function": functions, "role": _roles(project)})
    if run is Run.APPLY:
        for bucket in buckets:
            actions = (*_COS, *(_COS_OWN if bucket.is_own else _COS_OWN[:1]))
            need = _Need(message("upload large code to {bucket}", bucket=bucket.name), "cos", actions)
            granted += _limited(need, _bucket_names(bucket, project.key.region))
    return tuple(granted)


def _needs(project: Project, query: Query, run: Run, *, prune: bool) -> Iterator[_Need]:
    yield from _reads(project, query, run, prune=prune)
    if run is Run.APPLY:
        yield from _writes(project, query, prune=prune)
    if run is Run.DESTROY:
        yield from _deletions(project, query)
    if run is not Run.PLAN:
        yield _Need(message("show the account before approval"), "cam", ("GetUserAppId",))


def _reads(project: Project, query: Query, run: Run, *, prune: bool) -> Iterator[_Need]:
    listing = ["ListFunctions"]
    listing += ["ListNamespaces"] if query.namespaces or query.mounts or query.everywhere else []
    yield _Need(message("find the functions of the project"), "scf", tuple(listing))
    if query.functions:
        reads = ["GetFunction", "ListTriggers"]
        reads += ["GetFunctionAddress"] if query.code else []
        for action, functions in (
            ("GetFunctionEventInvokeConfig", query.asynchronous),
            ("ListVersionByFunction", query.versions | query.published),
            ("ListAliases", query.aliases),
            ("GetProvisionedConcurrencyConfig", query.provisioned),
            ("GetReservedConcurrencyConfig", query.reserved),
        ):
            reads += [action] if functions else []
        yield _Need(message("read the functions"), "scf", tuple(reads))
    if "clb" in _trigger_types(project):
        yield _Need(message("read the rules of load balancers"), "clb", _CLB_READS)
    if query.layers or query.unlisted_layers:
        yield _Need(message("read the layers"), "scf", ("ListLayers", "ListLayerVersions"))
    if query.domains or query.unlisted_domains:
        yield _Need(message("read the custom domains"), "scf", ("ListCustomDomains",))
    if run is not Run.DESTROY:
        yield _Need(message("compare the plan with the account's limits"), "scf", ("GetAccount",))


def _writes(project: Project, query: Query, *, prune: bool) -> Iterator[_Need]:
    if query.namespaces:
        yield _Need(message("create missing namespaces"), "scf", ("CreateNamespace",))
    if query.functions:
        yield from _function_writes(project, query)
        yield from _trigger_writes(_trigger_types(project))
    if query.layers or any(function.settings.get("layers") for function in project.functions):
        publishing = ("PublishLayerVersion",) if query.layers else ()
        deleting = ("DeleteLayerVersion",) if query.layers or prune else ()
        reason = message("publish and use layers")
        yield _Need(reason, "scf", ("GetLayerVersion", *publishing, *deleting))
    if query.domains:
        writes = ("GetCustomDomain", "CreateCustomDomain", "UpdateCustomDomain", "DeleteCustomDomain")
        yield _Need(message("create and change custom domains"), "scf", writes)
    elif prune:
        yield from _domain_deletions()
    if prune and not query.layers:
        yield _Need(message("delete layers"), "scf", ("GetLayerVersion", "DeleteLayerVersion"))


def _function_writes(project: Project, query: Query) -> Iterator[_Need]:
    # A replaced function is deleted first, after the aliases that hold it.
    writes = ("CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration", "DeleteFunction")
    reason = message("create, change and replace the functions")
    yield _Need(reason, "scf", (*writes, "ListAliases", "DeleteAlias"))
    yield _Need(message("change tags"), "tag", ("ModifyResourceTags",))
    if query.versions or query.published or query.aliases:
        yield _Need(
            message("publish versions and set aliases"),
            "scf",
            ("PublishVersion", "ListVersionByFunction", "CreateAlias", "UpdateAlias", "GetAlias"),
        )
    if query.provisioned or query.reserved:
        provisioned = ("PutProvisionedConcurrencyConfig", "DeleteProvisionedConcurrencyConfig")
        reserved = ("PutReservedConcurrencyConfig", "DeleteReservedConcurrencyConfig")
        actions = (*(provisioned if query.provisioned else ()), *(reserved if query.reserved else ()))
        yield _Need(message("set concurrency"), "scf", actions)
    if query.asynchronous:
        reason = message("set retries and the age of asynchronous events")
        yield _Need(reason, "scf", ("UpdateFunctionEventInvokeConfig",))
    if _role_names(project):
        yield _Need(message("pass roles to functions"), "cam", ("PassRole",))


def _trigger_writes(types: Collection[str]) -> Iterator[_Need]:
    writes = ("CreateTrigger", "UpdateTrigger", "UpdateTriggerStatus") if set(types) - set(_ELSEWHERE) else ()
    # A trigger that left the file is deleted, so this is needed without any in the file.
    yield _Need(message("create, change and delete triggers"), "scf", (*writes, "DeleteTrigger"))
    if "clb" in types:
        yield _Need(message("bind rules of load balancers"), "clb", _CLB_WRITES)
    if "cls" in types:
        yield _Need(message("bind log topics"), "cls", ("CreateDeliverCloudFunction",))
    if "mps" in types:
        yield _Need(message("bind media processing"), "mps", ("BindTrigger", "UnbindTrigger"))


def _deletions(project: Project, query: Query) -> Iterator[_Need]:
    types = _trigger_types(project)
    triggers = ("DeleteTrigger",) if "cls" in types else ()
    actions = ("DeleteFunction", "ListAliases", "DeleteAlias", *triggers)
    if query.functions:
        yield _Need(message("delete the functions"), "scf", actions)
    if "clb" in types:
        yield _Need(message("unbind rules of load balancers"), "clb", _CLB_DELETES)
    if "mps" in types:
        yield _Need(message("unbind media processing"), "mps", ("UnbindTrigger",))
    yield _Need(message("delete layers"), "scf", ("GetLayerVersion", "DeleteLayerVersion"))
    yield from _domain_deletions()


def _domain_deletions() -> Iterator[_Need]:
    yield _Need(message("delete custom domains"), "scf", ("GetCustomDomain", "DeleteCustomDomain"))


def _limited(need: _Need, names: dict[str, tuple[str, ...]]) -> Iterator[Permission]:
    """One permission for each level of resources that the actions of a need can be limited to."""
    known = policy_actions()
    by_resources: dict[tuple[str, ...], list[str]] = {}
    for action in dict.fromkeys(need.actions):
        policy_action = known[need.product, action]
        by_resources.setdefault(names.get(policy_action.resource) or (_ANY,), []).append(policy_action.cam)
    for resources, actions in by_resources.items():
        yield Permission(need.reason, tuple(sorted(actions)), resources)


def _function_names(project: Project, *, everything: bool) -> tuple[str, ...]:
    """The six-part names of the functions; an empty account is that of the policy's owner.

    With `everything`, all functions of their namespaces: those that no file lists any more have no known names.
    """
    addresses = dict.fromkeys(function.address for function in project.functions)
    region = project.key.region
    names = (
        _function_name(region, address.namespace, _ANY if everything else address.function) for address in addresses
    )
    return tuple(dict.fromkeys(names))


def _function_name(region: str, namespace: str, function: str) -> str:
    return f"qcs::scf:{region}::namespace/{namespace}/function/{function}"


def _bucket_names(bucket: CodeBucket, region: str) -> dict[str, tuple[str, ...]]:
    """The names of the bucket with the APPID in them; without it, no bucket can be named."""
    if not bucket.app_id:
        return {}
    start = f"qcs::cos:{region}:uid/{bucket.app_id}:{bucket.name}"
    return {"bucket": (f"{start}/*",), "object": (f"{start}/{FOLDER}/*",)}


def _roles(project: Project) -> tuple[str, ...]:
    return tuple(f"qcs::cam::uin/{_ANY}:roleName/{name}" for name in _role_names(project))


def _role_names(project: Project) -> tuple[str, ...]:
    roles = (function.settings.get("role") for function in project.functions)
    return tuple(sorted({role for role in roles if isinstance(role, str) and role}))


def _trigger_types(project: Project) -> frozenset[str]:
    return frozenset(trigger.type for function in project.functions for trigger in function.triggers)


def as_policy(granted: Iterable[Permission]) -> dict[str, object]:
    """The policy document of CAM, version 2.0."""
    return {
        "version": "2.0",
        "statement": [
            {"effect": "allow", "action": list(permission.actions), "resource": list(permission.resources)}
            for permission in granted
        ],
    }
