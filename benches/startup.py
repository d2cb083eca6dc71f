"""How long a start takes: `passgate --version`, `import passgate`, `require("passgate")`, `import` of it.

    benches/startup.py [ROUNDS]

Each round starts every program once, in turn, so that what else the machine does falls on all alike. The command is
measured as a whole process; an import is measured inside its process, around the statement alone, since the start of the
interpreter is not ours. Printed are milliseconds by the clock and of processor time, the median and the 10th percentile.
"""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
PYTHON = TOP / ".build/venv/bin/python"
COMMAND = TOP / "target/release/passgate"
NODE = TOP / "bindings/node"

PYTHON_TIMES = """
from time import perf_counter, process_time
clock, processor = perf_counter(), process_time()
import passgate
print((perf_counter() - clock) * 1e3, (process_time() - processor) * 1e3)
"""
NODE_TIMES = """
const processor = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e3 }
const [clock, begun] = [performance.now(), processor()]
LOAD
console.log(performance.now() - clock, processor() - begun)
"""
REQUIRE = NODE_TIMES.replace("LOAD", "require('passgate')")
MODULE = NODE_TIMES.replace("LOAD", "await import('passgate')")
Times = tuple[float, float]


def processor() -> float:
    """Seconds of processor time that ended child processes took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def whole(*command: str | Path) -> Times:
    """Of a process from its start to its end."""
    clock, begun = time.perf_counter(), processor()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - clock) * 1e3, (processor() - begun) * 1e3


def told(*command: str | Path) -> Times:
    """What a process says of itself."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=NODE)
    clock, used = done.stdout.split()
    return float(clock), float(used)


STARTS: dict[str, Callable[[], Times]] = {
    "passgate --version": lambda: whole(COMMAND, "--version"),
    "a command that does nothing": lambda: whole("true"),
    "import passgate (Python)": lambda: told(PYTHON, "-c", PYTHON_TIMES),
    "require('passgate') (Node)": lambda: told("node", "-e", REQUIRE),
    "import 'passgate' (Node)": lambda: told("node", "--input-type=module", "-e", MODULE),
}


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    taken: dict[str, list[Times]] = {name: [] for name in STARTS}
    for _ in range(rounds):
        for name, start in STARTS.items():
            taken[name].append(start())
    for name, times in taken.items():
        clock, used = (shown(sorted(column)) for column in zip(*times, strict=True))
        print(f"{name:28} {clock} by the clock, {used} of processor time")


def shown(times: list[float]) -> str:
    return f"{statistics.median(times):5.1f} ms ({times[len(times) // 10]:.1f})"


if __name__ == "__main__":
    main()
