#!/bin/sh
# Installs what Rafkhan needs, and only what is missing. Usage: scripts/install.sh run|sms|dev|test
#   run   the program: system libraries, .venv, node_modules
#   sms   and the SMS gateway Kannel
#   dev   run, and the Python packages of the tests and checks
#   test  and the system programs of the whole suite: PostgreSQL, Chromium and what drives it,
#         poppler, Kannel
# Plain sh, because on a bare machine there may be no Python yet.
set -eu
cd "$(dirname "$0")/.."

level=${1:-run}
case $level in run | sms | dev | test) ;; *)
    echo "usage: scripts/install.sh run|sms|dev|test" >&2
    exit 2
    ;;
esac

say() { echo "install: $*"; }
fail() {
    echo "install: $*" >&2
    exit 1
}

# install_system PACKAGE...: through apt, as root or with sudo; else says what to ask for.
install_system() {
    [ $# -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        fail "these system packages (by Debian's names) are missing, and there is no apt-get: $*"
    fi
    if [ "$(id -u)" -eq 0 ]; then
        as_root=""
    elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        as_root="sudo"
    else
        fail "please ask whoever runs this machine for: apt-get install $*"
    fi
    say "system packages: $*"
    options="-qq -y --no-install-recommends -o DPkg::Lock::Timeout=120"
    # shellcheck disable=SC2086 # options are words on purpose; as_root may be empty
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install $options "$@" </dev/null >/dev/null ||
        fail "apt-get could not install: $*"
}

# --- system packages ----------------------------------------------------------
python=${PYTHON:-python3}
missing=""
if ! .venv/bin/python -c '' 2>/dev/null; then
    command -v "$python" >/dev/null 2>&1 || missing="python3"
    "$python" -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
fi

# Asked as WeasyPrint asks, through the loader, so that any way of having them counts.
need_library() {
    "$python" -c "import ctypes; ctypes.CDLL('$1')" 2>/dev/null || missing="$missing $2"
}
need_library libpango-1.0.so.0 libpango-1.0-0
need_library libpangoft2-1.0.so.0 libpangoft2-1.0-0
need_library libharfbuzz-subset.so.0 libharfbuzz-subset0

if [ "$level" = test ] || [ "${HTTPS:-}" = 1 ]; then
    command -v openssl >/dev/null 2>&1 || missing="$missing openssl"
fi
if [ "$level" = test ] || [ "$level" = sms ]; then
    PATH="$PATH:/usr/sbin" command -v bearerbox >/dev/null 2>&1 || missing="$missing kannel"
fi
if [ "$level" = test ]; then
    need_library libatomic.so.1 libatomic1 # of the node inside the Playwright package
    command -v pdftotext >/dev/null 2>&1 || missing="$missing poppler-utils"
    command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
    [ -n "${DATABASE_URL_TEST_PG:-}" ] || "$python" scripts/postgres.py --find >/dev/null 2>&1 ||
        missing="$missing postgresql"
fi
# shellcheck disable=SC2086 # a list of names
install_system $missing
case " $missing " in *" kannel "*)
    # Debian starts one of its own, with a password that everyone knows. Ours is private.
    $as_root service kannel stop >/dev/null 2>&1 || true
    $as_root update-rc.d kannel disable >/dev/null 2>&1 || true
    ;;
esac

# --- .venv --------------------------------------------------------------------
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or newer is needed; name one with PYTHON=/path/to/python3"
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    say "a virtual environment in .venv ($("$python" --version))"
    "$python" -m venv --clear .venv
fi

# up_to_date STAMP FILE...: whether the step was done for these very files.
fingerprint() { cat "$@" | sha256sum | cut -d ' ' -f 1; }
up_to_date() {
    stamp=$1
    shift
    [ "$(cat "$stamp" 2>/dev/null)" = "$(fingerprint "$@")" ]
}

install_python() { # REQUIREMENTS-FILE
    stamp=".venv/.installed-$(basename "$1" .txt)"
    up_to_date "$stamp" "$1" && return 0
    say "Python packages of $1"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$1"
    fingerprint "$1" >"$stamp"
}
install_python requirements.txt
[ "$level" = run ] || [ "$level" = sms ] || install_python requirements-dev.txt

# --- node_modules -------------------------------------------------------------
if ! up_to_date node_modules/.installed package.json package-lock.json; then
    PATH="$PATH:$PWD/.venv/bin" # a system npm first, else the wheel's
    if ! node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' >/dev/null 2>&1 ||
        ! npm --version >/dev/null 2>&1; then
        PATH="$PWD/.venv/bin:$PATH"
        install_python scripts/requirements-node.txt
    fi
    say "browser packages of package.json (npm $(npm --version))"
    npm ci --loglevel=error --ignore-scripts --no-audit --no-fund --no-update-notifier
    fingerprint package.json package-lock.json >node_modules/.installed
fi
say "ready ($level)"
