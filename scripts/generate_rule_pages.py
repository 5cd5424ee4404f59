"""Write docs/reference/rules/ and docs/zh/reference/rules/: one page for each kind of finding, from its declaration.

Run it from the root of the repository after a rule was added or its page changed: python scripts/generate_rule_pages.py
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scripts.generated_files import replace_files  # noqa: E402 - the scripts lie beside this one
from scripts.reference.rule_pages import rule_files  # noqa: E402
from scripts.reference.texts import chinese  # noqa: E402

FOLDER = ROOT / "docs" / "reference" / "rules"
CHINESE_FOLDER = ROOT / "docs" / "zh" / "reference" / "rules"


def main() -> None:
    """Write every page, and remove those of rules that are gone."""
    pages = rule_files()
    replace_files(FOLDER, ".md", pages)
    with chinese():
        replace_files(CHINESE_FOLDER, ".md", rule_files())
    print(f"{len(pages)} pages in {FOLDER.relative_to(ROOT)} and as many in {CHINESE_FOLDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
