"""The environment of commands that are run for the user: theirs, without the credentials of the cloud."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from scfdeploy.model.lazy_pattern import lazy_pattern

_NAMES = lazy_pattern(
    r"((^|_)(TENCENT|QCLOUD)|^(TCCLI|COS|TKE)_).*(SECRET|TOKEN|KEY|CRED|PASSW)|^ACTIONS_ID_TOKEN_REQUEST_",
    re.IGNORECASE,
)
"""Of the vendor's tools, with anything in front, such as PROD_TENCENT_SECRET_KEY; and the permission of a job of GitHub
to prove its identity, which is exchanged for keys."""

_SIGNING_NAMES = lazy_pattern(
    r"(.*_)?(TENCENT_?(CLOUD)?|QCLOUD|TCCLI)_?(SECRET_?(ID|KEY)|((SECURITY|SESSION)_?)?TOKEN|WEB_IDENTITY_TOKEN.*)"
    r"|TKE_WEB_IDENTITY_TOKEN.*|ACTIONS_ID_TOKEN_REQUEST_.*",
    re.IGNORECASE,
)
"""What signs requests to the cloud, or is exchanged for keys. Keys of other products, such as TENCENT_MAP_KEY, are not
among them."""

_KEY_ID = lazy_pattern(r"[AI]KID[A-Za-z0-9_-]{13,}")
_NAME_OF_ID = lazy_pattern(r"(?P<stem>.*?)_?((SECRET|ACCESS)_?)?(KEY_?)?ID", re.IGNORECASE)
_NAME_OF_KEY = r"_?((SECRET|ACCESS|SECURITY|SESSION)_?)*(KEY|TOKEN|SECRET)"

_SHORT = 8
"""A secret shorter than this may stand in any text by chance: then only the value as a whole counts."""


def without_credentials(environment: Mapping[str, str], secrets: Iterable[str]) -> dict[str, str]:
    """The variables that are no credentials by their name, and do not hold one of these secrets.

    A pair under names of the user's own is known by its key id: A_SECRET_KEY goes with the A_SECRET_ID that holds one.
    """
    holds_secret = holds_any(secrets)
    pairs = tuple(_pairs(environment))
    return {
        name: value
        for name, value in environment.items()
        if not _NAMES.search(name) and not any(pair.fullmatch(name) for pair in pairs) and not holds_secret(value)
    }


def is_signing_variable(name: str) -> bool:
    """Whether the name is that of a variable that the cloud's tools read a credential from."""
    return _SIGNING_NAMES.fullmatch(name) is not None


def holds_any(secrets: Iterable[str]) -> Callable[[str], bool]:
    """A function that says whether a text is one of these secrets or contains one, also in an address or in base64."""
    exact = frozenset(secrets)
    forms = {form for secret in exact for form in _forms(secret) if len(form) >= _SHORT}
    return lambda text: text.strip() in exact or any(form in text for form in forms)


def _pairs(environment: Mapping[str, str]) -> Iterator[re.Pattern[str]]:
    """The names of the variables that hold a key id, and of those that may hold its key and token."""
    for name, value in environment.items():
        if _KEY_ID.fullmatch(value.strip()):
            of_id = _NAME_OF_ID.fullmatch(name)
            rest = f"|{re.escape(of_id['stem'])}{_NAME_OF_KEY}" if of_id else ""
            yield re.compile(re.escape(name) + rest, re.IGNORECASE)


def _forms(secret: str) -> Iterator[str]:
    """As it is, in an address, and in base64."""
    import base64
    from urllib.parse import quote, quote_plus

    yield secret
    yield quote(secret, safe="")
    yield quote_plus(secret)
    for before in (b"", b"\0", b"\0\0"):  # by where in the text it begins, three bytes becoming four characters
        encoded = base64.b64encode(before + secret.encode("utf-8", "surrogateescape")).rstrip(b"=").decode()
        yield encoded[-(-len(before) * 4 // 3) : -1]
