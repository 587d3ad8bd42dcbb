# SPDX-License-Identifier: Apache-2.0
# Language level, warnings as errors and the hardening flags of docs/security.md.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  message(FATAL_ERROR "g++ below 14 miscompiles C++20 coroutines (GCC 106188, 107288): "
                      "use clang++-19 on Debian 12 or g++-14 on Debian 13.")
endif()
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Werror
                    -fstack-protector-strong -fcf-protection -fno-plt)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 14 takes the frames of inlined coroutines for something else than what Asio's operator new gave them.
  add_compile_options(-Wno-mismatched-new-delete -Wno-maybe-uninitialized -Wno-free-nonheap-object
                      -Wno-missing-field-initializers)
endif()
add_compile_definitions(BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
                        BOOST_ASIO_NO_DEPRECATED _GLIBCXX_ASSERTIONS)
add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=lld)
endif()

set(CUS_SANITIZE "" CACHE STRING "Sanitizers to build with, e.g. address,undefined or thread")
if(CUS_SANITIZE)
  # Not vptr: it looks at types through a pipe, and reports every one when a test has used up all descriptors.
  add_compile_options(-fsanitize=${CUS_SANITIZE} -fno-sanitize=vptr -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CUS_SANITIZE})
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  # Fortify needs optimisation, and fights the sanitizers' own interceptors.
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
