"""The public page of a finding: the output of `scfdeploy explain` and a file in docs/reference/rules."""

from __future__ import annotations

from dataclasses import dataclass

from scfdeploy.diagnostics.diagnostic import Severity

PARTS = ("What is wrong", "Why", "Wrong", "Right")
"""The parts of every page, in this order."""


@dataclass(frozen=True, slots=True)
class Page:
    """The page of one finding."""

    id: str
    severity: Severity
    """The highest severity of its diagnostics."""
    title: str
    text: str
    """The parts as Markdown, each under its heading."""
    codes: tuple[str, ...] = ()
    """The cloud's error codes that its diagnostics can have."""
    since: str = "0.1.0"

    @property
    def markdown(self) -> str:
        """The page as Markdown."""
        codes = ", ".join(f"`{code}`" for code in self.codes) or "none of its own"
        noun = "Code" if len(self.codes) < 2 else "Codes"
        facts = f"Severity: {self.severity} · {noun} of the cloud: {codes} · Since {self.since}"
        return f"# {self.id}\n\n{self.title}\n\n{facts}\n\n{self.text}\n"

    @property
    def parts(self) -> dict[str, str]:
        """The text under each heading, in order."""
        import re

        pieces = re.split(r"^## (.+)\n", self.text, flags=re.MULTILINE)
        return {heading: text.strip() for heading, text in zip(pieces[1::2], pieces[2::2], strict=True)}


def sections(what: str, why: str, wrong: str, right: str) -> str:
    """The text of a page, with a heading for each part."""
    return "\n\n".join(
        f"## {heading}\n\n{part}" for heading, part in zip(PARTS, (what, why, wrong, right), strict=True)
    )


def yaml(text: str) -> str:
    """An example as a fenced block."""
    return f"```yaml\n{text.strip(chr(10))}\n```"
