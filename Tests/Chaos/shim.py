"""A disk that is slow or full, and a clock that is wrong, for a process that preloads faults.c."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parent / "faults.c"


def unable() -> str:
    """Why nothing can be preloaded here, if so."""
    if not sys.platform.startswith("linux"):
        return "libraries are preloaded on Linux only"
    return "" if shutil.which("cc") else "there is no C compiler"


class Shim:
    """What is wrong, for all processes that were started with the environment."""

    def __init__(self, directory: Path, name: str) -> None:
        self._control = directory / f"{name}.faults"
        self._library = directory / "faults.so"
        if not self._library.exists():
            command = ["cc", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", str(SOURCE), "-o", str(self._library)]
            subprocess.run(command, check=True, timeout=60)
        self.set()
        os.chmod(self._control, 0o644)

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self._library), "CHAOS_FAULTS": str(self._control)}

    def set(self, *, sync: float = 0, full: bool = False, clock: float = 0) -> None:
        """Seconds of a sync, whether files cannot grow, seconds that the clock is ahead; all is right by default."""
        data = struct.pack("=qqq", int(sync * 1e6), full, int(clock * 1e6))
        # In place, since it is mapped.
        with open(self._control, "r+b" if self._control.exists() else "wb") as file:
            file.write(data)
