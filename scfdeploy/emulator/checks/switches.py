"""Switches: the platform writes most booleans as one of two words."""

from __future__ import annotations

from scfdeploy.emulator.errors import CloudError


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
