"""Faults on order: rules that make chosen calls slow, failing, unanswered, garbled or slow to show what they did."""

from scfdeploy.emulator.faults.injector import NO_EFFECT, Effect, Faults, ForcedOutcome
from scfdeploy.emulator.faults.rule import Rule, parse_rules

__all__ = ["NO_EFFECT", "Effect", "Faults", "ForcedOutcome", "Rule", "parse_rules"]
