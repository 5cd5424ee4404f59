"""One parsed serverless.yml, the kind that its `component` names, and the context for reading its instance."""

from __future__ import annotations

from scfdeploy.config.variables import Resolver
from scfdeploy.config.yaml import MappingNode
from scfdeploy.diagnostics import Diagnostics
from scfdeploy.model import Owner
from scfdeploy.records import NamedTuple

_VENDOR = "@serverless/"


class Document(NamedTuple):
    """A file and its tree. `file` is its display name, `root` the absolute path of its folder."""

    file: str
    root: str
    text: str
    tree: MappingNode
    boundary: str = ""
    """The folder, without links, that all its code must be in; empty for no limit."""


class InstanceDocument(NamedTuple):
    """A document whose instance is known. `region` replaces that of the file, if given."""

    document: Document
    owner: Owner
    region: str | None
    resolver: Resolver
    diagnostics: Diagnostics
    protect: bool | None = None
    """The value of `protect` for all resources of the instance."""
    unresolved: frozenset[str] = frozenset()
    """Those of name, app and stage that cannot be resolved and have a placeholder."""


def component_kind(name: str) -> str:
    """The kind without scope and version: `scf` for `scf@dev` or `@serverless/tencent-scf@1.0`."""
    return name.removeprefix(_VENDOR).partition("@")[0].removeprefix("tencent-")
