"""Errors of object storage: an HTTP status, and a code and message in XML."""

from __future__ import annotations

from scfdeploy.emulator.cos.xml import elements
from scfdeploy.emulator.messages import Answer


class CosError(Exception):
    """What the storage refuses, with its own code and HTTP status."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message


def error_answer(error: CosError, resource: str, request_id: str) -> Answer:
    """The error as clients read it."""
    fields = {
        "Code": error.code,
        "Message": error.message,
        "Resource": resource,
        "RequestId": request_id,
        "TraceId": request_id,
    }
    body = f"<?xml version='1.0' encoding='utf-8' ?><Error>{elements(fields)}</Error>".encode()
    return Answer(error.status, body, "application/xml", (("x-cos-request-id", request_id),))
