"""The environment of commands that are run for the user: theirs, without the credentials of the cloud."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

_NAMES = re.compile(
    r"^(TENCENT|TENCENTCLOUD|QCLOUD|TCCLI|COS|TKE)_.*(SECRET|TOKEN|KEY|CREDENTIAL|PASSW)|^ACTIONS_ID_TOKEN_REQUEST_",
    re.IGNORECASE,
)
"""Of the vendor's tools; and the permission of a job of GitHub to prove its identity, which is exchanged for keys."""

_SHORT = 8
"""A secret shorter than this may stand in any text by chance: then only the value as a whole counts."""


def without_credentials(environment: Mapping[str, str], secrets: Iterable[str]) -> dict[str, str]:
    """The variables that are no credentials by their name, and do not hold one of these secrets."""
    hidden = tuple(secrets)
    forms = {form for secret in hidden for form in _forms(secret) if len(form) >= _SHORT}
    whole = frozenset(hidden)
    return {
        name: value
        for name, value in environment.items()
        if not _NAMES.search(name) and value.strip() not in whole and not any(form in value for form in forms)
    }


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
