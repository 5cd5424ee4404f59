"""Recognise files with passwords, tokens or private keys, which should not get into an archive by accident.

Most are recognised by their names. For names that do not always mean a key (an `.npmrc` can name only a registry, a
`.pem` is more often a public certificate) the content decides.
"""
# ruff: noqa: PTH123
# Paths are plain strings, as in fingerprint.py.

from __future__ import annotations

import re
from collections.abc import Callable

from scfdeploy.model.lazy_pattern import lazy_pattern
from scfdeploy.packager.fingerprint import File

_NAMES = frozenset(
    (
        ".cos.conf",
        ".cos.yaml",
        ".dockercfg",
        ".git-credentials",
        ".htpasswd",
        ".my.cnf",
        ".netrc",
        ".pgpass",
        ".pypirc",
        ".s3cfg",
        ".vault-token",
        "_netrc",
        "accesskey.csv",
        "application_default_credentials.json",
        "id_dsa",
        "id_ecdsa",
        "id_ecdsa_sk",
        "id_ed25519",
        "id_ed25519_sk",
        "id_rsa",
        "rootkey.csv",
        "secretkey.csv",
    )
)
_ENDINGS = (".p12", ".pfx", ".jks", ".keystore", ".ppk", ".kdbx", ".jceks", ".bcfks")
_IN_FOLDERS = (
    "/.aws/credentials",
    "/.aws/config",
    "/.azure/accessTokens.json",
    "/.docker/config.json",
    "/.kube/config",
    "/.aliyun/config.json",
    "/.tencentcloud/credentials",
    "/.config/gh/hosts.yml",
    "/.config/gcloud/credentials.db",
    "/.config/gcloud/access_tokens.db",
    "/.cargo/credentials",
    "/.cargo/credentials.toml",
    "/.gem/credentials",
    "/.terraform.d/credentials.tfrc.json",
)
_FOLDERS = ("/.gnupg/", "/.ssh/", "/.tccli/")
_MAX_BYTES = 2 << 20
"""Larger files are not read: no file with keys is as large."""

_PRIVATE_KEY = lazy_pattern(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----")
_DER_KEY = lazy_pattern(rb"\A\x30\x82.{2}\x02\x01[\x00\x01]", re.DOTALL)
_NPM_TOKEN = lazy_pattern(rb"^[^#;\n]*_(authToken|auth|password)\s*=\s*(?!\s|\$\{)\S", re.MULTILINE)
_YARN_TOKEN = lazy_pattern(
    rb"""^\s*["']?npmAuth(Token|Ident)["']?\s*:\s*["']?(?!["'\s$])\S|^\s*["']?\S*_auth(Token)?["']?\s+\S""",
    re.MULTILINE,
)
_URL_PASSWORD = lazy_pattern(rb"://[^\s/:@${}]+:(?!\$)[^\s/@${}]+@")
_GOOGLE_KEY = lazy_pattern(rb'"(private_key|client_secret|refresh_token)"\s*:\s*"\S')
_KUBE_KEY = lazy_pattern(rb"(client-key-data|token|password)\s*:\s*\S")
_DOCKER_KEY = lazy_pattern(rb'"(auth|identitytoken|registrytoken)"\s*:\s*"\S')
_POETRY_KEY = lazy_pattern(rb"^\s*(pypi-token\S*|password)\s*=\s*\S|^\s*\[http-basic", re.MULTILINE)


_PRIVATE_KEYS = (_PRIVATE_KEY, _DER_KEY)
_BY_CONTENT: tuple[tuple[re.Pattern[str], tuple[re.Pattern[bytes], ...]], ...] = (
    (lazy_pattern(r"\.npmrc$"), (_NPM_TOKEN, _URL_PASSWORD)),
    (lazy_pattern(r"\.yarnrc(\.yml)?$"), (_YARN_TOKEN, _URL_PASSWORD)),
    (lazy_pattern(r"(\.?pip\.(conf|ini)|uv\.toml|\.condarc)$"), (_URL_PASSWORD,)),
    (lazy_pattern(r".*\.(pem|key|asc|gpg|der|pk8|pkcs8|crt|cer|priv)$"), _PRIVATE_KEYS),
    (lazy_pattern(r"[\w.-]*(key|private|rsa|dsa|ed25519|deploy)[\w-]*$"), _PRIVATE_KEYS),
    (lazy_pattern(r".*(service|account|credential|firebase|gcloud|client_secret|key).*\.json$"), (_GOOGLE_KEY,)),
    (lazy_pattern(r"(kubeconfig|.*\.kubeconfig|kubeconfig\.ya?ml)$"), (_KUBE_KEY,)),
    (lazy_pattern(r"\.?dockerconfig(\.?json)?$"), (_DOCKER_KEY,)),
    (lazy_pattern(r"auth\.toml$"), (_POETRY_KEY,)),
)
"""Patterns of file names, each with the patterns of which one matches the content of a file that holds a key."""
# One expression rules out most names, faster than trying each of the above.
_CANDIDATE = lazy_pattern(
    r"rc$|rc\.yml$|pip\.|uv\.toml$|\.(pem|key|asc|gpg|der|pk8|pkcs8|crt|cer|priv)$|kubeconfig|dockerconfig"
    r"|auth\.toml$|(service|account|credential|firebase|gcloud|client_secret|key).*\.json$"
    r"|(key|private|rsa|dsa|ed25519|deploy)[\w-]*$"
)


def holds_keys(file: File) -> bool:
    """Whether a file contains a key, by its name in the archive or else its content."""
    return entry_holds_keys(file.name, file.size, lambda: _read_start(file.path))


def entry_holds_keys(name: str, size: int, read: Callable[[], bytes]) -> bool:
    """`holds_keys` for an entry of an archive; `read` is called only when the name does not decide."""
    return _is_key_name(name) or _has_key_content(name, size, read)


def _is_key_name(name: str) -> bool:
    last = name.rpartition("/")[2].lower()
    if last in _NAMES or last.endswith(_ENDINGS):
        return True
    if "." not in name.partition("/")[0] and "/." not in name:
        return False
    path = f"/{name}"
    return path.endswith(_IN_FOLDERS) or any(folder in path for folder in _FOLDERS)


def _has_key_content(name: str, size: int, read: Callable[[], bytes]) -> bool:
    last = name.rpartition("/")[2].lower()
    if _CANDIDATE.search(last) is None or not 0 < size <= _MAX_BYTES:
        return False
    keys = [key for pattern, patterns in _BY_CONTENT if pattern.match(last) for key in patterns]
    if not keys:
        return False
    try:
        content = read()
    except OSError:
        return False  # packing reports that it cannot be read
    return any(key.search(content) for key in keys)


def _read_start(path: str) -> bytes:
    with open(path, "rb") as opened:
        return opened.read(_MAX_BYTES)
