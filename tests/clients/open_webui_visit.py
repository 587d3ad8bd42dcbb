# SPDX-License-Identifier: Apache-2.0
"""What a person does in Open WebUI with this server, in each of its three ways to tell the chat's id."""

import json
import uuid

from environments import python_of
from harness.wait import wait_for
from open_webui import OpenWebUi
from scripted_model import ScriptedModel, text_of

FORWARD = {"ENABLE_FORWARD_USER_INFO_HEADERS": "true"}
# way: (its settings, the connection's headers, the header that carries the chat's id)
WAYS = {
    "connection header": ({}, {"X-Chat-Id": "{{CHAT_ID}}"}, "x-chat-id"),
    "user info headers": (FORWARD, None, "x-openwebui-chat-id"),
    "renamed header": (FORWARD | {"FORWARD_SESSION_INFO_HEADER_CHAT_ID": "X-Chat-Id"}, None, "x-chat-id"),
}


def open_webui(way):
    settings, headers, _ = WAYS[way]

    def visit(guest):
        model = ScriptedModel()
        page = OpenWebUi(python_of("open-webui"), model, **settings)
        try:
            page.wait_until_ready().connect(guest.url, guest.key, headers)
            return Steps(guest, page, model).take(headers)
        finally:
            page.discard()
            model.close()

    return visit


class Steps:
    def __init__(self, guest, page, model):
        self.guest = guest
        self.page = page
        self.model = model

    def take(self, headers):
        return {
            "verify": self.with_requests(lambda: dict(zip(("status", "answer"), self.page.verify()))),
            "list": self.with_requests(lambda: {"tools": [tool["name"] for tool in self.page.specs()]}),
            "call": self.with_requests(self.two_chats),
            "temporary": self.with_requests(self.temporary_chat),
            "cancel": self.with_requests(self.stopped),
            "failing-command": self.bash("echo oops >&2; exit 3"),
            "bad-argument": self.bash(7),
            "no-json": self.bash("echo 0.10"),
            "wrong-key": self.wrong_key(headers),
        }

    def with_requests(self, step):
        begin = len(self.guest.asked())
        return step() | {"requests": self.guest.asked()[begin:]}

    def bash(self, command, **chat):
        """The turn's message, and what the model was shown of the tool's result."""
        asked = len(self.model.requests)
        chat, message = self.page.turn("bash_tool", {"command": command}, **chat)
        return {"chat": chat, "message": message, "shown": shown(self.model.requests[asked:])}

    def two_chats(self):
        one = self.bash("echo one > mark; cat mark; id -un")
        two = self.bash("cat mark")
        again = self.bash("cat mark", chat=one["chat"], after=one["message"]["id"])
        boxes = [self.guest.server.sandbox_of(turn["chat"]) for turn in (one, two)]
        return {"one": one, "two": two, "again": again, "sandboxes": boxes}

    def temporary_chat(self):
        """Kept by no one: its id is of the page's connection, and has a colon."""
        chat = f"temporary:{uuid.uuid4().hex}"
        asked = len(self.model.requests)
        self.page.say(json.dumps({"tool": "bash_tool", "arguments": {"command": "echo hi"}}), chat)
        wait_for(lambda: shown(self.model.requests[asked:]), 30)
        return {"chat": chat, "shown": shown(self.model.requests[asked:]), "sandbox": self.guest.server.sandbox_of(chat)}

    def stopped(self):
        chat, reply, _ = self.page.say(json.dumps({"tool": "bash_tool", "arguments": {"command": "sleep 4321"}}))
        wait_for(lambda: self.guest.runs("sleep 4321", chat), 20)
        self.page.stop(chat)
        return self.guest.end_of("sleep 4321", chat) | {"message": self.page.message(chat, reply)}

    def wrong_key(self, headers):
        self.page.connect(self.guest.url, "wrong-key-0123456789abcdef", headers)
        return {"verify": self.page.verify()} | self.bash("echo hi")


def shown(requests):
    """The tools' results that these requests to the model end with."""
    return [text_of(request["messages"][-1]) for request in requests if request["messages"][-1]["role"] == "tool"]
