# SPDX-License-Identifier: Apache-2.0
"""A page in a real browser: served from here under a name of its choice, its report handed back."""

import contextlib
import http.server
import json
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading

OPTIONS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync",
           "--disable-background-networking", "--disable-component-update", "--disable-default-apps"]


class Pages(http.server.ThreadingHTTPServer):
    """Serves one page to whoever asks; what it posts to /report is in `reports`."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), PageHandler)
        self.html = ""
        self.reports = queue.Queue()


class PageHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(self.server.html.encode())

    def do_POST(self):
        self.server.reports.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.answer(b"")

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving():
    pages = Pages()
    thread = threading.Thread(target=pages.serve_forever)
    thread.start()
    try:
        yield pages
    finally:
        pages.shutdown()
        thread.join()
        pages.server_close()


def report_of(pages, name, seconds=60):
    """What the page says when it is opened as http://NAME:PORT/; every name is this machine."""
    home = tempfile.mkdtemp(prefix="cus-chromium.", dir="/tmp")
    command = ["chromium", *OPTIONS, f"--user-data-dir={home}", "--host-resolver-rules=MAP * 127.0.0.1",
               f"http://{name}:{pages.server_port}/"]
    browser = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True, env=os.environ | {"HOME": home})
    try:
        return pages.reports.get(timeout=seconds)
    finally:
        os.killpg(browser.pid, signal.SIGKILL)  # its own session, begun above
        browser.wait(10)
        shutil.rmtree(home, ignore_errors=True)
