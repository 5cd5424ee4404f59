"""Detect whether an API Gateway in a file restricts access, and whether it is disabled.

When in doubt, it does and is: a URL that replaces the gateway must not admit callers that the gateway rejected.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from scfdeploy.config.fields.scalars import boolean_meaning
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, is_null
from scfdeploy.config.yaml.nodes import entries_below, is_empty
from scfdeploy.model.lazy_pattern import lazy_pattern

# `auth`, `authRequired`, `authType`, `oauthConfig`, `eiamAppId`, `usagePlan`, `apiAppIds`, `secretIds`, `ipStrategy`, …
_ACCESS_CONTROL = lazy_pattern(
    r"auth|oauth|eiam|usage_?plan|api_?app|app(_?ids?|s)?$|secret|(ip_?)?(strategy|control|white|black|acl)",
    re.IGNORECASE,
)
# `isDisabled` and `enable`, in any spelling.
_DISABLED = frozenset(("isdisabled", "is_disabled", "disabled", "disable"))
_ENABLED = frozenset(("enable", "enabled", "isenabled", "is_enabled"))
_FALSE_TEXTS = frozenset(("none", "false", "no", "off", "0", ""))
_DEFAULTS = {
    "environment": "release",
    "timeout": "15",
    "serviceTimeout": "15",
    "qualifier": "$default",
    "functionQualifier": "$default",
    "cors": "false",
    "isBase64Encoded": "false",
}
"""The documented defaults of settings, in lower case."""
_OFF_TEXTS = frozenset(("false", "close", "no", "off", "0"))


def access_controls(node: Node) -> tuple[str, ...]:
    """The settings by which a gateway restricts access, for messages: `usagePlan`, `authType: EIAM`."""
    controls = (
        entry for entry in entries_below(node, descend=lambda entry: not _is_control(entry)) if _is_control(entry)
    )
    return tuple(dict.fromkeys(_describe_control(entry) for entry in controls))


def _is_control(entry: Entry) -> bool:
    return _ACCESS_CONTROL.match(entry.key.text) is not None and _is_set(entry.value)


def _describe_control(entry: Entry) -> str:
    """The key, with its value only where that is a type, because other values can be credentials."""
    key, value = entry.key.text, entry.value
    has_type = key.lower() in ("authtype", "authrequired")
    return f"{key}: {value.text}" if has_type and isinstance(value, ScalarNode) else key


def is_signed_only(controls: tuple[str, ...]) -> bool:
    """Whether the only access control is one that a function URL has too: signed calls (CAM)."""
    return bool(controls) and all(control.upper() == "AUTHTYPE: CAM" for control in controls)


def is_disabled(node: Node, resolve: Callable[[Node], Node] = lambda node: node) -> bool:
    """Whether the gateway is disabled, so that no URL replaces it."""
    return any(
        (entry.key.text.lower() in _DISABLED and _is_set(resolve(entry.value)))
        or (entry.key.text.lower() in _ENABLED and _lower_text(resolve(entry.value)) in _OFF_TEXTS)
        for entry in entries_below(node)
    )


def is_private(node: Node) -> bool:
    """Whether the gateway can be reached from private networks only."""
    nets = [entry.value for entry in entries_below(node) if entry.key.text in ("netTypes", "netType")]
    types = {_lower_text(item) for net in nets for item in (net.items if isinstance(net, SequenceNode) else (net,))}
    return types == {"inner"}


def allows_cors(setting: Entry, resolve: Callable[[Node], Node] = lambda node: node) -> bool:
    """Whether `enableCORS`, or `cors` of a framework, allows cross-origin calls; its value may be misspelt."""
    if setting.key.text not in ("enableCORS", "cors"):
        return False
    value = resolve(setting.value)
    return isinstance(value, ScalarNode) and boolean_meaning(value.text) == "true"


def has_effect(setting: Entry) -> bool:
    """Whether a setting changes anything: it is neither empty nor the default."""
    value = setting.value
    is_default = isinstance(value, ScalarNode) and value.text.lower() == _DEFAULTS.get(setting.key.text)
    return not is_empty(value) and not is_default


def _is_set(node: Node) -> bool:
    match node:
        case ScalarNode():
            return not is_null(node) and node.text.strip().lower() not in _FALSE_TEXTS
        case MappingNode(entries=entries):
            return bool(entries)
        case SequenceNode(items=items):
            return bool(items)


def _lower_text(node: Node) -> str:
    return node.text.strip().lower() if isinstance(node, ScalarNode) else ""
