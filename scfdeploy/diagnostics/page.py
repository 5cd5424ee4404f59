"""The public page of a finding: the output of `scfdeploy explain` and a file in docs/reference/rules."""

from __future__ import annotations

from collections.abc import Callable

from scfdeploy.diagnostics.diagnostic import Severity
from scfdeploy.diagnostics.messages import message
from scfdeploy.records import dataclass, field

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
    template: str = ""
    """The parts before placeholders were filled; empty if there are none."""
    fill: Callable[[str], str] = field(default=str, compare=False)
    """Fills the placeholders of a part of `template`."""

    @property
    def markdown(self) -> str:
        """The page as Markdown."""
        codes = ", ".join(f"`{code}`" for code in self.codes) or "none of its own"
        noun = "Code" if len(self.codes) < 2 else "Codes"
        facts = f"Severity: {self.severity} · {noun} of the cloud: {codes} · Since {self.since}"
        return f"# {self.id}\n\n{self.title}\n\n{facts}\n\n{self.text}\n"

    @property
    def shown_title(self) -> str:
        """The title in the active language."""
        if not self.template:
            return message(self.title)
        # The title of a rule's page is usually its summary, which translators have without the full stop.
        return message("{text}.", text=message(self.title.rstrip(".")))

    @property
    def parts(self) -> dict[str, str]:
        """The text under each heading, in order, both in the active language. Examples stay as they are."""
        return {
            message(heading): self.fill(part if part.startswith("```") else message(part))
            for heading, part in parts(self.template or self.text).items()
        }


def parts(text: str) -> dict[str, str]:
    """The text under each heading of a page, in order."""
    import re

    pieces = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return {heading: part.strip() for heading, part in zip(pieces[1::2], pieces[2::2], strict=True)}


def sections(what: str, why: str, wrong: str, right: str) -> str:
    """The text of a page, with a heading for each part."""
    return "\n\n".join(
        f"## {heading}\n\n{part}" for heading, part in zip(PARTS, (what, why, wrong, right), strict=True)
    )


def yaml(text: str) -> str:
    """An example as a fenced block."""
    return f"```yaml\n{text.strip(chr(10))}\n```"
