"""Responses of object storage in XML, and its errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from scfdeploy.emulator.messages import Answer

_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class CosError(Exception):
    """An error of the storage: its code and HTTP status."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message


def elements(fields: Mapping[str, str]) -> str:
    """One XML element for each field; characters that XML cannot hold become `?`."""
    return "".join(f"<{name}>{escape(_NOT_IN_XML.sub('?', text))}</{name}>" for name, text in fields.items())


def error_answer(error: CosError, resource: str, request_id: str) -> Answer:
    """The HTTP answer for an error."""
    fields = {
        "Code": error.code,
        "Message": error.message,
        "Resource": resource,
        "RequestId": request_id,
        "TraceId": request_id,
    }
    body = f"<?xml version='1.0' encoding='utf-8' ?><Error>{elements(fields)}</Error>".encode()
    return Answer(error.status, body, "application/xml", (("x-cos-request-id", request_id),))
