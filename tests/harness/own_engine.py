# SPDX-License-Identifier: Apache-2.0
"""An engine that a test may stop, freeze and kill: a private one in a short directory of its own."""

import os
import shutil
import signal
import subprocess
import tempfile

from harness.engine import Engine


class OwnEngine(Engine):
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

    def load(self, image, source):
        """Takes an image from another engine."""
        save = subprocess.Popen(["docker", "-H", source.url, "save", image], stdout=subprocess.PIPE)
        subprocess.run(["docker", "-H", self.url, "load", "-q"], check=True, stdin=save.stdout, timeout=120,
                       stdout=subprocess.DEVNULL)
        assert save.wait(10) == 0

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
