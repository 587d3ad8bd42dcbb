# SPDX-License-Identifier: Apache-2.0
"""Opens connections that say nothing, from several loopback addresses, until it is told to end: idle_clients.py PORT COUNT."""

import resource
import socket
import sys

port, count = int(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_NOFILE, (count + 100, count + 100))
kept = []
for number in range(count):
    client = socket.socket()
    client.bind((f"127.0.0.{1 + number % 5}", 0))
    client.connect(("127.0.0.1", port))
    # One whole request, so that the connection is one between two requests.
    client.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
    kept.append(client)
answered = sum(b" 200 " in client.recv(4096) for client in kept)
print(answered, flush=True)
sys.stdin.read()
