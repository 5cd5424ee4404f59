"""Convert the settings of a function in an older format: renamed, moved and removed keys."""

from __future__ import annotations

import re

from scfdeploy.config.components.image_parts import address_of_parts
from scfdeploy.config.components.source_keys import below_source
from scfdeploy.config.migration.layout import (
    comment_entry,
    end_line,
    first_comment_line,
    first_line,
    get,
    indent,
    mapping_of,
    sequence_items,
    text_of,
)
from scfdeploy.config.migration.rewrite import Rewrite
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode
from scfdeploy.config.yaml.nodes import is_plain_text
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span
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
    why="The current format does this differently, or not at all: credentials come from the environment, and there are "
    "no plugins.",
    wrong=yaml("provider:\n  name: tencent\n  credentials: ~/credentials"),
    right="`TENCENTCLOUD_SECRET_ID` and `TENCENTCLOUD_SECRET_KEY` in the environment, and no such key.",
)

_NAMES = frozenset(field.name for field in FUNCTION_FIELDS)
_BY_ALIAS = {alias: field.name for field in FUNCTION_FIELDS for alias in field.aliases if alias not in _NAMES}
_PATTERNS = ("exclude", "include")
_HINTS = {
    "credentials": "Set credentials in the environment, in .env, or in a profile; see the README.",
    "cosBucket": "To upload to your own bucket, write `src: {src: ./, bucket: NAME}`.",
    "apiGateway": "A function URL has no service to share.",
    "package": "Write `src: {src: ./, exclude: […]}` for the function.",
    "individually": "Give each function its own `src`, with `exclude` for the files it does not need.",
}


class FunctionSettings:
    """Converts the settings of one function, or those that several functions share."""

    def __init__(self, mapping: MappingNode, rewrite: Rewrite, diagnostics: Diagnostics) -> None:
        self.mapping, self._rewrite, self._diagnostics = mapping, rewrite, diagnostics

    def get(self, name: str) -> Entry | None:
        """The setting by its current name, written under this name or an older one."""
        return self.mapping.get(name) or next(
            (entry for entry in self.mapping if _BY_ALIAS.get(entry.key.text) == name), None
        )

    def translate(self, *, silent: tuple[str, ...] = (), patterns: bool = False) -> None:
        """Rename keys that have a new name, and comment out those without an equivalent.

        Keys in `silent` are commented out without a warning. With `patterns`, `exclude` and `include` are moved below
        `src`.
        """
        for entry in self.mapping:
            key = entry.key.text
            if key in silent:
                comment_entry(entry, self._rewrite)
            elif key in _NAMES:
                self._convert_value(entry, key)
            elif key in _BY_ALIAS and self.mapping.get(_BY_ALIAS[key]) is None:
                self._rewrite.replace(entry.key.span, _BY_ALIAS[key])
                self._convert_value(entry, _BY_ALIAS[key])
            elif not (patterns and key in _PATTERNS):
                comment_out(entry, self._rewrite, self._diagnostics)
        if patterns:
            self.gather_source()

    def _convert_value(self, entry: Entry, name: str) -> None:
        """Convert a value whose form has changed."""
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
            case "image", MappingNode() as image:
                write_image_address(image, self._rewrite)
            case "src", MappingNode() as source:
                key = source.get("key")
                if key is not None and source.get("object") is None:
                    self._rewrite.replace(key.key.span, "object")

    def gather_source(self) -> None:
        """Move `exclude` and `include` below `src`; without them and `src`, write `src: ./`, the default of old."""
        patterns = [entry for key in _PATTERNS if (entry := self.mapping.get(key)) is not None]
        source = self.get("src")
        if not patterns:
            if source is None and self.mapping.get("image") is None and self.mapping.entries:
                top = self.mapping.entries[0]
                self._rewrite.before(first_line(top), " " * indent(top) + "src: ./")
            return
        inner = mapping_of(source)
        depth = 2
        to_move = patterns
        if source is None:
            head, *to_move = patterns
            last = end_line(head)
            first, pad = first_comment_line(first_line(head), self._rewrite), " " * indent(head)
            self._rewrite.nest(first, last, f"{pad}src:", f"{pad}  src: ./")
        else:
            last = end_line(source)
            if inner is None:
                self._rewrite.nest(first_line(source), last, " " * indent(source) + "src:")
            elif inner.entries:
                depth = indent(inner.entries[0]) - indent(source)
        for entry in to_move:
            first = first_comment_line(first_line(entry), self._rewrite)
            self._rewrite.move_after(first, end_line(entry), after=last)
            self._rewrite.shift(first, end_line(entry), depth)
            last = end_line(entry)
        root = text_of(inner.get("src")) if inner is not None else text_of(source)
        self._rebase_includes(root or ".")

    def _rebase_includes(self, root: str) -> None:
        """Make paths of `include`, which were relative to the file, relative to the folder of the code."""
        for written in sequence_items(self.mapping.get("include")):
            source = get(written, "source")
            item = written if source is None else source.value
            path = self._path(item) if "${" not in root else None
            if path is None:
                self._diagnostics.report(
                    NOT_CARRIED_OVER,
                    item.span,
                    detail="Under `src`, paths of `include` are relative to the folder of the code, not to this file; "
                    "this one is not changed.",
                    hint="Write it relative to the folder of the code.",
                )
            elif (new := below_source(path, root)) is not None:
                self._rewrite.replace(item.span, new)

    def _path(self, item: Node) -> str | None:
        """The path that an item names, with variables replaced; None if it is not known."""
        if not isinstance(item, ScalarNode) or item.span.start.line != item.span.end.line:
            return None
        if "${" not in item.text:
            return item.text
        path = self._rewrite.edited_line(item.span.start.line).strip().removeprefix("-").strip()
        return path if re.fullmatch(r"[\w./-]+", path) else None


def comment_out(entry: Entry, rewrite: Rewrite, diagnostics: Diagnostics) -> None:
    """Comment out a setting without an equivalent, with a warning."""
    comment_entry(entry, rewrite)
    diagnostics.report(NOT_CARRIED_OVER, entry.key.span, hint=_HINTS.get(entry.key.text), key=entry.key.text)


def write_image_address(image: MappingNode, rewrite: Rewrite) -> None:
    """Write an image in parts as one address, in the line of the first part, if each has a line of its own."""
    entries, address = address_of_parts(image)
    lines = [(first_line(entry), end_line(entry)) for entry in entries]
    is_block = all(not rewrite.source_line(first_line(entry))[: indent(entry)].strip() for entry in image)
    if not entries or not is_block or not is_plain_text(address) or any(first != last for first, last in lines):
        return
    head, *others = entries
    rewrite.replace(Span(rewrite.file, head.key.span.start, head.value.span.end), f"imageUrl: {address}")
    for entry in others:
        rewrite.drop(first_line(entry), max(entry.key.span.end, entry.value.span.end))
