"""`doctor`: what stands in the way on this machine, and the cure. To add a check, add a function to `CHECKS`."""

from scfdeploy.operations.doctor.checks import CHECKS, examine

__all__ = ["CHECKS", "examine"]
