# SPDX-License-Identifier: Apache-2.0
"""No secret of the server is in a sandbox, in what the engine knows of it, or in the log."""

import secrets

CANARY = "canary-" + secrets.token_hex(16)


def test_given_secrets_in_the_servers_surroundings_when_a_sandbox_is_searched_then_none_is_there(make_server, chat):
    server = make_server(MCP_API_KEY=CANARY, ANTHROPIC_AUTH_TOKEN=CANARY + "a", OPENAI_API_KEY=CANARY + "o")
    mcp = server.mcp(chat, CANARY, **{"X-User-Email": "person@example.org", "X-User-Name": "A%20Person"})
    text = mcp.bash("env; cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n'; grep -rs canary- /etc /run /opt /home /mnt /tmp /proc/1 2>/dev/null")
    assert CANARY not in text
    described = server.engine.description(server.sandbox_of(chat))
    assert CANARY not in described
    for private in ("person@example.org", "A Person", chat):
        assert private not in described
    assert CANARY not in server.log_text()


def test_given_a_generated_key_when_the_server_starts_then_it_is_printed_once_and_stored_0600(make_server, chat):
    import os
    server = make_server(LISTEN_ADDRESS="0.0.0.0")
    path = os.path.join(server.data_root, "key")
    with open(path, encoding="ascii") as stored:
        key = stored.read().strip()
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert server.log_text().count(key) == 1
    assert server.mcp(chat).initialize().status == 401
    assert server.mcp(chat, key).initialize().status == 200
    server.stop()
    server.start()
    assert server.log_text().count(key) == 1, "it is shown the first time only"
    assert server.mcp(chat, key).initialize().status == 200


def test_given_a_short_key_on_the_network_when_the_server_starts_then_it_refuses(make_server, engine):
    from harness.server import Server
    server = Server(engine, {"LISTEN_ADDRESS": "0.0.0.0", "MCP_API_KEY": "short"})
    code, text = server.start(expect_failure=True)
    assert code == 2 and "MCP_API_KEY" in text
    assert "short" not in text.replace("too short", "")
    server.discard_files()
