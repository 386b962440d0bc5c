# Sourced by bench/run and bench/share from the repository's root: tools, build/dragoman and build/bench_upstream.
# shellcheck source=../cmake/packages.sh
source cmake/packages.sh
install_packages build bench
if [[ -z ${DRAGOMAN:-} ]]; then ./run build >&2; fi
mkdir -p build
if [[ ! -x build/bench_upstream || bench/upstream.cc -nt build/bench_upstream ]]; then
  "${CXX:-clang++-19}" -std=c++23 -O2 bench/upstream.cc -lz -o build/bench_upstream
fi
