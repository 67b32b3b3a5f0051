"""A call in a process of its own that is killed after some work.

Moments are seconds of processor time: whatever else the machine does meanwhile, a process that is killed after half of
its work has done half of its work.
"""

from __future__ import annotations

import signal
import subprocess
import sys


def ended_before(seconds: float, code: str, *arguments: object) -> bool:
    """Run code whose imports come before a line `ready()`, killed so many seconds of its own after that line.

    Returns whether it had ended by then, without an error.
    """
    head, _, rest = code.partition("ready()\n")
    # The signal of this timer ends a process as SIGKILL does: whatever it is doing, and with nothing cleared up.
    timer = f"import signal; signal.setitimer(signal.ITIMER_PROF, {max(seconds, 1e-6)})\n"
    done = subprocess.run(_command(head + timer + rest, arguments), check=False)
    assert done.returncode in (0, -signal.SIGPROF)
    return done.returncode == 0


def duration(code: str, *arguments: object) -> float:
    """How many seconds of its own it takes when it is left to end."""
    head, _, rest = code.partition("ready()\n")
    timed = f"{head}import time; start = time.process_time()\n{rest}print(time.process_time() - start)"
    return float(subprocess.run(_command(timed, arguments), check=True, capture_output=True, text=True).stdout)


def _command(code: str, arguments: tuple[object, ...]) -> list[str]:
    return [sys.executable, "-c", f"import sys\n{code}", *map(str, arguments)]
