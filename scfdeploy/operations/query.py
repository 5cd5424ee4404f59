"""Queries: which resources to read from the cloud for a project, and which of their optional parts."""

from __future__ import annotations

from scfdeploy.model import FUNCTION_FIELDS, Address, Project, UpdateMode, domains_of
from scfdeploy.plan import Policy, named_namespaces
from scfdeploy.providers.base import Query
from scfdeploy.records import replace

_ALIAS_FIELDS = frozenset(field.name for field in FUNCTION_FIELDS if field.update_mode is UpdateMode.ALIAS)


def project_query(project: Project, *, code: bool = True) -> Query:
    """The functions, layers, custom domains and namespaces of a project, and everything else with its ownership tag."""
    return Query(
        functions=tuple(function.address for function in project.functions),
        asynchronous=_functions_with(project, "msgTTL", "retryNum"),
        code=code,
        app=project.key.app,
        stage=project.key.stage,
        layers=tuple(layer.address for layer in project.layers),
        domains=tuple(domain.address for domain in domains_of(project)),
        namespaces=tuple(named_namespaces(project)),
    )


def plan_query(project: Project, policy: Policy) -> Query:
    """The query of a plan. Unlisted layers and domains are read only if the project has some, or for --prune."""
    query = project_query(project)
    return replace(
        query,
        unlisted_domains=bool(query.domains) or policy.prune,
        unlisted_layers=bool(project.layers) or policy.prune,
        mounts=policy.prune or (bool(project.layers) and policy.keep is not None),
    )


def destroy_query(project: Project) -> Query:
    """The query of a destroy, in every namespace. Mounts of layers are read only if the project can have layers.

    A deletion depends on no other setting, and takes the settings of asynchronous invocation with it.
    """
    mounts = bool(project.layers) or len(project.instances) > 1
    return replace(
        project_query(project, code=False),
        asynchronous=frozenset(),
        unlisted_layers=True,
        unlisted_domains=True,
        mounts=mounts,
        settings=mounts,
        everywhere=True,
    )


def with_version_queries(query: Query, project: Project) -> Query:
    """Add versions, aliases and concurrency of the functions whose files configure them."""
    return replace(
        query,
        versions=_functions_with(project, "traffic"),
        published=_functions_with(project, "publish", "provisionedNum"),
        # Provisioned instances of an older version are released once no alias points to it.
        aliases=_functions_with(project, "provisionedNum", *_ALIAS_FIELDS),
        provisioned=_functions_with(project, "provisionedNum"),
        reserved=_functions_with(project, "reservedConcurrencyMem"),
    )


def with_all_version_queries(query: Query, project: Project) -> Query:
    """Add the same, and the versions and aliases of every function."""
    functions = frozenset(function.address for function in project.functions)
    return replace(with_version_queries(query, project), versions=functions, aliases=functions)


def _functions_with(project: Project, *settings: str) -> frozenset[Address]:
    return frozenset(
        function.address for function in project.functions if not function.settings.keys().isdisjoint(settings)
    )
