"""Values as lines of a .env file, each proved to be read back as it was."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.config.environment import parse_env
from scfdeploy.diagnostics import ScfDeployError

_NEEDS_QUOTES = frozenset("\n\r\t\v\f #'\"`")


def with_values(text: str, values: Mapping[str, str]) -> str:
    """The text of a .env file with these values behind what it says. Raises ScfDeployError when one has no form."""
    lines = [text if not text or text.endswith("\n") else text + "\n"]
    lines += [f"{name}={_written(value)}\n" for name, value in values.items()]
    whole = "".join(lines)
    read = read_values(whole)
    lost = [name for name, value in values.items() if read.get(name) != value]
    if lost:
        raise ScfDeployError(
            f"nothing was written: a .env file cannot hold the value of {', '.join(lost)} as it is",
            hint="Import this function without it: take the variable away for a moment, or write the file by hand.",
        )
    return whole


def read_values(text: str) -> dict[str, str]:
    """What a .env file says, without putting anything in for `${…}`."""
    # Line ends are read as the file is: whatever they are, they count as one.
    values, _ = parse_env(text.replace("\r\n", "\n").replace("\r", "\n"))
    return values


def _written(value: str) -> str:
    if value and value.isprintable() and not _NEEDS_QUOTES.intersection(value):
        return value
    escaped = value.replace("\\", "\\\\")
    if "\r" in value:  # a line end as it is would be read as a newline; only double quotes have an escape for it
        escaped = escaped.replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
        return f'"{escaped}"'
    return "'" + escaped.replace("'", "\\'") + "'"
