"""Any bytes in the files of keys that other tools keep: a pair of keys, or words that quote nothing of them."""

from __future__ import annotations

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.providers.tencent.auth.credentials import find_credentials
from tests.fuzz.promises import require, require_told, scratch

WORDS = (
    *(
        b"[default]\n",
        b"secret_id",
        b"secret_key",
        b"token",
        b" = ",
        b": ",
        b'{"secretId": "',
        b'", "secretKey": "',
        b'"}',
    ),
    *(b"tencent_secret_id=", b"[DEFAULT]\n", b"%(a)s", b";", b"#", b"\\ud800", b"\xef\xbb\xbf", b"null", b"\r\n"),
)
_PLACES = (".tencentcloud/credentials", ".tccli/default.credential", ".serverless-tencent/credentials")


def target(data: bytes) -> None:
    """Look for keys with the bytes in one file after the other."""
    home = scratch("profiles")
    for place in _PLACES:
        file = home / place
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)
        try:
            found = find_credentials({}, profile=None, endpoint=None, home=str(home), ambient=(), system_file="/none")
        except ScfDeployError as error:
            require_told(error)
            _require_unquoted(data, error.message + (error.hint or ""))
        else:
            key = found.secret_key.reveal()
            require(found.secret_id.isascii() and key.isascii() and key.isprintable(), "keys that no header can hold")
            require(len(key) < 16 or key not in repr(found), "a key that prints")
        file.unlink()


def _require_unquoted(data: bytes, told: str) -> None:
    for line in data.decode("utf-8", "replace").split("\n"):
        key = line.strip()
        require(len(key) < 16 or key not in told, f"{key!r} is quoted")
