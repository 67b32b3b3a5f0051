"""nginx with the very configuration of `deploy/nginx.conf`, on free ports of this machine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from .browser import ROOT
from .tls_proxy import NGINX, accepts_connections, free_port

SERVED_BY = "X-Served-By"
"""The header that says which server (host:port) has answered; it is not in `deploy/nginx.conf`."""
_AROUND = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    add_header {served_by} $upstream_addr always;
{deployed}
}}
"""


def configuration(port: int, servers: Sequence[str], certificate: Path | None, subpath: str) -> str:
    """`deploy/nginx.conf` with names, ports, certificate and servers replaced; without a certificate without TLS."""
    host_ports = [urlsplit(server).netloc for server in servers]

    def upstream(match: re.Match[str]) -> str:
        return "".join(f"{match['indent']}server {named}{match['options']};\n" for named in host_ports)

    tls = " ssl" if certificate else ""
    text = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    for pattern, value in (
        (r"^(?P<indent> *)server 127\.0\.0\.1:8501(?P<options>[^;]*);.*\n", upstream),
        (r"^ *server 127\.0\.0\.1:8502.*\n", ""),
        (r"(?<=listen )80(?=;)", f"127.0.0.1:{free_port()}"),
        (r"(?<=listen )443 ssl", f"127.0.0.1:{port}{tls}"),
        (r"(?<=server_name )dash\.example\.org", "localhost"),
        (r"(?<=location )/(?= \{)", f"/{subpath}/" if subpath else "/"),
        (r"^ *access_log .*\n", ""),
        (r"(?<=ssl_certificate )[^;]+|(?<=ssl_certificate_key )[^;]+", str(certificate)),
    ):
        text = re.sub(pattern, value, text, flags=re.MULTILINE)
    return text if certificate else re.sub(r"^ *ssl_.*\n| http2(?=;)", "", text, flags=re.MULTILINE)


@contextmanager
def deployed_nginx(
    folder: Path, port: int, servers: Sequence[str], certificate: Path | None = None, subpath: str = ""
) -> Iterator[None]:
    """nginx at a port, in front of servers (their addresses); its files lie in a new folder.

    `certificate`: a file with certificate and key; without one nginx has no TLS.
    """
    folder.mkdir(mode=0o755)
    file = folder / "nginx.conf"
    deployed = configuration(port, servers, certificate, subpath)
    file.write_text(_AROUND.format(folder=folder, served_by=SERVED_BY, deployed=deployed), "utf-8")
    log = folder / "error.log"
    proxy = subprocess.Popen([NGINX, "-c", str(file), "-e", str(log), "-g", "user root;"], stderr=subprocess.DEVNULL)
    try:
        accepts_connections(port, proxy, log)
        yield
    finally:
        proxy.terminate()
        proxy.wait(20)
