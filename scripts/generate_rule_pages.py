"""Write docs/reference/rules/: one page for each kind of finding, from what those who find it say of it.

Run it from the root of the repository after a rule was added or its page changed: python scripts/generate_rule_pages.py
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scfdeploy.report.pages import page_files  # noqa: E402 - the package lies beside this script, installed or not


def main() -> None:
    """Write every page, and remove those of rules that are gone."""
    folder = ROOT / "docs" / "reference" / "rules"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = page_files()
    for old in folder.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")
    print(f"{len(wanted)} pages in {folder.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
