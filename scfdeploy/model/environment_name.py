"""Names of environment variables for values that a file leaves out."""

from __future__ import annotations

import re

from scfdeploy.model.child_environment import is_signing_variable

_WORDS = re.compile(r"([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])")
_SYSTEM_VARIABLES = frozenset(
    ("PATH", "HOME", "USER", "USERNAME", "SHELL", "LANG", "PWD", "HOST", "HOSTNAME", "TMP", "TEMP", "TZ", "TERM")
)


def environment_name(key: str, owner: str = "") -> str:
    """The name for the value of `key`, such as SECRET_KEY for `SecretKey`; empty if the key has no ASCII letter.

    `owner` is what the key belongs to. It comes first where the key alone is short, belongs to the system, or is the
    name of a credential of the cloud, which the function would then get.
    """
    name = _upper(key)
    if not name or not name[0].isalpha() or len(name) == 1 or name in _SYSTEM_VARIABLES:
        name = "_".join(part for part in (_upper(owner), name) if part)
    if is_signing_variable(name):
        name = f"APP_{name}"
    return name if re.fullmatch(r"[A-Z][A-Z0-9_]+", name) and name not in _SYSTEM_VARIABLES else ""


def _upper(text: str) -> str:
    words = _WORDS.sub(lambda match: f"{match[1] or match[3]}_{match[2] or ''}", text)
    return re.sub(r"\W+", "_", words, flags=re.ASCII).strip("_").upper()
