"""Finds secrets in text by their form, independent of names: keys and tokens of known services.

Sources of the forms (2026-11-28): GitHub's list of secret scanning patterns, the services' own documentation.

A text can be one line of 2 MB, so no pattern rescans the rest of it from each possible start: look-ahead is limited, or
stops where the same pattern could start again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from scfdeploy.model.lazy_pattern import lazy_pattern
from scfdeploy.model.secret_names import looks_secret

STARS = "***"
_Spans = Callable[[str], Iterator[tuple[int, int]]]
"""Where secrets stand in a text."""
_SHORTEST = 8

# Every match of `_FORMS` has one of these.
_FORM_WORDS = (
    *("AKID", "IKID", "AKIA", "ASIA", "LTAI", "AIza", "ya29.", "GOCSPX-"),
    *("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glsa_"),
    *("glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "glagent-", "glimt-"),
    *("xox", "xapp-", "k_live_", "k_test_", "whsec_", "npm_", "pypi-", "dckr_pat_", "sk-", "SG.", ":AA", "hf_"),
    *("shpat_", "dop_v1_", "SCT", "AGE-SECRET-KEY-1", "PRIVATE KEY"),
)
_FORMS = lazy_pattern(
    r"(?<![A-Za-z0-9_])(?:"
    r"[AI]KID[A-Za-z0-9]{16,}"  # Tencent Cloud: SecretId
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"  # AWS
    r"|LTAI[A-Za-z0-9]{12,}"  # Alibaba Cloud
    r"|AIza[\w-]{30,}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}"  # Google
    r"|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}"  # GitHub
    r"|gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt)-[\w-]{16,}|glsa_\w{20,}"  # GitLab, Grafana
    r"|xox[abeoprs]-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,}"  # Slack
    r"|[sr]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{16,}"  # Stripe
    r"|npm_[A-Za-z0-9]{20,}|pypi-[\w-]{32,}|pypi-Ag[\w-]{14,}|dckr_pat_[\w-]{20,}"
    r"|sk-(?=[A-Za-z_-]{0,80}[0-9])[\w-]{20,}"  # OpenAI, Anthropic and others
    r"|SG\.[\w-]{16,}\.[\w-]{16,}"  # SendGrid
    r"|[0-9]{6,12}:AA[\w-]{30,}"  # Telegram
    r"|hf_[A-Za-z0-9]{30,}|shpat_[0-9a-fA-F]{20,}|dop_v1_[0-9a-f]{40,}"  # Hugging Face, Shopify, DigitalOcean
    r"|SCT[0-9]+T[A-Za-z0-9]{16,}"  # ServerChan
    r"|AGE-SECRET-KEY-1[A-Z0-9]{20,}"
    r")"
    # A private key: up to its end marker if there is one, else all characters that can be its content.
    r"|-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
    r"(?:(?:\\[nr]|[A-Za-z0-9+/=\s:,]|-(?!----BEGIN))*?-----END [A-Z0-9 ]+-----|(?:\\[nr]|[A-Za-z0-9+/=])*)"
)
# JSON Web Token. One without a second part is skipped as a whole.
_JWT = lazy_pattern(r"(?<![A-Za-z0-9_])eyJ[\w-]{8,}+(?P<rest>\.eyJ[\w-]{2,}(?:\.[\w-]*)?)?")
_HOOKS = lazy_pattern(
    r"https://(?:hooks\.slack\.com/(?:services|workflows|triggers)/|open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/v2/hook/"
    r"|(?:\w+\.)?discord(?:app)?\.com/api/webhooks/|[\w.-]+\.webhook\.office\.com/webhookb2/|outlook\.office\.com/webhook/"
    r"|sctapi\.ftqq\.com/|sc\.ftqq\.com/|api\.day\.app/|api\.telegram\.org/bot|maker\.ifttt\.com/trigger/\w+/with/key/"
    r"|[\w.-]+\.push\.ft07\.com/send/)(?P<secret>(?!\$\{)[^\s\"'<>`\\)]{6,})"
)
_SHORT_NAMES = frozenset(("sig", "code", "ticket"))
_TOO_OPEN = frozenset(("key", "keys", "sign", "auth", "cert", "token", "private", "session"))
_PLACEHOLDER = lazy_pattern(
    r"[A-Z_]{0,40}VALUE[A-Z_]{0,40}\Z|\*+\Z|\.\.\.|…|\$|<|\{|%|x{3,}\Z|X{3,}\Z|(masked|redacted)\Z", re.ASCII
)


@lru_cache(maxsize=256)  # a file repeats handlers, runtimes and regions
def holds_secret(text: str) -> bool:
    """Whether a text is or contains a secret."""
    return len(text) >= _SHORTEST and next(_found(text), None) is not None


def secrets_in(text: str) -> tuple[str, ...]:
    """The secrets in a text, verbatim."""
    return tuple(text[start:end] for start, end in _found(text)) if len(text) >= _SHORTEST else ()


def without_secrets(text: str) -> str:
    """The text with stars in place of secrets."""
    return _replaced(text, lambda _: STARS)


def masked(text: str) -> str:
    """Like `without_secrets`, with one star per character."""
    return _replaced(text, lambda length: "*" * length)


def _replaced(text: str, stars: Callable[[int], str]) -> str:
    if len(text) < _SHORTEST or (len(text) <= _SHORT and _ANY_WORD.search(text) is None):
        return text
    spans = sorted(_found(text))
    if not spans:
        return text
    parts: list[str] = []
    at = 0
    for start, end in spans:
        if end <= at:
            continue
        parts += (text[at : max(at, start)], stars(end - max(at, start)))
        at = end
    return "".join((*parts, text[at:]))


def is_placeholder(text: str) -> bool:
    """Whether a text is a placeholder for a secret: `<token>`, `xxx`, `${env:TOKEN}`."""
    return _PLACEHOLDER.match(text) is not None


@lru_cache(maxsize=1024)
def _is_parameter(name: str) -> bool:
    return name.lower() in _SHORT_NAMES or looks_secret(name)


@lru_cache(maxsize=1024)
def _is_clear(name: str) -> bool:
    """Whether a name means a secret even outside a URL."""
    return name.lower() not in _TOO_OPEN and looks_secret(name)


def _form_spans(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _FORMS.finditer(text))


def _token_spans(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _JWT.finditer(text) if match["rest"])


def _hook_spans(text: str) -> Iterator[tuple[int, int]]:
    return (match.span("secret") for match in _HOOKS.finditer(text))


def _part(expression: str) -> _Spans:
    """Finds secrets in the group `secret` of a pattern."""
    pattern = lazy_pattern(expression)

    def spans(text: str) -> Iterator[tuple[int, int]]:
        return (match.span("secret") for match in pattern.finditer(text) if not is_placeholder(match["secret"]))

    return spans


def _named(expression: str, is_secret_name: Callable[[str], bool]) -> _Spans:
    """Finds values in the group `secret` of a pattern whose names, in the group `name`, are those of secrets."""
    pattern = lazy_pattern(expression)

    def spans(text: str) -> Iterator[tuple[int, int]]:
        return (
            match.span("secret")
            for match in pattern.finditer(text)
            if is_secret_name(match["name"]) and not is_placeholder(match["secret"])
        )

    return spans


_SEARCHES: tuple[tuple[tuple[str, ...], _Spans], ...] = (
    (_FORM_WORDS, _form_spans),
    (("eyJ",), _token_spans),
    (("https://",), _hook_spans),
    # user:password@ and token@ of a URL
    (("://",), _part(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/?#:@\"'<>\\]*:(?P<secret>[^\s/?#\"'<>\\]+)@")),
    (("://",), _part(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://(?P<secret>[A-Za-z0-9_-]{16,})@")),
    (("earer",), _part(r"(?<![A-Za-z])[Bb]earer\s+(?P<secret>(?=[^\s\"']*[0-9])[\w.~+/=-]{12,})")),
    (
        ("asic",),
        _part(r"(?<![A-Za-z])[Bb]asic\s+(?P<secret>(?=[A-Za-z0-9+/]*[0-9A-Z])[A-Za-z0-9+/]{12,}={0,2})(?![\w ])"),
    ),
    # ?access_token=…&sig=…
    (("=",), _named(r"[?&;](?P<name>[\w.-]{2,40})=(?P<secret>[^&\s\"'#<>\\;,)]+)", _is_parameter)),
    # "password": "…", also with the quotes escaped
    (
        ('"', "'"),
        _named(r"\\?[\"'](?P<name>[\w.-]{2,40})\\?[\"']\s*:\s*\\?[\"'](?P<secret>[^\"'\\]+)", looks_secret),
    ),
    # NAME=… of a shell, AccountKey=…; of a connection string
    (
        ("=",),
        _named(r"(?<![\w?&.$-])(?P<name>[A-Za-z_][\w ]{1,40}?)=[\"']?(?P<secret>[^\s\"'<>;,&|)`\\]+)", _is_clear),
    ),
    # --password …, --api-key=…
    (
        ("--",),
        _named(
            r"(?<!\S)--(?P<name>[a-z][a-z-]{1,30})(?:=|\s+)[\"']?(?P<secret>[^\s\"'<>;&|)`\\-][^\s\"'<>;&|)`\\]*)",
            looks_secret,
        ),
    ),
    # docker login -u … -p …, sshpass -p …
    (
        (" login ", "sshpass "),
        _part(
            r"(?<![\w-])(?:(?:docker|podman|nerdctl|helm registry) login (?:[^\s;&|]+\s+){0,8}?|sshpass )"
            r"-p[ =]?[\"']?(?P<secret>[^\s\"'<>;&|)`\\-][^\s\"'<>;&|)`\\]*)"
        ),
    ),
    # curl -u user:password
    (
        ("curl ",),
        _part(
            r"(?<![\w-])curl (?:[^\s;&|]+\s+){0,16}?(?:-u|--user)[ =]?[\"']?(?!-)[^\s:\"';&|]+:"
            r"(?P<secret>[^\s\"'<>;&|)`\\]+)"
        ),
    ),
)
"""Each search with words of which every text has one where it finds something.

To look for words needs no compiled pattern.
"""
_SHORT = 200
_ANY_WORD = lazy_pattern("|".join(map(re.escape, dict.fromkeys(word for words, _ in _SEARCHES for word in words))))
"""Finds a word of any search. In a short text that is faster than to look for one word after the other."""


def _found(text: str) -> Iterator[tuple[int, int]]:
    for words, spans in _SEARCHES:
        for word in words:  # a loop, because `any` takes twice as long
            if word in text:
                yield from spans(text)
                break
