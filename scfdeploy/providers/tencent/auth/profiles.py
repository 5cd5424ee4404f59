"""Reads key pairs from the profile files of other Tencent Cloud tools. Never quotes a line: it may contain a key."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.providers.tencent.auth.key_pair import Credentials, KeyText, key_pair
from scfdeploy.records import replace

ProfileFile: TypeAlias = tuple[str, Callable[[str], "Credentials | None"]]
"""A path, with `{profile}` for the name of the profile, and a function that reads a profile from the file."""


def profile_files(home: str, system_file: str) -> Sequence[ProfileFile]:
    """The profile files, in order of precedence."""
    sdk = os.path.join(home, ".tencentcloud", "credentials")  # noqa: PTH118
    tccli = os.path.join(home, ".tccli", "{profile}.credential")  # noqa: PTH118
    serverless = os.path.join(home, ".serverless-tencent", "credentials")  # noqa: PTH118
    sdk_names = ("secret_id", "secret_key", "token")
    serverless_names = ("tencent_secret_id", "tencent_secret_key", "tencent_token")
    return (
        (sdk, partial(_from_ini, sdk, sdk_names)),
        (system_file, partial(_from_ini, system_file, sdk_names)),
        (tccli, partial(_from_json, tccli)),
        (serverless, partial(_from_ini, serverless, serverless_names)),
    )


def read_profile(profile: str, files: Sequence[ProfileFile]) -> Credentials | None:
    """The key pair of a profile from the first file that has it. Raises ScfDeployError for an unreadable file."""
    return next((pair for _, read in files if (pair := read(profile)) is not None), None)


def _text(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8-sig") as file:  # noqa: PTH123
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or message("it is not UTF-8 text")
        raise ScfDeployError(
            message("{path} cannot be read: {reason}", path=path, reason=reason),
            hint=message("Correct the file, or set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY instead."),
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
        # The parser's own message quotes the line, which may contain a key.
        raise ScfDeployError(
            message("{path} is not a profile file", path=path),
            hint=message("Write a [default] section with one key=value on each line."),
        ) from None
    if not parser.has_section(profile):
        return None
    values = {name: _unquoted(parser.get(profile, name, fallback="")) for name in names}
    return _pair(values, names, message("profile {profile} in {path}", profile=repr(profile), path=path))


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
            message("{path} is not a profile file", path=path),
            hint=message('Write a JSON object with "secretId" and "secretKey".'),
        ) from None
    names = ("secretId", "secretKey", "token")
    pair = _pair({name: str(content.get(name) or "") for name in names}, names, path)
    if pair is None:
        return None
    role, session_name = (str(content.get(name) or "") for name in ("role-arn", "role-session-name"))
    return replace(pair, role=role, role_session_name=session_name)


def _pair(values: Mapping[str, str], names: tuple[str, str, str], source: str) -> Credentials | None:
    if not any(values[name] for name in names[:2]):
        return None
    for name in names[:2]:
        if not values[name]:
            raise ScfDeployError(
                message("{name} is missing from {source}", name=name, source=source),
                hint=message("Write both the secret id and the secret key."),
            )
    secret_id, secret_key, token = (KeyText(values[name], f"{name} in {source}") for name in names)
    return key_pair(secret_id, secret_key, token, source)


def _unquoted(text: str) -> str:
    text = text.strip()
    is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if is_quoted else text
