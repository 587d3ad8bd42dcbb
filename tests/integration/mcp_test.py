# SPDX-License-Identifier: Apache-2.0
"""The protocol as a client sees it: versions, lists, errors, batches, notifications."""

import json

import pytest

VERSIONS = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


@pytest.fixture
def client(shared_server, chat):
    return shared_server.mcp(chat)


@pytest.mark.parametrize("asked, agreed", [(v, v) for v in VERSIONS] + [("2099-01-01", "2025-11-25")])
def test_given_a_version_when_initialized_then_it_is_agreed_on_or_the_newest_is_offered(client, asked, agreed):
    result = client.initialize(asked).result()
    assert result["protocolVersion"] == agreed
    assert "tools" in result["capabilities"] and result["serverInfo"]["name"]
    assert 0 < len(result["instructions"]) < 4096


def test_given_a_ping_when_it_is_answered_then_it_is_empty_and_keeps_its_id(client):
    for mark in (0, 7, "text", "", -3):
        answer = client.post(PING | {"id": mark})
        assert answer.status == 200 and answer.messages() == [{"jsonrpc": "2.0", "id": mark, "result": {}}]


def test_given_no_chat_when_tools_are_listed_then_bash_tool_is_there_with_its_schema(shared_server):
    tools = shared_server.mcp().request("tools/list").result()["tools"]
    assert [tool["name"] for tool in tools] == ["bash_tool"]
    schema = tools[0]["inputSchema"]
    assert schema["required"] == ["command"] and "timeout_seconds" in schema["properties"]
    assert "README.md" in tools[0]["description"] and "outputSchema" not in tools[0]


def test_given_notifications_when_they_are_sent_then_they_are_accepted_without_a_body(client):
    for method in ("notifications/initialized", "notifications/cancelled", "notifications/of-the-future"):
        answer = client.notify(method, {})
        assert (answer.status, answer.text) == (202, "")


@pytest.mark.parametrize("body, status, code", [
    ("{", 400, -32700),
    ("[" * 500 + "]" * 500, 400, -32700),
    ({"id": 1, "method": "ping"}, 400, -32600),
    ({"jsonrpc": "2.0", "id": 1, "method": "no/such"}, 200, -32601),
    ({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "no_such_tool"}}, 200, -32602),
    ({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {}}, 200, -32602),
    ({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": [1]}, 200, -32602),
], ids=["cut", "deep", "no-jsonrpc", "method", "tool", "no-name", "list"])
def test_given_a_bad_message_when_it_is_sent_then_the_error_is_json_rpc(client, body, status, code):
    answer = client.post(body)
    assert answer.status == status and answer.error()["code"] == code and answer.error()["message"]


@pytest.mark.parametrize("arguments", [
    {}, {"command": 7}, {"command": ""}, {"command": "true", "timeout_seconds": 0},
    {"command": "true", "timeout_seconds": 99999}, {"command": "a\0b"},
])
def test_given_bad_arguments_when_the_tool_is_called_then_the_model_is_told_what_to_write(client, arguments):
    result = client.call("bash_tool", arguments).result()
    assert result["isError"] and result["content"][0]["text"].startswith('Error: The argument "')


def test_given_an_unknown_argument_when_the_tool_is_called_then_it_runs_and_the_result_says_so(client):
    text = client.bash("echo hi", colour="red")
    assert text == "hi\n[Ignored unknown arguments: colour]\n[exit 0]"


def test_given_the_one_version_with_batches_when_one_is_sent_then_each_request_is_answered(client):
    batch = [PING, {"jsonrpc": "2.0", "method": "notifications/initialized"}, PING | {"id": 2}]
    answer = client.post(batch, {"MCP-Protocol-Version": "2025-03-26"})
    assert answer.status == 200
    assert sorted(message["id"] for message in answer.messages()[0]) == [1, 2]


@pytest.mark.parametrize("version", ["2025-06-18", "2025-11-25"])
def test_given_a_later_version_when_a_batch_is_sent_then_it_is_refused(client, version):
    answer = client.post([PING], {"MCP-Protocol-Version": version})
    assert answer.status == 400 and answer.error()["code"] == -32600


def test_given_an_unknown_version_header_when_something_is_asked_then_it_is_refused(client):
    answer = client.post(PING, {"MCP-Protocol-Version": "1999-01-01"})
    assert answer.status == 400 and "2025-11-25" in answer.error()["message"]


def test_given_no_session_when_a_stream_is_asked_for_or_a_session_ended_then_it_is_refused_at_once(client):
    for method, status in (("GET", 405), ("DELETE", 400)):
        client.connection.request(method, "/mcp", headers=client.headers)
        answer = client.connection.getresponse()
        assert answer.status == status and json.loads(answer.read())["error"]["message"]
