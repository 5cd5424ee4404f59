"""Detect the access controls of an API Gateway in a file, and whether it is enabled.

In doubt a gateway counts as protected and as disabled: a URL that replaces it must not admit anyone it rejected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode
from scfdeploy.config.yaml.nodes import is_null
from scfdeploy.model.lazy_pattern import lazy_pattern

# `auth`, `authRequired`, `authType`, `oauthConfig`, `eiamAppId`, `usagePlan`, `apiAppIds`, `secretIds`, `ipStrategy`, …
_GUARD = lazy_pattern(
    r"auth|oauth|eiam|usage_?plan|api_?app|app(_?ids?|s)?$|secret|ip_?(strategy|control|white|black)", re.IGNORECASE
)
_NO = frozenset(("none", "false", "no", "off", "0", ""))


def access_controls(node: Node) -> tuple[str, ...]:
    """The settings of a gateway that keep callers out, as they are written: `usagePlan`, `authType: EIAM`."""
    found: dict[str, None] = {}
    for entry in _entries(node, below=lambda entry: not _is_guard(entry)):
        if _is_guard(entry):
            found[_shown(entry)] = None
    return tuple(found)


def _is_guard(entry: Entry) -> bool:
    return _GUARD.match(entry.key.text) is not None and _says_something(entry.value)


def _shown(entry: Entry) -> str:
    """A guard in words: its value only where that is a kind of guard and no key of one."""
    key, value = entry.key.text, entry.value
    is_kind = key.lower() in ("authtype", "authrequired") and isinstance(value, ScalarNode)
    return f"{key}: {value.text}" if is_kind and isinstance(value, ScalarNode) else key


def is_signed_only(guarded_by: tuple[str, ...]) -> bool:
    """Whether the only guard is the one that a function URL has too: signed calls (CAM)."""
    return bool(guarded_by) and all(guard.upper() == "AUTHTYPE: CAM" for guard in guarded_by)


def is_disabled(node: Node, resolve: Callable[[Node], Node] = lambda node: node) -> bool:
    """Whether a gateway was switched off, so that no URL takes its place."""
    return any(
        (entry.key.text == "isDisabled" and _says_something(resolve(entry.value)))
        or (entry.key.text == "enable" and _word(resolve(entry.value)) in ("false", "close"))
        for entry in _entries(node)
    )


def is_private(node: Node) -> bool:
    """Whether a gateway was reachable from private networks alone."""
    nets = [entry.value for entry in _entries(node) if entry.key.text in ("netTypes", "netType")]
    words = {_word(item) for net in nets for item in (net.items if isinstance(net, SequenceNode) else (net,))}
    return words == {"inner"}


def _entries(node: Node, below: Callable[[Entry], bool] = lambda _: True) -> Iterator[Entry]:
    """Every key at any depth, under an entry only where `below` says so."""
    waiting = [node]
    while waiting:
        match waiting.pop():
            case MappingNode() as mapping:
                yield from mapping
                waiting.extend(entry.value for entry in mapping if below(entry))
            case SequenceNode(items=items):
                waiting.extend(items)


def _says_something(node: Node) -> bool:
    match node:
        case ScalarNode():
            return not is_null(node) and node.text.strip().lower() not in _NO
        case MappingNode(entries=entries):
            return bool(entries)
        case SequenceNode(items=items):
            return bool(items)


def _word(node: Node) -> str:
    return node.text.strip().lower() if isinstance(node, ScalarNode) else ""
