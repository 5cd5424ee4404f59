"""The logs of functions, from the CLS topic of each."""

from scfdeploy.providers.tencent.logs.search import TencentLogs

__all__ = ["TencentLogs"]
