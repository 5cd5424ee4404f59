"""How one key of `inputs` is described: read by parsing, the rules, the schema, the docs and the diff alike.

How a field travels to the cloud and back is not said here: that is providers/tencent's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The shape of a field's value."""

    STRING = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    STRING_LIST = "list of texts"
    STRING_MAP = "mapping of names to texts"
    BLOCK = "mapping"
    BLOCK_LIST = "list of mappings"
    SOURCE = "path or mapping"
    TRIGGERS = "list of triggers"


class UpdateMode(StrEnum):
    """How a change of a field reaches a function that exists."""

    IDENTITY = "identity"  # another value names another resource
    REPLACE = "replace"  # cannot be changed after creation
    CONFIGURATION = "configuration"  # in place, with the other settings
    CODE = "code"  # in place, with the code
    PACKAGE = "package"  # becomes part of the packed code
    TAGS = "tags"  # by the tag product
    ASYNC = "async"  # the resource async/<namespace>/<function>
    TRIGGER = "trigger"  # resources of their own
    PUBLISH = "publish"  # a version, published after the function's other changes
    ALIAS = "alias"  # the resource alias/<namespace>/<function>/<alias>
    CONCURRENCY = "concurrency"  # the resources concurrency/<namespace>/<function>[/<version>]
    TOOL = "tool"  # says something to this tool only


@dataclass(frozen=True, slots=True)
class Field:
    """One key. `default` is what the platform does without it, as text for people.

    `minimum` and `maximum` are inclusive, in the unit that `text` names. `only_for` is `event` or `web` where a field
    means something for one type of function only. `fields` are the keys of a BLOCK or of each item of a BLOCK_LIST. A
    field that is not `supported` yet is answered with a diagnostic, never dropped in silence. `aliases` are other
    spellings seen in documents (capitalised API names, keys of other component kinds), worth naming when somebody
    writes them. `words` are other ways to write a BOOLEAN, with what each means. `code` is what the cloud answers where
    the field is missing or wrong, empty where that is no code of its own.
    """

    name: str
    kind: Kind
    text: str
    update_mode: UpdateMode = UpdateMode.CONFIGURATION
    required: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    only_for: str = ""
    fields: tuple[Field, ...] = ()
    supported: bool = True
    aliases: tuple[str, ...] = ()
    words: tuple[tuple[str, bool], ...] = ()
    code: str = ""


def by_name(fields: Iterable[Field]) -> dict[str, Field]:
    """The fields by their names."""
    return {field.name: field for field in fields}
