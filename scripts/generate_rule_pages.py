"""Write docs/reference/rules/: one page for each kind of finding, from what those who find it say of it.

Run it from the root of the repository after a rule was added or its page changed: python scripts/generate_rule_pages.py
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scfdeploy.report.pages import page_files  # noqa: E402 - the package lies beside this script, installed or not
from scripts.generated_files import replace_files  # noqa: E402


def main() -> None:
    """Write every page, and remove those of rules that are gone."""
    folder = ROOT / "docs" / "reference" / "rules"
    pages = page_files()
    replace_files(folder, ".md", pages)
    print(f"{len(pages)} pages in {folder.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
