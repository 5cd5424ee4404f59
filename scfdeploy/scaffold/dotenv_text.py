"""Write values into the text of a .env file, and verify that they read back unchanged."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.config.environment import parse_env
from scfdeploy.diagnostics import ScfDeployError

_NEEDS_QUOTES = frozenset("\n\r\t\v\f #'\"`")


def with_values(text: str, values: Mapping[str, str]) -> str:
    """The text of a .env file with these values appended. ScfDeployError when a value cannot be represented."""
    lines = [text if not text or text.endswith("\n") else text + "\n"]
    lines += [f"{name}={_written(value)}\n" for name, value in values.items()]
    whole = "".join(lines)
    read = read_values(whole)
    lost = [name for name, value in values.items() if read.get(name) != value]
    if lost:
        raise ScfDeployError(
            f"nothing was written: a .env file cannot represent the value of {', '.join(lost)}",
            hint="Remove the variable from the function temporarily and import again, or write the file manually.",
        )
    return whole


def read_values(text: str) -> dict[str, str]:
    """The values of a .env file, without interpolating `${…}`."""
    # A file is read with universal newlines, so compare the text in the same form.
    return parse_env(text.replace("\r\n", "\n").replace("\r", "\n")).values


def _written(value: str) -> str:
    if value and value.isprintable() and not _NEEDS_QUOTES.intersection(value):
        return value
    escaped = value.replace("\\", "\\\\")
    if "\r" in value:  # only double quotes have an escape for a carriage return; a literal one reads as a newline
        escaped = escaped.replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
        return f'"{escaped}"'
    return "'" + escaped.replace("'", "\\'") + "'"
