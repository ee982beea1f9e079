#: Remove the build folder
#:
#: usage: ./dev clean [PRESET]
#:
#: Removes build/PRESET, or all of build/. The compiler cache is kept (ccache --clear empties it).
#:
#: example: ./dev clean debug
(($# <= 1)) || fail_usage "clean: at most one preset"
[[ ${1-} == -* || ${1-} == */* || ${1-} == .* ]] && fail_usage "clean: not a preset: '$1'"
rm -rf "build${1:+/$1}"
