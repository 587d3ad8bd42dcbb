# SPDX-License-Identifier: Apache-2.0
"""An engine that a test may stop, freeze and kill: a private one in a short directory of its own."""

import io
import os
import re
import shutil
import signal
import subprocess
import tarfile
import tempfile

from harness.engine import Engine


class OwnEngine(Engine):
    image = "tiny:latest"

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="cus-eng.", dir="/tmp")
        super().__init__(f"unix://{self.home}/engine.sock")

    def script(self, verb):
        subprocess.run([os.environ["CUS_PRIVATE_ENGINE"], verb, self.home], check=True, timeout=90,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def start(self):
        """Starts it, or what was killed of it."""
        self.script("start")
        return self

    def make_image(self):
        """A few programs of this machine with their libraries: seconds less than loading the real image."""
        paths = {shutil.which(program) for program in ("bash", "cat", "true")}
        linked = subprocess.run(["ldd", *paths], check=True, capture_output=True, text=True).stdout
        paths |= set(re.findall(r"(/\S+) \(0x", linked))
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w", dereference=True) as image:
            for path in sorted(paths | {f"/bin/{os.path.basename(path)}" for path in paths if "/bin/" in path}):
                image.add(path)
        subprocess.run(["docker", "-H", self.url, "import", "-", self.image], input=archive.getvalue(), check=True,
                       timeout=60, stdout=subprocess.DEVNULL)

    def daemon(self):
        with open(f"{self.home}/dockerd.pid", encoding="ascii") as file:
            return int(file.read())

    def freeze(self):
        os.kill(self.daemon(), signal.SIGSTOP)

    def thaw(self):
        os.kill(self.daemon(), signal.SIGCONT)

    def kill_daemon(self):
        os.kill(self.daemon(), signal.SIGKILL)

    def discard(self):
        self.script("stop")
        shutil.rmtree(self.home, ignore_errors=True)
