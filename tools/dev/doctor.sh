#: Say what is missing on this machine and how to get it
#:
#: usage: ./dev doctor
#:
#: Reads tools/dev/packages.txt. Exit 0 where everything is there, 3 where something is missing.
#:
#: example: ./dev doctor
(($# == 0)) || fail_usage "doctor: takes no options"
read_packages
missing=()
for i in "${!package_names[@]}"; do
  mark=ok
  if ! probe_found "${package_probes[i]}"; then
    mark=MISSING
    missing+=("${package_names[i]}")
  fi
  printf '%-8s %-26s %-7s %s\n' "$mark" "${package_names[i]}" "${package_groups[i]}" \
    "${package_reasons[i]}"
done
echo
echo "processors: $(nproc)"
for tool in g++ cmake ninja ccache python3 clang++-19; do
  if command -v "$tool" >/dev/null 2>&1; then
    read -r line < <("$tool" --version 2>/dev/null) || line="does not run"
    echo "$tool: $line"
  fi
done
if ((${#missing[@]} > 0)); then
  echo
  echo "To get what is missing, as root (as root, ./dev also does it by itself when it needs it):"
  echo "apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
  exit 3
fi
