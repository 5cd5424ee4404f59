"""Tencent Cloud: the only code that knows its SDK, which is loaded with the first call."""

from scfdeploy.providers.tencent.auth.credentials import find_credentials
from scfdeploy.providers.tencent.auth.key_pair import LOCAL_CREDENTIALS, Credentials
from scfdeploy.providers.tencent.provider import TencentProvider, open_provider

__all__ = ["LOCAL_CREDENTIALS", "Credentials", "TencentProvider", "find_credentials", "open_provider"]
