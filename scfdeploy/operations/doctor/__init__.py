"""`doctor`: problems of this machine and account that prevent plan or apply, each with its fix.

To add a check, add a function to `CHECKS`. `policy` says which permissions a project needs.
"""

from scfdeploy.operations.doctor.checks import CHECKS, examine

__all__ = ["CHECKS", "examine"]
