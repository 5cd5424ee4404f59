"""Reads key pairs from the files that other Tencent Cloud tools keep. Never quotes a line of one: it may be a key."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.providers.tencent.auth.key_pair import Credentials, Entry, checked

ProfileFile: TypeAlias = tuple[str, Callable[[str], "Credentials | None"]]
"""A path, `{profile}` standing for the profile's name, and what reads that profile from it."""


def files(home: str, system_file: str) -> Sequence[ProfileFile]:
    """The profile files, in order of precedence."""
    sdk = _under(home, ".tencentcloud", "credentials")
    tccli = _under(home, ".tccli", "{profile}.credential")
    serverless = _under(home, ".serverless-tencent", "credentials")
    sdk_names = ("secret_id", "secret_key", "token")
    serverless_names = ("tencent_secret_id", "tencent_secret_key", "tencent_token")
    return (
        (sdk, partial(_from_ini, sdk, sdk_names)),
        (system_file, partial(_from_ini, system_file, sdk_names)),
        (tccli, partial(_from_json, tccli)),
        (serverless, partial(_from_ini, serverless, serverless_names)),
    )


def read(profile: str, found: Sequence[ProfileFile]) -> Credentials | None:
    """The pair of that profile from the first file that has it. Raises ScfDeployError when a file cannot be read."""
    return next((pair for _, look in found if (pair := look(profile)) is not None), None)


def _under(*parts: str) -> str:
    return os.path.join(*parts)  # noqa: PTH118


def _text(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8-sig") as file:  # noqa: PTH123
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ScfDeployError(
            f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}",
            hint="Correct the file, or set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY instead.",
        ) from error


def _from_ini(path: str, names: tuple[str, str, str], profile: str) -> Credentials | None:
    text = _text(path)
    if text is None:
        return None
    from configparser import Error, RawConfigParser

    parser = RawConfigParser(default_section="\0none", strict=False)
    try:
        parser.read_string(text)
    except Error:
        # The parser's own message quotes the line, which may hold a key.
        raise ScfDeployError(
            f"{path} is not a profile file", hint="Write a [default] section with one key=value on each line."
        ) from None
    if not parser.has_section(profile):
        return None
    values = {name: _unquoted(parser.get(profile, name, fallback="")) for name in names}
    return _pair(values, names, f"profile {profile!r} in {path}")


def _from_json(path: str, profile: str) -> Credentials | None:
    if os.sep in profile:
        return None
    path = path.replace("{profile}", profile)
    text = _text(path)
    if text is None:
        return None
    import json

    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise ScfDeployError(
            f"{path} is not a profile file", hint='Write a JSON object with "secretId" and "secretKey".'
        ) from None
    names = ("secretId", "secretKey", "token")
    return _pair({name: str(content.get(name) or "") for name in names}, names, path)


def _pair(values: Mapping[str, str], names: tuple[str, str, str], source: str) -> Credentials | None:
    if not any(values[name] for name in names[:2]):
        return None
    for name in names[:2]:
        if not values[name]:
            raise ScfDeployError(f"{name} is missing from {source}", hint="Write both halves of the pair.")
    secret_id, secret_key, token = (Entry(values[name], f"{name} in {source}") for name in names)
    return checked(secret_id, secret_key, token, source)


def _unquoted(text: str) -> str:
    text = text.strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text
