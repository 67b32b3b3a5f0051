"""nginx with the configuration of `deploy/nginx.conf`, in which only names, ports and files are replaced."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from .tls_proxy import NGINX, accepts_connections, free_port, write_certificate

SERVED_BY = "X-Served-By"
"""A header of answers that the tests add: which server (address:port) has answered."""
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
    add_header {served_by} $upstream_addr always;
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
def deployed_proxy(
    folder: Path, servers: Sequence[int], changes: Mapping[str, str] | None = None, port: int | None = None
) -> Iterator[str]:
    """The proxy before two servers, or more, at these ports of this machine; its address.

    `changes`: texts of the configuration that are replaced besides; `port`: where it listens, by default a free one.
    The certificate is `certificate.pem` in the folder.
    """
    folder.mkdir(mode=0o755)
    certificate = write_certificate(folder / "certificate.pem", 30)
    port, plain = port or free_port(), free_port()
    others = " max_fails=3 fail_timeout=10s;\n    server 127.0.0.1:".join(str(server) for server in servers[1:])
    values = {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "server 127.0.0.1:8501": f"server 127.0.0.1:{servers[0]}",
        "server 127.0.0.1:8502": f"server 127.0.0.1:{others}",
        "/etc/ssl/certs/dash.example.org.pem": str(certificate),
        "/etc/ssl/private/dash.example.org.key": str(certificate),
        "dash.example.org": "localhost",
        "/var/log/nginx/access.log": str(folder / "access.log"),
        **(changes or {}),
    }
    (folder / "clusterdash.conf").write_text(render(CONFIGURATION.read_text("utf-8"), values))
    (folder / "nginx.conf").write_text(_AROUND.format(folder=folder, served_by=SERVED_BY))
    log = folder / "error.log"
    command = [NGINX, "-c", str(folder / "nginx.conf"), "-e", str(log), "-g", "user root;"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    proxy = subprocess.Popen(command)
    try:
        accepts_connections(port, proxy, log)
        yield f"https://localhost:{port}"
    finally:
        proxy.terminate()
        proxy.wait(20)
