"""Checks of the way to the cloud: proxy, certificates, connection and clock."""

from __future__ import annotations

import os

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.operations.doctor.context import DoctorContext, failed, not_checked, passed, warned
from scfdeploy.providers.base import CloudError
from scfdeploy.providers.tencent.transport.probe import CA_VARIABLE, Probe, proxies_in, send_probe
from scfdeploy.results.doctor import CheckResult

_MAX_SKEW_S = 300
"""The API rejects signatures of requests whose time differs by more (AuthFailure.SignatureExpire)."""
_NOTED_SKEW_S = 60


def check_proxy(name: str, context: DoctorContext) -> CheckResult:
    """Which proxies the environment names, without their passwords."""
    if context.cloud.local is not None:
        return not_checked(name, _local())
    try:
        proxies = proxies_in(context.environ)
    except ScfDeployError as error:
        return failed(name, error.message, error.hint or "")
    return passed(name, ", ".join(proxies) if proxies else message("none"))


def check_certificates(name: str, context: DoctorContext) -> CheckResult:
    """Whether the file of trusted certificates exists that the environment names."""
    path = context.environ.get(CA_VARIABLE, "")
    if not path:
        return passed(name, message("those of the Python package certifi"))
    if not os.path.exists(path):  # noqa: PTH110
        return failed(
            name,
            message("{variable} names a file that does not exist: {path}", variable=CA_VARIABLE, path=path),
            message("Correct the path, or unset {variable}.", variable=CA_VARIABLE),
        )
    if not os.access(path, os.R_OK):
        return failed(
            name,
            message("{variable} names a file that cannot be read: {path}", variable=CA_VARIABLE, path=path),
            message("Change its permissions."),
        )
    return passed(name, f"{CA_VARIABLE}={path}")


def check_connection(name: str, context: DoctorContext) -> CheckResult:
    """Whether the endpoint answers."""
    if context.cloud.local is not None:
        return not_checked(name, _local())
    try:
        probe = _probe(context)
    except CloudError as error:
        try:
            proxies_in(context.environ)
        except ScfDeployError as malformed:
            return not_checked(name, malformed.message)
        return failed(name, error.cloud_message, _connection_cure(error))
    return passed(name, probe.route)


def check_clock(name: str, context: DoctorContext) -> CheckResult:
    """How far the clock of this machine is from that of the server."""
    if context.cloud.local is not None:
        return not_checked(name, _local())
    try:
        probe = _probe(context)
    except ScfDeployError:
        return not_checked(name, message("no connection"))
    if probe.server_time is None:
        return not_checked(name, message("the response has no date"))
    skew = probe.local_time - probe.server_time
    text = message("{seconds} s compared with the server's clock", seconds=f"{skew:+.0f}")
    cure = message("Synchronize the clock by NTP, for example with `timedatectl set-ntp true`.")
    if abs(skew) > _MAX_SKEW_S:
        return failed(name, text + message("; signatures are valid for 300 s"), cure)
    return warned(name, text, cure) if abs(skew) > _NOTED_SKEW_S else passed(name, text)


def _local() -> str:
    return message("the local server is in this process")


def _probe(context: DoctorContext) -> Probe:
    return context.once("probe", lambda: send_probe(context.cloud.endpoint, context.region, context.now))


def _connection_cure(error: CloudError) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in error.cloud_message:
        return message(
            "If a proxy of your company inspects connections, set {variable} to a file with its certificate.",
            variable=CA_VARIABLE,
        )
    if "SOCKS" in error.cloud_message:
        return message("Proxies are supported with http:// and https:// only: set HTTPS_PROXY to such an address.")
    return error.hint or ""
