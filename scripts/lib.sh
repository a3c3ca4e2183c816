# What scripts/run and scripts/test share: the packages, and the build in build/. To be sourced by
# bash, after `set -euo pipefail`. Nothing here reads stdin or writes to stdout: both belong to the
# program.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)

say() {
  printf 'sandpost: %s\n' "$*" >&2
}

die() {
  say "$*"
  exit 1
}

# The names in those sections of packages.txt.
packages() {
  local wanted=" $* " section="" line
  while read -r line; do
    case $line in
      '' | '#'*) ;;
      '['*) section=${line//[][]/} ;;
      *) if [[ $wanted == *" $section "* ]]; then printf '%s\n' "$line"; fi ;;
    esac
  done <"$root/scripts/packages.txt"
}

# install_missing SECTION...: one look at what is installed, and nothing else if that is all.
install_missing() {
  local -a wanted missing=()
  local installed name
  mapfile -t wanted < <(packages "$@")
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    command -v cmake >/dev/null && command -v ninja >/dev/null && return
    die "this system has no Debian packages; install by hand what scripts/packages.txt lists"
  fi
  # Fails if one of them is unknown to dpkg; the list of the others comes all the same.
  # shellcheck disable=SC2016  # dpkg's variables, not the shell's
  installed=" $(dpkg-query -W -f '${db:Status-Status}/${Package} ' "${wanted[@]}" 2>/dev/null || :) "
  for name in "${wanted[@]}"; do
    [[ $installed == *" installed/$name "* ]] || missing+=("$name")
  done
  ((${#missing[@]} == 0)) && return
  local -a as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      die "packages are missing; run this as root, then again: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing ${#missing[@]} package(s), once: ${missing[*]}"
  # Old lists may do as well, so a failure here is not the end.
  "${as_root[@]}" apt-get -qq update </dev/null >&2 || say "apt-get update failed; going on"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
    -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 install "${missing[@]}" </dev/null |
    sed -un 's/^Setting up \([^ ]*\).*/sandpost:   \1/p' >&2 ||
    die "could not install; see the lines above (no network?)"
}

# As many compilers at once as there are processors, and memory for (about 1 GB each).
jobs_here() {
  local jobs memory
  jobs=$(nproc)
  memory=$(awk '/^MemAvailable/ { print int($2 / 1000000) }' /proc/meminfo 2>/dev/null || :)
  if [[ -n $memory ]] && ((memory < jobs)); then jobs=$((memory > 1 ? memory : 1)); fi
  printf '%s\n' "$jobs"
}

# Whether CMake has prepared the folder for Ninja, for this tree and not for one that it was copied
# from.
configured() {
  [[ -f $root/$1/build.ninja ]] &&
    grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$root/$1/CMakeCache.txt" 2>/dev/null
}

# Whether build/ is ready to make the optimised program.
release_configured() {
  configured build && grep -qx 'CMAKE_BUILD_TYPE:[A-Z]*=Release' "$root/build/CMakeCache.txt"
}

# configure PRESET FOLDER [CMAKE OPTION...]: silent unless it fails.
configure() {
  local preset=$1 folder=$2 log
  shift 2
  configured "$folder" || set -- --fresh "$@"
  log=$(cd "$root" && cmake --preset "$preset" "$@" </dev/null 2>&1) || {
    printf '%s\n' "$log" >&2
    return 1
  }
}

# In front of whatever is built and run; scripts/test puts something here.
launcher=()

# build FOLDER TARGET...: silent if all is there; one line for each step otherwise. Two builds of
# one folder wait for each other.
build() {
  local folder=$root/$1
  shift
  NINJA_STATUS='[%f/%t] ' flock -o "$folder" \
    "${launcher[@]}" ninja -C "$folder" -j "$(jobs_here)" "$@" </dev/null 2>&1 |
    sed -u -e '/^ninja: Entering directory/d' -e '/^ninja: no work to do/d' \
      -e '/^\[[0-9/]*\] Re-checking globbed directories/d' \
      -e 's|^\(\[[0-9/]*\]\) Building CXX object .*\.dir/\(.*\)\.o$|\1 \2|' \
      -e 's/^\[[0-9/]*\] /sandpost: &/' >&2
}
