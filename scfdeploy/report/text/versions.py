"""The versions of a function as a table, with the aliases that lead there."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.report.terminal import safe
from scfdeploy.report.text.style import TextStyle
from scfdeploy.report.text.table import table
from scfdeploy.results import VersionList

_HEADER = ("VERSION", "PUBLISHED", "STATE", "ALIASES", "DESCRIPTION")


def render_versions(result: VersionList, style: TextStyle) -> str:
    """The table, newest at the end."""
    return "\n".join(table(_HEADER, list(_rows(result)), style)) + "\n"


def _rows(result: VersionList) -> Iterator[tuple[str, ...]]:
    for version in result.versions:
        leading = [(alias, alias.route.share(version.name)) for alias in result.aliases]
        names = [
            safe(alias.address.name) + ("" if share == 1 else f" ({round(share * 100, 4):g} %)")
            for alias, share in leading
            if share
        ]
        published = safe(version.published) if version.name != "$LATEST" else ""
        yield safe(version.name), published, safe(version.state), ", ".join(names), safe(version.description)
