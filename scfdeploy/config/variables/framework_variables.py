"""Variables of the Serverless Framework, such as `${self:custom.x}`, and what to write in a component file instead."""
# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH113, PTH118

from __future__ import annotations

import os
import re

from scfdeploy.config.files import read_text
from scfdeploy.config.variables.scan import MOST_DEFAULTS, Part, Reference, alternatives, scan, without_quotes
from scfdeploy.config.yaml import MappingNode, Node, ScalarNode, Style, is_null, parse
from scfdeploy.config.yaml.nodes import is_plain_text, node_at, number
from scfdeploy.diagnostics import Diagnostics, Span
from scfdeploy.model import DEFAULT_STAGE, holds_secret, looks_secret
from scfdeploy.records import NamedTuple

_SOURCE = re.compile(r"(opt|self|sls|file|env)([:.(])(.*)", re.DOTALL)
_VARIABLES = re.compile(r"(?:\$\{[^{},]*\})+")
"""What is copied of a secret: variables, not its text."""
_OWN_VALUES = {"service": "name", "service.name": "name", "app": "app", "name": "name", "stage": "stage", "org": "org"}
_MAX_DEPTH = 10
_MAX_LENGTH = 2_000
"""The longest value that is written in place of a variable."""
_MAX_STEPS = 20_000
"""The variables that are followed in one file: they can use each other many times."""


class Replacement(NamedTuple):
    """What to write in place of a variable."""

    text: str
    """The value, in which variables of today's format can be."""
    is_text: bool = False
    """Whether the value is text even if it looks like a number or a boolean."""


class FrameworkVariables:
    """Finds what the variables of one file stand for. `root` is its folder; empty if no other file is read."""

    def __init__(self, tree: MappingNode, root: str = "") -> None:
        self._tree, self._root = tree, root
        provider = tree.get("provider")
        stage = tree.get("stage")
        if stage is None and provider is not None and isinstance(provider.value, MappingNode):
            stage = provider.value.get("stage")
        self._stage_span = None if stage is None else stage.value.span
        self._files: dict[str, Node | None] = {}
        self._steps = 0

    def replacement(self, reference: Reference, place: Span, depth: int = 0) -> Replacement | None:
        """What to write in place of a variable at `place`; None if the files do not tell."""
        self._steps += 1
        if reference.is_placeholder or depth > _MAX_DEPTH or self._steps > _MAX_STEPS:
            return None
        source, *defaults = alternatives(reference.inner)
        if len(defaults) > MOST_DEFAULTS:
            return None
        form = self._text(source, place, depth)
        match = None if form is None or "${" in form else _SOURCE.fullmatch(form)
        if match is None:
            return self._unchanged(reference, place, depth) if _is_todays(form) else None
        kind, _, path = match.groups()
        if kind == "env":
            return self._environment(path, defaults, place, depth)
        found = self._option(path, place, has_default=bool(defaults)) if kind in ("opt", "sls") else None
        if kind == "self":
            found = self._own_value(path, place, depth)
        elif kind == "file":
            found = self._of_file(path, place, depth)
        is_secret = any(map(looks_secret, re.split(r"[.:/)]", path)))
        if found is None:
            return self._default(defaults, place, depth) if defaults and not is_secret else None
        is_copied = not is_secret or _VARIABLES.fullmatch(found.text)
        return found if is_copied and not holds_secret(found.text) else None

    def _environment(self, name: str, defaults: list[tuple[Part, ...]], place: Span, depth: int) -> Replacement | None:
        default = self._default(defaults, place, depth) if defaults else None
        if not defaults:
            return Replacement(f"${{env:{name}}}")
        if default is None:
            return None
        if default.text.startswith("${") and len(scan(default.text)) == 1:
            return Replacement(f"${{env:{name}, {default.text}}}")
        return Replacement(f"${{env:{name}, '{default.text}'}}") if "'" not in default.text else None

    def _default(self, defaults: list[tuple[Part, ...]], place: Span, depth: int) -> Replacement | None:
        parts, *others = defaults
        quoted = without_quotes(parts)
        if quoted is not None:
            text = self._text(quoted, place, depth)
            return None if text is None else Replacement(text, is_text=True)
        match parts:
            case (Reference() as variable,):
                pass
            case (str() as first, *_) if _SOURCE.match(first):
                text = "".join(part if isinstance(part, str) else part.raw for part in parts)
                if others and (name := re.fullmatch(r"env[:.](\w+)", text)) is not None:
                    found = self._environment(name[1], others, place, depth + 1)
                    if found is not None:
                        return found
                variable = Reference(f"${{{text}}}", parts)
            case (str() as first,) if first and not others:
                return Replacement(first)
            case _:
                return None
        found = self.replacement(variable, place, depth + 1)
        return self._default(others, place, depth) if found is None and others else found

    def _option(self, name: str, place: Span, *, has_default: bool) -> Replacement | None:
        """`opt:stage` and `sls:stage`; other options have no counterpart."""
        if name != "stage":
            return None
        if self._is_stage(place):  # the option --stage replaces the stage of the file
            return None if has_default else Replacement(DEFAULT_STAGE)
        return Replacement("${stage}")

    def _own_value(self, path: str, place: Span, depth: int) -> Replacement | None:
        if path in _OWN_VALUES:
            return Replacement(f"${{{_OWN_VALUES[path]}}}")
        if path == "provider.stage" and not self._is_stage(place):
            return Replacement("${stage}")
        return self._value_at(self._tree, path, place, depth)

    def _is_stage(self, place: Span) -> bool:
        """Whether `place` is within the stage of the file, which cannot refer to itself."""
        span = self._stage_span
        return span is not None and span.start <= place.start and place.end <= span.end

    def _of_file(self, text: str, place: Span, depth: int) -> Replacement | None:
        name, _, path = text.partition(")")
        key = path.removeprefix(":").removeprefix(".")
        tree = self._read(name.strip().strip("'\""))
        return self._value_at(tree, key, place, depth) if tree is not None and key else None

    def _read(self, name: str) -> Node | None:
        """The content of a YAML or JSON file of the project; None if it cannot be read."""
        if name not in self._files:
            self._files[name] = None
            root = os.path.realpath(self._root) if self._root and "\x00" not in name else ""
            path = os.path.realpath(os.path.join(root, name)) if root else ""
            is_inside = bool(path) and path.startswith(f"{root.rstrip('/')}/")
            if is_inside and path.endswith((".yml", ".yaml", ".json")) and os.path.isfile(path):
                content = read_text(path, name, Diagnostics())
                self._files[name] = None if content is None else parse(content, name, Diagnostics())
        return self._files[name]

    def _value_at(self, node: Node, path: str, place: Span, depth: int) -> Replacement | None:
        value = node_at(node, path.split("."))
        if not isinstance(value, ScalarNode) or is_null(value) or value.style is Style.BROKEN:
            return None
        if not value.text.isprintable() or len(value.text) > _MAX_LENGTH:
            return None
        text = self._text(scan(value.text), place, depth)
        return None if text is None else Replacement(text, is_text=value.style is not Style.PLAIN)

    def _text(self, parts: tuple[Part, ...], place: Span, depth: int) -> str | None:
        """The text of the parts with all variables replaced."""
        texts: list[str] = []
        for part in parts:
            if isinstance(part, Reference):
                found = self.replacement(part, place, depth + 1)
                if found is None:
                    return None
                texts.append(found.text)
                if sum(map(len, texts)) > _MAX_LENGTH:
                    return None
            else:
                texts.append(part if isinstance(part, str) else part.raw)
        return "".join(texts)

    def _unchanged(self, reference: Reference, place: Span, depth: int) -> Replacement | None:
        """A variable of today's format, with the variables in it replaced."""
        inner = self._text(reference.inner, place, depth)
        return None if inner is None else Replacement(f"${{{inner}}}")


def written(replacement: Replacement, into: ScalarNode, source: str, *, is_entire: bool) -> str | None:
    """The text to write into the scalar `into` in place of a variable; None if it needs other quotes around the scalar.

    `source` is the first character of the scalar in the file; `is_entire` says that the variable is the whole scalar.
    """
    text = replacement.text
    if into.style is Style.BLOCK:
        return text
    if into.style is Style.QUOTED:
        return text.replace("\\", "\\\\").replace('"', '\\"') if source == '"' else text.replace("'", "''")
    is_word = re.fullmatch(r"[\d.:_+-]+|true|false|null|~|yes|no|on|off|\.inf|\.nan|", text, re.IGNORECASE) is not None
    looks_typed = is_word or number(text) is not None
    if is_plain_text(text) and not (is_entire and replacement.is_text and looks_typed):
        return text
    return f"'{text.replace(chr(39), chr(39) * 2)}'" if is_entire else None


def _is_todays(form: str | None) -> bool:
    """Whether a variable is one of today's format."""
    return form is not None and (form in ("app", "name", "stage", "org") or form.startswith("output:"))
