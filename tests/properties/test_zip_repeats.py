"""Whatever a folder holds, packing it twice gives the same bytes, and unpacking gives what was packed."""

import contextlib
import tempfile
from pathlib import Path
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model.code import is_never_packed
from scfdeploy.packager.archive import content_digest
from tests.support.packaging import archive_bytes, entries, folder, packed, refused, write_tree
from tests.support.sampling import sample_size

NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
    lambda name: name not in {".", ".."} and not name.startswith("serverless.") and not name.endswith("*")
)
CONTENTS = st.one_of(
    st.binary(max_size=300),
    st.builds(lambda piece, times: piece * times, st.binary(min_size=1, max_size=40), st.integers(0, 2000)),
    st.integers(0, 1 << 32).map(lambda seed: Random(seed).randbytes(9000)),  # drawn whole, it is too much to shrink
)
TREES = st.dictionaries(
    st.tuples(st.sampled_from(["", "lib/", "lib/deep/"]), NAMES, st.sampled_from(["", "*"])).map("".join),
    CONTENTS,
    min_size=1,
    max_size=8,
).filter(
    lambda tree: (
        len({name.rstrip("*") for name in tree}) == len(tree)
        and not {"lib", "lib*", "lib/deep", "lib/deep*"} & set(tree)
    )
)


@settings(max_examples=sample_size(60), deadline=None)
@given(TREES)
@example({".git": b""})
@example({"lib/.hg": b"", "__pycache__*": b""})
@example({".git": b"gitdir: ../x", "index.py": b""})
def test_a_tree_packs_twice_to_the_same_bytes_and_unpacks_to_itself(tree: dict[str, bytes]) -> None:
    expected = {
        name.rstrip("*"): (0o755 if name.endswith("*") else 0o644, content)
        for name, content in tree.items()
        if not is_never_packed(name.rstrip("*"))
    }
    with tempfile.TemporaryDirectory() as place:
        here = Path(place)
        if not expected:
            assert refused(folder(write_tree(here / "one", tree)), here / "cache").rule == "code-empty"
            return
        one = packed(folder(write_tree(here / "one", tree)), here / "cache one")
        two = packed(folder(write_tree(here / "two", dict(reversed(tree.items())))), here / "cache two")
        assert archive_bytes(one) == archive_bytes(two)
        assert entries(one) == expected
        assert content_digest(archive_bytes(one)) == one.content_sha256


@settings(max_examples=sample_size(150), deadline=None)
@given(st.data())
def test_a_damaged_archive_is_read_right_or_refused(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as place:
        here = Path(place)
        tree = write_tree(here / "code", {"a.py": b"print()\n" * 50, "b": bytes(range(256)), "c": b""})
        bundle = packed(folder(tree), here / "cache")
        harmed = bytearray(archive_bytes(bundle))
    for _ in range(data.draw(st.integers(1, 4))):
        harmed[data.draw(st.integers(0, len(harmed) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ScfDeployError):
        content_digest(bytes(harmed))
