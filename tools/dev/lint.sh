#: Check the code: formatting, then clang-tidy with every finding an error
#:
#: usage: ./dev lint [FILE...]
#:
#: Without files: every .cpp of src, examples and bindings that the debug preset builds.
#:
#: example: ./dev lint src/core/decimal.cpp
files=("$@")
for file in "${files[@]}"; do
  [[ $file == -* ]] && fail_usage "lint: unknown option '$file'"
  [[ -f $file ]] || fail_usage "lint: no file '$file'"
done
need build test lint format
say "formatting"
mapfile -t sources < <(cxx_files)
unformatted "${sources[@]}" && formatted=yes || formatted=
configure debug
if ((${#files[@]} == 0)); then
  # Those that the preset builds: clang-tidy can only guess how the others are compiled.
  mapfile -t files < <(cxx_files 'src/*.cpp' 'examples/*.cpp' 'bindings/*.cpp' |
    while IFS= read -r file; do
      grep -qF "\"file\": \"$root/$file\"" build/debug/compile_commands.json && echo "$file"
    done)
fi
say "clang-tidy over ${#files[@]} files"
printf '%s\0' "${files[@]}" |
  xargs -0 -n 4 -P "$(job_count)" clang-tidy-19 -p build/debug --quiet --warnings-as-errors='*' \
    --extra-arg=-Wno-unknown-warning-option || fail "lint: clang-tidy has findings, see above"
[[ -n $formatted ]] || fail "lint: not formatted, see above"
echo "clean"
