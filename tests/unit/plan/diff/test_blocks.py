"""Blocks whose keys say something of each other, and blocks that go as a whole."""

import pytest

from scfdeploy.model import Value
from scfdeploy.plan.diff.differences import fill_defaults, is_same_image
from scfdeploy.plan.diff.normalise import complete

REPOSITORY = "ccr.ccs.tencentyun.com:5000/shop/api"
ONE, TWO = "sha256:" + "1" * 64, "sha256:" + "2" * 64
MOUNT = {"cfsId": "cfs-1", "localMountDir": "/mnt/a", "remoteMountDir": "/"}


@pytest.mark.parametrize(
    ("wanted", "same"),
    [
        (f"{REPOSITORY}:1", True),
        (f"{REPOSITORY}:2", False),
        (f"{REPOSITORY}@{ONE}", True),
        (f"{REPOSITORY}@{TWO}", False),
        (f"{REPOSITORY}:1@{ONE}", True),
        (f"{REPOSITORY}:2@{ONE}", False),
        (f"{REPOSITORY}:1@{TWO}", False),
        (f"{REPOSITORY}s:1", False),
        (REPOSITORY, False),
    ],
)
def test_image_address_matches_by_tag_or_digest(wanted: str, same: bool) -> None:
    assert is_same_image(wanted, f"{REPOSITORY}:1@{ONE}") is same


def test_mounts_are_completed_and_sorted() -> None:
    other = {**MOUNT, "localMountDir": "/mnt/b", "mountInsId": "cfs-2", "userId": 1, "userGroupId": 2}

    found = complete("cfs", (other, MOUNT))

    assert found == ({**MOUNT, "mountInsId": "cfs-1", "userId": 10000, "userGroupId": 10000}, other)


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ({}, {}),
        ({"maxConcurrency": 5}, {"enable": True, "maxConcurrency": 5}),
        ({"enable": False, "maxConcurrency": 5}, {"enable": False}),
    ],
)
def test_written_concurrency_is_enabled(written: dict[str, Value], form: dict[str, Value]) -> None:
    assert complete("instanceConcurrencyConfig", written) == form


def test_image_with_registry_is_enterprise_image() -> None:
    image = {"imageUrl": "a/b:1", "imageType": "public", "registryId": "tcr-1"}

    assert complete("image", image) == {**image, "imageType": "enterprise"}


def test_omitted_image_keys_fall_back_to_defaults() -> None:
    shown = {"imageUrl": f"a/b:1@{ONE}", "imageType": "personal", "args": "x", "imagePort": -1}

    found = fill_defaults({"image": {"imageUrl": "a/b:1"}}, {"image": shown})

    assert found == {"image": {"imageUrl": f"a/b:1@{ONE}", "imageType": "personal", "args": "", "imagePort": 9000}}


def test_disabled_block_is_not_filled() -> None:
    off: dict[str, Value] = {"instanceConcurrencyConfig": {"enable": False}}
    shown: dict[str, Value] = {"instanceConcurrencyConfig": {"enable": True, "maxConcurrency": 9}}

    assert fill_defaults(off, shown) == off


def test_unknown_keys_are_not_filled_into_block() -> None:
    shown: dict[str, Value] = {"image": {"imageUrl": "a/b:2", "args": "x", "something": "new", "more": 1}}

    found = fill_defaults({"image": {"imageUrl": "a/b:1", "something": "old"}}, shown)

    assert found == {"image": {"imageUrl": "a/b:1", "something": "old", "args": ""}}


def test_only_concurrency_block_can_be_disabled() -> None:
    wanted: dict[str, Value] = {"image": {"imageUrl": "a/b:1", "enable": False}}

    assert fill_defaults(wanted, {"image": {"args": "x"}})["image"] == {**wanted["image"], "args": ""}  # type: ignore[dict-item]


def test_port_of_registry_is_not_a_tag() -> None:
    assert is_same_image("host:5000/a/b:1", f"host:5000/a/b:1@{ONE}")
    assert not is_same_image("host:5000/a/b", f"host:5000/a/b:1@{ONE}")
    assert not is_same_image("host:5000/c/b:1", f"host:5000/a/b:1@{ONE}")
    assert is_same_image("b:1", f"b:1@{ONE}")
