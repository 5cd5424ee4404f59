"""Find linked packages in node_modules that would not find their dependencies as copies.

pnpm, bun and others put a package into a store, beside its dependencies, and link to it. Node.js resolves dependencies
from the real path of the package. An archive has no links, so they would be resolved from the path of the link.
"""
# ruff: noqa: PTH112, PTH113, PTH118, PTH119, PTH120, PTH123, PTH208
# Paths are plain strings, as in fingerprint.py.

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.diagnostics.messages import message
from scfdeploy.packager.findings import Findings, printable

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
_INSTALLERS = {
    ".pnpm": ("pnpm", "pnpm install --config.node-linker=hoisted (node-linker=hoisted in .npmrc)"),
    ".bun": ("bun", "bun install --linker hoisted"),
    ".store": (
        "npm or yarn",
        "npm install --install-strategy=hoisted, or with `nodeLinker: node-modules` in .yarnrc.yml",
    ),
}
MAX_LINK_CHARACTERS = 1024
"""Of the target of a link."""

_OTHER_INSTALLER = ("links", "npm install --install-links")
INSTALL_COMMANDS = "npm install --install-links, pnpm deploy, or bun install --linker hoisted"


def is_module_link(path: str) -> bool:
    """Whether the path of a link is that of a package which Node.js can load: not one inside a store."""
    names = path.split("/")
    is_scoped = len(names) > 2 and names[-2].startswith("@") and names[-3] == _MODULES
    if not is_scoped and (len(names) < 2 or names[-2] != _MODULES):
        return False
    return not any(name.startswith(".") for name in names[names.index(_MODULES) + 1 :])


def text_link_target(path: str) -> str | None:
    """The folder named by a text file that replaces a link, as git writes it with core.symlinks=false, or None."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(MAX_LINK_CHARACTERS)
    except (OSError, UnicodeDecodeError):
        return None
    target = os.path.join(os.path.dirname(path), text)
    return os.path.realpath(target) if text.isprintable() and "/" in text and os.path.isdir(target) else None


def check_module_links(links: Mapping[str, str], root: str, findings: Findings) -> bool:
    """Report linked packages that would not work as copies, and return whether there are any.

    `links` maps their paths to their real paths.
    """
    broken: dict[str, str] = {}
    for path, real in sorted(links.items()):
        if os.path.isfile(path):
            _report_text_link(os.path.relpath(path, root), real, findings)
            return True
        missing = next(_lost_dependencies(path, real, os.path.realpath(root)), None)
        if missing is not None:
            broken[path] = missing
    if not broken:
        return False
    first, missing = next(iter(broken.items()))
    tool, command = _installer(links[first])
    findings.report(
        NODE_MODULES_LINKED,
        package=printable(os.path.relpath(first, root)),
        target=printable(os.path.relpath(links[first], os.path.realpath(root))),
        tool=tool,
        missing=printable(missing),
        more=message(" ({count} packages are such links.)", count=len(broken)) if len(broken) > 1 else "",
        command=command,
    )
    return True


def _installer(real: str) -> tuple[str, str]:
    """The tool that installed a package at this path, and the command that installs it without links."""
    return next((installer for store, installer in _INSTALLERS.items() if f"/{store}/" in real), _OTHER_INSTALLER)


def _report_text_link(path: str, real: str, findings: Findings) -> None:
    tool, command = _installer(real)
    findings.report(
        NODE_MODULES_LINKED,
        summary="node_modules contains links as text files",
        detail='"{package}" is a text file that names a folder: a link ({tool}) that was copied or checked out without '
        "links. Node.js cannot load it.",
        hint="Install the packages here, as plain folders: {command}.",
        package=printable(path),
        tool=tool,
        command=command,
    )


def _lost_dependencies(path: str, real: str, root: str) -> Iterator[str]:
    """The packages that a package can load from its real path, but not its copy at `path`."""
    copy_folders = {os.path.realpath(folder) for folder in _search_path(path, root)}
    for folder in _search_path(real, root):
        if folder in copy_folders or os.path.basename(os.path.dirname(folder)).startswith("."):
            continue  # the same for both, or the store's own folder, which packages do not rely on
        for name in _packages(folder):
            target = os.path.realpath(os.path.join(folder, name))
            if target != real and all(os.path.realpath(os.path.join(other, name)) != target for other in copy_folders):
                yield name


def _search_path(path: str, root: str) -> Iterator[str]:
    """The node_modules folders in which Node.js looks for the dependencies of the package at `path`, but its own."""
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
