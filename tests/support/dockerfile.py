"""The steps of a Dockerfile without Docker: each stage in a folder of its own that is the root of its processes.

The base image is what this machine has: its system folders, its Python, and the packages of the environment of the
tests, all read-only. A new environment gets those packages by a `.pth` file, so that `pip install` of the pins finds
them installed, and fails if one has another version; no package is fetched.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

import pytest

# As root, or with the ids of a range that newuidmap gives to this user.
_NAMESPACE = ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user", "--map-auto"]), "--mount"]
needs_namespaces = pytest.mark.skipif(
    Path("/tmp") in Path(sys.prefix).parents  # which the image has for itself
    or not shutil.which("unshare")
    or subprocess.run([*_NAMESPACE, "true"], capture_output=True, check=False).returncode != 0,
    reason="no namespaces on this machine (run the tests as root, or install uidmap), or its packages are in /tmp",
)
_SYSTEM = [Path(name) for name in ("/usr", "/bin", "/lib", "/lib64", "/sbin", "/etc", "/dev", "/proc")]
_PYTHON = dict.fromkeys(Path(name) for name in (sys.prefix, sys.base_prefix))
_BASE = [path for path in [*_SYSTEM, *_PYTHON] if path.exists() and Path("/usr") not in path.parents]
_ENVIRONMENT = {"PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/root"}


@dataclass
class Image:
    """What the steps of a stage have made: a root folder, and how its processes start."""

    root: Path
    environment: dict[str, str] = field(default_factory=lambda: dict(_ENVIRONMENT))
    folder: str = "/"
    user: str = "0:0"
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)
    ports: list[str] = field(default_factory=list)

    def command_line(
        self, command: list[str], *, folder: str | None = None, given: Mapping[str, str] | None = None, writable: bool
    ) -> list[str]:
        """The command that runs another one in this image; not `writable`: only its volumes and /tmp can be written.

        `given`: variables besides those of the image; one that is empty is removed.
        """
        environment = {name: value for name, value in {**self.environment, **(given or {})}.items() if value}
        mounts = [f"mount --bind {self.root} {self.root}"]
        for path in _BASE:
            mounts += [f"mount --rbind {path} {self.root}{path}", f"mount -o remount,bind,ro {self.root}{path}"]
        if not writable:
            mounts += [f"mount --bind {self.root}{volume} {self.root}{volume}" for volume in self.volumes]
            mounts += [f"mount -t tmpfs tmpfs {self.root}/tmp", f"mount -o remount,bind,ro {self.root}"]
        variables = [f"{name}={value}" for name, value in environment.items()]
        inner = f"cd {folder or self.folder} && exec {shlex.join(command)}"
        entered = [
            "chroot",
            f"--userspec={self.user}",
            "--groups=",
            self.root,
            "env",
            "-i",
            *variables,
            "sh",
            "-c",
            inner,
        ]
        script = " && ".join([*mounts, f"exec {shlex.join(map(str, entered))}"])
        return [*_NAMESPACE, "sh", "-c", script]


def build(dockerfile: Path, context: Path, folder: Path, arguments: Mapping[str, str]) -> Image:
    """Run all steps of a Dockerfile and return its last stage; `folder` is new or empty, `arguments` those of ARG."""
    stages: dict[str, Path] = {}
    image, name = Image(folder / "root"), ""
    for instruction, text in steps(dockerfile):
        if instruction == "FROM":
            if image.root.exists():
                stages[name] = image.root.rename(folder / f"stage-{len(stages)}")
            name = text.partition(" AS ")[2]
            image = _new_image(folder / "root")
        elif instruction == "COPY":
            _copy(image, text, context, stages)
        else:
            _do(image, instruction, text, arguments)
    return image


def steps(dockerfile: Path) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile, each with its text."""
    lines = [line for line in dockerfile.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in joined]


def remove(folder: Path) -> None:
    """Remove a folder with files of other users."""
    subprocess.run([*_NAMESPACE, "rm", "-rf", str(folder)], check=True)


def _new_image(root: Path) -> Image:
    for path in [*_BASE, Path("/root"), Path("/tmp")]:
        Path(f"{root}{path}").mkdir(parents=True, exist_ok=True)
    (root / "tmp").chmod(0o1777)
    return Image(root)


def _do(image: Image, instruction: str, text: str, arguments: Mapping[str, str]) -> None:
    if instruction == "RUN":
        # No package is fetched: pip fails where a pin is not what is installed.
        run = image.command_line(["sh", "-ec", text], given={"PIP_NO_INDEX": "1"}, writable=True)
        done = subprocess.run(run, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        _share_packages(image)
    elif instruction == "ENV":
        pairs = [one.partition("=") for one in shlex.split(text)]
        image.environment |= {key: Template(value).substitute(image.environment) for key, _, value in pairs}
    elif instruction == "ARG":
        key, _, default = text.partition("=")
        image.environment[key] = arguments.get(key, default)
    elif instruction == "WORKDIR":
        image.folder = text
        Path(f"{image.root}{text}").mkdir(parents=True, exist_ok=True)
    elif instruction == "USER":
        image.user = text
    elif instruction == "HEALTHCHECK":
        image.health = json.loads(text.partition("CMD ")[2])
    elif instruction == "CMD":
        image.command = json.loads(text)
    elif instruction in ("VOLUME", "EXPOSE"):
        {"VOLUME": image.volumes, "EXPOSE": image.ports}[instruction].append(text)
    else:
        pytest.fail(f"{instruction} is an instruction that this test does not know")


def _share_packages(image: Image) -> None:
    """Give each environment that a step has made the packages of this one."""
    for made in (image.root / "opt").glob("*/lib/python*/site-packages"):
        (made / "shared.pth").write_text(sysconfig.get_path("purelib"), "utf-8")


def _copy(image: Image, text: str, context: Path, stages: Mapping[str, Path]) -> None:
    *options, target = shlex.split(text)
    into = Path(f"{image.root}{Path(image.folder, target)}")
    if options[0].startswith("--from="):
        source = stages[options[0].removeprefix("--from=")]
        shutil.copytree(f"{source}{options[1]}", into, symlinks=True)
        return
    for file in context_files(context):
        if any(name in (".", file) for name in options):
            (into / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(context / file, into / file)


def context_files(context: Path) -> list[str]:
    """The files that `.dockerignore` leaves in a context; of patterns that begin with ! only such without wildcards."""
    patterns = [
        line for line in (context / ".dockerignore").read_text("utf-8").splitlines() if line[:1] not in ("", "#")
    ]
    tops = {pattern[1:].partition("/")[0] for pattern in patterns if pattern.startswith("!")}
    found = [path for top in sorted(tops) for path in [context / top, *(context / top).rglob("*")] if path.is_file()]
    names = [str(path.relative_to(context)) for path in found]
    return [name for name in names if not _ignored(name, patterns)]


def _ignored(name: str, patterns: list[str]) -> bool:
    """Whether the last pattern that fits a path, or a folder above it, leaves it out."""
    verdict = False
    for pattern in patterns:
        kept = pattern.startswith("!")
        expression = re.escape(pattern.lstrip("!")).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
        if re.fullmatch(f"{expression}(?:/.*)?", name):
            verdict = not kept
    return verdict
