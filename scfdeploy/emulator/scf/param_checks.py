"""Checks of names, switches and times in request parameters. Each returns the value, or raises CloudError."""

from __future__ import annotations

import re

from scfdeploy.emulator.clock import from_text
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.facts import limit, runtime

FALSE_TRUE = ("FALSE", "TRUE")
ENABLE_DISABLE = ("ENABLE", "DISABLE")
_FUNCTION = re.compile(r"[A-Za-z][A-Za-z0-9_-]*[A-Za-z0-9]")
_NAMESPACE = re.compile(r"[A-Za-z0-9_-]+")
_LAYER = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?<![-_])")
_ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_HANDLER_PART = re.compile(r"[A-Za-z][A-Za-z0-9_-]*[A-Za-z]")
_ANY_HANDLER = frozenset({"java", "custom"})


def check_function_name(name: str) -> str:
    """Check the name of a function."""
    minimum, maximum = limit("function.name.min_chars"), limit("function.name.max_chars")
    if not _FUNCTION.fullmatch(name) or not minimum <= len(name) <= maximum:
        raise CloudError("InvalidParameter.FunctionName", f"FunctionName `{name}` is not valid.")
    return name


def check_namespace(name: str) -> str:
    """Check the name of a namespace."""
    if not _NAMESPACE.fullmatch(name) or len(name) > limit("namespace.name.max_chars"):
        raise CloudError("InvalidParameterValue.NamespaceInvalid", f"Namespace `{name}` is not valid.")
    return name


def check_layer_name(name: str) -> str:
    """Check the name of a layer."""
    if not _LAYER.fullmatch(name) or len(name) > limit("layer.name.max_chars"):
        raise CloudError("InvalidParameterValue.LayerName", f"LayerName `{name}` is not valid.")
    return name


def check_alias_name(name: str) -> str:
    """Check the name of an alias."""
    if name != "$DEFAULT" and not _ALIAS.fullmatch(name):
        raise CloudError("InvalidParameterValue.Name", f"Alias `{name}` is not valid.")
    return name


def check_handler(text: str, runtime_name: str) -> str:
    """Check the handler of an event function: `file.function` for most languages."""
    known = runtime(runtime_name)
    language = known.language if known else "custom"
    if language in _ANY_HANDLER:
        return text
    parts = [text] if language == "go" else text.split(".")
    minimum, maximum = limit("handler.part.min_chars"), limit("handler.part.max_chars")
    fit = all(_HANDLER_PART.fullmatch(part) and minimum <= len(part) <= maximum for part in parts)
    if len(parts) != (1 if language == "go" else 2) or not fit:
        raise CloudError("InvalidParameterValue.Handler", f"Handler `{text}` does not have the form file.function.")
    return text


def read_choice(
    block: Json, name: str, allowed: tuple[str, ...], code: str = "InvalidParameterValue", *, default: str | None = None
) -> str:
    """Read the field `name`, which has one of `allowed`. The default is the first of them."""
    return check_choice(block.get(name, allowed[0] if default is None else default), name, allowed, code)


def check_choice(value: str, name: str, allowed: tuple[str, ...], code: str = "InvalidParameterValue") -> str:
    """Check that the value of `name` is one of `allowed`."""
    if value not in allowed:
        raise CloudError(code, f"{name} must be one of {', '.join(allowed)}, not `{value}`.")
    return value


def check_time(text: str) -> float:
    """Check a time of the API, and return it in seconds since the epoch."""
    try:
        return from_text(text)
    except ValueError as error:
        raise CloudError("InvalidParameterValue.DateTime", "Times have the form YYYY-MM-DD hh:mm:ss.") from error


def is_open(value: str) -> bool:
    """Whether the switch of a trigger is `OPEN`. Raises CloudError for any other value than `OPEN` and `CLOSE`."""
    return check_choice(value, "Enable", ("OPEN", "CLOSE"), "InvalidParameterValue.Enable") == "OPEN"
