"""Carries out a plan through a Writer: order, parallelism, waits and retries. Decides nothing."""

from scfdeploy.apply.outcome import Failure, Outcome, Status

__all__ = ["Failure", "Outcome", "Status"]
