"""Runs functions as the platform would: in a process of their own, with its context, environment, limits and log."""

from scfdeploy.emulator.runtime.invoker import Invoker
from scfdeploy.emulator.runtime.web import WebError
from scfdeploy.emulator.runtime.work import Outcome, Work

__all__ = ["Invoker", "Outcome", "WebError", "Work"]
