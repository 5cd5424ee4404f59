"""`message()`, which every text for users passes through, so that it can be translated."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_translate: Callable[[str], str] | None = None
_language = "en"
_translated_into: set[str] = set()


class Message(str):
    """A translated text that knows its English original, for documents that programs read.

    `+` and `strip` keep the original; an f-string and `str.join` do not: use `message` and `join_messages`.
    """

    __slots__ = ("english",)
    english: str

    def __new__(cls, text: str, english: str) -> Message:
        """A text and its English original."""
        made = super().__new__(cls, text)
        made.english = english
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.english

    def __add__(self, other: str) -> Message:
        return Message(super().__add__(other), self.english + in_english(other))

    def __radd__(self, other: str) -> Message:
        return Message(other + str(self), in_english(other) + self.english)

    def strip(self, chars: str | None = None, /) -> Message:
        """As `str.strip`."""
        return Message(super().strip(chars), self.english.strip(chars))

    def rstrip(self, chars: str | None = None, /) -> Message:
        """As `str.rstrip`."""
        return Message(super().rstrip(chars), self.english.rstrip(chars))

    def replace(self, old: str, new: str, count: int = -1, /) -> Message:  # type: ignore[override, unused-ignore]
        """As `str.replace`."""
        return Message(super().replace(old, new, count), self.english.replace(old, in_english(new), count))


def message(template: str, /, **values: object) -> str:
    """The text of `template` in the active language, with each `{name}` replaced by the value of that name.

    `template` is a literal: `scripts/extract_messages.py` collects it for translators. Values are inserted
    unchanged, None as an empty text. Other braces stay, so `${env:NAME}` needs no escaping.
    """
    if _translate is None or not template:
        return _fill(template, values)
    originals = {name: in_english(value) if isinstance(value, str) else value for name, value in values.items()}
    return Message(_fill_translated(_translate(template), values), _fill(template, originals))


def in_english(text: str) -> str:
    """The English original of a text from `message`; any other text unchanged."""
    return text.english if isinstance(text, Message) else text


def join_messages(separator: str, texts: Iterable[str]) -> str:
    """As `separator.join(texts)`, but the result keeps the English originals of the texts."""
    parts = list(texts)
    joined = separator.join(parts)
    if _translate is None:
        return joined
    return Message(joined, in_english(separator).join(map(in_english, parts)))


def join_sentences(*sentences: str) -> str:
    """One sentence after the other, with the space between them that the language has. Empty ones are left out."""
    parts = list(filter(None, sentences))
    if _translate is None:
        return " ".join(parts)
    return Message(("" if _language.startswith("zh") else " ").join(parts), " ".join(map(in_english, parts)))


def use_translation(translate: Callable[[str], str] | None, language: str = "en") -> None:
    """Translate templates with this function, such as `gettext` of a catalogue; None means English.

    `language` is the BCP 47 tag of the translations.
    """
    global _translate, _language
    if translate is not None:
        _translated_into.add(language)
    _translate, _language = translate, language if translate is not None else "en"


@contextmanager
def translation(translate: Callable[[str], str] | None, language: str = "en") -> Iterator[None]:
    """`use_translation` until the end of the block."""
    before = _translate, _language
    use_translation(translate, language)
    try:
        yield
    finally:
        use_translation(*before)


def was_translated() -> bool:
    """Whether texts of this process can have English originals."""
    return bool(_translated_into)


def active_language() -> str:
    """The BCP 47 tag of the language of messages, such as `en` or `zh-CN`."""
    return _language


def _fill(template: str, values: dict[str, object]) -> str:
    if not values:
        return template
    return PLACEHOLDER.sub(lambda match: text_of(values[match[1]]) if match[1] in values else match[0], template)


def _fill_translated(template: str, values: dict[str, object]) -> str:
    if not _language.startswith("zh"):
        return _fill(template, values)
    from scfdeploy.diagnostics.chinese_spacing import fill_chinese

    return fill_chinese(template, values)


def text_of(value: object) -> str:
    """What stands for a value in a text."""
    return "" if value is None else str(value)
