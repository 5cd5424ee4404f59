"""The configuration of a version: its defaults, and how each parameter of a request changes it."""

from scfdeploy.emulator.scf.configuration.fields import apply, defaults

__all__ = ["apply", "defaults"]
