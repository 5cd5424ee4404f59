"""What a text is shown without, as a message may quote it."""

from __future__ import annotations

import pytest

from scfdeploy.model.redaction import hidden_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: hello", ()),
        ("TOKEN: ${env:TOKEN}", ()),
        ("TOKEN: *marked1 x", ("marked1 x", "marked1")),
        ("TOKEN: !marked1", ("marked1",)),
        ("TOKEN: ['marked1', marked2]", ("marked1', marked2", "marked1", "marked2")),
        ("TOKEN:\n  marked1\nname: a", ("marked1",)),
    ],
)
def test_hidden_words_are_the_values_of_secret_names(text: str, words: tuple[str, ...]) -> None:
    assert hidden_words(text) == words


def test_hidden_words_are_few_and_short() -> None:
    text = "TOKEN: |\n" + "".join(f"  word{number:05}\n" for number in range(5000)) + "PASSWORD: " + "x" * 100_000
    found = hidden_words(text)
    assert len(found) <= 1000
    assert max(map(len, hidden_words("PASSWORD: " + "x" * 100_000))) == 1000
