"""`doctor`: what stands in the way on this machine, and the cure. To add a check, add a function to `CHECKS`.

`policy` says which permissions a project needs.
"""

from scfdeploy.operations.doctor.checks import CHECKS, examine

__all__ = ["CHECKS", "examine"]
