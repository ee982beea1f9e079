#: Format all C++ files in place
#:
#: usage: ./dev format [--check]
#:
#:   --check  change nothing; name the files that would change and exit with 1
#:
#: example: ./dev format --check
mode=(-i)
case ${1-} in
  '') ;;
  --check) mode=(--dry-run --Werror) ;;
  *) fail_usage "format: unknown option '$1'" ;;
esac
need format
mapfile -t files < <(git ls-files --cached --others --exclude-standard '*.hpp' '*.cpp')
clang-format-19 "${mode[@]}" "${files[@]}"
echo "${#files[@]} files"
