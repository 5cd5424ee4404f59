"""Declares the keys of `inputs`. Parsing, rules, schema, documentation and diff all read these declarations.

How a field is written to and read from the API is declared in providers/tencent.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from scfdeploy.records import dataclass


class Kind(StrEnum):
    """The shape of a field's value."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    STRING_LIST = "list of strings"
    STRING_MAP = "mapping of names to strings"
    BLOCK = "mapping"
    BLOCK_LIST = "list of mappings"
    SOURCE = "path or mapping"
    SWITCH = "boolean or mapping"
    TRIGGERS = "list of triggers"


class UpdateMode(StrEnum):
    """How a changed value is applied to an existing resource."""

    IDENTITY = "identity"  # a different value identifies a different resource
    REPLACE = "replace"  # cannot be changed after creation
    CONFIGURATION = "configuration"  # in place, with the other settings
    CODE = "code"  # in place, with the code
    PACKAGE = "package"  # part of the packaged code
    TAGS = "tags"  # by the tag service
    ASYNC = "async"  # the resource async/<namespace>/<function>
    TRIGGER = "trigger"  # the resources trigger/<namespace>/<function>/<type>/<name>
    PUBLISH = "publish"  # a version published after the other changes of the function
    ALIAS = "alias"  # the resource alias/<namespace>/<function>/<alias>
    CONCURRENCY = "concurrency"  # the resources concurrency/<namespace>/<function>[/<version>]
    DOMAIN = "domain"  # the resources domain/<host name>
    TOOL = "tool"  # read by scfdeploy only; never sent


@dataclass(frozen=True, slots=True)
class Field:
    """The declaration of one key."""

    name: str
    kind: Kind
    description: str
    """One sentence for documentation and the schema; names the unit of a number."""
    update_mode: UpdateMode = UpdateMode.CONFIGURATION
    required: bool = False
    default: str = ""
    """The platform's default, as text for people."""
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    """Inclusive, in the unit of the description."""
    maximum: int | None = None
    """Inclusive, in the unit of the description."""
    only_for: str = ""
    """`event` or `web` when the field applies to one type of function only."""
    fields: tuple[Field, ...] = ()
    """The keys of a BLOCK or SWITCH, of each item of a BLOCK_LIST, or of the items of a STRING_LIST that can be one."""
    supported: bool = True
    """False reports a diagnostic when the key is used."""
    aliases: tuple[str, ...] = ()
    """Other spellings seen in the wild, such as API names; used for suggestions."""
    words: tuple[tuple[str, bool], ...] = ()
    """Other ways to write a BOOLEAN, each with its meaning."""
    code: str = ""
    """The cloud's error code for a missing or invalid value; empty when it has none of its own."""


def by_name(fields: Iterable[Field]) -> dict[str, Field]:
    """Index fields by name."""
    return {field.name: field for field in fields}
