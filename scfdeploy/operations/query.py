"""What is looked at only because a file speaks of it: versions, aliases, concurrency."""

from __future__ import annotations

from dataclasses import replace

from scfdeploy.model import FUNCTION_FIELDS, Address, Project, UpdateMode
from scfdeploy.providers.base import Query

_ALIAS = frozenset(field.name for field in FUNCTION_FIELDS if field.update_mode is UpdateMode.ALIAS)


def with_version_queries(query: Query, project: Project) -> Query:
    """The query, with what hangs on the versions of those functions whose files say something of it."""
    return replace(
        query,
        versions=_with(project, "traffic"),
        published=_with(project, "publish", "provisionedNum"),
        # Instances of an earlier version are given back once no alias leads to it.
        aliases=_with(project, "provisionedNum", *_ALIAS),
        provisioned=_with(project, "provisionedNum"),
        reserved=_with(project, "reservedConcurrencyMem"),
    )


def with_all_version_queries(query: Query, project: Project) -> Query:
    """The same, with the versions and aliases of every function."""
    every = frozenset(function.address for function in project.functions)
    return replace(with_version_queries(query, project), versions=every, aliases=every)


def _with(project: Project, *names: str) -> frozenset[Address]:
    return frozenset(
        function.address for function in project.functions if not function.settings.keys().isdisjoint(names)
    )
