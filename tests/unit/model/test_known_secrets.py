"""Secrets that are known are found in every usual encoding, and do not turn everything into stars."""

import base64
import json
from html import escape
from urllib.parse import quote, quote_plus

import pytest

from scfdeploy.model import KnownSecrets

_SECRET = 'p<a"s/ s&wörd-0'
_LINES = "first line of it\nsecond line of it\n"


def _knowing(*texts: str) -> KnownSecrets:
    known = KnownSecrets()
    for text in texts:
        known.add(text)
    return known


@pytest.mark.parametrize(
    "form",
    [
        _SECRET,
        json.dumps(_SECRET)[1:-1],
        json.dumps(_SECRET, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(_SECRET, ensure_ascii=False)[1:-1], ensure_ascii=False)[1:-1],
        quote(_SECRET),
        quote(_SECRET, safe=""),
        quote_plus(_SECRET),
        escape(_SECRET),
        base64.b64encode(_SECRET.encode()).decode().rstrip("=")[:-1],
    ],
)
def test_secret_in_another_encoding_becomes_stars(form: str) -> None:
    assert _knowing(_SECRET).redact(f"before {form} after") == "before *** after"


@pytest.mark.parametrize("ahead", ["", "u", "us", "user:"])
def test_secret_within_base64_is_not_decodable(ahead: str) -> None:
    encoded = base64.b64encode(f"{ahead}hunter2-hunter2".encode()).decode()
    left = _knowing("hunter2-hunter2").redact(encoded)
    assert "***" in left
    assert len(left) < len(ahead) * 4 / 3 + 10


def test_single_line_of_a_secret_becomes_stars() -> None:
    assert _knowing(_LINES).redact("  12 | second line of it") == "  12 | ***"


def test_beginning_of_a_secret_that_was_cut_off_becomes_stars() -> None:
    assert _knowing("hunter2-hunter2").redact('"hunter2-hu…" and "…r2-hunter2"') == '"***…" and "…***"'


@pytest.mark.parametrize("text", ["", "a", "ab", "abc"])
def test_very_short_secret_changes_no_text(text: str) -> None:
    assert _knowing(text).redact("abc ab a abcabc") == "abc ab a abcabc"


def test_short_secret_counts_as_a_whole_word_only() -> None:
    assert _knowing("info").redact("info information x-info") == "*** information x-***"


def test_name_of_a_resource_stays_visible() -> None:
    known = _knowing("hello-prod")
    known.keep_visible(["function/default/hello-prod"])
    assert known.redact("function/default/hello-prod") == "function/default/hello-prod"


def test_plain_word_of_a_private_file_stays_in_messages() -> None:
    known = KnownSecrets()
    known.note_private({"LOG_LEVEL": "warning", "NOTE": "marked-note"})
    assert known.redact("1 warning: marked-note") == "1 warning: ***"


def test_words_that_programs_compare_stay_in_documents() -> None:
    known = _knowing("apply", "succeeded")
    document = {"command": "apply", "results": [{"status": "succeeded", "message": "apply succeeded"}]}
    assert known.redact_document(document) == {
        "command": "apply",
        "results": [{"status": "succeeded", "message": "*** ***"}],
    }


@pytest.mark.parametrize("key", ["body", "result"])
def test_no_word_of_a_function_stays_in_documents(key: str) -> None:
    data = {"code": "hunter2-hunter2", "state": {"type": ["hunter2-hunter2"]}, "status": 3}
    assert _knowing("hunter2-hunter2").redact_document({"entries": [{key: data, "status": "ok"}]}) == {
        "entries": [{key: {"code": "***", "state": {"type": ["***"]}, "status": 3}, "status": "ok"}]
    }


def test_printing_shows_no_secret() -> None:
    assert "hunter2" not in f"{_knowing('hunter2')!r} {_knowing('hunter2')}"


def test_cleared_secrets_are_forgotten() -> None:
    known = _knowing("hunter2-hunter2")
    assert known.occur_in("x hunter2-hunter2")
    known.clear()
    assert not known.occur_in("x hunter2-hunter2")


@pytest.mark.parametrize("separator", [",", ";", " | ", ", "])
def test_items_of_a_list_of_secrets_are_redacted(separator: str) -> None:
    known = _knowing(separator.join(("first-token-1", "second-token-2", "production")))
    assert known.redact("got second-token-2 in production") == "got *** in production"
