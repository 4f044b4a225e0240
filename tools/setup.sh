# Sourced by ./graft and ./test: installs what is missing, builds what has changed. Prints one line per step, to stderr only;
# the output of each step goes to a file in artifacts/.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
packages=(cmake g++ make libtorch-dev libgloo-dev libdnnl-dev libopenblas0-pthread
  libopencv-core-dev libopencv-imgproc-dev libopencv-imgcodecs-dev libopencv-videoio-dev libjpeg-dev libpng-dev libonnx-dev fonts-dejavu-core)

say() { printf '%s\n' "graft: $*" >&2; }

# Prints the last lines of a log and ends: fail LOG MESSAGE [HINT].
fail() {
  say "$2"
  [ ! -s "$1" ] || tail -n 12 "$1" | sed 's/^/    /' >&2
  say "  the whole log: $1"
  [ -z "${3:-}" ] || say "  hint: $3"
  exit 1
}

require_sdk() {
  if ! command -v dotnet >/dev/null 2>&1; then
    say "the .NET 10 SDK is missing (no 'dotnet' on the PATH)."
    say "  hint: install it from Microsoft's Debian feed (package dotnet-sdk-10.0), then run this again."
    exit 1
  fi
  if ! (cd "$root" && dotnet --version >/dev/null 2>&1); then
    say "'dotnet' is there, but no SDK of version 10: $(dotnet --list-sdks 2>/dev/null | tr '\n' ' ')"
    say "  hint: install the package dotnet-sdk-10.0, then run this again."
    exit 1
  fi
}

# Runs apt-get with its output in LOG; waits up to five minutes while another program holds apt's locks: apt_get LOG ARGUMENT ...
apt_get() {
  local log="$1" waited=0
  shift
  # Standard input stays closed to apt: a question that nobody sees must not wait for an answer.
  until "${as_root[@]}" env LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get "$@" >"$log" 2>&1 </dev/null; do
    if [ "$waited" -ge 300 ] || ! grep -qE 'Could not get lock|Unable to (acquire|lock)' "$log"; then
      return 1
    fi
    [ "$waited" -gt 0 ] || say "waiting for another program that holds apt's lock"
    sleep "${GRAFT_APT_WAIT:-5}"                            # tests set 0
    waited=$((waited + 5))
  done
}

install_packages() {
  local missing=() as_root=() log="$root/artifacts/apt.log" installed
  if ! command -v apt-get >/dev/null 2>&1; then
    say "this system has no apt-get; Graft builds on Debian 12 and needs its packages ${packages[*]}."
    say "  hint: use Debian 12, for example in a container."
    exit 1
  fi
  installed=" $(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "${packages[@]}" 2>/dev/null | awk '$1 ~ /^.i/ { print $2 }' | tr '\n' ' ' || true)"
  for package in "${packages[@]}"; do
    [[ "$installed" == *" $package "* ]] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
      say "these packages are missing, and only root can install them: ${missing[*]}"
      say "  hint: as root, run: apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
      exit 1
    fi
    as_root=(sudo)
  fi
  say "reading Debian's package lists"
  # A list that cannot be read does not matter when the packages can be installed all the same.
  apt_get "$root/artifacts/apt-update.log" update || say "  not all lists could be read: artifacts/apt-update.log"
  say "installing ${missing[*]} (once; log: artifacts/apt.log)"
  apt_get "$log" install -y --no-install-recommends "${missing[@]}" \
    || fail "$log" "apt-get could not install ${missing[*]}:" "is there a network and a Debian mirror in /etc/apt? Then run this again."
}

# True when a source is newer than the stamp of the last build.
changed_since() {
  local stamp="$1"
  shift
  [ ! -e "$stamp" ] || [ -n "$(find "$@" -type f -newer "$stamp" -not -path '*/obj/*' -not -name '*.md' -print -quit)" ]
}

build_native() {
  local log="$root/artifacts/native.log" stamp="$root/artifacts/native.stamp"
  [ ! -e "$root/artifacts/native/libgraft.so" ] || changed_since "$stamp" "$root/native" || return 0
  say "building the native library"
  touch "$stamp.begun"
  { cmake -S "$root/native" -B "$root/artifacts/native" -DCMAKE_BUILD_TYPE=Release \
    && cmake --build "$root/artifacts/native" -j "$(nproc)"; } >"$log" 2>&1 || fail "$log" "the native library does not build:"
  mv "$stamp.begun" "$stamp"                              # the library keeps its date where nothing had to be compiled
}

build_managed() {
  local what="$1" stamp="$root/artifacts/$2.stamp" log="$root/artifacts/$2.log"
  changed_since "$stamp" "$root/src" "$root/artifacts/native/libgraft.so" "$root/Directory.Build.props" "$root/Directory.Packages.props" "${@:3}" || return 0
  say "building $(basename "${what%.*}")"
  touch "$stamp.begun"                                    # what is edited while it builds is built the next time
  if ! dotnet build "$root/$what" -c Release -nologo -v quiet >"$log" 2>&1; then
    say "$what does not build:"
    grep -E 'error|warn' "$log" | sort -u | head -n 20 >&2 || true
    say "  the whole log: $log"
    say "  hint: a failed restore means that NuGet cannot be reached."
    exit 1
  fi
  mv "$stamp.begun" "$stamp"
}

# The slow checks only where something may be missing: a finished build with the same list of packages is proof that they are there.
prepare() {
  local list="$root/artifacts/$2.packages"
  mkdir -p "$root/artifacts"
  if [ ! -e "$root/artifacts/native/libgraft.so" ] || [ ! -e "$root/artifacts/$2.stamp" ] || [ "$(cat "$list" 2>/dev/null)" != "${packages[*]}" ]; then
    require_sdk
    install_packages
    printf '%s\n' "${packages[*]}" >"$list"
  fi
  build_native
  build_managed "$@"
}

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
