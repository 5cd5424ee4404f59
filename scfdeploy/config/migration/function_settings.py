"""The settings of one function in an older dialect: other words, keys in other places, keys that are no more."""

from __future__ import annotations

import posixpath
import re

from scfdeploy.config.migration.layout import end_line, first_line, indent, mapping_of, text_of, with_comments
from scfdeploy.config.migration.rewrite import Rewrite
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode
from scfdeploy.diagnostics import Diagnostics, Finding, Severity
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import FUNCTION_FIELDS

NOT_CARRIED_OVER = Finding(
    "not-carried-over",
    Severity.WARNING,
    "Not carried over",
    detail='"{key}" has no equivalent in the current format; it stays as a comment.',
    hint="Remove the comment if nothing needs it.",
    title="A setting without an equivalent.",
    what="`scfdeploy migrate` found a setting, or a variable, that the current format does not have. A setting "
    "stays as a comment; a variable is not changed.",
    why="Its purpose is served differently now, or not at all: keys come from the environment, plugins do not exist.",
    wrong=yaml("provider:\n  name: tencent\n  credentials: ~/credentials"),
    right="`TENCENTCLOUD_SECRET_ID` and `TENCENTCLOUD_SECRET_KEY` in the environment, and no such key.",
)

_NAMES = frozenset(field.name for field in FUNCTION_FIELDS)
_BY_ALIAS = {alias: field.name for field in FUNCTION_FIELDS for alias in field.aliases if alias not in _NAMES}
_PATTERNS = ("exclude", "include")
_HINTS = {
    "credentials": "Give keys in the environment, in .env, or in a profile; see the README.",
    "cosBucket": "To upload into a bucket of your own write `src: {src: ./, bucket: NAME}`.",
    "apiGateway": "A function URL has no service that could be shared.",
    "package": "Write `src: {src: ./, exclude: […]}` for the function.",
    "individually": "Give each function its own `src`, with `exclude` for what it does not need.",
}


class Settings:
    """Puts the settings of one function, or those that several share, into today's words."""

    def __init__(self, mapping: MappingNode, rewrite: Rewrite, diagnostics: Diagnostics) -> None:
        self.mapping, self._rewrite, self._diagnostics = mapping, rewrite, diagnostics

    def get(self, name: str) -> Entry | None:
        """The setting that is called so today, whatever it is called here."""
        return self.mapping.get(name) or next(
            (entry for entry in self.mapping if _BY_ALIAS.get(entry.key.text) == name), None
        )

    def translate(self, *, silent: tuple[str, ...] = (), patterns: bool = False) -> None:
        """Rename what has another name, and make a comment of what has no counterpart.

        `silent` are keys whose meaning is kept by other means. With `patterns`, `exclude` and `include` stand beside
        the code, and go below `src`.
        """
        for entry in self.mapping:
            word = entry.key.text
            if word in silent:
                self.into_comment(entry)
            elif word in _NAMES:
                self._shape(entry, word)
            elif word in _BY_ALIAS and self.mapping.get(_BY_ALIAS[word]) is None:
                self._rewrite.replace(entry.key.span, _BY_ALIAS[word])
                self._shape(entry, _BY_ALIAS[word])
            elif not (patterns and word in _PATTERNS):
                leave_out(entry, self._rewrite, self._diagnostics)
        if patterns:
            self.gather_source()

    def into_comment(self, entry: Entry) -> None:
        """Make a comment of a setting without a word about it."""
        self._rewrite.comment(first_line(entry), end_line(entry), indent(entry))

    def _shape(self, entry: Entry, name: str) -> None:
        """Give a value the shape that it has today."""
        match name, entry.value:
            case "environment", MappingNode() as variables if variables.entries and variables.get("variables") is None:
                first = first_line(variables.entries[0])
                if first > first_line(entry):
                    head = " " * indent(variables.entries[0]) + "variables:"
                    self._rewrite.nest(first, end_line(entry), head)
            case "vpcConfig", ScalarNode(text=text) if text.count("/") == 1 and "${" not in text:
                vpc, subnet = text.split("/")
                pad = " " * (indent(entry) + 2)
                self._rewrite.replace(entry.value.span, "")
                self._rewrite.after(first_line(entry), f"{pad}vpcId: {vpc}", f"{pad}subnetId: {subnet}")
            case "src", MappingNode() as source:
                key = source.get("key")
                if key is not None and source.get("object") is None:
                    self._rewrite.replace(key.key.span, "object")

    def gather_source(self) -> None:
        """Take `exclude` and `include` from beside `src` to below it; without any, the code is the file's folder."""
        beside = [entry for word in _PATTERNS if (entry := self.mapping.get(word)) is not None]
        source = self.get("src")
        if not beside:
            if source is None and self.mapping.get("image") is None and self.mapping.entries:
                top = self.mapping.entries[0]
                self._rewrite.before(first_line(top), " " * indent(top) + "src: ./")
            return
        inner = mapping_of(source)
        depth = 2
        if source is None:
            head, *beside_it = beside
            below = end_line(head)
            first, pad = with_comments(first_line(head), self._rewrite), " " * indent(head)
            self._rewrite.nest(first, below, f"{pad}src:", f"{pad}  src: ./")
        else:
            below, beside_it = end_line(source), beside
            if inner is None:
                self._rewrite.nest(first_line(source), below, " " * indent(source) + "src:")
            elif inner.entries:
                depth = indent(inner.entries[0]) - indent(source)
        for entry in beside_it:
            first = with_comments(first_line(entry), self._rewrite)
            self._rewrite.move_after(first, end_line(entry), after=below)
            self._rewrite.shift(first, end_line(entry), depth)
            below = end_line(entry)
        root = text_of(inner.get("src")) if inner is not None else text_of(source)
        self._count_from(root or ".", beside)

    def _count_from(self, root: str, beside: list[Entry]) -> None:
        """Included paths counted from the file; below `src` they count from its folder."""
        for entry in beside:
            found = entry.value.items if entry.key.text == "include" and isinstance(entry.value, SequenceNode) else ()
            for item in found:
                path = self._path(item) if "${" not in root else None
                if path is None:
                    self._unclear(item)
                elif posixpath.relpath(path, root) != posixpath.normpath(path):
                    self._rewrite.replace(item.span, posixpath.relpath(path, root))

    def _path(self, item: Node) -> str | None:
        """What an item says once its variables have their values; None where that is not known."""
        if not isinstance(item, ScalarNode) or item.span.start.line != item.span.end.line:
            return None
        if "${" not in item.text:
            return item.text
        words = self._rewrite.now(item.span.start.line).strip().removeprefix("-").strip()
        return words if re.fullmatch(r"[\w./-]+", words) else None

    def _unclear(self, item: Node) -> None:
        self._diagnostics.report(
            NOT_CARRIED_OVER,
            item.span,
            detail="Under `src`, paths of `include` are relative to the folder of the code, not to this file; this one "
            "is not changed.",
            hint="Write it relative to the folder of the code.",
        )


def leave_out(entry: Entry, rewrite: Rewrite, diagnostics: Diagnostics) -> None:
    """Make a comment of what has no counterpart, and say so."""
    rewrite.comment(first_line(entry), end_line(entry), indent(entry))
    diagnostics.report(NOT_CARRIED_OVER, entry.key.span, hint=_HINTS.get(entry.key.text), key=entry.key.text)
