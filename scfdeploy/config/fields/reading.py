"""The context of reading a mapping: it collects findings and the position of each key and value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scfdeploy.config.yaml import Node, ScalarNode, Style
from scfdeploy.diagnostics import Diagnostics, Span
from scfdeploy.model import Path, holds_secret


@dataclass(slots=True)
class Reading:
    """One reading. `thing` is what is read, in words: "component: scf".

    `resolve` puts the values of variables in; it is asked only for what is read, so that a setting that means nothing
    is not reported twice. `hints` say where keys belong that are no field at all, by key. `sensitive` are texts out
    of secrets, `failed` values that are written and could not be read. `lines` are those of the file, for cures.
    `later` are the outermost keys whose values may be known only once something else is applied.
    """

    diagnostics: Diagnostics
    thing: str
    resolve: Callable[[Node], Node]
    hints: dict[str, str] = field(default_factory=dict)
    spans: dict[Path, Span] = field(default_factory=dict)
    key_spans: dict[Path, Span] = field(default_factory=dict)
    sensitive: set[Path] = field(default_factory=set)
    failed: set[Path] = field(default_factory=set)
    lines: Sequence[str] = ()
    later: frozenset[str] = frozenset()

    def record(self, path: Path, node: Node, key: ScalarNode | None = None) -> None:
        """Record the position of a value, or of its key when the value is empty."""
        if key is not None:
            self.key_spans[path] = key.span
        empty = node.span.start == node.span.end
        self.spans[path] = key.span if empty and key is not None else node.span
        if isinstance(node, ScalarNode) and (node.sensitive or holds_secret(node.text)):
            self.sensitive.add(path)


def is_broken(node: Node) -> bool:
    """Whether a value was reported already; no further finding is needed."""
    return isinstance(node, ScalarNode) and node.style is Style.BROKEN
