# SPDX-License-Identifier: Apache-2.0
"""The data root moves to another directory, or the machine restarts: homes are kept, chats go on."""

import os
import shutil


def move(server):
    target = os.path.join(server.home, "moved")
    os.rename(server.data_root, target)
    server.data_root = server.settings["BASE_DATA_DIR"] = target


def test_given_stopped_sandboxes_when_the_data_root_is_moved_then_they_are_made_anew_with_their_home(
        make_server, chat):
    server = make_server(STOP_SANDBOXES_ON_EXIT="true")
    server.run(chat, "echo kept > note; mkdir -p deep/er; echo x > deep/er/file")
    server.stop()
    move(server)
    server.start()
    text = server.run(chat, "cat note deep/er/file")
    assert text.startswith("[Note: ") and text.endswith("kept\nx\n[exit 0]"), text
    sources = server.engine.mounts(server.sandbox_of(chat)).values()
    assert sources and all(source.startswith(server.data_root + "/") for source in sources), sources
    assert server.run(chat, "echo again > note; cat note") == "again\n[exit 0]"


def test_given_running_sandboxes_when_the_data_root_is_moved_then_they_go_on_where_they_were(make_server, chat):
    server = make_server()
    server.run(chat, "echo kept > note; echo tmp > /tmp/note")
    server.stop()
    move(server)
    server.start()
    # The mounts follow the directories, so that the guest finds the server's new socket.
    assert server.run(chat, "cat note /tmp/note; echo more >> note") == "kept\ntmp\n[exit 0]"
    with open(f"{server.home_of(chat)}/note", encoding="ascii") as note:
        assert note.read() == "kept\nmore\n"


def test_given_sandboxes_when_the_machine_restarts_then_the_chat_goes_on_with_its_home(make_server, chat):
    server = make_server()
    server.run(chat, "echo kept > note; echo tmp > /tmp/note")
    server.kill()
    server.engine.kill(server.sandbox_of(chat))
    shutil.rmtree(f"{server.data_root}/run")
    server.start()
    text = server.run(chat, "cat note; ls /tmp/note 2>/dev/null || echo gone")
    assert text.startswith("[Note: ") and text.endswith("kept\ngone\n[exit 0]"), text
