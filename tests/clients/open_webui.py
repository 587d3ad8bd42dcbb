# SPDX-License-Identifier: Apache-2.0
"""Open WebUI as its package installs it, in a directory of its own, offline, driven through its HTTP API as its page does."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid

from harness.wait import wait_for
from scripted_model import NAME

CONNECTION = "computer"  # the id it gives to our server; the tools' names begin with it
# Its slim variant: models and embeddings are other machines' business, SQLite holds all.
SETTINGS = {
    "USE_SLIM_DOCKER": "true", "FROM_INIT_PY": "true", "OFFLINE_MODE": "true", "BYPASS_EMBEDDING_AND_RETRIEVAL": "true",
    "ENABLE_VERSION_UPDATE_CHECK": "false", "ENABLE_OLLAMA_API": "false", "ENABLE_TITLE_GENERATION": "false",
    "ENABLE_TAGS_GENERATION": "false", "ENABLE_FOLLOW_UP_GENERATION": "false", "ENABLE_AUTOCOMPLETE_GENERATION": "false",
    "WEBUI_SECRET_KEY": "only-for-this-test", "SCARF_NO_ANALYTICS": "true", "DO_NOT_TRACK": "true", "ANONYMIZED_TELEMETRY": "false",
}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class OpenWebUi:
    def __init__(self, python, model, **settings):
        self.home = tempfile.mkdtemp(prefix="cus-open-webui.", dir="/tmp")
        self.port = free_port()
        self.token = None
        environment = {"PATH": os.environ["PATH"], "HOME": self.home, "DATA_DIR": self.home, "STATIC_DIR": f"{self.home}/static",
                       "OPENAI_API_BASE_URL": model.url, "OPENAI_API_KEY": "none"}
        with open(f"{self.home}/log", "wb") as log:
            self.process = subprocess.Popen(
                [python, "-B", "-m", "uvicorn", "open_webui.main:app", "--host", "127.0.0.1", "--port", str(self.port)],
                env=environment | SETTINGS | settings, cwd=self.home, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait_until_ready(self):
        wait_for(lambda: self.process.poll() is not None or self.is_up(), 120)
        assert self.process.poll() is None, self.log()
        person = {"name": "Admin", "email": "admin@example.org", "password": "only-for-this-test"}
        self.token = self.ask("POST", "/api/v1/auths/signup", person)["token"]
        return self

    def is_up(self):
        try:
            return self.request("GET", "/health")[0] == 200
        except OSError:
            return False

    def log(self):
        with open(f"{self.home}/log", encoding="utf-8", errors="replace") as log:
            return log.read()[-5000:]

    def request(self, method, path, body=None):
        """(status, decoded answer)"""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text[:1] in (b"{", b"[") else text

    def ask(self, method, path, body=None):
        status, answer = self.request(method, path, body)
        assert status == 200, (status, answer, self.log())
        return answer

    def connect(self, url, key, headers=None):
        """What the admin enters under external tools."""
        self.connection = {"url": url, "path": "", "type": "mcp", "auth_type": "bearer", "key": key, "headers": headers,
                           "config": {"enable": True, "access_grants": []}, "info": {"id": CONNECTION, "name": "Computer"}}
        self.ask("POST", "/api/v1/configs/tool_servers", {"TOOL_SERVER_CONNECTIONS": [self.connection]})
        return self

    def verify(self):
        """The button beside the connection."""
        return self.request("POST", "/api/v1/configs/tool_servers/verify", self.connection)

    def specs(self):
        """What its dialog of tools shows."""
        return self.ask("GET", f"/api/v1/tools/id/server:mcp:{CONNECTION}/specs")["specs"]

    def say(self, text, chat=None, after=None):
        """Begins a turn; (chat, message, tasks)."""
        message, reply = str(uuid.uuid4()), str(uuid.uuid4())
        asked = {"id": message, "parentId": after, "childrenIds": [], "role": "user", "content": text, "timestamp": int(time.time()),
                 "models": [NAME]}
        body = {"model": NAME, "messages": [{"role": "user", "content": text}], "stream": True, "params": {"function_calling": "native"},
                "tool_ids": [f"server:mcp:{CONNECTION}"], "session_id": str(uuid.uuid4()), "id": reply, "user_message": asked,
                "parent_id": after, "background_tasks": {}}
        begun = self.ask("POST", "/api/chat/completions", body | ({"chat_id": chat} if chat else {}))
        return begun["chat_id"], reply, begun["task_ids"]

    def message(self, chat, message):
        return self.ask("GET", f"/api/v1/chats/{chat}")["chat"]["history"]["messages"][message]

    def turn(self, tool, arguments, chat=None, after=None):
        """(chat, the finished message) of a turn in which the model calls this tool."""
        chat, reply, _ = self.say(json.dumps({"tool": tool, "arguments": arguments}), chat, after)
        wait_for(lambda: self.message(chat, reply).get("done"), 60)
        return chat, self.message(chat, reply)

    def stop(self, chat):
        """The button beside an answer in the making."""
        return self.ask("POST", f"/api/tasks/chat/{chat}/stop")

    def discard(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
        shutil.rmtree(self.home, ignore_errors=True)
