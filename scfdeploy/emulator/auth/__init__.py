"""Who is calling: reads the two signed forms of a request and verifies them."""

from scfdeploy.emulator.auth.envelope import Envelope
from scfdeploy.emulator.auth.opening import open_envelope

__all__ = ["Envelope", "open_envelope"]
