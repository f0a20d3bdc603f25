"""The programs that install, configure and start a sidecar, as far as it is known what taking them out does."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Kind = Literal["install", "configuration", "start"]


class Verb(NamedTuple):
    """What a program does with the things that its operands name."""

    kind: Kind = "install"
    each: bool = False
    """Whether it does the same with each operand, so that one can be left out."""
    skipped: int = 0
    """Operands that are no things, such as the mode of `chmod`."""
    valued: tuple[str, ...] = ()
    """Options that take the next word."""
    subcommands: tuple[str, ...] = ()
    """One of which must be there, if any; it is no operand."""
    into: tuple[str, ...] = ()
    """Options whose value is where the result goes."""
    last_is_target: bool = False
    """Whether the last operand is where the others go."""


_PACKAGES: Final = ("install", "add", "localinstall", "in", "reinstall")
_APT: Final = Verb(each=True, valued=("-o", "-t", "-c", "--option"), subcommands=(*_PACKAGES, "remove", "purge"))
_YUM: Final = Verb(each=True, valued=("-c",), subcommands=(*_PACKAGES, "remove", "erase", "clean", "autoremove"))
_UNPACKED: Final = Verb(each=True)

VERBS: Final[dict[str, Verb]] = {
    **dict.fromkeys(("apt-get", "apt", "aptitude"), _APT),
    **dict.fromkeys(("yum", "dnf", "microdnf", "tdnf", "zypper"), _YUM),
    "apk": Verb(
        each=True, valued=("-t", "--virtual", "-X", "--repository", "-p", "--root"), subcommands=("add", "del")
    ),
    **dict.fromkeys(("dpkg", "rpm"), _UNPACKED),
    "apt-mark": Verb(each=True, subcommands=("hold", "unhold", "auto", "manual")),
    "gem": Verb(each=True, subcommands=("install",), valued=("-v", "--version")),
    "curl": Verb(
        valued=("-H", "-u", "-A", "--retry", "--header", "--retry-delay", "--connect-timeout", "--max-time", "--url"),
        into=("-o", "--output"),
    ),
    "wget": Verb(valued=("-P", "--header", "-t", "--tries", "--timeout"), into=("-O", "--output-document")),
    "tar": Verb(into=("-C", "--directory")),
    "unzip": Verb(into=("-d",)),
    **dict.fromkeys(("gunzip", "gzip", "bzip2", "xz", "sha512sum", "sha256sum", "sha1sum", "shasum"), Verb()),
    **dict.fromkeys(("mv", "cp", "ln"), Verb(last_is_target=True)),
    **dict.fromkeys(("apt-key", "gpg", "add-apt-repository", "yum-config-manager", "debconf-set-selections"), Verb()),
    **dict.fromkeys(("echo", "printf", "cat", "tee"), Verb("configuration")),
    **dict.fromkeys(
        ("sed", "envsubst", "useradd", "groupadd", "adduser", "addgroup", "usermod"), Verb("configuration")
    ),
    "rm": Verb(each=True),
    "rmdir": Verb(each=True),
    **dict.fromkeys(("ls", "test", "["), Verb()),
    "mkdir": Verb("configuration", each=True, valued=("-m", "--mode")),
    "install": Verb("configuration", each=True, valued=("-o", "-g", "-m", "--owner", "--group", "--mode")),
    "touch": Verb("configuration", each=True),
    **dict.fromkeys(("chmod", "chown", "chgrp"), Verb("configuration", each=True, skipped=1)),
    "setcap": Verb("configuration"),
    **dict.fromkeys(
        ("service", "systemctl", "invoke-rc.d", "rc-service", "update-rc.d", "chkconfig", "rc-update", "supervisorctl"),
        Verb("start"),
    ),
}
PRINTERS: Final = frozenset(("echo", "printf", "cat", "envsubst"))
"""What they print goes where a redirection or `tee` says."""
SERVICES: Final = frozenset(name for name, verb in VERBS.items() if verb.kind == "start")
"""Programs that start another one and return."""
WRAPPERS: Final = frozenset(("sudo", "nohup", "setsid", "exec", "command", "env", "nice", "tini", "dumb-init", "--"))
KEEPERS: Final = frozenset(("tail", "sleep", "wait", "true", ":", "cat", "echo", "printf", "set", "cd", "mkdir", "rm"))
"""What keeps a container alive, or comes before a program, but is none."""
BUILTINS: Final = frozenset(
    (
        *(".", ":", "[", "alias", "cd", "command", "echo", "eval", "exec", "exit", "export", "false", "kill", "printf"),
        *("pwd", "read", "set", "shift", "source", "test", "times", "trap", "true", "type", "ulimit", "umask", "unset"),
        "wait",
    )
)
"""What only a shell can run."""
