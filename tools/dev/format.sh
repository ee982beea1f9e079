#: Format all C++ files in place
#:
#: usage: ./dev format [--check]
#:
#:   --check  change nothing; name the files that would change and exit with 1
#:
#: example: ./dev format --check
check=
case ${1-} in
  '') ;;
  --check) check=yes ;;
  *) fail_usage "format: unknown option '$1'" ;;
esac
need format
mapfile -t files < <(cxx_files)
if [[ -n $check ]]; then
  unformatted "${files[@]}"
else
  clang-format-19 -i "${files[@]}"
fi
echo "${#files[@]} files"
