"""Completes the metadata of a build with what only the repository's address can give.

`SCFDEPLOY_REPOSITORY_URL` is that address, such as https://HOST/OWNER/NAME; the release workflow sets it. A package
index shows the README without the files beside it, so its links become absolute, to the files of the released version.
A build without the variable has no project URLs and keeps relative links.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from hatchling.metadata.plugin.interface import MetadataHookInterface

VARIABLE = "SCFDEPLOY_REPOSITORY_URL"
_PICTURES = (".gif", ".jpg", ".jpeg", ".png", ".svg", ".webp")
_FENCE = re.compile(r"(?ms)^(```|~~~).*?^\1[ \t]*$")
# The target of a link or picture in Markdown or HTML, unless it has a scheme, a host or an anchor alone.
_TARGET = re.compile(r"""(?P<before>\]\(|\b(?:href|src|srcset)=")(?P<path>(?![a-z]+:|//|#)[^\s)"]+)""")


class RepositoryMetadata(MetadataHookInterface):
    """The hook that hatchling calls."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set `readme`, and `urls` where the address is known."""
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        repository = os.environ.get(VARIABLE, "").rstrip("/")
        if repository:
            version = metadata["version"]
            metadata["urls"] = {
                "Source": repository,
                "Documentation": f"{repository}/tree/v{version}/docs",
                "Changelog": f"{repository}/blob/v{version}/CHANGELOG.md",
                "Issues": f"{repository}/issues",
            }
            text = with_absolute_links(text, repository, f"v{version}")
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


def with_absolute_links(text: str, repository: str, tag: str) -> str:
    """The Markdown text with each relative link as an address in the repository; code blocks stay as they are."""

    def absolute(match: re.Match[str]) -> str:
        path = match["path"]
        kind = "raw" if path.partition("#")[0].lower().endswith(_PICTURES) else "blob"
        return f"{match['before']}{urljoin(f'{repository}/{kind}/{tag}/', path.removeprefix('./'))}"

    parts, end = [], 0
    for fence in _FENCE.finditer(text):
        parts += [_TARGET.sub(absolute, text[end : fence.start()]), fence[0]]
        end = fence.end()
    return "".join([*parts, _TARGET.sub(absolute, text[end:])])
