"""Who is calling: reads the two signed forms of a request and verifies them."""

from scfdeploy.emulator.auth.envelope import Envelope
from scfdeploy.emulator.auth.verify import check_head, open_envelope

__all__ = ["Envelope", "check_head", "open_envelope"]
