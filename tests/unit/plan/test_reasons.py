"""Reasons as people read them."""

import pytest

from scfdeploy.cli.language import translator
from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import in_english, translation
from scfdeploy.model import Value
from scfdeploy.plan import FieldChange
from scfdeploy.plan.reasons import differing, forcing, joined, listed


@pytest.mark.parametrize(
    ("names", "expected"), [((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")]
)
def test_lists_read_like_sentences(names: tuple[str, ...], expected: str) -> None:
    assert listed(names) == expected


@pytest.mark.parametrize("count", [1, 2, 3])
def test_list_of_chinese_texts_has_its_english_original(count: int) -> None:
    with translation(translator("zh"), "zh-CN"):
        text = listed([message("nothing")] * count)
    assert "nothing" not in text
    assert in_english(text).isascii()


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ({"sha256": "ab12cd34ef", "size": 512}, "code differs (512 B, sha256 ab12cd34…)"),
        ({"sha256": "ab12cd34ef", "size": 2048}, "code differs (2.0 KB, sha256 ab12cd34…)"),
        ({"bucket": "b", "object": "/a.zip"}, "code differs (b/a.zip)"),
        (None, "code differs"),
    ],
)
def test_code_is_described_by_size_and_hash(after: Value, expected: str) -> None:
    assert differing([FieldChange("src", None, after)]) == expected


def test_settings_are_named_once_without_ownership_tag() -> None:
    paths = ("environment.variables.A", "environment.variables.B", "tags.scfdeploy:app", "timeout", "owner")
    assert differing([FieldChange(path, 1, 2) for path in paths]) == "environment and timeout differ"


def test_forcing_fields_are_named_alone() -> None:
    fields = [FieldChange("runtime", "a", "b", forces_replace=True), FieldChange("timeout", 1, 2)]
    assert forcing(fields) == "runtime cannot be changed in place"


def test_empty_clauses_are_dropped() -> None:
    assert joined("", "a", "", "b") == "a; b"


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (1023, "1023 B"),
        (1024, "1.0 KB"),
        (1024**2 - 1, "1024.0 KB"),
        (1024**2, "1.0 MB"),
        (800 * 1024**2, "800.0 MB"),
        (900 * 1024, "900.0 KB"),
        ("unknown", "0 B"),
    ],
)
def test_sizes_are_shown_in_fitting_unit(size: Value, expected: str) -> None:
    told = differing([FieldChange("src", None, {"sha256": "ab12cd34ef", "size": size})])
    assert told == f"code differs ({expected}, sha256 ab12cd34…)"


def test_object_is_shown_without_leading_slash() -> None:
    assert differing([FieldChange("src", None, {"bucket": "b", "object": "//X/a.zip"})]) == "code differs (b/X/a.zip)"
    assert differing([FieldChange("src", None, {"bucket": "b", "object": "X.zip/"})]) == "code differs (b/X.zip/)"


def test_settings_and_code_are_shown_together() -> None:
    fields = [FieldChange("src", None, None), FieldChange("timeout", 1, 2)]
    assert differing(fields) == "timeout differs; code differs"
    assert differing([]) == ""
