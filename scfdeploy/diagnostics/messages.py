"""`message()`, which every text for users passes through, so that it can be translated."""

from __future__ import annotations

import re
from collections.abc import Callable

_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_translate: Callable[[str], str] | None = None
_language = "en"


def message(template: str, /, **values: object) -> str:
    """The text of `template` in the active language, with each `{name}` replaced by the value of that name.

    `template` is a literal: `scripts/extract_messages.py` collects it for translators. Values are inserted
    unchanged, None as an empty text. Other braces stay, so `${env:NAME}` needs no escaping.
    """
    text = _translate(template) if _translate is not None else template
    if not values:
        return text
    return _PLACEHOLDER.sub(lambda match: _text(values[match[1]]) if match[1] in values else match[0], text)


def use_translation(translate: Callable[[str], str] | None, language: str = "en") -> None:
    """Translate templates with this function, such as `gettext` of a catalogue; None means English.

    `language` is the BCP 47 tag of the translations.
    """
    global _translate, _language
    _translate, _language = translate, language if translate is not None else "en"


def active_language() -> str:
    """The BCP 47 tag of the language of messages, such as `en` or `zh-CN`."""
    return _language


def _text(value: object) -> str:
    return "" if value is None else str(value)
