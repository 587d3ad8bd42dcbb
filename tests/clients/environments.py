# SPDX-License-Identifier: Apache-2.0
"""The Python clients' environments, each made once for every content of its list: python3 environments.py makes all of them."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

LISTS = pathlib.Path(__file__).resolve().parent / "environments"


def python_of(name):
    """The interpreter of this environment. Its list holds everything, so that pip has nothing to choose."""
    wanted = LISTS / f"{name}.txt"
    content = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()[:12]
    place = pathlib.Path(os.environ["CUS_BUILD_DIR"]).parent / "cache" / "python" / f"{name}-{content}"
    python = place / "bin" / "python"
    if not (place / "complete").exists():
        for old in place.parent.glob(f"{name}-*"):
            shutil.rmtree(old)
        run([sys.executable, "-m", "venv", place])
        # Open WebUI names the newest Python it was tried with; Debian 13 has a newer one.
        run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--ignore-requires-python",
             "--requirement", wanted])
        (place / "complete").touch()
    return str(python)


def run(command):
    done = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=290)
    assert done.returncode == 0, done.stderr[-3000:]


if __name__ == "__main__":
    for each in sorted(LISTS.glob("*.txt")):
        python_of(each.stem)
