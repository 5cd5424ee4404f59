"""Variables: `${env:NAME}`, `${stage}` and their kin in the values of a file."""

from scfdeploy.config.variables.resolve import Resolver
from scfdeploy.config.variables.sources import OwnValue, VariableSources

__all__ = ["OwnValue", "Resolver", "VariableSources"]
