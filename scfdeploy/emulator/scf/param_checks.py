"""Check names and switches in request parameters."""

from __future__ import annotations

import re

from scfdeploy.emulator.errors import CloudError
from scfdeploy.facts import limit, runtime

_FUNCTION = re.compile(r"[A-Za-z][A-Za-z0-9_-]*[A-Za-z0-9]")
_NAMESPACE = re.compile(r"[A-Za-z0-9_-]+")
_LAYER = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?<![-_])")
_ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_HANDLER_PART = re.compile(r"[A-Za-z][A-Za-z0-9_-]*[A-Za-z]")
_FREE_HANDLERS = frozenset({"java", "custom"})


def function_name(name: str) -> str:
    """The name itself, when it may name a function."""
    short, long = limit("function.name.min_chars"), limit("function.name.max_chars")
    if not _FUNCTION.fullmatch(name) or not short <= len(name) <= long:
        raise CloudError("InvalidParameter.FunctionName", f"FunctionName `{name}` breaks the naming rule.")
    return name


def namespace_name(name: str) -> str:
    """The name itself, when it may name a namespace."""
    if not _NAMESPACE.fullmatch(name) or len(name) > limit("namespace.name.max_chars"):
        raise CloudError("InvalidParameterValue.NamespaceInvalid", f"Namespace `{name}` breaks the naming rule.")
    return name


def layer_name(name: str) -> str:
    """The name itself, when it may name a layer."""
    if not _LAYER.fullmatch(name) or len(name) > limit("layer.name.max_chars"):
        raise CloudError("InvalidParameterValue.LayerName", f"LayerName `{name}` breaks the naming rule.")
    return name


def alias_name(name: str) -> str:
    """The name itself, when it may name an alias."""
    if name != "$DEFAULT" and not _ALIAS.fullmatch(name):
        raise CloudError("InvalidParameterValue.Name", f"Alias `{name}` breaks the naming rule.")
    return name


def handler(text: str, runtime_name: str) -> str:
    """The handler itself, when an event function of that runtime may have it: `file.function` for most languages."""
    known = runtime(runtime_name)
    language = known.language if known else "custom"
    if language in _FREE_HANDLERS:
        return text
    parts = [text] if language == "go" else text.split(".")
    short, long = limit("handler.part.min_chars"), limit("handler.part.max_chars")
    wanted = 1 if language == "go" else 2
    if len(parts) != wanted or not all(_HANDLER_PART.fullmatch(part) and short <= len(part) <= long for part in parts):
        raise CloudError("InvalidParameterValue.Handler", f"Handler `{text}` does not have the form file.function.")
    return text


def one_of(allowed: tuple[str, ...], value: str, code: str, what: str) -> str:
    """The value itself, when it is one of `allowed`; raises CloudError with `code` otherwise."""
    if value not in allowed:
        raise CloudError(code, f"{what} must be one of {', '.join(allowed)}, not `{value}`.")
    return value


def true_or_false(value: str, code: str, what: str) -> str:
    """`TRUE` or `FALSE`."""
    return one_of(("TRUE", "FALSE"), value, code, what)


def enable_or_disable(value: str, code: str, what: str) -> str:
    """`ENABLE` or `DISABLE`."""
    return one_of(("ENABLE", "DISABLE"), value, code, what)


def is_open(value: str) -> bool:
    """Whether a trigger's switch is `OPEN`; raises CloudError for any word but `OPEN` and `CLOSE`."""
    return one_of(("OPEN", "CLOSE"), value, "InvalidParameterValue.Enable", "Enable") == "OPEN"
