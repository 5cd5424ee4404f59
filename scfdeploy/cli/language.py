"""The language of messages: from `--lang`, `SCFDEPLOY_LANG`, or the locale of a terminal.

Imported only if one of them is set, so that English starts as fast as without translations.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from scfdeploy.cli.language_settings import LANGUAGE_VARIABLE, LANGUAGES, LOCALE_VARIABLES, language_name
from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import translation

_FILES = {"zh": "zh_CN.po"}
_FOLDER = os.path.join(os.path.dirname(os.path.dirname(__file__)), "translations")  # noqa: PTH118, PTH120
_SAMPLE = "中文"
"""Characters that a stream must be able to encode."""
_option: ContextVar[str] = ContextVar("option", default="")
"""The value of `--lang` of the command that runs."""


@contextmanager
def chosen_language(arguments: Sequence[str]) -> Iterator[None]:
    """Translate messages into the language that the user has chosen, until the end of the block."""
    option = _of_option(arguments)
    explicit = option or os.environ.get(LANGUAGE_VARIABLE, "")
    language = (language_name(explicit) if explicit else _of_terminal()) or "en"
    if language != "en" and not _can_encode(_SAMPLE):
        language = "en"
        if explicit:
            encoding = sys.stdout.encoding if sys.stdout else ""
            print(  # noqa: T201 - the command line is not loaded yet
                message("note: {encoding} has no Chinese characters, so messages are in English", encoding=encoding),
                file=sys.stderr,
            )
    token = _option.set(option)
    try:
        with translation(translator(language), LANGUAGES[language]):
            yield
    finally:
        _option.reset(token)


def has_option() -> bool:
    """Whether the command that runs has `--lang`, so that `SCFDEPLOY_LANG` does not matter."""
    return bool(_option.get())


def translator(language: str) -> Callable[[str], str] | None:
    """The function that translates a template into a language of `LANGUAGES`; None for English."""
    if language not in _FILES:
        return None
    from scfdeploy.cli.catalogue import read_catalogue

    translations = read_catalogue(f"{_FOLDER}/{_FILES[language]}")
    return lambda text: translations.get(text, text)


def _of_option(arguments: Sequence[str]) -> str:
    """The value of the last `--lang`. It is needed before parsing, because help and usage errors are translated too."""
    value = ""
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == "--lang":
            value = "".join(arguments[position + 1 : position + 2])
        elif argument.startswith("--lang="):
            value = argument.removeprefix("--lang=")
    return value


def _of_terminal() -> str | None:
    """The language of the locale if somebody reads the output. Programs that read it get the same in every locale."""
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        return None
    return language_name(next((os.environ[name] for name in LOCALE_VARIABLES if os.environ.get(name)), ""))


def _can_encode(text: str) -> bool:
    try:
        for stream in (sys.stdout, sys.stderr):
            text.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
