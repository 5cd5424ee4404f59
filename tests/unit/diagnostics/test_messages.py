"""The texts that users see: placeholders and translation."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

import pytest

from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import (
    active_language,
    in_english,
    join_messages,
    join_sentences,
    translation,
    use_translation,
)


@pytest.fixture
def german() -> Iterator[None]:
    use_translation({"{count} functions": "{count} Funktionen"}.__getitem__)
    yield
    use_translation(None)


def test_message_inserts_values_by_name() -> None:
    assert message("{count} of {most} functions", count=3, most=50) == "3 of 50 functions"


def test_message_keeps_braces_that_name_no_value() -> None:
    assert (
        message("Write ${env:NAME} or {} for {name}.", name="${x} {name}") == "Write ${env:NAME} or {} for ${x} {name}."
    )


def test_message_inserts_none_as_empty_text() -> None:
    assert message("{first}{second}", first="a", second=None) == "a"


@pytest.mark.usefixtures("german")
def test_message_is_translated_before_values_are_inserted() -> None:
    assert message("{count} functions", count=3) == "3 Funktionen"


@pytest.mark.parametrize(
    ("translated", "value", "text"),
    [
        ("该 {x} 已被删除", "函数", "该函数已被删除"),
        ("该 {x} 已被删除", "URL", "该 URL 已被删除"),
        ("必须为{x}，", "整数", "必须为整数，"),
        ("必须为{x}，", "true 或 false", "必须为 true 或 false，"),
        ("{x} 文件未修改。", "没有函数。", "没有函数。文件未修改。"),
        ("{x}的 `src`", "hello", "hello 的 `src`"),
        ("名称“{x}”无效", "hello", "名称“hello”无效"),
        ("没有{x}。", "", "没有。"),
        ("{x}  通过", "函数", "函数  通过"),
    ],
)
def test_values_in_chinese_have_spaces_around_latin_text_only(translated: str, value: str, text: str) -> None:
    with translation({"a {x}": translated}.__getitem__, "zh-CN"):
        made = message("a {x}", x=value)

    assert made == text
    assert in_english(made) == f"a {value}"


@pytest.fixture
def chinese() -> Iterator[None]:
    texts = {"{number} changes": "{number} 项变更", "the function": "函数", "{what} failed": "{what}失败", ", ": "，"}
    with translation(texts.__getitem__, "zh-CN"):
        yield


@pytest.mark.usefixtures("chinese")
def test_translated_message_keeps_its_english_original() -> None:
    text = message("{what} failed", what=message("the function"))

    assert text == "函数失败"
    assert in_english(text) == "the function failed"


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    ("change", "translated", "original"),
    [
        (lambda text: text + "!", "函数!", "the function!"),
        (lambda text: "- " + text, "- 函数", "- the function"),
        (lambda text: text + text, "函数函数", "the functionthe function"),
        (lambda text: (text + "\n").strip(), "函数", "the function"),
        (lambda text: (text + ".").rstrip("."), "函数", "the function"),
        (lambda text: (text + "-a").replace("-a", "-b"), "函数-b", "the function-b"),
        (copy.deepcopy, "函数", "the function"),
        (lambda text: join_messages(message(", "), [text, "a"]), "函数，a", "the function, a"),
        (lambda text: join_sentences(text, "", text), "函数函数", "the function the function"),
    ],
)
def test_changed_message_keeps_its_english_original(
    change: Callable[[str], str], translated: str, original: str
) -> None:
    text = change(message("the function"))

    assert text == translated
    assert in_english(text) == original


def test_message_in_english_is_its_own_original() -> None:
    assert in_english(message("{number} changes", number=3)) == "3 changes"
    assert join_sentences("One.", "Two.") == "One. Two."


def test_translation_ends_with_its_block() -> None:
    with translation({"a": "甲"}.__getitem__, "zh-CN"):
        assert (message("a"), active_language()) == ("甲", "zh-CN")
        with translation(None):
            assert (message("a"), active_language()) == ("a", "en")
        assert message("a") == "甲"

    assert (message("a"), active_language()) == ("a", "en")


def test_empty_template_is_not_looked_up() -> None:
    with translation({}.__getitem__, "zh-CN"):
        assert message("") == ""
