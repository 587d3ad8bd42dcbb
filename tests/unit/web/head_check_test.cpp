// SPDX-License-Identifier: Apache-2.0
#include "web/head_check.hpp"

#include <gtest/gtest.h>

namespace cus::web {
namespace {

net::RequestHead head_with(std::vector<net::Header> fields) {
  net::RequestHead head;
  head.method = "POST";
  head.target = "/mcp";
  head.headers.fields = std::move(fields);
  head.headers.fields.push_back({"Host", "localhost"});
  return head;
}

int status_for(std::vector<net::Header> fields) {
  const auto fault = check_head(head_with(std::move(fields)), 100);
  return fault ? fault->status : 200;
}

TEST(HeadCheck, GivenOrdinaryHeads_WhenChecked_ThenTheyPass) {
  EXPECT_EQ(status_for({}), 200);
  EXPECT_EQ(status_for({{"Content-Length", "0"}}), 200);
  EXPECT_EQ(status_for({{"Transfer-Encoding", "Chunked"}}), 200);
  EXPECT_EQ(status_for({{"Content-Encoding", "identity"}, {"Expect", "100-Continue"}}), 200);
  EXPECT_EQ(status_for({{"Accept", "a"}, {"Accept", "b"}, {"Cookie", "\xff"}}), 200);
  EXPECT_EQ(status_for({{"X-Forwarded-For", "1"}, {"X-Forwarded-For", "2"}}), 200);
  EXPECT_EQ(status_for({{"Some_Other", "x"}}), 200);
}

TEST(HeadCheck, GivenAmbiguousFraming_WhenChecked_ThenItIsRefused) {
  EXPECT_EQ(status_for({{"Content-Length", "3"}, {"Transfer-Encoding", "chunked"}}), 400);
  EXPECT_EQ(status_for({{"Content-Length", "3"}, {"Content-Length", "3"}}), 400);
  for (const char* length : {"3, 3", "3,4", "+3", "-1", "0x3", "3 ", "", "3a", "\t3"}) {
    EXPECT_EQ(status_for({{"Content-Length", length}}), 400) << length;
  }
  for (const char* coding :
       {"identity", "chunked, identity", "gzip, chunked", "chunked, chunked", "xchunked", ""}) {
    EXPECT_EQ(status_for({{"Transfer-Encoding", coding}}), 400) << coding;
  }
  net::RequestHead old = head_with({{"Transfer-Encoding", "chunked"}});
  old.version = 10;
  EXPECT_EQ(check_head(old, 100)->status, 400);
}

TEST(HeadCheck, GivenHeadersWithOneMeaning_WhenSentTwice_ThenTheyAreRefusedAlsoWhenEqual) {
  for (const char* name :
       {"Host", "Authorization", "x-api-key", "X-Chat-Id", "X-OpenWebUI-Chat-Id", "X-User-Email", "Origin",
        "Content-Type", "Mcp-Session-Id", "MCP-Protocol-Version", "Last-Event-ID"}) {
    EXPECT_EQ(status_for({{name, "a"}, {name, "a"}}), 400) << name;
  }
}

TEST(HeadCheck, GivenAnUnderscoreWhereAHyphenBelongs_WhenChecked_ThenItIsRefused) {
  for (const char* name : {"X_Chat_Id", "X-Chat_Id", "x_user_email", "X_Api_Key", "Content_Length",
                           "Transfer_Encoding", "Mcp_Session_Id", "X_Forwarded_For", "Last_Event_ID"}) {
    EXPECT_EQ(status_for({{name, "a"}}), 400) << name;
  }
}

TEST(HeadCheck, GivenBytesThatAreNotUtf8_WhenInAHeaderOfOurs_ThenTheyAreRefused) {
  EXPECT_EQ(status_for({{"X-User-Name", "\xff\xfe"}}), 400);
  EXPECT_EQ(status_for({{"X-User-Name", "\xd0\x96"}}), 200);
}

TEST(HeadCheck, GivenNoHost_WhenChecked_ThenItIsRefused) {
  net::RequestHead head;
  head.target = "/";
  EXPECT_EQ(check_head(head, 100)->status, 400);
}

TEST(HeadCheck, GivenWhatWeDoNotDo_WhenAsked_ThenTheStatusSaysSo) {
  EXPECT_EQ(status_for({{"Content-Encoding", "gzip"}}), 415);
  EXPECT_EQ(status_for({{"Expect", "a miracle"}}), 417);
  net::RequestHead head = head_with({});
  head.method = "CONNECT";
  EXPECT_EQ(check_head(head, 100)->status, 501);
  head.method = "GET";
  head.target = "/" + std::string(100, 'a');
  EXPECT_EQ(check_head(head, 100)->status, 414);
}

}  // namespace
}  // namespace cus::web
