# The installed package: find_package(keel COMPONENTS core portfolio), a component a room.
#
# Every room has an export file of its own, so that a host finds only what its rooms were built
# with. A host inherits include directories and C++20, and no flag of ours.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/keel)

# keel_external_packages(target result): the packages of the external targets that `target` links.
function(keel_external_packages target result)
  set(packages)
  foreach(property IN ITEMS LINK_LIBRARIES INTERFACE_LINK_LIBRARIES)
    get_target_property(links ${target} ${property})
    foreach(link IN LISTS links)
      string(REGEX REPLACE "^\\$<LINK_ONLY:(.*)>$" "\\1" link "${link}")
      if(NOT link OR link MATCHES "^keel(::|_)")
        continue()
      endif()
      get_property(package GLOBAL PROPERTY "KEEL_PACKAGE_OF_${link}")
      if(package)
        list(APPEND packages ${package})
      elseif(link MATCHES "::")
        message(FATAL_ERROR "${target} links ${link}, which KeelDependencies.cmake does not name")
      endif()
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES packages)
  set(${result} ${packages} PARENT_SCOPE)
endfunction()

get_property(rooms GLOBAL PROPERTY KEEL_ROOMS)
set(KEEL_ROOM_FACTS "set(_keel_rooms ${rooms})\n")
set(all_packages)
foreach(room IN LISTS rooms)
  install(TARGETS keel_${room} EXPORT keel-${room} FILE_SET HEADERS)
  install(EXPORT keel-${room} NAMESPACE keel:: DESTINATION ${package_folder})
  get_property(leans GLOBAL PROPERTY KEEL_LEANS_${room})
  keel_external_packages(keel_${room} packages)
  list(APPEND all_packages ${packages})
  string(APPEND KEEL_ROOM_FACTS "set(_keel_leans_${room} ${leans})\n"
    "set(_keel_packages_${room} ${packages})\n")
endforeach()
list(REMOVE_DUPLICATES all_packages)
foreach(package IN LISTS all_packages)
  get_property(find GLOBAL PROPERTY KEEL_PACKAGE_${package}_FIND)
  string(APPEND KEEL_ROOM_FACTS "set(_keel_find_${package} ${find})\n")
endforeach()
string(REPLACE ";" " " KEEL_ROOM_FACTS "${KEEL_ROOM_FACTS}")

install(TARGETS keel_keel EXPORT keel-all FILE_SET HEADERS)
install(EXPORT keel-all NAMESPACE keel:: DESTINATION ${package_folder})

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/keelConfig.cmake.in
  ${PROJECT_BINARY_DIR}/keelConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/keelConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/keelConfig.cmake ${PROJECT_BINARY_DIR}/keelConfigVersion.cmake
  DESTINATION ${package_folder})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
