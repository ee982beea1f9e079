# The packages that keel can use: the one list of what find_package gets, which targets it gives,
# and what Debian calls it. Nothing is fetched while configuring.
#
# keel_need(date) finds one, or stops with one line that says how to get it; a room calls it in its
# own CMakeLists.txt, so that what is not built needs nothing. keel_need(nats OPTIONAL found) sets
# `found` instead of stopping. A package config of ours finds again what its rooms were built with.
include_guard()
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)  # who links a room sees what the room was linked with

function(keel_package name)
  cmake_parse_arguments(ARG "" "DEBIAN" "FIND;TARGETS" ${ARGN})
  set_property(GLOBAL PROPERTY KEEL_PACKAGE_${name}_FIND ${ARG_FIND})
  set_property(GLOBAL PROPERTY KEEL_PACKAGE_${name}_DEBIAN "${ARG_DEBIAN}")
  foreach(target IN LISTS ARG_TARGETS)
    set_property(GLOBAL PROPERTY "KEEL_PACKAGE_OF_${target}" ${name})
  endforeach()
endfunction()

keel_package(threads FIND Threads TARGETS Threads::Threads DEBIAN libc6-dev)
keel_package(fmt FIND fmt TARGETS fmt::fmt fmt::fmt-header-only DEBIAN libfmt-dev)
keel_package(date FIND date TARGETS date::date date::date-tz DEBIAN libhowardhinnant-date-dev)
keel_package(eigen FIND Eigen3 3.4 NO_MODULE TARGETS Eigen3::Eigen DEBIAN libeigen3-dev)
keel_package(zlib FIND ZLIB TARGETS ZLIB::ZLIB DEBIAN zlib1g-dev)
keel_package(zstd FIND zstd TARGETS zstd::libzstd_shared zstd::libzstd_static DEBIAN libzstd-dev)
keel_package(yaml FIND yaml-cpp TARGETS yaml-cpp DEBIAN libyaml-cpp-dev)
keel_package(cli11 FIND CLI11 TARGETS CLI11::CLI11 DEBIAN libcli11-dev)
keel_package(boost FIND Boost 1.81 CONFIG TARGETS Boost::headers Boost::boost
  DEBIAN libboost1.81-dev)
keel_package(boost_json FIND Boost 1.81 CONFIG COMPONENTS json TARGETS Boost::json
  DEBIAN libboost-json1.81-dev)
keel_package(doctest FIND doctest TARGETS doctest::doctest DEBIAN doctest-dev)
keel_package(rapidcheck FIND rapidcheck TARGETS rapidcheck rapidcheck_doctest
  DEBIAN librapidcheck-dev)
keel_package(python FIND Python3 COMPONENTS Interpreter TARGETS Python3::Interpreter
  DEBIAN python3)
keel_package(python_module FIND Python COMPONENTS Interpreter Development.Module
  TARGETS Python::Module DEBIAN python3-dev)
keel_package(pybind11 FIND pybind11 CONFIG TARGETS pybind11::module DEBIAN pybind11-dev)

macro(keel_need name)
  cmake_parse_arguments(KEEL_NEED "" "OPTIONAL" "" ${ARGN})
  get_property(KEEL_NEED_FIND GLOBAL PROPERTY KEEL_PACKAGE_${name}_FIND)
  get_property(KEEL_NEED_DEBIAN GLOBAL PROPERTY KEEL_PACKAGE_${name}_DEBIAN)
  if(NOT KEEL_NEED_FIND)
    message(FATAL_ERROR "keel_need(${name}): not in cmake/KeelDependencies.cmake")
  endif()
  find_package(${KEEL_NEED_FIND} QUIET)
  list(GET KEEL_NEED_FIND 0 KEEL_NEED_PACKAGE)
  if(KEEL_NEED_OPTIONAL)
    set(${KEEL_NEED_OPTIONAL} ${${KEEL_NEED_PACKAGE}_FOUND})
  elseif(NOT ${KEEL_NEED_PACKAGE}_FOUND)
    list(JOIN KEEL_NEED_FIND " " KEEL_NEED_FIND)
    message(FATAL_ERROR "keel needs ${KEEL_NEED_FIND}: install the Debian package "
      "${KEEL_NEED_DEBIAN} (./dev doctor lists all that is missing)")
  endif()
endmacro()

keel_need(threads)
keel_need(fmt)
