"""CLB: requests to an address of a load balancer. Its product makes and removes such triggers; this API lists them."""

from __future__ import annotations

from scfdeploy.emulator.scf.triggers.base import TriggerType, made_elsewhere

CLB = TriggerType("clb", made_elsewhere("load balancer"), is_made_elsewhere=True)
