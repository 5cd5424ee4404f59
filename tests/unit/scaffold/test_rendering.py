from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from scfdeploy.scaffold import SAMPLES, Sample, find_sample, sample_event
from scfdeploy.scaffold.rendering import templates


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_every_sample_is_json(sample: Sample) -> None:
    assert isinstance(json.loads(sample_event(sample)), dict)


def test_every_file_is_a_sample() -> None:
    assert {path.stem for path in (templates() / "events").iterdir()} == {sample.name for sample in SAMPLES}


@pytest.mark.parametrize(("alias", "name"), [("cos", "cos-upload"), ("cmq", "cmq-topic"), ("apigw", "api-gateway")])
def test_sample_has_alias(alias: str, name: str) -> None:
    assert find_sample(alias) == find_sample(name)


def test_unknown_sample_is_none() -> None:
    assert find_sample("../init/timr") is None
    assert find_sample("") is None


def test_ckafka_sample_has_two_records() -> None:
    assert len(_event("ckafka")["Records"]) == 2


def test_cls_sample_is_compressed_like_the_platform() -> None:
    data = _event("cls")["clslogs"]["data"]
    assert "records" in json.loads(gzip.decompress(base64.b64decode(data)))


def _event(name: str) -> Any:
    sample = find_sample(name)
    assert sample is not None
    return json.loads(sample_event(sample))
