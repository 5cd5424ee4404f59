"""The asynchronous events of functions, by the status trace and the request status of the platform."""

from scfdeploy.providers.tencent.events.source import TencentEvents

__all__ = ["TencentEvents"]
