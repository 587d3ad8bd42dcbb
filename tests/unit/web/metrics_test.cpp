// SPDX-License-Identifier: Apache-2.0
#include "cus/web/metrics.hpp"

#include "support.hpp"

namespace cus::web {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::array<double, 2> bounds = {0.1, 1};

TEST(Metrics, GivenSources_WhenScraped_ThenEachSpeaksInTheFormatOfPrometheus) {
  Metrics metrics;
  double value = 1;
  metrics.add([&](MetricWriter& writer) { writer.gauge("cus_a", "An A.", value); });
  metrics.add([](MetricWriter& writer) {
    writer.counter("cus_b_total", "Bs.", 2, {{"kind", "x"}});
    writer.counter("cus_b_total", "Bs.", 3, {{"kind", "y\"\n\\"}});
  });
  value = 7;
  EXPECT_EQ(metrics.text(),
            "# HELP cus_a An A.\n# TYPE cus_a gauge\ncus_a 7\n"
            "# HELP cus_b_total Bs.\n# TYPE cus_b_total counter\n"
            "cus_b_total{kind=\"x\"} 2\ncus_b_total{kind=\"y\\\"\\n\\\\\"} 3\n");
}

TEST(Metrics, GivenAHistogram_WhenScraped_ThenItsBucketsAddUp) {
  Histogram values(bounds);
  for (const double value : {0.05, 0.1, 0.5, 3.0}) values.observe(value);
  MetricWriter writer;
  writer.histogram("cus_h", "H.", values);
  EXPECT_THAT(writer.text(),
              AllOf(HasSubstr("cus_h_bucket{le=\"0.1\"} 2\n"), HasSubstr("cus_h_bucket{le=\"1\"} 3\n"),
                    HasSubstr("cus_h_bucket{le=\"+Inf\"} 4\n"), HasSubstr("cus_h_count 4\n"),
                    HasSubstr("cus_h_sum 3.65\n")));
}

TEST(Metrics, GivenThisProcess_WhenScraped_ThenItsMemoryAndDescriptorsAreThere) {
  MetricWriter writer;
  process_metrics()(writer);
  const std::string text = writer.text();
  for (const char* name :
       {"process_resident_memory_bytes ", "process_open_fds ", "process_max_fds ",
        "process_cpu_seconds_total ", "process_start_time_seconds ", "cus_uptime_seconds "}) {
    const std::size_t line = text.find(std::string("\n") + name);
    ASSERT_NE(line, std::string::npos) << name;
    EXPECT_GE(std::stod(text.substr(line + 1 + std::string_view(name).size())), 0) << name;
  }
  EXPECT_THAT(text, Not(HasSubstr("process_resident_memory_bytes 0\n")));
}

class ServerMetrics : public ServerTest {
 protected:
  ServerMetrics() {
    options.keys = one_key("right-key");
    route("GET", "/files/*", say_path, Auth::key);
    route("GET", "/open", say_path);
    for (Route& made : metrics_routes(metrics)) routes.push_back(std::move(made));
  }
  std::string scrape(Client& client) {
    const Reply reply = client.exchange(request("GET /metrics", "X-API-Key: right-key\r\n"));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
    return reply.body;
  }

  Metrics metrics;
};

TEST_F(ServerMetrics, GivenRequests_WhenScraped_ThenTheyAreCountedByRouteAndClassAndNotByPath) {
  start();
  metrics.add([this](MetricWriter& writer) { server->write_metrics(writer); });
  Client client = connect();
  for (const char* target : {"GET /files/a", "GET /files/b"}) {
    client.exchange(request(target, "X-API-Key: right-key\r\n"));
  }
  client.exchange(request("GET /files/secret-chat"));
  client.exchange(request("GET /files/c", "X-API-Key: wrong\r\n"));
  client.exchange(request("GET /nowhere"));
  client.send(request("HEAD /open"));
  client.reply("HEAD");
  const std::string text = scrape(client);
  EXPECT_THAT(
      text, AllOf(HasSubstr("cus_http_requests_total{method=\"GET\",route=\"/files/*\",status=\"2xx\"} 2\n"),
                  HasSubstr("cus_http_requests_total{method=\"GET\",route=\"/files/*\",status=\"4xx\"} 2\n"),
                  HasSubstr("cus_http_requests_total{method=\"GET\",route=\"/open\",status=\"2xx\"} 1\n"),
                  HasSubstr("cus_http_requests_total{method=\"none\",route=\"none\",status=\"4xx\"} 1\n"),
                  HasSubstr("cus_http_request_seconds_count{method=\"GET\",route=\"/files/*\"} 4\n"),
                  HasSubstr("cus_http_wrong_keys_total 1\n"), HasSubstr("cus_http_connections 1\n"),
                  HasSubstr("cus_http_requests_in_progress 1\n"),
                  HasSubstr("cus_http_connections_accepted_total 1\n")));
  EXPECT_THAT(text, Not(HasSubstr("secret-chat")));
}

TEST_F(ServerMetrics, GivenAnEventStream_WhenScraped_ThenItIsThereAndHasNoLatency) {
  Event released(loop.get_executor());
  bool began = false;
  route("GET", "/events", [&](Exchange& exchange) -> Task<> {
    (void)co_await exchange.start_events({});
    began = true;
    co_await released.wait();
    (void)co_await exchange.end_events();
  });
  start();
  metrics.add([this](MetricWriter& writer) { server->write_metrics(writer); });
  Client stream = connect();
  stream.send(request("GET /events"));
  run_until([&] { return began; });
  Client client = connect();
  EXPECT_THAT(scrape(client), HasSubstr("cus_http_event_streams 1\n"));
  released.set();
  EXPECT_EQ(stream.reply().status, 200);
  EXPECT_THAT(scrape(client),
              AllOf(HasSubstr("cus_http_event_streams 0\n"), HasSubstr("route=\"/events\",status=\"2xx\"} 1"),
                    Not(HasSubstr("cus_http_request_seconds_count{method=\"GET\",route=\"/events\"}"))));
}

TEST_F(ServerMetrics, GivenNoKey_WhenScraped_ThenItIsRefused) {
  start();
  EXPECT_EQ(connect().exchange(request("GET /metrics")).status, 401);
}

}  // namespace
}  // namespace cus::web
