// SPDX-License-Identifier: Apache-2.0
#include "cus/base/base64.hpp"

#include <gtest/gtest.h>

namespace cus {
namespace {

TEST(Base64Test, GivenTheVectorsOfTheRfc_WhenEncodedAndDecoded_ThenTheyMatch) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(encode_base64(bytes), text);
    EXPECT_EQ(decode_base64(text), bytes);
  }
}

TEST(Base64Test, GivenEveryByte_WhenEncodedInEitherForm_ThenItComesBack) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const std::string part = bytes.substr(256 - size);
    EXPECT_EQ(decode_base64(encode_base64(part)), part);
    EXPECT_EQ(decode_base64(encode_base64(part, Base64::url), Base64::url), part);
  }
  EXPECT_EQ(encode_base64("\xFB\xFF", Base64::url), "-_8");
}

TEST(Base64Test, GivenTextThatTwoProgramsCouldReadDifferently_WhenDecoded_ThenItIsRefused) {
  for (const char* text :
       {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z g=", "Zm9v\n", "=", "====", "Zm=v", "Zm9v-_8="})
    EXPECT_EQ(decode_base64(text), std::nullopt) << text;
  for (const char* text : {"Z", "Zh", "Zg==", "+/8"})
    EXPECT_EQ(decode_base64(text, Base64::url), std::nullopt) << text;
}

}  // namespace
}  // namespace cus
