"""Executes a plan through a Writer: order, parallelism, waiting and retries."""

from scfdeploy.apply.events import Effect, Failure, Outcome, Status
from scfdeploy.apply.run import run

__all__ = ["Effect", "Failure", "Outcome", "Status", "run"]
