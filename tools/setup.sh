# Sourced by ./graft and ./test: installs what is missing, builds what has changed. Prints to stderr only.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
packages=(cmake g++ make libtorch-dev libdnnl-dev libopenblas0-pthread libopencv-dev libjpeg-dev libpng-dev)

say() { printf '%s\n' "graft: $*" >&2; }

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

install_packages() {
  local missing=()
  for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
      say "these packages are missing, and only root can install them: ${missing[*]}"
      say "  hint: as root, run: apt-get update && apt-get install -y ${missing[*]}"
      exit 1
    fi
    as_root=(sudo)
  fi
  say "installing ${missing[*]} (once)"
  if ! { "${as_root[@]}" apt-get update -qq && DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >&2; then
    say "apt-get could not install ${missing[*]}."
    say "  hint: is there a network and a Debian mirror in /etc/apt? Then run this again."
    exit 1
  fi
}

# True when a source is newer than the stamp of the last build.
changed_since() {
  local stamp="$1"
  shift
  [ ! -e "$stamp" ] || [ -n "$(find "$@" -type f -newer "$stamp" -not -path '*/obj/*' -print -quit)" ]
}

build_native() {
  changed_since "$root/artifacts/native/libgraft.so" "$root/native" || return 0
  say "building the native library"
  cmake -S "$root/native" -B "$root/artifacts/native" -DCMAKE_BUILD_TYPE=Release >"$root/artifacts/native.log" 2>&1 \
    && cmake --build "$root/artifacts/native" -j "$(nproc)" >>"$root/artifacts/native.log" 2>&1 \
    || { say "the native library does not build:"; tail -n 20 "$root/artifacts/native.log" >&2; exit 1; }
}

build_managed() {
  local what="$1" stamp="$root/artifacts/$2.stamp"
  changed_since "$stamp" "$root/src" "$root/artifacts/native/libgraft.so" "$root/Directory.Build.props" "$root/Directory.Packages.props" "${@:3}" || return 0
  say "building $what"
  if ! dotnet build "$root/$what" -c Release -nologo -v quiet >"$root/artifacts/$2.log" 2>&1; then
    say "$what does not build:"
    grep -E 'error|warn' "$root/artifacts/$2.log" | sort -u | head -n 20 >&2
    say "  the whole log: artifacts/$2.log; a failed restore means that NuGet cannot be reached"
    exit 1
  fi
  touch "$stamp"
}

# The slow checks only where something may be missing: a finished build is proof that the packages are there.
prepare() {
  mkdir -p "$root/artifacts"
  if [ ! -e "$root/artifacts/native/libgraft.so" ] || [ ! -e "$root/artifacts/$2.stamp" ]; then
    require_sdk
    install_packages
  fi
  build_native
  build_managed "$@"
}

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
