"""Variables: `${env:NAME}`, `${stage}` and their kin in the values of a file."""

from scfdeploy.config.variables.resolve import Resolver
from scfdeploy.config.variables.sources import Answers, Own

__all__ = ["Answers", "Own", "Resolver"]
