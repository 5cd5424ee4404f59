"""The vendor's own samples, as its guide prints them."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.corpus import SHARED

GUIDE = Path(os.environ.get("SCFDEPLOY_GUIDE", SHARED / "samples" / "guide"))
ABSENT = "no samples of the vendor's guide here (SCFDEPLOY_GUIDE)"
