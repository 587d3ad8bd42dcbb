# SPDX-License-Identifier: Apache-2.0
"""An answer as it arrives: each event with what it holds, before the call has ended."""

import http.client
import json


class Stream:
    """Posts one message and reads the event stream that answers it, event by event."""

    def __init__(self, client, body):
        self.connection = http.client.HTTPConnection("127.0.0.1", client.connection.port, timeout=120)
        self.connection.request("POST", "/mcp", json.dumps(body), client.headers)
        self.answer = self.connection.getresponse()

    def is_stream(self):
        return self.answer.getheader("Content-Type", "").startswith("text/event-stream")

    def next(self):
        """The next message; None when the stream has ended."""
        data = []
        while line := self.answer.readline():
            text = line.decode().rstrip("\r\n")
            if text.startswith("data:"):
                data.append(text[5:].lstrip())
            elif not text and data:
                return json.loads("\n".join(data))
        return None

    def rest(self):
        return list(iter(self.next, None))

    def leave(self):
        self.connection.close()
        self.answer.close()
