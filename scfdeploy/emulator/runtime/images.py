"""Functions made of images: docker runs them, with one container for each instance."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping

from scfdeploy.emulator.messages import CloudError, Json, Request, Response
from scfdeploy.emulator.runtime.child import Guardian, OutputTail, ProcessGroup
from scfdeploy.emulator.runtime.invocation import SUCCESS, Invocation, Outcome, failed
from scfdeploy.emulator.runtime.pool import InstancePool, ends_instance, instance_key
from scfdeploy.emulator.runtime.web_request import PORT, WebError, forward
from scfdeploy.facts import limit

_EVENT_PATH = "/event-invoke"
_EXCEPTION, _EXITED, _NO_PULL, _NO_START, _NOT_LISTENING, _SLOW_PULL = 430, 405, 444, 445, 446, 447
_FIRST_ERROR_STATUS = 400
# Of `docker run`: docker itself failed, the command cannot be executed, and it does not exist.
_DOCKER_FAILED = 125
_START_FAILED = (_DOCKER_FAILED, 126, 127)
_PULL_PROBLEMS = ("pull access denied", "manifest unknown", "unable to find image", "error pulling", "manifest for")
_CHECK_S, _END_S = 30, 30
# Variables that the program docker, or the system when it starts, reads.
_CONFIGURES_DOCKER = re.compile(
    "(DOCKER|BUILD|COMPOSE|LD|DYLD|GO|GLIBC|MALLOC|SSL|SSH|XDG|OTEL|HTTPS?|ALL|NO|FTP)(_.*)?|GO[A-Z]*|PATH|HOME", re.I
)


class Container:
    """A container, with the command `docker run` that prints its output. It serves one call at a time."""

    def __init__(self, docker: str, invocation: Invocation, deadline: float, guardian: Guardian) -> None:
        self.key = instance_key(invocation)
        self.idle_since = 0.0
        self.has_listened = False
        # After the call that it serves was cancelled, no later call must reach it.
        self.is_cancelled = False
        self._deadline = deadline
        self.port = _free_port()
        self._docker = docker
        self._name = f"scfdeploy-{uuid.uuid4().hex}"
        variables = {pair["Key"]: pair["Value"] for pair in invocation.version["Environment"]["Variables"]}
        for_client = _variables_for_client(variables)
        image = _image_command(invocation.version["ImageConfig"], _address(invocation))
        with _variables_file(variables, without=for_client) as file:
            self._process = subprocess.Popen(
                [docker, "run", *self._options(invocation, file, for_client), *image],
                env={**os.environ, **for_client},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(file,),
                start_new_session=True,
            )
        self._group = ProcessGroup(self._process, guardian, [docker, "rm", "--force", self._name])
        if self._process.stdout is None:
            raise AssertionError("the process was started with a pipe")
        self.output = OutputTail(self._process.stdout)

    def is_alive(self) -> bool:
        """Whether the container runs."""
        return self._group.is_alive()

    def wait_until_listening(self) -> None:
        """Wait for the first time that the port answers. Raises WebError after the deadline of the start."""
        if self.has_listened:
            return
        while time.monotonic() < self._deadline:
            if not self.is_alive():
                raise _start_error(self._process.returncode, self.end())
            if _is_served(self.port):
                self.has_listened = True
                return
            time.sleep(0.02)  # noqa: TID251 - wait for the start of a container
        raise WebError(_NOT_LISTENING, f"nothing listens on port {PORT}")

    def stop(self, *, now: bool) -> None:
        """Send SIGTERM to the container, or with `now` SIGKILL."""
        self._run_docker("kill", "--signal", "KILL" if now else "TERM", self._name)
        self._group.signal(signal.SIGKILL if now else signal.SIGTERM)

    def end(self) -> str:
        """Remove the container, and return the rest of its output."""
        self._run_docker("rm", "--force", self._name)
        return self.output.close() if self._group.end() else ""

    def _options(self, invocation: Invocation, file: int, for_client: Iterable[str]) -> Iterator[str]:
        yield from ("--read-only", "--tmpfs", "/tmp", "-p", f"127.0.0.1:{self.port}:{PORT}")  # noqa: S108
        yield from ("--rm", "--name", self._name, "--memory", f"{invocation.version['MemorySize']}m")
        yield from ("--env-file", f"/dev/fd/{file}")
        for name in for_client:
            # Without a value, docker takes it from its own environment, which other users cannot read.
            yield from ("--env", name)

    def _run_docker(self, *arguments: str) -> None:
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run([self._docker, *arguments], capture_output=True, timeout=_END_S, check=False)


class ImageRunner:
    """Runs functions made of images. Thread-safe. `now` is the time of invocations."""

    def __init__(self, now: Callable[[], float], guardian: Guardian) -> None:
        self._guardian = guardian
        self.pool: InstancePool[Container] = InstancePool(now)
        self._lock = threading.Lock()
        self._running: dict[Container, str] = {}
        self._stopped = False
        self._docker = ""

    def require_docker(self) -> str:
        """The program `docker`. Raises CloudError if this machine has none that works."""
        docker = shutil.which("docker")
        if docker is not None and docker != self._docker:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                if subprocess.run([docker, "info"], capture_output=True, timeout=_CHECK_S, check=False).returncode == 0:
                    self._docker = docker
        if docker is None or docker != self._docker:
            message = "The local server does not run images. Install docker, or invoke in the cloud."
            raise CloudError("UnsupportedOperation", message)
        return docker

    def run(self, invocation: Invocation) -> Outcome:
        """Run an event function. Raises CloudError if this machine has no docker."""
        event = (invocation.event or "{}").encode("utf-8", "replace")
        request = Request("POST", _EVENT_PATH, "", {"content-type": "application/json"}, event)
        start = time.monotonic()
        try:
            response, output = self.serve(invocation, request)
        except WebError as error:
            duration_ms = (time.monotonic() - start) * 1000
            return failed(error.status, error.message, output=error.output, duration_ms=duration_ms)
        duration_ms = (time.monotonic() - start) * 1000
        text = response.body.decode("utf-8", "replace")
        if response.status >= _FIRST_ERROR_STATUS:
            message = f"the image answered with HTTP status {response.status}: {text[:1000]}"
            return failed(_EXCEPTION, message, output=output, duration_ms=duration_ms)
        return Outcome(SUCCESS, text if _is_json(text) else json.dumps(text), {}, output, duration_ms, 0)

    def serve(self, invocation: Invocation, request: Request) -> tuple[Response, str]:
        """The response of a function, and its output.

        Raises WebError if there is no response, and CloudError if this machine has no docker.
        """
        key = instance_key(invocation)
        container = self.pool.take(key) or self.pool.start(key, lambda: self._start(invocation))
        with self._lock:
            self._running[container] = invocation.request_id
            is_stopped = self._stopped
        try:
            if is_stopped:
                container.stop(now=True)
            container.wait_until_listening()
            address = ("127.0.0.1", container.port)
            response = forward(invocation, request, lambda: container.stop(now=True), address)
        except WebError as error:
            is_reusable = container.has_listened and not ends_instance(invocation, error.status)
            error.output += self._release(container, is_reusable=is_reusable)
            raise
        except BaseException:
            self._release(container, is_reusable=False)
            raise
        return response, self._release(container, is_reusable=True)

    def cancel(self, request_id: str, *, now: bool) -> None:
        """Stop the container that serves a request, or starts for it."""
        with self._lock:
            containers = [container for container, running_id in self._running.items() if running_id == request_id]
            for container in containers:
                container.is_cancelled = True
        for container in containers:
            container.stop(now=now)

    def kill(self) -> None:
        """End all containers, running or about to start."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for container in running:
            container.stop(now=True)
        self.pool.close()

    def _release(self, container: Container, *, is_reusable: bool) -> str:
        """Keep or end a container after a call, and return the output of the call."""
        with self._lock:
            del self._running[container]
        if not is_reusable or container.is_cancelled:
            return container.end()
        output = container.output.take()
        self.pool.put(container)
        return output

    def _start(self, invocation: Invocation) -> Container:
        if invocation.version["ImageConfig"]["ImagePort"] == limit("image.port.job"):
            raise CloudError("UnsupportedOperation", "The local server does not run images of jobs, with the port -1.")
        docker = self.require_docker()
        deadline = time.monotonic() + invocation.version["InitTimeout"]
        _pull(docker, _address(invocation), deadline)
        return Container(docker, invocation, deadline, self._guardian)


def _pull(docker: str, address: str, deadline: float) -> None:
    """Pull an image unless this machine has it. Raises WebError."""
    inspect = [docker, "image", "inspect", "--format", "{{.Id}}", address]
    try:
        known = subprocess.run(inspect, capture_output=True, timeout=_CHECK_S, check=False)
        if known.returncode == 0 and known.stdout.strip():
            return
        pull = [docker, "pull", address]
        left_s = max(0.0, deadline - time.monotonic())
        done = subprocess.run(pull, capture_output=True, timeout=left_s, check=False)
    except subprocess.TimeoutExpired as error:
        raise WebError(_SLOW_PULL, f"pulling {address} took longer than the initialisation timeout") from error
    output = (done.stdout + done.stderr).decode("utf-8", "replace")
    if done.returncode != 0:
        reason = output.strip().rpartition("\n")[2]
        raise WebError(_NO_PULL, f"{address} could not be pulled: {reason}", output)


def _start_error(exit_code: int, output: str) -> WebError:
    if exit_code == _DOCKER_FAILED and any(problem in output.lower() for problem in _PULL_PROBLEMS):
        return WebError(_NO_PULL, "the image could not be pulled", output)
    if exit_code in _START_FAILED:
        return WebError(_NO_START, f"the container could not be started: exit code {exit_code}", output)
    return WebError(_EXITED, f"the container ended with exit code {exit_code} before it listened", output)


def _address(invocation: Invocation) -> str:
    # The stored address always has a digest, which the server invents for an address without one.
    address: str = invocation.version.get("image_address") or invocation.version["ImageConfig"]["ImageUri"]
    return address


@contextlib.contextmanager
def _variables_file(variables: Mapping[str, str], *, without: Iterable[str]) -> Iterator[int]:
    """The file descriptor of an unnamed file with variables.

    Other users can read the arguments of docker. And docker itself must not have the variables, such as DOCKER_HOST.
    """
    with tempfile.TemporaryFile() as file:
        lines = (f"{name}={value}\n" for name, value in variables.items() if name not in without)
        file.write("".join(lines).encode())
        file.seek(0)
        yield file.fileno()


def _variables_for_client(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables that such a file cannot hold, because their values have more than one line. Raises WebError."""
    chosen = {name: value for name, value in variables.items() if {"\r", "\n"} & set(value)}
    for name in chosen:
        if name in os.environ or _CONFIGURES_DOCKER.fullmatch(name):
            message = f"the local server cannot pass {name} to docker, because its value has more than one line"
            raise WebError(_NO_START, message)
    return chosen


def _image_command(image: Json, address: str) -> Iterator[str]:
    """The image after its options and before its arguments."""
    program, *arguments = shlex.split(image["Command"] or image["EntryPoint"]) or [""]
    if program:
        yield from ("--entrypoint", program)
    yield address
    yield from (*arguments, *shlex.split(image["Args"]))


def _is_served(port: int) -> bool:
    """Whether a server listens. The proxy of docker accepts connections before, and closes them at once."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.settimeout(0.05)
            return bool(connection.recv(1))
    except TimeoutError:
        return True
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
