"""Find linked packages in node_modules that would not find their dependencies as copies.

pnpm, bun and others lay a package into a store beside the packages that it needs, and link to it. Node.js looks from
the package's real place; an archive has no links, so the copy is looked at from where the link lay.
"""
# ruff: noqa: PTH112, PTH113, PTH118, PTH119, PTH120, PTH123, PTH208
# Plain strings, as in scan.

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.packager.findings import Findings, shown

NODE_MODULES_LINKED = Finding(
    "node-modules-linked",
    Severity.ERROR,
    "node_modules consists of links",
    detail='"{package}" is a link to "{target}" ({tool}). An archive contains a copy instead, which would not find '
    '"{missing}".{more}',
    hint="Install plain folders: {command}. Or bundle the code into one file.",
    title="A node_modules that works by links.",
    what="Packages in node_modules are links into a store (pnpm, bun) or to other folders (npm link, workspaces), and "
    "their dependencies are beside their real place.",
    why="An archive contains copies instead of links; a copy does not find its dependencies, and every call fails.",
    wrong="`pnpm install`, with its own layout",
    right="`pnpm install --config.node-linker=hoisted`, `bun install --linker hoisted`, or "
    "`npm install --install-links`",
)

_MODULES = "node_modules"
_CURES = {
    ".pnpm": ("pnpm", "pnpm install --config.node-linker=hoisted (node-linker=hoisted in .npmrc)"),
    ".bun": ("bun", "bun install --linker hoisted"),
    ".store": (
        "npm or yarn",
        "npm install --install-strategy=hoisted, or with `nodeLinker: node-modules` in .yarnrc.yml",
    ),
}
LONGEST_LINK = 1024
"""Characters of a path that a link leads to."""

_OTHER_CURE = "npm install --install-links"
CURES_IN_WORDS = "npm install --install-links, pnpm deploy, or bun install --linker hoisted"


def is_module_link(path: str) -> bool:
    """Whether the path of a link is that of a package which Node.js looks for: not one inside a store."""
    parts = path.split("/")
    scoped = len(parts) > 2 and parts[-2].startswith("@") and parts[-3] == _MODULES
    in_modules = scoped or (len(parts) > 1 and parts[-2] == _MODULES)
    inside = parts[parts.index(_MODULES) + 1 :] if in_modules else []
    return in_modules and not any(part.startswith(".") for part in inside)


def link_in_text(path: str) -> str | None:
    """The folder that a text file stands for: a link as git writes it where links are switched off; else None."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(LONGEST_LINK)
    except (OSError, UnicodeDecodeError):
        return None
    target = os.path.join(os.path.dirname(path), text)
    return os.path.realpath(target) if text.isprintable() and "/" in text and os.path.isdir(target) else None


def check_module_links(links: Mapping[str, str], root: str, findings: Findings) -> bool:
    """Whether linked packages would not run as copies; `links` are their paths and real places."""
    lost: dict[str, str] = {}
    for path, real in sorted(links.items()):
        if os.path.isfile(path):
            _report_text(os.path.relpath(path, root), real, findings)
            return True
        missing = next(_lost_beside(path, real, os.path.realpath(root)), None)
        if missing is not None:
            lost[path] = missing
    if not lost:
        return False
    first, missing = next(iter(lost.items()))
    tool, cure = _cure_for(links[first])
    more = f" ({len(lost)} packages are such links.)" if len(lost) > 1 else ""
    own = os.path.relpath(first, root)
    target = os.path.relpath(links[first], os.path.realpath(root))
    findings.report(
        NODE_MODULES_LINKED,
        package=shown(own),
        target=shown(target),
        tool=tool,
        missing=shown(missing),
        more=more,
        command=cure,
    )
    return True


def _cure_for(real: str) -> tuple[str, str]:
    """The tool that laid out a package at this place, and what to run so that it needs no links."""
    store = next((name for name in _CURES if f"/{name}/" in real), "")
    return _CURES.get(store, ("links", _OTHER_CURE))


def _report_text(path: str, real: str, findings: Findings) -> None:
    tool, cure = _cure_for(real)
    findings.report(
        NODE_MODULES_LINKED,
        summary="node_modules contains links as text files",
        detail='"{package}" is a text file that names a folder: a link ({tool}) that was copied or checked out without '
        "links. Node.js cannot load it.",
        hint="Install the packages here, as plain folders: {command}.",
        package=shown(path),
        tool=tool,
        command=cure,
    )


def _lost_beside(path: str, real: str, root: str) -> Iterator[str]:
    """The packages that a package finds at its real place and its copy at `path` does not."""
    around = {os.path.realpath(folder) for folder in _modules_around(path, root)}
    for folder in _modules_around(real, root):
        if folder in around or os.path.basename(os.path.dirname(folder)).startswith("."):
            continue  # the same for both, or the store's own, which no package is promised
        for name in _packages(folder):
            place = os.path.realpath(os.path.join(folder, name))
            if place != real and not any(os.path.realpath(os.path.join(one, name)) == place for one in around):
                yield name


def _modules_around(path: str, root: str) -> Iterator[str]:
    """The folders node_modules in which Node.js looks for what the package at `path` needs, beside its own."""
    folder = os.path.dirname(path)
    while len(folder) > 1:
        candidate = folder if os.path.basename(folder) == _MODULES else os.path.join(folder, _MODULES)
        if os.path.isdir(candidate):
            yield candidate
        if folder == root:
            return
        folder = os.path.dirname(folder)


def _packages(folder: str) -> Iterator[str]:
    for name in sorted(os.listdir(folder)):
        if name.startswith("@"):
            yield from (f"{name}/{inner}" for inner in sorted(os.listdir(os.path.join(folder, name))))
        elif not name.startswith("."):
            yield name
