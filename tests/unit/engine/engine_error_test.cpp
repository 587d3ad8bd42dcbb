// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/engine_error.hpp"

#include <gmock/gmock.h>

namespace cus::engine {
namespace {

using testing::HasSubstr;
using testing::Not;

Error meaning(int status, const std::string& message) {
  return engine_error("create", {status, R"({"message":")" + message + R"("})"}).error();
}

TEST(EngineError, GivenWordsOfAFullDisk_WhenRead_ThenItIsStorageFull) {
  EXPECT_EQ(meaning(500, "write /var/lib: No space left on device").code, Code::storage_full);
  EXPECT_EQ(meaning(500, "mkdir: disk quota exceeded").code, Code::storage_full);
}

TEST(EngineError, GivenAnUnknownImage_WhenRead_ThenItIsImageMissing) {
  EXPECT_EQ(meaning(404, "No such image: x:latest").code, Code::image_missing);
  EXPECT_EQ(meaning(404, "No such container: x").code, Code::not_found);
}

TEST(EngineError, GivenATakenName_WhenRead_ThenItIsAConflictFromDockerAndFromPodman) {
  EXPECT_EQ(meaning(409, "Conflict. The container name is already in use").code, Code::conflict);
  EXPECT_EQ(meaning(500, "creating container storage: the container name is already in use by x").code,
            Code::conflict);
}

TEST(EngineError, GivenASourceTheEngineDoesNotSee_WhenRead_ThenTheMessageNamesTheSetting) {
  EXPECT_THAT(
      meaning(400, "invalid mount config for type \\\"bind\\\": bind source path does not exist: /x").message,
      HasSubstr("USER_DATA_BASE_PATH"));
}

TEST(EngineError, GivenAnyOtherWords_WhenRead_ThenTheyStayInTheCause) {
  const Error error = meaning(500, "secret words <b>");
  EXPECT_EQ(error.code, Code::engine_refused);
  EXPECT_THAT(error.message, Not(HasSubstr("secret")));
  EXPECT_THAT(error.cause, HasSubstr("create: 500 secret words"));
}

TEST(EngineError, GivenABodyThatIsNoError_WhenRead_ThenItsStartIsTheCause) {
  EXPECT_THAT(engine_error("start", {502, "<html>bad gateway"}).error().cause, HasSubstr("bad gateway"));
  EXPECT_THAT(engine_error("start", {500, R"({"message":{"a":1}})"}).error().code, Code::engine_refused);
  EXPECT_LT(engine_error("start", {500, std::string(100'000, 'x')}).error().cause.size(), 600U);
}

}  // namespace
}  // namespace cus::engine
