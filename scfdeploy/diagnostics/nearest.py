"""The word that somebody probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of `known` most like `word`, upper and lower case being nearly the same, or None when none is close."""
    import difflib  # only an error needs it

    by_lower = {candidate.lower(): candidate for candidate in sorted(known)}
    if word.lower() in by_lower:
        return by_lower[word.lower()]
    swapped = [other for other in by_lower if sorted(other) == sorted(word.lower())]  # `scr` for `src`
    close = swapped or difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.7)
    return by_lower[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """`Did you mean "x"?` for the nearest known word, or None."""
    found = nearest(word, known)
    return f'Did you mean "{found}"?' if found is not None else None
