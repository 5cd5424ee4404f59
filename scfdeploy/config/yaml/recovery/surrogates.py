"""Read characters that are escaped as two UTF-16 units, as JSON writes them. YAML has no such pairs."""

from __future__ import annotations

from scfdeploy.config.yaml.marks import SourcePositions
from scfdeploy.config.yaml.recovery.mistake import ParseFailure
from scfdeploy.model.lazy_pattern import lazy_pattern

_PROBLEM = "invalid Unicode character escape code"
_ESCAPE = 2
"""The characters before the digits at which the parser stops."""
_PAIR = lazy_pattern(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_TOKEN = lazy_pattern(r"""(?P<escape>\\u[0-9a-fA-F]{4}\\u[0-9a-fA-F]{4}|\\.)|(?P<single>'[^']*')|(?P<quote>")|.""")


def join_surrogates(failure: ParseFailure, lines: list[str], positions: SourcePositions) -> bool:
    """Write each pair as one escape, if the parser stopped at one: it is no mistake. Whether `lines` are changed.

    Changes the rest of that line, and in JSON all lines that follow.
    """
    if _PROBLEM not in failure.problem:
        return False
    start = failure.column - _ESCAPE
    if _PAIR.match(failure.text(failure.line), start) is None:
        return False
    is_json = next((line.lstrip() for line in lines if line.strip()), "").startswith("{")
    _join(failure.line, start, lines, positions, is_quoted=True)
    for line in range(failure.line + 1, len(lines) if is_json else 0):
        _join(line, 0, lines, positions, is_quoted=False)
    return True


def _join(line: int, start: int, lines: list[str], positions: SourcePositions, *, is_quoted: bool) -> None:
    """Join the pairs between double quotes in one line, from a column that is between quotes or not."""
    text = lines[line]
    if "\\u" not in text:
        return
    parts, removed = [text[:start]], list[int]()
    at = start
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            break
        end = token.end()
        if token["single"] and is_quoted:
            end = at + 1
        if token["quote"]:
            is_quoted = not is_quoted
        pair = _PAIR.fullmatch(text, at, end) if is_quoted and token["escape"] else None
        if pair is not None:
            high, low = int(pair[1], 16), int(pair[2], 16)
            new = f"\\U{0x10000 + ((high - 0xD800) << 10) + low - 0xDC00:08X}"
            removed += range(at + len(new), end)
        else:
            # The second escape of two can begin a pair.
            end = at + 6 if token["escape"] and end - at == 12 else end
            new = text[at:end]
        parts.append(new)
        at = end
    lines[line] = "".join(parts)
    positions.remove(line, removed)
