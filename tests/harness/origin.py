# SPDX-License-Identifier: Apache-2.0
"""A small web on 127.0.0.2, over http and https: what package managers and git look for out there.

Not 127.0.0.1: programs in a sandbox rightly take that address for their own and use no proxy for it."""

import base64
import functools
import hashlib
import http.server
import io
import json
import os
import shutil
import ssl
import subprocess
import tarfile
import tempfile
import threading
import zipfile

ADDRESS = "127.0.0.2"


class Origin:
    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="cus-origin.", dir="/tmp")
        self.asked = []
        self.plain = self.serve()
        self.write("hello.txt", b"hello from outside\n")
        self.write_wheel()
        self.write_npm_package()
        self.write_repository()
        self.secure = self.serve(self.make_certificate())
        self.http = f"http://{ADDRESS}:{self.plain.server_port}"
        self.https = f"https://{ADDRESS}:{self.secure.server_port}"

    @property
    def exceptions(self):
        return ",".join(f"{ADDRESS}/32:{server.server_port}" for server in (self.plain, self.secure))

    def serve(self, context=None):
        asked = self.asked

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, text, *arguments):
                asked.append(self.path)

        server = http.server.ThreadingHTTPServer((ADDRESS, 0), functools.partial(Handler, directory=self.root))
        server.daemon_threads = True
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def write(self, path, data):
        target = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(data)

    def write_wheel(self):
        wheel, name = io.BytesIO(), "tinywheel-1.0-py3-none-any.whl"
        about = "Metadata-Version: 2.1\nName: tinywheel\nVersion: 1.0\n"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("tinywheel.py", "answer = 42\n")
            archive.writestr("tinywheel-1.0.dist-info/METADATA", about)
            archive.writestr("tinywheel-1.0.dist-info/WHEEL",
                             "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr("tinywheel-1.0.dist-info/RECORD", "")
        self.write(f"files/{name}", wheel.getvalue())
        self.write("simple/tinywheel/index.html", f'<a href="/files/{name}">{name}</a>'.encode())

    def write_npm_package(self):
        package, about = io.BytesIO(), {"name": "tinypackage", "version": "1.0.0", "main": "index.js"}
        with tarfile.open(fileobj=package, mode="w:gz") as archive:
            for name, text in (("package.json", json.dumps(about)), ("index.js", "module.exports = 42;\n")):
                entry = tarfile.TarInfo(f"package/{name}")
                entry.size = len(text)
                archive.addfile(entry, io.BytesIO(text.encode()))
        data = package.getvalue()
        self.write("files/tinypackage-1.0.0.tgz", data)
        integrity = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
        url = f"http://{ADDRESS}:{self.plain.server_port}/files/tinypackage-1.0.0.tgz"
        version = about | {"dist": {"tarball": url, "integrity": integrity}}
        self.write("tinypackage", json.dumps({"name": "tinypackage", "dist-tags": {"latest": "1.0.0"},
                                              "versions": {"1.0.0": version}}).encode())

    def write_repository(self):
        work, bare = os.path.join(self.root, "work"), os.path.join(self.root, "project.git")
        git = ["git", "-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "init.defaultBranch=main"]
        self.write("work/file", b"from a repository\n")
        for command in (["-C", work, "init", "-q"], ["-C", work, "add", "file"], ["-C", work, "commit", "-qm", "one"],
                        ["clone", "-q", "--bare", work, bare], ["-C", bare, "update-server-info"]):
            subprocess.run(git + command, check=True, timeout=30)

    def make_certificate(self):
        key, certificate = os.path.join(self.root, "key.pem"), os.path.join(self.root, "certificate.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=origin",
                        "-addext", f"subjectAltName=IP:{ADDRESS}"], check=True, capture_output=True, timeout=30)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context

    def discard(self):
        for server in (self.plain, self.secure):
            server.shutdown()
            server.server_close()
        shutil.rmtree(self.root, ignore_errors=True)
