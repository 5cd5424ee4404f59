"""Project and app names, derived from --name or from the name of the folder."""

from __future__ import annotations

import re

from scfdeploy.diagnostics import ScfDeployError

_LONGEST = 60  # of a function's name
_OTHER = re.compile(r"[^A-Za-z0-9_-]+")
_BEFORE = re.compile(r"^[^A-Za-z]+")
_AFTER = re.compile(r"[^A-Za-z0-9]+$")


def project_name(text: str) -> str:
    """A valid function and instance name: 2 to 60 letters, digits, `-` and `_`, starting with a letter.

    Other characters become `-`. ScfDeployError when nothing usable is left, or the name is too long.
    """
    name = _AFTER.sub("", _BEFORE.sub("", _OTHER.sub("-", text)))
    if len(name) < 2:
        raise ScfDeployError(
            f'cannot derive a project name from "{text}"',
            hint="Pass --name with at least two characters: letters, digits, - and _, starting with a letter.",
        )
    if len(name) > _LONGEST:
        raise ScfDeployError(
            f'"{name}" is too long for a function name: {len(name)} characters, at most {_LONGEST}',
            hint="Pass a shorter name with --name.",
        )
    return name


def app_name(name: str) -> str:
    """The app name of a project: lower-case letters, digits and `-` only."""
    return name.lower().replace("_", "-")
