"""Which texts look like secrets, and what is left of them."""

import pytest

from scfdeploy.model import holds_secret
from scfdeploy.model.secret_text import masked, without_secrets

_A = "abcdefghij0123456789ABCDEFGHIJ0123456789"  # put together here, so that no scanner takes this file for a leak
_HIDDEN = [
    ("AKID" + _A[:32], "***"),
    ("IKID" + _A[:32], "***"),
    ("ghp_" + _A[:36], "***"),
    ("gho_" + _A[:36], "***"),
    ("github_pat_" + _A, "***"),
    ("glpat-" + _A[:20], "***"),
    ("xoxb-" + "123456789012-abcdef", "***"),
    ("AKIA" + "ABCDEFGH01234567", "***"),
    ("ASIA" + "ABCDEFGH01234567", "***"),
    ("AIza" + _A[:35], "***"),
    ("sk_live_" + _A[:24], "***"),
    ("npm_" + _A[:36], "***"),
    ("pypi-Ag" + _A[:36], "***"),
    ("sk-ant-api03-" + _A[:30], "***"),
    ("SG." + _A[:22] + "." + _A[:38], "***"),
    ("110201543:AA" + _A[:33], "***"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "***"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "***"),
    ("-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY----- after", "*** after"),
    ("Bearer abcdef0123456789", "Bearer ***"),
    ("Authorization: Basic dXNlcjpwYXNzd29yZA==", "Authorization: Basic ***"),
    ("mysql://u:p@h", "mysql://u:***@h"),
    ("postgres://u:p@ss@h:5432/db", "postgres://u:***@h:5432/db"),
    ("https://h/robot/send?access_token=abc123&x=1", "https://h/robot/send?access_token=***&x=1"),
    ("https://h/a?x=1&sig=abc", "https://h/a?x=1&sig=***"),
    (
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=***",
    ),
    ("https://open.feishu.cn/open-apis/bot/v2/hook/2c1a9b", "https://open.feishu.cn/open-apis/bot/v2/hook/***"),
    ("https://hooks.slack.com/services/T0/B0/abc", "https://hooks.slack.com/services/***"),
    ('{"token": "abc"}', '{"token": "***"}'),
    ('{\\"password\\": \\"abc\\"}', '{\\"password\\": \\"***\\"}'),
    ("Server=h;User Id=u;Password=abc;", "Server=h;User Id=u;Password=***;"),
    ("DB_PASSWORD=abc make", "DB_PASSWORD=*** make"),
    ("curl --password abc h", "curl --password *** h"),
    ("docker login -u ada -p abc123 ccr.ccs.tencentyun.com", "docker login -u ada -p *** ccr.ccs.tencentyun.com"),
    ("sshpass -p'abc123' ssh h", "sshpass -p'***' ssh h"),
    ("curl -s -u ada:abc123 https://h", "curl -s -u ada:*** https://h"),
]
_OPEN = [
    "docker login -p $PASSWORD -u ada && mkdir -p build",
    "curl --user ${A}:${B} https://h:80/ --user-agent a:b",
    "https://example.com/a?b=c&page=2",
    "Set it, pass `--var API_TOKEN=VALUE`, or write `API_TOKEN=VALUE` into .env.",
    "Bearer authentication is needed",
    "token: refresh daily",
    "--token <TOKEN>",
    "mysql://u:${env:PASSWORD}@h",
    "https://h/?token=${env:TOKEN}",
    "0 0 2 * * * *",
    "registry.example.com/a/b:tag@sha256:abcd",
    "function/default/hello",
    "AKIDlocal",
]


@pytest.mark.parametrize(("text", "left"), _HIDDEN)
def test_text_that_looks_like_a_secret_becomes_stars(text: str, left: str) -> None:
    assert holds_secret(text)
    assert without_secrets(text) == left
    assert len(masked(text)) == len(text)


@pytest.mark.parametrize("text", _OPEN)
def test_text_without_a_secret_stays_as_it_is(text: str) -> None:
    assert not holds_secret(text)
    assert without_secrets(text) == text
