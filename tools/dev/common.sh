# Shared by the commands of ./dev. Until packages are installed only bash and coreutils are used.

: "${CCACHE_BASEDIR:=$root}" "${CCACHE_NOHASHDIR:=1}"
export CCACHE_BASEDIR CCACHE_NOHASHDIR

# Lines of a command file that start with "#: " are its help; the first one is its summary.
print_help() {
  local line
  while IFS= read -r line; do
    case $line in
      '#: '*) printf '%s\n' "${line#\#: }" ;;
      '#:') echo ;;
    esac
  done <"$1"
}

first_help_line() {
  local line
  while IFS= read -r line; do
    if [[ $line == '#: '* ]]; then
      printf '%s\n' "${line#\#: }"
      return
    fi
  done <"$1"
}

say() { printf '\n== %s\n' "$*"; }

fail() {
  printf 'dev: %s\n' "$*" >&2
  exit 1
}

fail_usage() {
  printf 'dev: %s\n' "$*" >&2
  exit 2
}

job_count() { echo "${KEEL_JOBS:-$(nproc)}"; }

# Reads tools/dev/packages.txt into package_names, package_probes, package_groups, package_reasons.
read_packages() {
  package_names=() package_probes=() package_groups=() package_reasons=()
  local name probe group reason
  while IFS='|' read -r name probe group reason; do
    [[ -z ${name// /} || $name == '#'* ]] && continue
    package_names+=("${name// /}")
    package_probes+=("${probe// /}")
    package_groups+=("${group// /}")
    package_reasons+=("${reason# }")
  done <"$root/tools/dev/packages.txt"
}

# Whether a package's probe is there: a command, or a file (a * is allowed).
probe_found() {
  if [[ $1 == /* ]]; then
    compgen -G "$1" >/dev/null
  else
    command -v "$1" >/dev/null 2>&1
  fi
}

# missing_packages GROUP...: one name a line.
missing_packages() {
  read_packages
  local i group
  for i in "${!package_names[@]}"; do
    for group in "$@"; do
      if [[ ${package_groups[i]} == "$group" ]] && ! probe_found "${package_probes[i]}"; then
        echo "${package_names[i]}"
      fi
    done
  done
}

# need GROUP...: installs what these groups lack, or says how and stops with exit code 3.
need() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} == 0)) && return 0
  local install="apt-get install -y --no-install-recommends ${missing[*]}"
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "dev: missing here (by their Debian names): ${missing[*]}" >&2
    exit 3
  fi
  if ((EUID != 0)); then
    echo "dev: packages are missing; run this line as root, then try again:" >&2
    echo "apt-get update && $install" >&2
    exit 3
  fi
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  # One update a day is enough, unless the lists turn out to be stale.
  if ! lists_are_fresh || ! run_install "${missing[@]}"; then
    apt-get -qq update
    run_install "${missing[@]}"
  fi
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} == 0)) || fail "installed, but not found afterwards: ${missing[*]}"
}

lists_are_fresh() {
  local list now changed
  now=$(date +%s)
  for list in /var/lib/apt/lists/*_Packages*; do
    [[ -e $list ]] || return 1
    changed=$(stat -c %Y "$list")
    # A mirror's list keeps the mirror's date; when it was fetched is its status change.
    ((now - changed < 86400 || now - $(stat -c %Z "$list") < 86400)) && return 0
  done
  return 1
}

run_install() {
  apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends "$@"
}

# configure PRESET [-Dname=value...]
configure() {
  local preset=$1
  shift
  say "configuring build/$preset"
  cmake --preset "$preset" --log-level=NOTICE "$@"
}

# compile PRESET [target...]
compile() {
  local preset=$1
  shift
  say "building build/$preset"
  cmake --build "build/$preset" --parallel "$(job_count)" ${1:+--target "$@"}
}

# cxx_files [PATTERN...]: all C++ files of the tree, new ones too.
cxx_files() {
  local file
  (($# > 0)) || set -- '*.hpp' '*.cpp'
  while IFS= read -r file; do
    [[ -f $file ]] && echo "$file"
  done < <(git ls-files --cached --others --exclude-standard "$@")
}

# unformatted FILE...: names those that ./dev format would change; fails where there are any.
unformatted() {
  local file bad=0
  for file in "$@"; do
    if ! clang-format-19 --dry-run --Werror "$file" 2>/dev/null; then
      echo "not formatted: $file (./dev format)"
      bad=1
    fi
  done
  return $bad
}
