// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the server and the guest agent say to each other: the one place both sides take it from
// (docs/guest-protocol.md explains it in order and is checked against this header). The guest dials
// server.sock, says hello in one line, and from then on the connection is what the hello asked for.
// Version 1.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cus::guest {

// A server speaks version and version - 1; a guest offers the range it knows.
inline constexpr int protocol_version = 1;
inline constexpr int oldest_protocol_version = 1;

// Where things lie inside every sandbox.
inline constexpr std::string_view run_directory = "/run/computer-use";
inline constexpr std::string_view server_socket = "/run/computer-use/server.sock";
inline constexpr std::string_view program_directory = "/opt/computer-use";
inline constexpr std::string_view program = "/opt/computer-use/computer-use-guest";
// Followed by a number of bytes: the guest keeps the sandbox's memory below it, where the engine cannot.
inline constexpr std::string_view memory_limit_option = "--memory-limit";
inline constexpr std::string_view spool_directory = "/tmp/computer-use";

// Hello: one line of JSON from the guest, answered by one line of JSON.
// guest:  {"cus":{"min":1,"max":1},"kind":KIND,"boot":HEX32,"build":TEXT,"token":HEX64 (absent before the
// first answer),
//          "via":"http"|"socks" (egress only)}
// server: {"ok":true,"version":1,"token":HEX64 (only to the first connection after a start)}
//      or {"ok":false,"why":TEXT} and the end.
inline constexpr std::size_t max_hello_bytes = 1024;
inline constexpr std::size_t max_hello_answer_bytes = 1024;
inline constexpr std::size_t token_bytes = 32;
inline constexpr std::string_view kind_control = "control";  // the first one; lines of JSON, see below
inline constexpr std::string_view kind_work = "work";        // the server sends HTTP/1.1 requests
inline constexpr std::string_view kind_egress =
    "egress";  // raw bytes of one client of the guest's proxy ports
inline constexpr int hello_deadline_ms = 2000;

// Control: {"dial":N} from the server asks for N more work connections. Its end is the sign that the peer is
// gone; the guest redials with a pause that doubles from first to last.
inline constexpr int idle_work_connections = 3;
inline constexpr int max_work_connections = 60;
inline constexpr int max_connections_per_sandbox = 64;
inline constexpr int redial_first_ms = 5;
inline constexpr int redial_last_ms = 250;

// Egress: the guest listens here inside the sandbox and hands each connection over unread.
inline constexpr std::uint16_t http_proxy_port = 3128;
inline constexpr std::uint16_t socks_proxy_port = 1080;
inline constexpr int max_egress_connections = 128;

// Requests on a work connection. Bodies are JSON; errors are {"error":CODE_NAME,"message":TEXT} with a 4xx or
// 5xx. GET    /v1/status                        {"boot","build","uptime_ms","jobs","oom_kills"} GET /v1/jobs
// {"jobs":[{"id","state":"running"|"exited","total","end"?}]} POST   /v1/jobs            Upgrade: cus-job   a
// JobSpec; 101, then frames GET    /v1/jobs/ID?offset=N&tail=N&head=N  Upgrade: cus-job   attach to a running
// or finished job; 101, then frames POST   /v1/jobs/ID/kill                  {"why":TEXT}; 202 at once, the
// tree is dead within kill_grace_ms + 500 DELETE /v1/jobs/ID                       forgets a finished job,
// kills what is left of it; 204 POST   /v1/tunnel          Upgrade: cus-tunnel   {"port":N}; 101, then raw
// bytes to and from 127.0.0.1:N
inline constexpr std::string_view path_status = "/v1/status";
inline constexpr std::string_view path_jobs = "/v1/jobs";
inline constexpr std::string_view path_tunnel = "/v1/tunnel";
inline constexpr std::string_view upgrade_job = "cus-job";
inline constexpr std::string_view upgrade_tunnel = "cus-tunnel";
inline constexpr std::size_t max_request_bytes = 24U << 20U;  // a command may be as large as an MCP body
inline constexpr std::size_t max_json_answer_bytes = 1U << 20U;

// JobSpec:
// {"id":HEX32,"argv":[..],"script":TEXT?,"cwd":TEXT,"env":{..},"stdin":bool,"split":bool,"timeout_ms":N,
//           "head":N?,"tail":N?}
// With "script" the text is put into an unnamed file whose path (/dev/fd/3) is appended to argv, so that a
// command is not bound by the length of an argument. "stdin":true leaves standard input open for stdin
// frames, else it is empty. "split":true keeps standard error apart (its own offsets); else both share one
// pipe and the order is exact. "head"/"tail": how much the reader wants of long output: the first head bytes
// as they come, then progress frames, and at the end the last tail bytes; absent = everything. "timeout_ms":0
// = none; a script and argv are kept on error. A job whose id is known is not started again: the request
// attaches to it (so a retry runs once).

// Frames after an upgrade to cus-job: one byte of type, four bytes of length (big endian), the payload.
inline constexpr std::size_t frame_header_bytes = 5;
inline constexpr std::size_t max_frame_bytes = 64UL * 1024;
enum class FrameType : char {
  // guest to server
  output = 'o',    // eight bytes of offset (big endian), then bytes of the job's output
  error = 'e',     // the same for standard error of a split job
  gap = 'g',       // {"from":N,"to":N,"stream":"output"|"error"}: these bytes are no longer kept
  progress = 'p',  // {"total":N,"line":TEXT}: at most four a second, while output is being skipped
  end = 'x',       // a JobEnd; then the guest reads on until done
  // server to guest
  input = 'i',      // bytes for standard input
  input_end = 'c',  // closes standard input
  kill = 'k',       // {"why":"cancelled"|"timeout"|...}: as POST .../kill
  done = 'd',       // after end: the connection is an idle work connection again
};

// JobEnd: {"code":N?
// ,"signal":N?,"timed_out":bool,"oom":bool,"killed":TEXT?,"error":TEXT?,"total":N,"total_error":N,
//          "duration_ms":N,"spool":PATH?,"leftovers":[{"pid":N,"name":TEXT}]}
// Exactly one of code, signal and error is there; error: the job could not start. "killed": the why of a kill
// request, or "supervisor lost". "leftovers": what the job's shell left running (at most 16).
inline constexpr std::size_t max_leftovers = 16;

// Output kept for each job: the first and the last bytes in memory, everything up to a limit in the spool.
inline constexpr std::size_t kept_head_bytes = 256UL * 1024;
inline constexpr std::size_t kept_tail_bytes = 256UL * 1024;
inline constexpr std::size_t spool_threshold_bytes = 24UL * 1024;
inline constexpr std::uint64_t spool_job_bytes = 64ULL << 20U;
inline constexpr std::uint64_t spool_total_bytes = 256ULL << 20U;

inline constexpr int kill_grace_ms = 2000;
inline constexpr int max_running_jobs = 64;
inline constexpr int max_kept_jobs = 64;

struct FrameHeader {
  FrameType type{};
  std::uint32_t size = 0;
};

constexpr std::array<char, frame_header_bytes> encode_frame_header(FrameHeader header) {
  return {static_cast<char>(header.type), static_cast<char>(header.size >> 24U),
          static_cast<char>(header.size >> 16U), static_cast<char>(header.size >> 8U),
          static_cast<char>(header.size)};
}

constexpr FrameHeader decode_frame_header(const std::array<char, frame_header_bytes>& bytes) {
  std::uint32_t size = 0;
  for (std::size_t i = 1; i < bytes.size(); ++i) size = size << 8U | static_cast<unsigned char>(bytes[i]);
  return {static_cast<FrameType>(bytes[0]), size};
}

constexpr std::array<char, 8> encode_offset(std::uint64_t offset) {
  std::array<char, 8> bytes{};
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(offset >> (8 * (7 - i)));
  return bytes;
}

constexpr std::uint64_t decode_offset(std::string_view bytes) {
  std::uint64_t offset = 0;
  for (std::size_t i = 0; i < 8 && i < bytes.size(); ++i)
    offset = offset << 8U | static_cast<unsigned char>(bytes[i]);
  return offset;
}

}  // namespace cus::guest
