# SPDX-License-Identifier: Apache-2.0
# Makes a .cpp that holds the profile's text, checked to be JSON, so that the binary needs no file beside it.
file(READ "${IN}" text)
string(JSON action ERROR_VARIABLE problem GET "${text}" defaultAction)
if(problem OR NOT action STREQUAL "SCMP_ACT_ERRNO")
  message(FATAL_ERROR "${IN}: not a seccomp profile that denies by default: ${problem}")
endif()
file(WRITE "${OUT}" "// Made from profile.json by embed.cmake.\n"
  "#include \"engine/seccomp/profile.hpp\"\n\n"
  "namespace cus::engine {\n\n"
  "const std::string_view seccomp_profile_source = R\"profile(${text})profile\";\n\n"
  "}  // namespace cus::engine\n")
