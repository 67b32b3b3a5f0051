"""A proxy with TLS in front of a server: nginx with a certificate of our own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx") or ""
needs_nginx = pytest.mark.skipif(
    not NGINX, reason="no nginx on this machine; on Debian and Ubuntu: apt install nginx-light"
)
WEBSOCKET = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;"
SCHEME = "proxy_set_header X-Forwarded-Proto $scheme;"
_CONFIGURATION = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {certificate};
        location / {{
            proxy_pass {backend};
            proxy_set_header Host $http_host;
            {directives}
        }}
    }}
}}
"""


def free_port() -> int:
    """A port of the loopback address that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def accepts_connections(port: int, proxy: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a proxy listens at its port. Raises AssertionError with its log if it stops."""
    end = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert proxy.poll() is None, log.read_text()
            assert time.monotonic() < end, "the proxy does not answer"
            time.sleep(0.02)


def write_certificate(file: Path, days: float) -> Path:
    """Write a certificate of localhost, signed by itself, with its key; it is valid for so many days."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    return file


@contextmanager
def tls_proxy(
    folder: Path, backend: str, certificate: Path, port: int, directives: str = f"{WEBSOCKET} {SCHEME}"
) -> Iterator[str]:
    """The proxy at a port, in front of a backend; its address."""
    folder.mkdir(mode=0o755)
    file = folder / "nginx.conf"
    values = {"folder": folder, "port": port, "certificate": certificate, "backend": backend, "directives": directives}
    file.write_text(_CONFIGURATION.format(**values))
    proxy = subprocess.Popen([NGINX, "-c", str(file), "-e", str(folder / "error.log"), "-g", "user root;"])
    try:
        accepts_connections(port, proxy, folder / "error.log")
        yield f"https://localhost:{port}"
    finally:
        proxy.terminate()
        proxy.wait(20)
