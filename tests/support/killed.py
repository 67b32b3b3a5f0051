"""A call in a process of its own that is killed after some time."""

from __future__ import annotations

import subprocess
import sys


def ended_before(seconds: float, code: str, *arguments: object) -> bool:
    """Run code whose imports come before a line `ready()`, kill it so many seconds after that line.

    Returns whether it had ended by then, without an error.
    """
    head, _, rest = code.partition("ready()\n")
    command = [sys.executable, "-c", f"import sys\n{head}print('ready', flush=True)\n{rest}", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False
    finally:
        process.stdout.close()


def duration(code: str, *arguments: object) -> float:
    """How many seconds it takes when it is left to end."""
    head, _, rest = code.partition("ready()\n")
    timed = f"{head}import time; start = time.perf_counter()\n{rest}print(time.perf_counter() - start)"
    command = [sys.executable, "-c", f"import sys\n{timed}", *map(str, arguments)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
