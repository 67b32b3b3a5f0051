"""nginx with the configuration of `deploy/nginx.conf`, in which only names, ports and files are replaced."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .tls_proxy import NGINX, free_port, write_certificate

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx.conf"
_AROUND = """
daemon off;
pid {folder}/nginx.pid;
worker_processes 1;
events {{ worker_connections 4096; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/clusterdash.conf;
}}
"""


def render(text: str, values: Mapping[str, str]) -> str:
    """The configuration with each text replaced by another; each must be there."""
    for old, new in values.items():
        assert old in text, f"{old} is not in {CONFIGURATION.name}"
        text = text.replace(old, new)
    return text


@contextmanager
def deployed_proxy(folder: Path, servers: list[int], changes: Mapping[str, str] | None = None) -> Iterator[str]:
    """The proxy before the two servers at these ports of this machine; its address.

    `changes`: texts of the configuration that are replaced besides. The certificate is `certificate.pem` in the folder.
    """
    folder.mkdir(mode=0o755)
    certificate = write_certificate(folder / "certificate.pem", 30)
    port, plain = free_port(), free_port()
    values = {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "server 127.0.0.1:8501": f"server 127.0.0.1:{servers[0]}",
        "server 127.0.0.1:8502": f"server 127.0.0.1:{servers[1]}",
        "/etc/ssl/certs/dash.example.org.pem": str(certificate),
        "/etc/ssl/private/dash.example.org.key": str(certificate),
        "dash.example.org": "localhost",
        "/var/log/nginx/access.log": str(folder / "access.log"),
        **(changes or {}),
    }
    (folder / "clusterdash.conf").write_text(render(CONFIGURATION.read_text("utf-8"), values))
    (folder / "nginx.conf").write_text(_AROUND.format(folder=folder))
    log = folder / "error.log"
    command = [NGINX, "-c", str(folder / "nginx.conf"), "-e", str(log), "-g", "user root;"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    proxy = subprocess.Popen(command)
    try:
        end = time.monotonic() + 20
        while not _accepts(port):
            assert proxy.poll() is None, log.read_text()
            assert time.monotonic() < end, "the proxy does not answer"
        yield f"https://localhost:{port}"
    finally:
        proxy.terminate()
        proxy.wait(20)


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
