from __future__ import annotations

import base64
import gzip
import json

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.scaffold import sample_event, sample_names


def test_every_sample_is_json() -> None:
    assert set(sample_names()) >= {"hello", "timer", "cos", "cmq", "ckafka", "http", "cls", "clb", "mps"}
    for name in sample_names():
        assert isinstance(json.loads(sample_event(name)), dict)


def test_cls_sample_is_compressed_like_the_platform() -> None:
    data = json.loads(sample_event("cls"))["clslogs"]["data"]
    assert "records" in json.loads(gzip.decompress(base64.b64decode(data)))


def test_unknown_sample_error_lists_samples() -> None:
    with pytest.raises(ScfDeployError) as caught:
        sample_event("../init/timr")
    assert "timer" in (caught.value.hint or "")
