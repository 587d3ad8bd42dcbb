// SPDX-License-Identifier: Apache-2.0
// The WebSocket that Node has built in, as a browser's: it offers compression and checks what the server answers.

const url = process.argv[2];
const say = (step, facts) => console.log(JSON.stringify({ step, ...facts }));

function open(protocols) {
  const socket = new WebSocket(url, protocols);
  socket.binaryType = "arraybuffer";
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve(socket);
    socket.onerror = (event) => reject(new Error(event.message ?? "no connection"));
  });
}

const next = (socket) => new Promise((resolve) => (socket.onmessage = (event) => resolve(event.data)));
const closed = (socket) =>
  new Promise((resolve) => (socket.onclose = ({ code, reason, wasClean }) => resolve({ code, reason, wasClean })));

async function echoed(socket, data) {
  const answer = next(socket);
  socket.send(data);
  return answer;
}

const socket = await open(["binary", "tty"]);
say("open", { protocol: socket.protocol, extensions: socket.extensions });

say("text", { same: (await echoed(socket, "grüß dich 🙂")) === "grüß dich 🙂" });

const bytes = new Uint8Array(3_000_000).map((_, i) => i * 7);
const back = new Uint8Array(await echoed(socket, bytes));
say("binary", { same: back.length === bytes.length && back.every((value, i) => value === bytes[i]) });

const byClient = closed(socket);
socket.close(4001, "enough");
say("closed by the client", await byClient);

const other = await open();
const byServer = closed(other);
other.send("close 4002 that is it");
say("closed by the server", await byServer);

const large = await open();
const refused = closed(large);
large.send(new Uint8Array(9_000_000));
say("too large", await refused);
