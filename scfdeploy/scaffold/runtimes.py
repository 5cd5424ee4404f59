"""Which runtime a new project gets."""

from __future__ import annotations

from scfdeploy.diagnostics import ScfDeployError, did_you_mean
from scfdeploy.facts import Runtime, runtimes

_PREFERRED = {"python": "Python3.10", "nodejs": "Nodejs18.15"}
SUFFIXES = {"python": "py", "nodejs": "js"}
_OTHER_WORDS = {"node": "nodejs", "node.js": "nodejs", "js": "nodejs", "py": "python", "python3": "python"}


def choose_runtime(text: str) -> Runtime:
    """The runtime that `text` names: a language (`python`, `nodejs`) or a full name in any case (`python3.9`).

    Raises ScfDeployError for what is unknown, has no template, or is too old to begin with.
    """
    word = text.strip().lower()
    language = _OTHER_WORDS.get(word, word)
    known = {name.lower(): found for name, found in runtimes().items()}
    found = known.get(_PREFERRED.get(language, word).lower())
    if found is None:
        guess = did_you_mean(text, [*_PREFERRED, *runtimes()])
        raise ScfDeployError(f'unknown runtime "{text}"', hint=guess or _offer())
    if found.language not in _PREFERRED:
        raise ScfDeployError(f"there is no template for {found.name}", hint=_offer())
    if found.state in ("old", "retiring"):
        newer = _PREFERRED[found.language]
        raise ScfDeployError(f"{found.name} is too old for a new project", hint=f"Take {newer}: --runtime {newer}")
    return found


def _offer() -> str:
    names = [name for name, found in runtimes().items() if found.language in _PREFERRED and found.state == "current"]
    return f"Choose python or nodejs, or exactly one of {', '.join(names)}."
