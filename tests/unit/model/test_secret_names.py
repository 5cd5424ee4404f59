"""Which names say that a value is a secret."""

import pytest

from scfdeploy.model import looks_secret, secret_names
from scfdeploy.model.secret_names import can_contain_secret_name


def _words(text: str) -> list[str]:
    return text.split()


_SECRET = _words("""
SCKEY pushkey JWT CONNECTION_STRING connectionString ConnStr DSN WEBHOOK WEBHOOK_URL PASSPHRASE PRIVATE
PRIVATE_KEY CREDENTIAL COOKIE JD_COOKIE SESSION SESSION_ID SIGNATURE SALT ACCESS_KEY ACCESSKEY accessKeyId
APPKEY AppKey api-key apiKey X-Api-Key dbPassword DB_PASSWORD db.password MYSQL_PWD SMTP_PASS SMTP_AUTH userpass
密码 数据库密码 密钥 MIMA db_mima TOKEN ACCESS_TOKEN accesstoken pushToken OAuthToken SECRET SECRET_ID
TENCENTCLOUD_SECRET_KEY DATABASE_URL REDIS_URL MONGODB_URI SENTRY_DSN KEY SENDKEY SendKey encryptionKey
BOT_TOKEN HOOK_URL COS_SK TLS_CERT AUTH BASIC_AUTH Authorization
""")
_OPEN = _words("""
secretName SECRET_NAME tokenName
AUTHOR AUTHORS AUTHORITY KEYBOARD MONKEY KEYWORD KEYWORDS TOKENIZER tokenizer PRIMARY_KEY primaryKey PASSENGER
COMPASS PASSPORT_NO BYPASS SIGNAL DESIGN CONCERT MAX_TOKENS maxTokens TOKEN_TTL PUBLIC_KEY CACHE_KEY KEY_NAME
PRIVATE_SUBNET SESSION_TIMEOUT AUTH_TYPE authType enableRoleAuth TURKEY SECRETARY KEYSPACE HOST DB_HOST DATABASE
LANG OAUTH CLASSPATH PATH ASSETS DASHBOARD APP_NAME TASK_ID DISK CONNECTION key1 名称 secretName COOKIE_NAME
""")


@pytest.mark.parametrize("name", _SECRET)
def test_name_of_a_secret_is_recognised(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize("name", _OPEN)
def test_name_that_only_contains_such_letters_is_open(name: str) -> None:
    assert not looks_secret(name)


def test_quick_test_finds_every_secret_name() -> None:
    assert all(can_contain_secret_name(name) for name in _SECRET)
    assert all(can_contain_secret_name(word) for word in (*secret_names._SECRET, *secret_names._IN_WORD))
    assert all(can_contain_secret_name(f"x{word}") for word in (*secret_names._AT_END, *secret_names._KEYS))
