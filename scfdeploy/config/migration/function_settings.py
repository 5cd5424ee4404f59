"""Convert the settings of a function in an older format: renamed, moved and removed keys."""

from __future__ import annotations

from scfdeploy.config.components.image_parts import address_of_parts
from scfdeploy.config.rewriting.layout import comment_entry, end_line, first_line, indent
from scfdeploy.config.rewriting.rewrite import Rewrite
from scfdeploy.config.rewriting.source_patterns import gather_source
from scfdeploy.config.source import PATTERN_KEYS
from scfdeploy.config.variables.framework_variables import Replacement, written
from scfdeploy.config.yaml import Entry, MappingNode, ScalarNode, Style
from scfdeploy.config.yaml.nodes import is_plain_text
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import FUNCTION_FIELDS
from scfdeploy.records import replace

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
            elif not (patterns and key in PATTERN_KEYS):
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
            case "vpcConfig", ScalarNode(text=text) as scalar if text.count("/") == 1 and "${" not in text:
                plain = replace(scalar, style=Style.PLAIN)
                vpc, subnet = (
                    written(Replacement(half.strip(), is_text=True), plain, "", is_entire=True)
                    for half in text.split("/")
                )
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
        for item in gather_source(self.mapping, self.get("src"), self._rewrite):
            self._diagnostics.report(
                NOT_CARRIED_OVER,
                item.span,
                detail="Under `src`, paths of `include` are relative to the folder of the code, not to this file; "
                "this one is not changed.",
                hint="Write it relative to the folder of the code.",
            )


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
