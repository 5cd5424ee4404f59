"""Runs functions as the platform would: in a process of their own, with its context, environment, limits and log."""

from scfdeploy.emulator.invoke.invoker import Invoker
from scfdeploy.emulator.invoke.web import WebError
from scfdeploy.emulator.invoke.work import Outcome, Work

__all__ = ["Invoker", "Outcome", "WebError", "Work"]
