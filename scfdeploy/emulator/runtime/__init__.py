"""Runs functions as the platform does: in their own process, with its context, environment, limits and log."""

from scfdeploy.emulator.runtime.invocation import SUCCESS, Invocation, Outcome, failed
from scfdeploy.emulator.runtime.invoker import Invoker
from scfdeploy.emulator.runtime.web_request import WebError

__all__ = ["SUCCESS", "Invocation", "Invoker", "Outcome", "WebError", "failed"]
