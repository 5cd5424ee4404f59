"""Whether a name, of an environment variable or of a key, says that its value is a secret.

A name is read word by word: `dbPassword`, `DB_PASSWORD` and `db-password` are the words `db` and `password`. So letters
that only happen to stand together in a longer word (AUTHOR, KEYBOARD, MONKEY, COMPASS, TOKENIZER) mean nothing.
"""

from __future__ import annotations

from functools import lru_cache

from scfdeploy.model.lazy_pattern import lazy_pattern


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORD = lazy_pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_IN_CHINESE = lazy_pattern("密码|密碼|密钥|密鑰|密匙|秘钥|秘鑰|私钥|私鑰|金鑰|口令|令牌|凭证|憑證|授权码|授權碼")
_SECRET = _words(
    """
    secret secrets password passwords passwd passphrase passcode pwd pass pw token tokens credential credentials
    cred creds cookie cookies webhook webhooks jwt dsn salt signature sign auth authorization bearer cert pem pat
    otp totp csrf xsrf hmac sessdata sessionid sessionkey sessiontoken private connectionstring connstring connstr
    ak sk aksk mima miyao miyue siyao kouling lingpai pingzheng shouquanma
    """
)
_IN_WORD = ("secret", "password", "passwd", "passphrase", "credential", "webhook")
_AT_END = ("token", "pwd", "cookie", "cookies", "key", "keyid", "keys", "pass", "jwt", "mima", "miyao")
# Words that end as a secret would and are none.
_OTHER_WORDS = _words(
    """
    secretary secretariat monkey donkey turkey hockey jockey whiskey hotkey hotkeys passkeyless compass bypass
    trespass encompass surpass underpass overpass oldpwd primarykey publickey pubkey partitionkey sortkey cachekey
    routingkey objectkey foreignkey rangekey hashkey rowkey indexkey monkeys donkeys turkeys
    """
)
# A key of these kinds is the name of something.
_OPEN_KEYS = _words(
    """
    primary public pub partition sort range hash foreign cache routing route object cos s3 oss file index row group
    message msg hot idempotency dedup dedupe translation i18n lang prefix event filter order lookup unique
    """
)
_KEYS = frozenset(("key", "keys"))
# What follows says that it is about a secret, and none itself.
_ABOUT = _words(
    """
    ttl expire expires expired expiry expiration length len size count limit quota enabled enable disabled algorithm
    alg algo type version header timeout max min days hours minutes seconds duration rounds interval required policy
    prefix suffix mode format method scheme regex pattern name names
    """
)
_ABOUT_BEFORE = _words(
    """
    max min num number total count enable disable use require
    """
)
_SWITCHES = frozenset(("enable", "disable", "use", "require", "allow", "is", "has"))
_OPEN_PRIVATE = _words(
    """
    subnet subnets network networks ip ips zone vpc dns link endpoint host bucket registry port cidr route domain
    """
)
_OPEN_SESSION = frozenset(["id", "key", "secret", "token"])
_STORES = lazy_pattern(
    r"(database|db|mongo\w*|redis|mysql|maria\w*|postgres\w*|pg|amqp|rabbit\w*|sentry|broker|hook|jdbc)$"
)
_ADDRESSES = frozenset(("url", "uri"))
_CANDIDATE = lazy_pattern(
    "ak|auth|bearer|cert|conn|cookie|cred|csrf|dsn|hmac|jwt|key|kouling|lingpai|mima|miyao|miyue|otp|pass|pat|pem"
    "|pingzheng|private|pw|salt|secret|sessdata|session|shouquanma|sign|siyao|sk|token|uri|url|webhook|xsrf"
)
"""A secret name in lower case contains one of these. Searching for them is ten times as fast as reading the words."""


def can_contain_secret_name(text: str) -> bool:
    """Whether a text can contain a name for which `looks_secret` is true: a quick test that is never wrongly false."""
    return _CANDIDATE.search(text.lower()) is not None or (not text.isascii() and _IN_CHINESE.search(text) is not None)


@lru_cache(maxsize=4096)
def looks_secret(name: str) -> bool:
    """Whether a variable or a key of this name probably holds a secret."""
    if not can_contain_secret_name(name):
        return False
    if not name.isascii() and _IN_CHINESE.search(name):
        return True
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[0] in _SWITCHES or (words[-1] in _ABOUT and len(words) > 1):
        return False
    return any(_is_secret(words, at) for at in range(len(words)))


def _is_secret(words: list[str], at: int) -> bool:  # noqa: C901, PLR0911 - a table of cases
    word = words[at]
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    if word in _OTHER_WORDS:
        return False
    if word in _KEYS:
        is_numbered = not before and after.isdigit()  # `key1` says nothing
        return (
            not is_numbered
            and before not in _OPEN_KEYS
            and after not in {"name", "path", "word", "words", "board", "prefix"}
        )
    if word == "tokens":
        return before not in _ABOUT_BEFORE
    if word in ("auth", "sign", "cert", "pass", "ak", "sk", "pat", "pem"):
        return not after or after in {
            "key",
            "code",
            "token",
            "string",
            "basic",
            "data",
            "header",
            "info",
            "word",
            "pem",
        }
    if word == "private":
        return after not in _OPEN_PRIVATE
    if word == "session":
        return (not before and not after) or after in _OPEN_SESSION
    if word in _SECRET or word.startswith(("connectionstring", "sessdata")):
        return True
    if any(part in word for part in _IN_WORD):
        return True
    if word.endswith(_AT_END):
        return True
    if word in {"connection", "conn"} and after in {"string", "str"}:
        return True
    return after in _ADDRESSES and _STORES.match(word) is not None
