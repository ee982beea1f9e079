# Run after a test program is linked: writes the ctest entries of its doctest cases.
#   cmake -D PROGRAM=... -D PREFIX=... -D OUTPUT=... -P KeelTestCases.cmake
# (doctest's own module keeps one label at most, and breaks on brackets and semicolons in names.)
cmake_policy(VERSION 3.25)

execute_process(COMMAND ${PROGRAM} --list-test-cases --no-version OUTPUT_VARIABLE listing
  COMMAND_ERROR_IS_FATAL ANY)

# Characters that mean something to CMake's lists.
string(REPLACE ";" "," listing "${listing}")
string(REPLACE "[" "(" listing "${listing}")
string(REPLACE "]" ")" listing "${listing}")
string(REPLACE "\\" "/" listing "${listing}")
string(REPLACE "\n" ";" listing "${listing}")

set(properties "LABELS \"\${case_labels}\" WORKING_DIRECTORY \"\${case_directory}\" \
TIMEOUT \${case_timeout} ENVIRONMENT \"\${case_environment}\"")
set(script "")
set(names "")
foreach(name IN LISTS listing)
  if(name STREQUAL "" OR name MATCHES "^(===|\\(doctest\\))")
    continue()
  endif()
  if(name IN_LIST names)
    message(FATAL_ERROR "${PROGRAM}: two test cases are called '${name}'")
  endif()
  list(APPEND names "${name}")
  # In doctest's filter "?" is any character, and a comma would end it.
  string(REGEX REPLACE "[,()/\"]" "?" filter "${name}")
  set(quoted "[==[${PREFIX}: ${name}]==]")
  string(APPEND script
    "add_test(${quoted} [==[${PROGRAM}]==] [==[--test-case=${filter}]==])\n"
    "set_tests_properties(${quoted} PROPERTIES ${properties})\n")
endforeach()
if(names STREQUAL "")
  message(FATAL_ERROR "${PROGRAM}: no test cases")
endif()
file(WRITE ${OUTPUT} "${script}")
