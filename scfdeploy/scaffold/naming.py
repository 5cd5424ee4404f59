"""The names of a new project: made from what somebody typed or what a folder is called."""

from __future__ import annotations

import re

from scfdeploy.diagnostics import ScfDeployError

_LONGEST = 60  # of a function's name
_OTHER = re.compile(r"[^A-Za-z0-9_-]+")
_BEFORE = re.compile(r"^[^A-Za-z]+")
_AFTER = re.compile(r"[^A-Za-z0-9]+$")


def project_name(text: str) -> str:
    """A name that fits a function and an instance: letters, digits, `-` and `_`, 2 to 60 of them, a letter first.

    Other characters become `-`. Raises ScfDeployError when nothing usable is left, or when it is too long.
    """
    name = _AFTER.sub("", _BEFORE.sub("", _OTHER.sub("-", text)))
    if len(name) < 2:
        raise ScfDeployError(
            f'no name for the project can be made from "{text}"',
            hint="Give one with --name: letters, digits, - and _, a letter first, at least two characters.",
        )
    if len(name) > _LONGEST:
        raise ScfDeployError(
            f'"{name}" is too long for a function\'s name: {len(name)} characters, {_LONGEST} at most',
            hint="Give a shorter one with --name.",
        )
    return name


def app_name(name: str) -> str:
    """The project's name as an app's, which knows small letters, digits and `-` only."""
    return name.lower().replace("_", "-")
