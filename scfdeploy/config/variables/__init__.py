"""Variables in the values of a file, such as `${env:NAME}` and `${stage}`."""

from scfdeploy.config.variables.resolve import Resolver
from scfdeploy.config.variables.sources import OwnValue, VariableSources

__all__ = ["OwnValue", "Resolver", "VariableSources"]
