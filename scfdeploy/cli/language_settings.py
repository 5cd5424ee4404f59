"""Where users set the language of messages.

Every command reads this. It is apart from `cli/language.py`, which is loaded only if a language can be set.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

LANGUAGES = {"en": "en", "zh": "zh-CN"}
"""The BCP 47 tag of each language, by the name that `--lang` takes."""

LANGUAGE_VARIABLE = "SCFDEPLOY_LANG"
LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The variables of the locale of messages, the strongest first."""


def can_need_language(arguments: Sequence[str]) -> bool:
    """Whether a language can be set other than English; in doubt, `cli/language.py` is imported and decides."""
    if any(argument.startswith("--lang") for argument in arguments) or os.environ.get(LANGUAGE_VARIABLE):
        return True
    return any(os.environ.get(name, "").startswith("zh") for name in LOCALE_VARIABLES)


def language_name(tag: str) -> str | None:
    """The name in `LANGUAGES` of a tag such as `zh`, `zh-CN` or `zh_CN.UTF-8`; None for another language.

    There is one Chinese, with simplified characters, for every region.
    """
    primary = tag.lower().replace("-", "_").partition(".")[0].partition("@")[0].partition("_")[0]
    return primary if primary in LANGUAGES else None
