"""What kind of work a `RUN` is: what it installs, what it compiles, and what only looks like it."""

from __future__ import annotations

import pytest

from composevariant.bench.progress import BuildStep
from composevariant.bench.results import kinds_of


def kind_of(run: str) -> str:
    return kinds_of([BuildStep(f"[builder 1/4] RUN {run}")])[0]


@pytest.mark.parametrize(
    ("run", "kind"),
    [
        pytest.param("apt-get install -y gcc make", "dependencies", id="apt installs a compiler"),
        pytest.param("apk add --no-cache g++ make cmake", "dependencies", id="apk installs one"),
        pytest.param("apk add cargo build-base go install", "dependencies", id="packages that read like a command"),
        pytest.param("pip install cmake ninja", "dependencies", id="pip installs one"),
        pytest.param("npm install -g webpack tsc", "dependencies", id="npm installs one"),
        pytest.param(
            "--mount=type=cache,id=make-npm,target=/root/.npm npm ci", "dependencies", id="a mount named after one"
        ),
        pytest.param(
            '--network=none --mount=type=bind,"target=/npm ci; make" true', "other", id="a quoted flag with commands"
        ),
        pytest.param("apt-get install -y time make", "dependencies", id="a package called as what runs others"),
        pytest.param("grep -c 'make' /x", "other", id="an option that is not a shell's"),
        pytest.param("mkdir -p /x && touch make", "other", id="a file that is called like a compiler"),
        pytest.param("cp gcc make /usr/local/bin/", "other", id="compilers that are copied"),
        pytest.param("make-ssl-cert generate-default-snakeoil", "other", id="a command that starts like one"),
        pytest.param("make.sh", "other", id="a script that is called like one"),
        pytest.param("test -x /usr/bin/make", "other", id="the path of one"),
    ],
)
def test_what_is_no_compiling(run: str, kind: str) -> None:
    assert kind_of(run) == kind


@pytest.mark.parametrize(
    "run",
    [
        pytest.param("make -j4", id="alone"),
        pytest.param("cd /x && make", id="behind another command"),
        pytest.param("cd /x &&     make;", id="behind blanks, as continued lines leave them"),
        pytest.param("--mount=type=cache,target=/c --network=none make", id="behind flags"),
        pytest.param("(cd /x; make)", id="in parentheses"),
        pytest.param("for d in a b; do make -C $d; done", id="in a loop"),
        pytest.param("if test -f x; then make; else gcc x.c; fi", id="in a condition"),
        pytest.param('CFLAGS="-O2 -g" CC=clang make', id="behind variables"),
        pytest.param("sudo -E PATH=/x make", id="as another user"),
        pytest.param("gosu app npm run build", id="as another user by gosu"),
        pytest.param("./gradlew --no-daemon build", id="a script of the project"),
        pytest.param("/usr/bin/make all", id="a path"),
        pytest.param("$HOME/.cargo/bin/cargo build", id="a path with a variable"),
        pytest.param("aarch64-linux-gnu-gcc -o a a.c", id="a compiler for another processor"),
        pytest.param("gcc-12 -o a a.c", id="a version of a compiler"),
        pytest.param("g++ -o a a.cc", id="for C++"),
        pytest.param("node_modules/.bin/tsc -p .", id="a program of a package"),
        pytest.param("npx --yes tsc -p .", id="by npx"),
        pytest.param("npm run tsc", id="a script of the package"),
        pytest.param("yarn webpack", id="by Yarn"),
        pytest.param("bash -c 'set -e; make'", id="in a shell"),
        pytest.param('sh -c "make"', id="first in a shell"),
        pytest.param("su - app -c 'make'", id="first in the shell of another user"),
        pytest.param("<<EOF (make all...)", id="a here-document"),
        pytest.param('["make", "-j4"]', id="a list"),
        pytest.param('["/bin/sh", "-ec", "make all"]', id="a list with a shell"),
        pytest.param('["npm", "run", "build"]', id="a list of several words"),
    ],
)
def test_what_is_compiling(run: str) -> None:
    assert kind_of(run) == "compile"


@pytest.mark.parametrize(
    "run",
    [
        pytest.param("apk add g++ make && make", id="a compiler that is installed and used"),
        pytest.param("--mount=type=cache,target=/root/.npm npm ci && npm run build", id="with a mount"),
        pytest.param("apt-get update && apt-get -y install gcc && gcc -o a a.c", id="with more options"),
    ],
)
def test_what_is_both(run: str) -> None:
    assert kind_of(run) == "install and compile"
