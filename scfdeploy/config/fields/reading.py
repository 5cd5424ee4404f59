"""The context of reading a mapping: it collects findings and the position of each key and value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scfdeploy.config.yaml import Node, ScalarNode
from scfdeploy.diagnostics import Diagnostics, Span
from scfdeploy.model import Path, holds_secret
from scfdeploy.records import dataclass, field


@dataclass(slots=True)
class Reading:
    """Collects what is known about the values that are read."""

    diagnostics: Diagnostics
    thing: str
    """What is read, for messages: "component: scf"."""
    resolve: Callable[[Node], Node]
    """Resolves variables. Called only for values of known keys, so that unknown ones are not reported twice."""
    hints: dict[str, str] = field(default_factory=dict)
    """Where unknown keys belong, by key."""
    spans: dict[Path, Span] = field(default_factory=dict)
    key_spans: dict[Path, Span] = field(default_factory=dict)
    sensitive: set[Path] = field(default_factory=set)
    """Values that contain secrets."""
    failed: set[Path] = field(default_factory=set)
    """Values that are in the file but are not valid."""
    lines: Sequence[str] = ()
    """The lines of the file, for fixes."""
    known_after_apply: frozenset[str] = frozenset()
    """The top-level keys whose values can be outputs that are known only after apply."""
    owner: str = ""
    """What the values belong to, for names of variables: the type of a trigger."""
    proposed: set[str] = field(default_factory=set)
    """The environment variables that fixes of this function write."""

    def record(self, path: Path, node: Node, key: ScalarNode | None = None) -> None:
        """Record the position of a value, or of its key when the value is empty."""
        if key is not None:
            self.key_spans[path] = key.span
        empty = node.span.start == node.span.end
        self.spans[path] = key.span if empty and key is not None else node.span
        if isinstance(node, ScalarNode) and (node.sensitive or holds_secret(node.text)):
            self.sensitive.add(path)
