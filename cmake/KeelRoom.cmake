# keel_room(NAME SOURCES ... HEADERS ... LEANS rooms... LINK targets... PRIVATE_LINK targets...)
#
# One call a room: makes the library keel_<name> with the alias keel::<name>.
#   SOURCES       relative to src/<room>
#   HEADERS       public, relative to include/keel/<room>
#   LEANS         rooms that this one sees (public: their headers are in our headers)
#   LINK          other public dependencies (fmt)
#   PRIVATE_LINK  what only our .cpp files see (Eigen, date, Boost, drivers)
function(keel_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;LEANS;LINK;PRIVATE_LINK" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "keel_room(${name}): unknown arguments ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  set(target keel_${name})
  list(TRANSFORM ARG_HEADERS PREPEND ${PROJECT_SOURCE_DIR}/include/keel/${name}/)
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
  set_property(GLOBAL APPEND PROPERTY KEEL_ROOMS ${name})
endfunction()

# Flags of our own targets only; nothing here reaches a consumer.
function(keel_house_flags target)
  # Decisions must not depend on whether the compiler fuses a multiply and an add.
  target_compile_options(${target} PRIVATE -ffp-contract=off)
  if(KEEL_STRICT)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion
      -Wsign-conversion -Wshadow -Wold-style-cast -Wnon-virtual-dtor -Werror)
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
  if(EXISTS ${PROJECT_SOURCE_DIR}/include/keel/keel.hpp)
    target_sources(keel_keel INTERFACE FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include
      FILES ${PROJECT_SOURCE_DIR}/include/keel/keel.hpp)
    set_target_properties(keel_keel PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  endif()
endfunction()

# keel_unit_test(room SOURCES ... LINK targets...): one doctest program a room; ctest lists each case.
function(keel_unit_test room)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  set(target test_${room})
  add_executable(${target} ${ARG_SOURCES} $<TARGET_OBJECTS:keel_test_main>)
  target_link_libraries(${target} PRIVATE keel::${room} keel_test_support ${ARG_LINK})
  keel_house_flags(${target})
  doctest_discover_tests(${target} TEST_PREFIX "${room}: " PROPERTIES LABELS "unit;${room}")
endfunction()
