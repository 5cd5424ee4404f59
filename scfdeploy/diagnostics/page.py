"""The public page of a kind of finding: what `scfdeploy explain` shows, and a file of docs/rules."""

from __future__ import annotations

from dataclasses import dataclass

from scfdeploy.diagnostics.diagnostic import Severity

PARTS = ("What is wrong", "Why", "Wrong", "Right")
"""The parts of every page, in this order."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `title` is its first sentence, `text` its parts as Markdown.

    `severity` is the worst that a finding of this id can have, `codes` the cloud's error codes that findings can carry.
    """

    id: str
    severity: Severity
    title: str
    text: str
    codes: tuple[str, ...] = ()
    since: str = "0.1.0"

    @property
    def markdown(self) -> str:
        """The whole page."""
        codes = ", ".join(f"`{code}`" for code in self.codes) or "none of its own"
        noun = "Code" if len(self.codes) < 2 else "Codes"
        facts = f"Severity: {self.severity} · {noun} of the cloud: {codes} · Since {self.since}"
        return f"# {self.id}\n\n{self.title}\n\n{facts}\n\n{self.text}\n"

    @property
    def parts(self) -> dict[str, str]:
        """The text under each heading, in the order in which they stand."""
        import re  # only who shows a page needs it

        pieces = re.split(r"^## (.+)\n", self.text, flags=re.MULTILINE)
        return {heading: text.strip() for heading, text in zip(pieces[1::2], pieces[2::2], strict=True)}


def described(
    name: str,
    severity: Severity,
    title: str,
    *,
    what: str,
    why: str,
    wrong: str,
    right: str,
    codes: tuple[str, ...] = (),
) -> Page:
    """A page of its four parts. `wrong` and `right` are sentences, or examples out of `yaml`."""
    return Page(name, severity, title, sections(what, why, wrong, right), codes)


def sections(what: str, why: str, wrong: str, right: str) -> str:
    """The parts of a page, each under its heading."""
    return "\n\n".join(
        f"## {heading}\n\n{part}" for heading, part in zip(PARTS, (what, why, wrong, right), strict=True)
    )


def yaml(text: str) -> str:
    """An example as a page shows it."""
    return f"```yaml\n{text.strip(chr(10))}\n```"
