"""Spaces between Chinese and Latin text. Imported only for Chinese messages, because its patterns compile slowly."""

from __future__ import annotations

import re

from scfdeploy.diagnostics.messages import PLACEHOLDER, text_of

_CHINESE = re.compile("[\u4e00-\u9fff，。；：、！？（）“”]")
_CHINESE_AND_SPACE = re.compile(f"{_CHINESE.pattern} $")
_SPACE_AND_CHINESE = re.compile(f" {_CHINESE.pattern}")
_WORD = re.compile("[\u4e00-\u9fff][A-Za-z0-9`$]|[A-Za-z0-9`%][\u4e00-\u9fff]")


def fill_chinese(template: str, values: dict[str, object]) -> str:
    """The template with its `{name}` replaced, a space where Chinese and Latin text meet, and none within Chinese text.

    A translator cannot know which of the two a value is.
    """
    text, end = "", 0
    for match in PLACEHOLDER.finditer(template):
        text = _join(text, template[end : match.start()])
        text = _join(text, text_of(values[match[1]]) if match[1] in values else match[0])
        end = match.end()
    return _join(text, template[end:])


def _join(before: str, after: str) -> str:
    if _CHINESE_AND_SPACE.search(before) and _CHINESE.match(after):
        before = before[:-1]
    elif _CHINESE.match(before[-1:]) and _SPACE_AND_CHINESE.match(after):
        after = after[1:]
    elif _WORD.match(before[-1:] + after[:1]):
        before += " "
    return before + after
