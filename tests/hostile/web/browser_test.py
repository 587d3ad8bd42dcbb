# SPDX-License-Identifier: Apache-2.0
"""A page of another site in a real browser attacks a server that asks for no key (B02): it reads nothing, changes nothing
and makes no sandbox. The same page under an allowed name can do what it asks, so the attack is a real one."""

import json

import pytest

from harness.browser import report_of, serving
from harness.server import Server

PAGE = """<!doctype html><meta charset=utf-8><title>attack</title><body><script>
const port = %d, found = {};
const message = JSON.stringify({jsonrpc: "2.0", id: 1, method: "tools/call", params: {name: "bash_tool", arguments: {command: "true"}}});
const ping = JSON.stringify({jsonrpc: "2.0", id: 1, method: "ping"});
const within = (promise, otherwise) => Promise.race([promise, new Promise(done => setTimeout(done, 4000, otherwise))]);

async function read(name, url, options) {
  try {
    const answer = await within(fetch(url, options), null);
    found[name] = answer ? [answer.type, answer.status, (await answer.text()).slice(0, 300)] : ["silence"];
  } catch (error) { found[name] = ["error"]; }
}
function happens(name, target, good, bad) {
  return within(new Promise(done => { target[good] = () => done("opened"); target[bad] = () => done("error"); }), "silence")
    .then(what => { found[name] = [what]; });
}
function submit(url, type, body) {
  const frame = document.createElement("iframe"), form = document.createElement("form");
  frame.name = "f" + Math.random();
  document.body.appendChild(frame);
  Object.assign(form, {action: url, method: "post", enctype: type, target: frame.name});
  const field = form.appendChild(document.createElement("input"));
  [field.name, field.value] = [body.slice(0, -1) + ',"x":"', '"}'];
  document.body.appendChild(form);
  const loaded = within(new Promise(done => frame.onload = done));
  form.submit();
  return loaded;
}
async function attack(host) {
  const base = "http://" + host + ":" + port, json = {"Content-Type": "application/json", "X-Chat-Id": "browser"};
  await read(host + " ping", base + "/mcp", {method: "POST", headers: json, body: ping});
  await read(host + " tool", base + "/mcp", {method: "POST", headers: json, body: message});
  await read(host + " simple", base + "/mcp", {method: "POST", mode: "no-cors", headers: {"Content-Type": "text/plain"}, body: message});
  await read(host + " info", base + "/mcp-info");
  await read(host + " opaque", base + "/mcp-info", {mode: "no-cors"});
  await read(host + " delete", base + "/mcp", {method: "DELETE"});
  navigator.sendBeacon(base + "/mcp", new Blob([message], {type: "text/plain"}));
  for (const type of ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded"]) await submit(base + "/mcp", type, message);
  const socket = new WebSocket("ws://" + host + ":" + port + "/mcp");
  await happens(host + " websocket", socket, "onopen", "onerror");
  const events = new EventSource(base + "/mcp");
  await happens(host + " events", events, "onopen", "onerror");
  events.close();
}
(async () => {
  for (const host of ["127.0.0.1", "localhost", location.hostname]) await attack(host);
  await fetch("/report", {method: "POST", body: JSON.stringify(found)});
})();
</script>"""


@pytest.fixture(scope="module")
def pages():
    with serving() as serves:
        yield serves


@pytest.fixture(scope="module")
def server(engine, pages):
    """On loopback without a key, so that the Origin is all that stands between a page and the tools."""
    made = Server(engine, {"ALLOWED_HOSTS": f"good.test:{pages.server_port}"}).start()
    pages.html = PAGE % made.port
    yield made
    made.discard()


def test_given_a_page_of_another_site_when_it_attacks_then_it_reads_nothing_and_nothing_is_made(watch, pages):
    before = watch.server.storage_ids()
    report = report_of(pages, "evil.test")
    assert len(report) == 3 * 8
    assert {name: what for name, what in report.items() if what[0] not in ("error", "opaque")} == {}
    assert {what[2] for what in report.values() if what[0] == "opaque"} == {""}
    requests = watch.check_log()
    changing = [entry for entry in requests if entry["method"] != "GET"]
    assert len(changing) >= 15, "the attacks arrive"
    assert {entry["status"] for entry in changing} == {403}
    assert watch.server.storage_ids() == before


def test_given_the_same_page_under_an_allowed_name_when_it_asks_then_it_is_answered(watch, pages):
    report = report_of(pages, "good.test")
    for host in ("127.0.0.1", "localhost", "good.test"):
        kind, status, text = report[f"{host} ping"]
        assert (kind, status, json.loads(text)) == ("cors", 200, {"jsonrpc": "2.0", "id": 1, "result": {}}), host
    assert {entry["status"] for entry in watch.check_log() if entry["method"] == "POST"} >= {200, 415}, "simple requests are no JSON"
