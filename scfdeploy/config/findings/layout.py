"""Pages about lines that stand in the wrong column."""

from __future__ import annotations

LAYOUT = ()
