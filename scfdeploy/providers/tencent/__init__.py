"""Tencent Cloud: the only code that knows its SDK, which is loaded with the first call."""

from scfdeploy.providers.tencent.connection import TencentCloud, connect
from scfdeploy.providers.tencent.credentials import LOCAL_CREDENTIALS, Credentials, find_credentials

__all__ = ["LOCAL_CREDENTIALS", "Credentials", "TencentCloud", "connect", "find_credentials"]
