"""Why a text is no YAML, in words that say what to write instead: the parser says only where it gave up.

Each function looks for one kind of mistake around that place and answers None when it is not that. The order matters:
from what leaves no doubt to what is likely.
"""

from __future__ import annotations

from collections.abc import Callable

from scfdeploy.config.yaml.recovery.artifacts import find_conflict, find_placeholder, find_tab
from scfdeploy.config.yaml.recovery.indent import find_indentation
from scfdeploy.config.yaml.recovery.mistake import Broken, Mistake
from scfdeploy.config.yaml.recovery.quoting import find_bracket, find_quote, find_unquoted
from scfdeploy.config.yaml.recovery.separators import find_unclear_key

_SEARCHES: tuple[Callable[[Broken], Mistake | None], ...] = (
    find_conflict,
    find_tab,
    find_placeholder,
    find_quote,
    find_unquoted,
    find_bracket,
    find_unclear_key,
    find_indentation,
)


def explain(broken: Broken) -> Mistake:
    """The mistake that made the parser stop."""
    for search in _SEARCHES:
        found = search(broken)
        if found is not None:
            return found
    return Mistake(
        "yaml-syntax",
        broken.line,
        broken.column,
        1,
        "Not readable as YAML",
        f"The file cannot be read beyond this place: {_plain(broken)}.",
        "Check this line and the one above: indentation, colons, quotes and brackets.",
    )


def _plain(broken: Broken) -> str:
    words = f"{broken.context}, {broken.problem}" if broken.context else broken.problem
    return words.strip().rstrip(".")
