"""Texts of messages, which a run keeps compressed."""

from scfdeploy.delivery.trace import KeptTexts


def test_every_text_is_read_again_by_its_number() -> None:
    written = [f'{{"id": {number}, "text": "é\\u2028\ud800 \\\\ \0"}}' for number in range(1, 612)]
    texts = KeptTexts()

    numbers = [texts.add(text) for text in written]

    assert [texts.get(number) for number in numbers] == written
    assert [texts.get(number) for number in (610, 0, 405, 199, 200)] == [
        written[number] for number in (610, 0, 405, 199, 200)
    ]
