"""The versions of a function as a table, with the aliases that lead there."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.report.results import VersionsShown
from scfdeploy.report.terminal import pad, safe, width
from scfdeploy.report.text.style import Look

_HEADER = ("VERSION", "PUBLISHED", "STATE", "ALIASES", "DESCRIPTION")


def render_versions(result: VersionsShown, look: Look) -> str:
    """The table, newest at the end."""
    return "\n".join(_table(result, look)) + "\n"


def _table(result: VersionsShown, look: Look) -> Iterator[str]:
    rows = [_HEADER, *_rows(result)]
    filled = [at for at in range(len(_HEADER)) if any(row[at] for row in rows[1:])]
    widths = {at: max(width(row[at]) for row in rows) for at in filled}
    for number, row in enumerate(rows):
        line = "  ".join(pad(row[at], widths[at]) for at in filled).rstrip()
        yield look.paint(line, "bold") if number == 0 else line


def _rows(result: VersionsShown) -> Iterator[tuple[str, ...]]:
    for version in result.versions:
        leading = [(alias, alias.route.share(version.name)) for alias in result.aliases]
        names = [
            safe(alias.address.name) + ("" if share == 1 else f" ({round(share * 100, 4):g} %)")
            for alias, share in leading
            if share
        ]
        published = safe(version.published) if version.name != "$LATEST" else ""
        yield safe(version.name), published, safe(version.state), ", ".join(names), safe(version.description)
