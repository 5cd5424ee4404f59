"""The versions of a function as a table, with the aliases that point to them."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import message
from scfdeploy.report.terminal import safe
from scfdeploy.report.text.style import TextStyle, table
from scfdeploy.results.aliases import VersionList


def render_versions(result: VersionList, style: TextStyle) -> str:
    """The table, with the newest version at the end."""
    header = (message("VERSION"), message("PUBLISHED"), message("STATE"), message("ALIASES"), message("DESCRIPTION"))
    return "\n".join(table(header, list(_rows(result)), style)) + "\n"


def _rows(result: VersionList) -> Iterator[tuple[str, ...]]:
    for version in result.versions:
        shares = [(alias.address.name, alias.route.share(version.name)) for alias in result.aliases]
        aliases = ", ".join(
            safe(name) + ("" if share == 1 else f" ({round(share * 100, 4):g} %)") for name, share in shares if share
        )
        published = safe(version.published) if version.name != "$LATEST" else ""
        yield safe(version.name), published, safe(version.state), aliases, safe(version.description)
