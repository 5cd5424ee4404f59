"""The results of `template`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from scfdeploy.results import Findings


class Template(NamedTuple):
    """A test event."""

    name: str
    kind: str
    """`built-in` or `user`."""

    alias: str = ""
    remark: str = ""
    function: str = ""
    """The function of a user template."""


class TemplateList(NamedTuple):
    """The result of `template list`."""

    findings: Findings
    templates: Sequence[Template]
    is_of_one_function: bool = True
    command: str = "template list"
    ok: bool = True


class TemplateShown(NamedTuple):
    """The result of `template show`."""

    findings: Findings
    name: str
    kind: str
    text: str
    """The JSON as its file has it."""

    command: str = "template show"
    ok: bool = True


class TemplateChanged(NamedTuple):
    """The result of `template save` and `template delete`."""

    command: str
    findings: Findings
    name: str
    function: str
    path: str
    """Relative to the project."""

    ok: bool = True


TemplateResult: TypeAlias = TemplateList | TemplateShown | TemplateChanged
