"""An S3 server of our own (moto), in a process of its own on the loopback address, with a new bucket for each test."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager


class S3Server:
    """A running server; what it holds is in its memory. `access` are the variables with which it is reached."""

    def __init__(self) -> None:
        """Start it, and wait until it answers."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.endpoint = f"http://127.0.0.1:{free.getsockname()[1]}"
        self.access = {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "clusterdash",
            "AWS_SECRET_ACCESS_KEY": "no secret",
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }
        port = self.endpoint.rpartition(":")[2]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", port],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{self.endpoint}/moto-api/data.json", timeout=1).close()
                return
            except (urllib.error.URLError, OSError):
                assert self._process.poll() is None, "the S3 server has stopped"
                assert time.monotonic() < end, "the S3 server does not answer"
                time.sleep(0.02)

    def new_bucket(self) -> str:
        """The address of a new, empty store, as `CLUSTERDASH_EDITIONS` takes it."""
        name = f"test-{uuid.uuid4().hex}"
        urllib.request.urlopen(urllib.request.Request(f"{self.endpoint}/{name}", method="PUT")).close()
        return f"s3://{name}/editions"

    def check_keys(self, *, required: bool) -> None:
        """From now on refuse all unknown keys, which ours is; or none."""
        first_refused = b"0" if required else b"inf"
        headers = {"Content-Type": "text/plain"}
        address = f"{self.endpoint}/moto-api/reset-auth"
        urllib.request.urlopen(urllib.request.Request(address, first_refused, headers)).close()

    def pause(self) -> None:
        """Stop answering; connections are accepted."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Answer again after `pause`."""
        os.kill(self._process.pid, signal.SIGCONT)

    def stop(self) -> None:
        """End it; nothing is kept."""
        self._process.terminate()
        self._process.wait(20)


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """A running server, stopped afterwards."""
    server = S3Server()
    try:
        yield server
    finally:
        server.stop()
