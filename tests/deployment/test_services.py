"""The compose file and the systemd unit, as far as they can be tried without Docker and without systemd as init."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from clusterdash.settings import PREFIX, Settings, variable

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SERVERS = ("server-1", "server-2")
_VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)[^}]*\}")


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_can_change_itself_or_gain_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert re.search(r":[\w.${}:?-]+\Z", service["image"]), "a tag"
    assert not service["image"].endswith(":latest")
    assert "ports" not in service or name == "proxy", "visitors reach nothing but the proxy"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_waits_until_what_it_needs_is_healthy(name: str) -> None:
    for needed, how in SERVICES[name].get("depends_on", {}).items():
        assert how == {"condition": "service_healthy"}
        assert "healthcheck" in SERVICES[needed] or needed in SERVERS, "the Dockerfile has that of a server"
    assert set(SERVICES[name]["networks"]) <= set(COMPOSE["networks"])
    named = {volume.split(":")[0] for volume in SERVICES[name].get("volumes", ()) if volume[0] not in "./$"}
    assert named <= set(COMPOSE["volumes"])


def test_servers_differ_in_their_data_folder_and_address_alone() -> None:
    one, other = ({**SERVICES[name]} for name in SERVERS)
    assert one.pop("volumes") == ["data-1:/data"]
    assert other.pop("volumes") == ["data-2:/data"]
    assert one.pop("networks") != other.pop("networks")
    assert one == other


def test_servers_get_settings_that_exist_and_believe_the_proxy_alone() -> None:
    given = SERVICES["server-1"]["environment"]
    known = {variable(name) for name in Settings.model_fields}
    assert {name for name in given if name.startswith(PREFIX)} <= known
    assert given["FORWARDED_ALLOW_IPS"] == SERVICES["proxy"]["networks"]["outside"]["ipv4_address"]


def test_the_example_names_each_value_that_is_asked_for() -> None:
    lines = (DEPLOY / "clusterdash.env.example").read_text("utf-8").splitlines()
    named = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert named == set(_VARIABLE.findall((DEPLOY / "compose.yaml").read_text("utf-8")))
    ignored = subprocess.run(["git", "check-ignore", "-q", DEPLOY / ".env"], cwd=DEPLOY, check=False)
    assert ignored.returncode == 0, "git ignores the file with the secrets"


def test_the_proxy_gets_its_servers_and_its_host_into_the_configuration(tmp_path: Path) -> None:
    script = SERVICES["proxy"]["command"][2].replace("$$", "$")
    rendered = tmp_path / "clusterdash.conf"
    script = script.replace("/etc/clusterdash/nginx.conf", shlex.quote(str(DEPLOY / "nginx.conf")))
    script = script.replace("/etc/nginx/conf.d/clusterdash.conf", shlex.quote(str(rendered)))
    command = ["sh", "-c", script.replace("exec nginx -g 'daemon off;'", "true")]
    subprocess.run(command, env={"PATH": "/usr/bin:/bin", "HOST_NAME": "clusters.example.net"}, check=True)
    text = rendered.read_text("utf-8")
    for name in SERVERS:
        assert f"server {SERVICES[name]['networks']['outside']['ipv4_address']}:8501 " in text
    assert "127.0.0.1" not in text
    assert "dash.example.org" not in text
    mounted = [volume.split(":")[-2] for volume in SERVICES["proxy"]["volumes"] if volume.startswith("${")]
    assert len(mounted) == 2
    targets = [volume.replace("${HOST_NAME:?}", "clusters.example.net") for volume in SERVICES["proxy"]["volumes"]]
    for file in re.findall(r"ssl_certificate(?:_key)? (\S+);", text):
        assert any(target.endswith(f":{file}:ro") for target in targets), "the certificate is where nginx looks for it"


@pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="no systemd-analyze on this machine; it comes with systemd"
)
def test_the_systemd_unit_is_valid_and_hardened(tmp_path: Path) -> None:
    unit = tmp_path / "clusterdash@8501.service"
    text = (DEPLOY / "clusterdash@.service").read_text("utf-8")
    assert "ExecStart=/opt/clusterdash/bin/clusterdash serve --port %i\n" in text
    unit.write_text(text.replace("/opt/clusterdash/bin/clusterdash", sys.executable))
    checked = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", unit]
    exposed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert exposed.returncode == 0, exposed.stdout
