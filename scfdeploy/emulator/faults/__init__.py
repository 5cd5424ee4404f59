"""Fault injection: rules that make chosen calls slow, fail, lose or garble their response, or take effect late."""

from scfdeploy.emulator.faults.effect import NO_EFFECT, Effect
from scfdeploy.emulator.faults.injector import Faults, ForcedOutcome
from scfdeploy.emulator.faults.rule import Rule, parse_rules

__all__ = ["NO_EFFECT", "Effect", "Faults", "ForcedOutcome", "Rule", "parse_rules"]
