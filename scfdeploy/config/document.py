"""One serverless.yml, read as a tree, with all that reading its parts needs."""

from __future__ import annotations

from typing import NamedTuple

from scfdeploy.config.variables import Resolver
from scfdeploy.config.yaml import MappingNode
from scfdeploy.diagnostics import Diagnostics
from scfdeploy.model import Owner


class Document(NamedTuple):
    """A file and its tree. `file` is its name as shown, `root` the absolute path of its folder."""

    file: str
    root: str
    text: str
    tree: MappingNode


class InstanceDocument(NamedTuple):
    """A document whose instance is known. `region` is what the command line says, if anything."""

    document: Document
    owner: Owner
    region: str | None
    resolver: Resolver
    diagnostics: Diagnostics
