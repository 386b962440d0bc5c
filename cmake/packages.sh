# Sourced by ./run, ./check and bench/run: install_packages GROUP... installs what cmake/packages.txt lists
# under these groups and is missing. Costs about 20 ms when nothing is.

install_packages() {
  local list=cmake/packages.txt
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This is not Debian (no dpkg, no apt-get), so nothing is installed for you. Needed, as named in Debian 12:" >&2
    awk '!/^#/ && NF { print "  " $2 }' "$list" >&2
    echo "Going on with what is here." >&2
    return 0
  fi

  local wanted=() group package unless reason command have
  while read -r group package unless reason; do
    if [[ -z $group || $group == \#* || " $* " != *" $group "* ]]; then continue; fi
    if [[ $unless != - ]]; then
      have=1
      for command in ${unless//+/ }; do command -v "$command" >/dev/null || have=0; done
      if ((have)); then continue; fi
    fi
    wanted+=("$package")
  done <"$list"

  local installed missing=()
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null || true)
  for package in "${wanted[@]}"; do
    if [[ $'\n'$installed$'\n' != *$'\n'"installed $package"$'\n'* ]]; then missing+=("$package"); fi
  done
  if ((${#missing[@]} == 0)); then return 0; fi

  local root=()
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "These packages are missing and installing them needs root. As root, run:" >&2
      echo "  apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
      return 1
    fi
    root=(sudo)
    if [[ ! -t 0 ]]; then root=(sudo -n); fi
  fi
  echo "Installing ${missing[*]}"
  local log
  log=$(mktemp)
  if ! { "${root[@]}" apt-get -q update &&
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
      install --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    echo "apt-get could not install: ${missing[*]}" >&2
    echo "All of them are in Debian 12 (bookworm) main; on another release some may have another name." >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# configure DIR [CMAKE OPTION...] writes DIR/build.ninja when it is missing, was made for another place or
# compiler, or was made without one of the options. Ninja itself sees changed CMake files.
configure() {
  local dir=$1 cache=$1/CMakeCache.txt option fresh=1
  shift
  local compiler
  if ! compiler=$(command -v "${CXX:-clang++-19}"); then
    echo "No ${CXX:-clang++-19} on the PATH; set CXX to a clang++ 19 or newer, or a g++ 13 or newer." >&2
    return 1
  fi
  local options=(-DCMAKE_CXX_COMPILER="$compiler" "$@")
  if [[ ! -f $dir/build.ninja ]] || ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$cache"; then
    fresh=0
    rm -f "$cache"
  else
    for option in "${options[@]#-D}"; do grep -qE "^${option%%=*}(:[A-Z]+)?=${option#*=}\$" "$cache" || fresh=0; done
  fi
  if ((fresh)); then return 0; fi
  mkdir -p "$dir"
  if ! cmake -S . -B "$dir" -G Ninja "${options[@]}" >"$dir/configure.log" 2>&1; then
    cat "$dir/configure.log" >&2
    echo "cmake could not configure $dir" >&2
    return 1
  fi
}
