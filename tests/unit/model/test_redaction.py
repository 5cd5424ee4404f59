"""Texts as they may be shown."""

from __future__ import annotations

import time

import pytest

from scfdeploy.model.redaction import ChangedLines, changed_lines, difference, lines_without_secrets


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("name: hello", "name: hello"),
        ("DB_PASSWORD: abc", "DB_PASSWORD: ***"),
        ('"TOKEN": "abc"', '"TOKEN": *****'),
        ("TOKEN: ${env:TOKEN}", "TOKEN: ${env:TOKEN}"),
        ("{name: a, TOKEN: b, last: c}", "{name: a, TOKEN: ***********"),
        ("- name: A\n  value: b", "- name: A\n  value: *"),
        ("TOKEN: |\n  one\n\n  two\nname: a", "TOKEN: *\n  ***\n\n  ***\nname: a"),
        ("- TOKEN:\n    one\n- name: a", "- TOKEN:\n    ***\n- name: a"),
        ("run --token=abc", "run --token=***"),
        ("TOKEN:abc", "TOKEN:***"),
        ("TOKEN：abc", "TOKEN：***"),
        ('["TOKEN", "abc"]', '["TOKEN", ******'),
        ("TOKEN: ${env:A, 'abc'}", "TOKEN: ***************"),
        ("{TOKEN: '${env:A}', KEY_TOKEN: abc}", "{TOKEN: '${env:A}', KEY_TOKEN: ****"),
        ("  TOKEN:\n  abc\n  a: b", "  TOKEN:\n  ***\n  a: b"),
        ("  TOKENS:\n  - abc\n  a: b", "  TOKENS:\n  *****\n  a: b"),
        ('  {"TOKEN":\n "abc"}\nname: a', '  {"TOKEN":\n ******\nname: a'),
        ("A: ${env:DB_PASSWORD, 'abc'}", "A: ${env:DB_PASSWORD, ******"),
        ("A: ${opt:password, 'abc'", "A: ${opt:password, *****"),
        ("A: ${env:NAME, ${env:TOKEN, abc}}", "A: ${env:NAME, ${env:TOKEN, *****"),
        ("A: ${env:TOKEN_TTL, '60'}", "A: ${env:TOKEN_TTL, '60'}"),
        ("\ufeffname: a\r\nTOKEN: b\r", "name: a\nTOKEN: *\n"),
    ],
)
def test_stars_stand_for_values_of_keys_that_look_secret(text: str, shown: str) -> None:
    assert "\n".join(lines_without_secrets(text)) == shown


def test_a_difference_is_seen_and_its_secrets_are_not() -> None:
    before = "a: 1\nTOKEN: old\nb: 2\n"
    after = "a: 1\nTOKEN: new\nb: 3"
    hunk = " a: 1\n-TOKEN: ***\n-b: 2\n+TOKEN: ***\n+b: 3\n\\ No newline at end of file\n"
    assert difference(before, after, "old", "new") == f"--- old\n+++ new\n@@ -1,3 +1,3 @@\n{hunk}"


def test_a_secret_alone_that_changes_is_a_difference() -> None:
    assert difference("TOKEN: old\n", "TOKEN: new\n", "a", "b").count("TOKEN: ***") == 2
    assert difference("TOKEN: old\n", "TOKEN: old\n", "a", "b") == ""
    assert difference("", "a: 1\n", "a", "b") == "--- a\n+++ b\n@@ -0,0 +1 @@\n+a: 1\n"


_UNITS = (
    "a", "a.", "-", "é", "-eyJ", "-sk-", "gl", "-SG.", "key=${a}", "key: ", "a1=", "a://", "--a ", "'a", "pw=a ",
    "pw=VALUE", "ghp_",
    "-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "-----END ", "Bearer ", "https://", '"ab":', "?ab=", "${env:A}",
    "${key", "${key,",
)  # fmt: skip


@pytest.mark.parametrize("unit", _UNITS)
def test_a_line_eight_times_as_long_takes_about_eight_times_as_long(unit: str) -> None:
    assert _seconds(unit * (80_000 // len(unit))) < 30 * _seconds(unit * (10_000 // len(unit)))


def test_placeholder_and_long_secret_are_distinguished_quickly() -> None:
    assert lines_without_secrets("a?token=" + "VALUE" * 100_000 + "1") == ("a?token=" + "*" * 500_001,)


def _seconds(line: str) -> float:
    def once(number: int) -> float:
        start = time.process_time()
        lines_without_secrets(f"{number}\n{line}")
        return time.process_time() - start

    return min(once(number) for number in range(3))


def test_changed_lines_are_those_of_the_texts_whatever_they_look_like() -> None:
    before = "one\n-- /dev/null\ntwo\npassword: before-word\n"
    after = "one\n++ x\n@@ -9 @@\ntwo\npassword: after-word\n"

    assert changed_lines(before, after) == (
        ChangedLines(2, ("-- /dev/null",), ("++ x", "@@ -9 @@")),
        ChangedLines(4, ("password: ***********",), ("password: **********",)),
    )
    assert changed_lines(before, before) == ()
