"""How bash writes words, which it passes as they stand in the line: quotes, backslashes, and breaks at `=` and `:`."""

from __future__ import annotations

from collections.abc import Sequence

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-")
_SPECIAL_IN_DOUBLE_QUOTES = frozenset('"$`\\')
_BREAKS = frozenset("=:")


def joined_at_break_characters(before: Sequence[str], raw: str) -> tuple[list[str], str, int]:
    """The words before the cursor and the one at it, as they are without breaks at `=` and `:`.

    The third value is the number of characters of the last word that bash does not replace.
    """
    words: list[str] = []
    joins = False  # whether the next word continues the last one
    for word in (*before, raw):
        is_break = bool(word) and _BREAKS.issuperset(word)
        if words and (is_break or joins) and (len(words) > 1 or is_break):
            words[-1] += word
        else:
            words.append(word)
        joins = is_break
    last = words.pop()
    replaced = "" if raw and _BREAKS.issuperset(raw) else raw
    return words, last, len(last) - len(replaced)


def unquoted(raw: str) -> str:
    """The text of a word, which can end within quotes."""
    text: list[str] = []
    quote = ""
    escaped = False
    for char in raw:
        if escaped:
            if quote and char not in _SPECIAL_IN_DOUBLE_QUOTES:
                text.append("\\")
            text.append(char)
            escaped = False
        elif char == "\\" and quote != "'":
            escaped = True
        elif char == quote:
            quote = ""
        elif char in "'\"" and not quote:
            quote = char
        else:
            text.append(char)
    return "".join(text)


def quoted_for_bash(value: str, raw: str) -> str | None:
    """The value as bash reads it back, to replace the word `raw`; None if the quotes in it cannot hold the value.

    bash keeps a quote at the start of the word, and closes it.
    """
    quote = raw[:1] if raw[:1] in ("'", '"') else ""
    if quote == "'":
        return None if "'" in value else value
    if quote == '"':
        # In an interactive shell, `!` recalls earlier commands in double quotes, too.
        return None if "!" in value else "".join(_escaped(char, _SPECIAL_IN_DOUBLE_QUOTES) for char in value)
    return "".join(char if char in _PLAIN else "\\" + char for char in value)


def _escaped(char: str, special: frozenset[str]) -> str:
    return "\\" + char if char in special else char


def after_option(value: str) -> str:
    """The value without the option in front of it, as in `--format=json`."""
    return value.partition("=")[2] if value.startswith("--") and "=" in value[:-1] else value
