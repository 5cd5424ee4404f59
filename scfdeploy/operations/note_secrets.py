"""Notes the secrets among the options and the environment variables of a command, before anything is read."""

from __future__ import annotations

import os
from collections.abc import Mapping

from scfdeploy.model import KnownSecrets, looks_secret

_MIN_LENGTH = 8
"""Shorter values of environment variables are not redacted: they occur in ordinary text."""


def note_secrets(known: KnownSecrets, variables: Mapping[str, str], environ: Mapping[str, str]) -> None:
    """Add the values of variables whose names look secret; not those of the environment that are paths of files."""
    for name, text in variables.items():
        if looks_secret(name):
            known.add(text)
    for name, text in environ.items():
        if len(text) >= _MIN_LENGTH and looks_secret(name) and not os.path.exists(text):  # noqa: PTH110
            known.add(text)
