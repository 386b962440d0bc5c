# Compiler settings every target shares.
add_library(dragoman_options INTERFACE)
target_include_directories(dragoman_options INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
target_compile_options(dragoman_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wno-sign-conversion -Wno-missing-field-initializers -Werror=return-type)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # A PCH must not carry its build time, or ccache never hits.
  target_compile_options(dragoman_options INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()

if(DRAGOMAN_FUZZ)
  add_compile_options(-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

find_program(DRAGOMAN_CCACHE ccache)
if(DRAGOMAN_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${DRAGOMAN_CCACHE})
endif()

find_program(DRAGOMAN_LLD NAMES ld.lld-19 ld.lld)
if(DRAGOMAN_LLD)
  add_link_options(--ld-path=${DRAGOMAN_LLD})
endif()
