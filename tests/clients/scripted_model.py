# SPDX-License-Identifier: Apache-2.0
"""A model behind an OpenAI-compatible API that does as the person says: {"tool": name, "arguments": {...}} has it call that tool once,
and what the tool gave is its answer. It keeps every request, as a test wants to know what a model is shown."""

import http.server
import json
import threading

NAME = "scripted-model"


class ScriptedModel:
    def __init__(self):
        self.requests = []
        model = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *arguments):
                pass

            def do_GET(self):
                self.answer("application/json", json.dumps({"object": "list", "data": [{"id": NAME, "object": "model"}]}))

            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                model.requests.append(request)
                self.answer("text/event-stream", "".join(f"data: {chunk}\n\n" for chunk in chunks(*reply_to(request))))

            def answer(self, kind, text):
                data = text.encode()
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def text_of(message):
    content = message.get("content") or ""
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)


def reply_to(request):
    """(what the delta holds, why it ends)"""
    last = request["messages"][-1]
    if last["role"] == "tool":
        return {"content": "The tool says: " + text_of(last)}, "stop"
    wish = json.loads(text_of(last))
    names = [tool["function"]["name"] for tool in request.get("tools", [])]
    name = next((name for name in names if name.endswith(wish["tool"])), None)
    if name is None:
        return {"content": f"There is no {wish['tool']}."}, "stop"
    function = {"name": name, "arguments": json.dumps(wish["arguments"])}
    return {"tool_calls": [{"index": 0, "id": f"call_{len(request['messages'])}", "type": "function", "function": function}]}, "tool_calls"


def chunks(delta, reason):
    for choice in ({"delta": {"role": "assistant"} | delta, "finish_reason": None}, {"delta": {}, "finish_reason": reason}):
        yield json.dumps({"id": "reply", "object": "chat.completion.chunk", "created": 0, "model": NAME, "choices": [{"index": 0} | choice]})
    yield "[DONE]"
