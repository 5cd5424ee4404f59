"""The vendor's own samples, as its guide prints them."""

from __future__ import annotations

import os
from pathlib import Path

GUIDE = Path(os.environ.get("SCFDEPLOY_GUIDE", Path(__file__).parents[3] / "shared" / "samples" / "guide"))
ABSENT = "no samples of the vendor's guide here (SCFDEPLOY_GUIDE)"
