"""serverless.yml to Project, with the exact place of everything and all mistakes in one run.

Small values that never leave this folder are named tuples, and rare patterns are compiled where they are used: each run
pays for what a module defines, and a dataclass takes seven times as long to define.
"""

from scfdeploy.config.load import load_project
from scfdeploy.config.load_result import LoadOptions, LoadResult

__all__ = ["LoadOptions", "LoadResult", "load_project"]
