# keel_room(NAME [FOLDER folder] SOURCES ... HEADERS ... LEANS rooms... LINK targets...
#           PRIVATE_LINK targets...)
#
# One call a room: makes the library keel_<name> with the alias keel::<name>.
#   SOURCES       relative to src/<room>
#   HEADERS       public, relative to include/keel/<room>
#   FOLDER        where the headers are where that is not the name: adapters/tws of adapters_tws
#   LEANS         rooms that this one sees (public: their headers are in our headers)
#   LINK          other public dependencies (fmt)
#   PRIVATE_LINK  what only our .cpp files see (Eigen, date, Boost, drivers), found with keel_need
function(keel_room name)
  cmake_parse_arguments(ARG "" "FOLDER" "SOURCES;HEADERS;LEANS;LINK;PRIVATE_LINK" ${ARGN})
  if(NOT ARG_FOLDER)
    set(ARG_FOLDER ${name})
  endif()
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "keel_room(${name}): unknown arguments ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  set(target keel_${name})
  list(TRANSFORM ARG_HEADERS PREPEND ${PROJECT_SOURCE_DIR}/include/keel/${ARG_FOLDER}/)
  set_property(GLOBAL PROPERTY KEEL_LEANS_${name} ${ARG_LEANS})
  list(TRANSFORM ARG_LEANS PREPEND keel::)
  if(ARG_SOURCES)
    add_library(${target} ${ARG_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE ${ARG_PRIVATE_LINK})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src)
    keel_house_flags(${target})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(keel::${name} ALIAS ${target})
  target_sources(${target} ${scope}
    FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES ${ARG_HEADERS})
  target_compile_features(${target} ${scope} cxx_std_20)
  target_link_libraries(${target} ${scope} ${ARG_LEANS} ${ARG_LINK})
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${name} VERIFY_INTERFACE_HEADER_SETS ON CXX_EXTENSIONS OFF
    POSITION_INDEPENDENT_CODE ON)
  keel_shared_library(${target})
  set_property(GLOBAL APPEND PROPERTY KEEL_ROOMS ${name})
endfunction()

# BUILD_SHARED_LIBS: a versioned name (libkeel_core.so.0.1, because before 1.0 every minor version
# may break the binary interface), nothing visible but namespace keel, and siblings found where the
# library itself lies, so that the tree may move.
function(keel_shared_library target)
  get_target_property(type ${target} TYPE)
  if(NOT type STREQUAL "SHARED_LIBRARY")
    return()
  endif()
  set_target_properties(${target} PROPERTIES VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR} INSTALL_RPATH "$ORIGIN"
    DEFINE_SYMBOL "")
  if(NOT APPLE)
    set(map ${PROJECT_SOURCE_DIR}/cmake/keel.map)
    target_link_options(${target} PRIVATE -Wl,--version-script=${map})
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${map})
  endif()
endfunction()

# Flags of our own targets only; nothing here reaches a consumer.
function(keel_house_flags target)
  # Decisions must not depend on whether the compiler fuses a multiply and an add.
  # Asserts name files as the tree does, so that no build machine's path gets into a program.
  # Position-independent code is compiled as if another library could replace each function, which
  # forbids inlining inside a file; nobody replaces ours.
  target_compile_options(${target} PRIVATE -ffp-contract=off -fno-semantic-interposition
    -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
  if(KEEL_STRICT)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion
      -Wsign-conversion -Wshadow -Wold-style-cast -Wnon-virtual-dtor -Werror
      # gcc 12 at -O3 sees a write past the end in fmt's parsing of fill characters, and a text that
      # overlaps itself in every `"x" + string`, both wrongly.
      $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow -Wno-restrict>)
  endif()
  set_target_properties(${target} PROPERTIES CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON
    CXX_EXTENSIONS OFF)
endfunction()

# keel::keel stands for all rooms that were built.
function(keel_umbrella)
  get_property(rooms GLOBAL PROPERTY KEEL_ROOMS)
  list(TRANSFORM rooms PREPEND keel:: OUTPUT_VARIABLE targets)
  add_library(keel_keel INTERFACE)
  add_library(keel::keel ALIAS keel_keel)
  target_link_libraries(keel_keel INTERFACE ${targets})
  set_target_properties(keel_keel PROPERTIES EXPORT_NAME keel)
  # keel.hpp belongs to a build that has every room which it includes.
  set(header ${PROJECT_SOURCE_DIR}/include/keel/keel.hpp)
  set(complete ON)
  file(STRINGS ${header} lines REGEX "^#include <keel/")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^#include <keel/([a-z_]+)/.*" "\\1" room "${line}")
    if(NOT room IN_LIST rooms)
      set(complete OFF)
    endif()
  endforeach()
  set_property(GLOBAL PROPERTY KEEL_HAS_UMBRELLA_HEADER ${complete})
  if(complete)
    target_sources(keel_keel INTERFACE FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include
      FILES ${header})
    set_target_properties(keel_keel PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  endif()
endfunction()

# keel_unit_test(room SOURCES ... [NAME name] [LINK targets...] [LABELS labels...]
#                [ONLY wire|long|data])
#
# One doctest program, test_<room> or test_<name>; ctest lists each of its cases.
#   LABELS  "threads" marks a program that has threads: it is run under the thread sanitizer too
#   ONLY    the program exists only where ./dev test was given --wire, --long or --data; a data test
#           reads its folder from the environment variable KEEL_DATA_DIR
function(keel_unit_test room)
  cmake_parse_arguments(ARG "" "NAME;ONLY" "SOURCES;LINK;LABELS" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "keel_unit_test(${room}): unknown arguments ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  keel_test_wanted("${ARG_ONLY}" wanted)
  if(NOT wanted)
    return()
  endif()
  if(NOT ARG_NAME)
    set(ARG_NAME ${room})
  endif()
  set(target test_${ARG_NAME})
  add_executable(${target} ${ARG_SOURCES} $<TARGET_OBJECTS:keel_test_main>)
  target_link_libraries(${target} PRIVATE keel::${room} keel_test_support ${ARG_LINK})
  keel_house_flags(${target})
  add_dependencies(keel_tests ${target})
  if("threads" IN_LIST ARG_LABELS)
    add_dependencies(keel_thread_tests ${target})
    set_property(GLOBAL APPEND PROPERTY KEEL_THREAD_TESTS ${target})
  endif()
  # ctest reads the cases that the program listed after it was linked (KeelTestCases.cmake).
  set(cases ${CMAKE_CURRENT_BINARY_DIR}/${target}_cases.cmake)
  add_custom_command(TARGET ${target} POST_BUILD BYPRODUCTS ${cases} VERBATIM
    COMMAND ${CMAKE_COMMAND} -D PROGRAM=$<TARGET_FILE:${target}> -D PREFIX=${ARG_NAME}
      -D OUTPUT=${cases} -P ${PROJECT_SOURCE_DIR}/cmake/KeelTestCases.cmake)
  set(labels unit ${room} ${ARG_LABELS} ${ARG_ONLY})
  set(environment "")
  if(ARG_ONLY STREQUAL "data")
    set(environment "KEEL_DATA_DIR=${KEEL_DATA_DIR}")
  endif()
  set(timeout 600)
  if(ARG_ONLY STREQUAL "long")
    set(timeout 3600)
  endif()
  configure_file(${PROJECT_SOURCE_DIR}/cmake/test_include.cmake.in ${target}_include.cmake @ONLY)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES
    ${CMAKE_CURRENT_BINARY_DIR}/${target}_include.cmake)
endfunction()

# Whether tests of this kind ("", wire, long or data) were asked for.
function(keel_test_wanted kind result)
  if(kind STREQUAL "")
    set(wanted ON)
  elseif(kind STREQUAL "wire")
    set(wanted ${KEEL_TEST_WIRE})
  elseif(kind STREQUAL "long")
    set(wanted ${KEEL_TEST_LONG})
  elseif(kind STREQUAL "data")
    string(COMPARE NOTEQUAL "${KEEL_DATA_DIR}" "" wanted)
  else()
    message(FATAL_ERROR "a test is ONLY wire, long or data, not '${kind}'")
  endif()
  set(${result} ${wanted} PARENT_SCOPE)
endfunction()

# keel_benchmark(name SOURCES ... LINK targets...): the program bench_<name>, run by ./dev bench.
function(keel_benchmark name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(bench_${name} ${ARG_SOURCES})
  target_link_libraries(bench_${name} PRIVATE ${ARG_LINK})
  keel_house_flags(bench_${name})
  add_dependencies(keel_bench bench_${name})
endfunction()
