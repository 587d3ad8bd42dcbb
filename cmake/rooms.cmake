# SPDX-License-Identifier: Apache-2.0
# A room is a static library in src/<room> whose public headers are include/cus/<room>.
# cus_room(net SOURCES stream.cpp ... LINKS base ... PRIVATE Boost::headers ...)
function(cus_room room)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PUBLIC;PRIVATE" ${ARGN})
  add_library(cus_${room} STATIC ${ARG_SOURCES})
  target_include_directories(cus_${room} PUBLIC ${PROJECT_SOURCE_DIR}/include PRIVATE ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM ARG_LINKS PREPEND cus_)
  target_link_libraries(cus_${room} PUBLIC ${ARG_LINKS} ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
endfunction()
