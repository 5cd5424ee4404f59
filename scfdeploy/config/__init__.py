"""serverless.yml to Project, with the exact place of everything and all mistakes in one run."""

from scfdeploy.config.load import load_project
from scfdeploy.config.loaded import Loaded, LoadOptions

__all__ = ["LoadOptions", "Loaded", "load_project"]
