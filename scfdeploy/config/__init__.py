"""Load serverless.yml into a Project, with the position of every value, reporting all mistakes in one run.

Internal values are named tuples, and rare patterns are compiled where they are used, because definitions cost start-up
time: a dataclass takes seven times as long to define as a named tuple.
"""

from scfdeploy.config.load import load_project
from scfdeploy.config.load_result import LoadOptions, LoadResult

__all__ = ["LoadOptions", "LoadResult", "load_project"]
