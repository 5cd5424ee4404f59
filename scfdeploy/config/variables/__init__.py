"""Variables: `${env:NAME}`, `${stage}` and their kin in the values of a file."""

from scfdeploy.config.variables.answers import Answers, Own
from scfdeploy.config.variables.resolve import Resolver

__all__ = ["Answers", "Own", "Resolver"]
