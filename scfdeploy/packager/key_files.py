"""Files that hold keys: passwords, tokens and private keys that a function's archive must not carry by accident.

Most are known by their names alone. Of a few names only some files hold a key (an `.npmrc` may name no more than a
registry, a `.pem` is more often a public certificate), so the content of those decides.
"""
# ruff: noqa: PTH123
# Plain strings, as in scan.

from __future__ import annotations

import re
from collections.abc import Callable

from scfdeploy.packager.scan import File

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
    ".aws/credentials",
    ".aws/config",
    ".azure/accessTokens.json",
    ".docker/config.json",
    ".kube/config",
    ".aliyun/config.json",
    ".tencentcloud/credentials",
    ".config/gh/hosts.yml",
    ".config/gcloud/credentials.db",
    ".config/gcloud/access_tokens.db",
    ".cargo/credentials",
    ".cargo/credentials.toml",
    ".gem/credentials",
    ".terraform.d/credentials.tfrc.json",
)
_FOLDERS = (".gnupg/", ".ssh/", ".tccli/")
_MAX_BYTES = 2 << 20
"""More of a file is not read: no file of keys is as large."""

_PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----")
_DER_KEY = re.compile(rb"\A\x30\x82.{2}\x02\x01[\x00\x01]", re.DOTALL)
_NPM_TOKEN = re.compile(rb"^[^#;\n]*_(authToken|auth|password)\s*=\s*(?!\s|\$\{)\S", re.MULTILINE)
_YARN_TOKEN = re.compile(
    rb"""^\s*["']?npmAuth(Token|Ident)["']?\s*:\s*["']?(?!["'\s$])\S|^\s*["']?\S*_auth(Token)?["']?\s+\S""",
    re.MULTILINE,
)
_URL_PASSWORD = re.compile(rb"://[^\s/:@${}]+:(?!\$)[^\s/@${}]+@")
_GOOGLE_KEY = re.compile(rb'"(private_key|client_secret|refresh_token)"\s*:\s*"\S')
_KUBE_KEY = re.compile(rb"(client-key-data|token|password)\s*:\s*\S")
_DOCKER_KEY = re.compile(rb'"(auth|identitytoken|registrytoken)"\s*:\s*"\S')
_POETRY_KEY = re.compile(rb"^\s*(pypi-token\S*|password)\s*=\s*\S|^\s*\[http-basic", re.MULTILINE)


def _has_private_key(content: bytes) -> bool:
    return _PRIVATE_KEY.search(content) is not None or _DER_KEY.match(content) is not None


_Decides = Callable[[bytes], object]
_BY_CONTENT: tuple[tuple[re.Pattern[str], _Decides], ...] = (
    (re.compile(r"\.npmrc$"), lambda text: _NPM_TOKEN.search(text) or _URL_PASSWORD.search(text)),
    (re.compile(r"\.yarnrc(\.yml)?$"), lambda text: _YARN_TOKEN.search(text) or _URL_PASSWORD.search(text)),
    (re.compile(r"(\.?pip\.(conf|ini)|uv\.toml|\.condarc)$"), _URL_PASSWORD.search),
    (re.compile(r".*\.(pem|key|asc|gpg|der|pk8|pkcs8|crt|cer|priv)$"), _has_private_key),
    (re.compile(r"[\w.-]*(key|private|rsa|dsa|ed25519|deploy)[\w-]*$"), _has_private_key),
    (re.compile(r".*(service|account|credential|firebase|gcloud|client_secret|key).*\.json$"), _GOOGLE_KEY.search),
    (re.compile(r"(kubeconfig|.*\.kubeconfig|kubeconfig\.ya?ml)$"), _KUBE_KEY.search),
    (re.compile(r"\.?dockerconfig(\.?json)?$"), _DOCKER_KEY.search),
    (re.compile(r"auth\.toml$"), _POETRY_KEY.search),
)
# Most files have none of these, which is quick to see.
_WORTH_A_LOOK = re.compile(
    r"rc$|rc\.yml$|pip\.|uv\.toml$|\.(pem|key|asc|gpg|der|pk8|pkcs8|crt|cer|priv)$|kubeconfig|dockerconfig"
    r"|auth\.toml$|(service|account|credential|firebase|gcloud|client_secret|key).*\.json$"
    r"|(key|private|rsa|dsa|ed25519|deploy)[\w-]*$"
)


def holds_keys(file: File) -> bool:
    """Whether a file holds a key, by its name in the archive or, where that leaves it open, by its content."""
    return holds_keys_inside(file.name, file.size, lambda: _start_of(file.path))


def holds_keys_inside(name: str, size: int, read: Callable[[], bytes]) -> bool:
    """The same of a file that is read by `read`, which is called only where its name leaves it open."""
    return named_for_keys(name) or _has_key_inside(name, size, read)


def named_for_keys(name: str) -> bool:
    """Whether a file of this name in an archive, written with `/`, is one that always holds keys."""
    last = name.rpartition("/")[2].lower()
    if last in _NAMES or last.endswith(_ENDINGS):
        return True
    if "." not in name.partition("/")[0] and "/." not in name:
        return False
    path = f"/{name}"
    return path.endswith(tuple(f"/{ending}" for ending in _IN_FOLDERS)) or any(f"/{one}" in path for one in _FOLDERS)


def _has_key_inside(name: str, size: int, read: Callable[[], bytes]) -> bool:
    last = name.rpartition("/")[2].lower()
    if _WORTH_A_LOOK.search(last) is None or not 0 < size <= _MAX_BYTES:
        return False
    decides = [decide for pattern, decide in _BY_CONTENT if pattern.match(last)]
    if not decides:
        return False
    try:
        content = read()
    except OSError:
        return False  # packing says that it cannot be read
    return any(decide(content) for decide in decides)


def _start_of(path: str) -> bytes:
    with open(path, "rb") as opened:
        return opened.read(_MAX_BYTES)
