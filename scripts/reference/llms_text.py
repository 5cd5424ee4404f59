"""llms.txt: what a language model needs to know about scfdeploy, with links to the pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scfdeploy.cli.app import COMMANDS

ROOT = Path(__file__).parent.parent.parent
_SECTIONS = (("Tutorial", "tutorial"), ("How-to", "how-to"), ("Reference", "reference"), ("Explanation", "explanation"))


def llms_text() -> str:
    """The text of the file, as https://llmstxt.org describes it."""
    return "\n".join([*_facts(), *_page_lists()]) + "\n"


def _facts() -> Iterator[str]:
    yield "# scfdeploy"
    yield ""
    yield "> Infrastructure as code for Tencent Cloud Serverless Cloud Function (SCF): reads serverless.yml, checks it"
    yield "> offline, plans the changes, applies them, and runs functions on a local server without an account."
    yield ""
    yield "Facts for scripts and agents:"
    yield ""
    yield "- `--format json` prints one document on stdout, and nothing else there; `schemas/` has the JSON Schema of"
    yield "  each."
    yield "- Exit codes: 0 done, 1 failed, 2 usage, 3 configuration has errors, 4 plan has changes"
    yield "  (`--detailed-exitcode`), 5 applied in part, 130 interrupted."
    yield "- Without a terminal nothing asks: `apply` and `destroy` then need `--yes`."
    yield "- `--local` runs any command against a built-in server: no account, no credentials, no cost."
    yield "- `scfdeploy explain NAME` explains an error code, a status, a setting, a variable or a finding, offline."
    yield "- `scfdeploy validate --fix` corrects what is certain; `scfdeploy migrate --write` converts older forms."
    yield "- From Python: `from scfdeploy.api import validate, plan, apply`."
    yield ""
    yield "## Commands"
    yield ""
    for name, summary in COMMANDS.items():
        yield f"- [scfdeploy {name}](docs/reference/commands/{name}.md): {summary}"


def _page_lists() -> Iterator[str]:
    for title, folder in _SECTIONS:
        yield from ("", f"## {title}", "")
        yield from (f"- [{_title(page)}]({page.relative_to(ROOT).as_posix()})" for page in _pages(folder))


def _pages(folder: str) -> list[Path]:
    """The pages of a folder and its sub-folders, without those of commands, findings and translations."""
    pages = sorted((ROOT / "docs" / folder).rglob("*.md"))
    return [page for page in pages if not {"commands", "rules", "zh"} & set(page.parts) and ".zh" not in page.suffixes]


def _title(page: Path) -> str:
    return page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ").replace("`", "")
