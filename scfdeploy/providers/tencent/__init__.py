"""Tencent Cloud: the only code that knows its SDK, which is loaded with the first call."""

from scfdeploy.providers.tencent.connection import TencentCloud, connect
from scfdeploy.providers.tencent.credentials import find_credentials
from scfdeploy.providers.tencent.key_pair import LOCAL_CREDENTIALS, Credentials

__all__ = ["LOCAL_CREDENTIALS", "Credentials", "TencentCloud", "connect", "find_credentials"]
