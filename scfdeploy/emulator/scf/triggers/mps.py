"""MPS: tasks that are done. The media product makes and removes such triggers; this API lists them."""

from __future__ import annotations

from scfdeploy.emulator.scf.triggers.base import TriggerType, made_elsewhere

MPS = TriggerType("mps", made_elsewhere("media"), is_made_elsewhere=True)
