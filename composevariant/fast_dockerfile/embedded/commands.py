"""Determine a sidecar's role in one command, and whether the command can be removed."""

from __future__ import annotations

import re
from posixpath import basename
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from composevariant.fast_dockerfile.embedded.findings import SidecarMatcher

_ASSIGNED: Final = re.compile(r"\w+=")
_TARGET: Final = re.compile(r"(?<![<>&0-9])>>?[ \t]*([^\s;&|<>]+)")
_PREPARING: Final = frozenset(("export", "keystore", "modules", "setup", "test", "version", "-version", "--version"))
"""Subcommands of a sidecar that do not keep running."""


class SidecarCommand(NamedTuple):
    """A command that mentions the sidecar."""

    kind: Kind
    program: str
    """The program of the command, for messages."""
    words: tuple[str, ...] = ()
    """The operands to remove, or empty to remove the whole command."""
    places: tuple[str, ...] = ()
    """The paths where the command puts files that belong to the sidecar."""
    reason: str = ""
    """Why the command cannot be removed, or an empty string if it can."""


def inspect_command(text: str, words: tuple[str, ...], matcher: SidecarMatcher) -> SidecarCommand | None:
    """Return the sidecar's role in a command, given as text and as words, or None if the sidecar is not mentioned."""
    if not matcher.matches(text):
        return None
    segments = _segments(words)
    parts = [_inspect_segment(segment, text, matcher) for segment in segments]
    if len(parts) == 1:
        return parts[0]
    reason = next((part.reason for part in parts if part.reason), "")
    places = tuple(place for part in parts for place in part.places)
    kind: Kind = "install" if any(part.kind == "install" for part in parts) else parts[0].kind
    return SidecarCommand(kind, parts[0].program, (), places, reason)


def program_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words from the program on, omitting variable assignments and wrappers such as `sudo`."""
    while words:
        if _ASSIGNED.match(words[0]) or basename(words[0]) in WRAPPERS:
            wrapper = basename(words[0]) in WRAPPERS
            words = words[1:]
            while wrapper and words and words[0].startswith("-"):
                words = words[1:]
        else:
            return words
    return words


def redirection_target(text: str) -> str:
    """Return the file to which a command's output is redirected, or an empty string if there is no redirection."""
    target = _TARGET.search(text)
    return target[1].strip("'\"") if target else ""


def _segments(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    segments: list[list[str]] = [[]]
    for word in words:
        if word == "|":
            segments.append([])
        else:
            segments[-1].append(word)
    return [tuple(segment) for segment in segments]


def _inspect_segment(words: tuple[str, ...], text: str, matcher: SidecarMatcher) -> SidecarCommand:
    command = program_of(words)
    if not command:
        return SidecarCommand("configuration", words[0].partition("=")[0] if words else "", (), ())
    program = basename(command[0].strip("'\""))
    if matcher.matches(command[0]):
        prepares = len(command) > 1 and command[1] in _PREPARING
        return SidecarCommand("configuration" if prepares else "start", program)
    if program in ("cd", "pushd"):
        return SidecarCommand("install", program)
    if program == "export":
        return SidecarCommand("configuration", program)
    rule = PROGRAM_RULES.get(program)
    if rule is None:
        return SidecarCommand("install", program, reason=f"the effect of {program} on {matcher.title} is unknown")
    if program in PRINTERS or program == "tee":
        return _check_printing(program, command, text, matcher)
    return _check_operands(program, rule, command, matcher)


def _check_printing(program: str, command: tuple[str, ...], text: str, matcher: SidecarMatcher) -> SidecarCommand:
    """Check a command that writes text.

    The command can be removed if the text is not written to a file, or only to a file that belongs to the sidecar.
    """
    target = redirection_target(text)
    if not target and " tee " in f" {text} ":
        target = next((word for word in reversed(text.split()) if not word.startswith("-")), "").strip("'\"")
    if not target or matcher.matches(target) or target == "/dev/null":
        return SidecarCommand("configuration", program)
    if matcher.matches_repository(text):
        return SidecarCommand("install", program, (), (target,))
    if program in ("cat", "envsubst") and not matcher.matches(" ".join(command[1:])):
        return SidecarCommand("configuration", program)
    return SidecarCommand("configuration", program, reason=f"{program} writes text about {matcher.title} to {target}")


def _check_operands(
    program: str, rule: ProgramRule, command: tuple[str, ...], matcher: SidecarMatcher
) -> SidecarCommand:
    operands, targets, subcommand = _operands(rule, command[1:])
    kind: Kind = rule.kind
    mine = [word for word in operands if matcher.matches(word) or matcher.matches_repository(word)]
    if rule.subcommands and not subcommand:
        return SidecarCommand(kind, program)
    if program == "install" and not any(word.startswith("-") and "d" in word for word in command[1:]):
        rule = rule._replace(each=False, last_is_target=True)
    if rule.last_is_target and operands:
        return _check_moving(program, operands, matcher)
    if kind == "install" and mine and all(word.strip("'\"").endswith((".yml", ".yaml", ".conf")) for word in mine):
        kind = "configuration"
    others = [word for word in operands[rule.skipped :] if word not in mine]
    if rule.each and others:
        twice = next((word for word in mine if command.count(word) > 1), "")
        reason = f"{program} has {twice} twice" if twice else "" if mine else _unclear(program, matcher)
        return SidecarCommand(kind, program, tuple(mine), (), reason)
    if program in ("curl", "wget") and any("://" in word for word in others):
        return SidecarCommand(kind, program, reason=f"{program} downloads other files too")
    if program in ("sed", "ls", "test", "[", "gpg") and mine and any("/" in word for word in others[1:]):
        return SidecarCommand(kind, program, reason=f"{program} handles other files too")
    return SidecarCommand(kind, program, (), tuple(targets))


def _check_moving(program: str, operands: list[str], matcher: SidecarMatcher) -> SidecarCommand:
    *sources, target = operands
    files = [word.strip("'\"").endswith((".yml", ".yaml", ".conf")) for word in sources]
    kind: Kind = "configuration" if files and all(files) else "install"
    if sources and all(map(matcher.matches, sources)):
        return SidecarCommand(kind, program, (), (target,))
    if matcher.matches(target):
        return SidecarCommand(kind, program)
    return SidecarCommand(kind, program, reason=_unclear(program, matcher))


def _unclear(program: str, matcher: SidecarMatcher) -> str:
    return f"{program} handles {matcher.title} and other files in one command"


def _operands(rule: ProgramRule, words: tuple[str, ...]) -> tuple[list[str], list[str], str]:
    """Return the operands of a command, the values of its target options, and its subcommand."""
    operands: list[str] = []
    targets: list[str] = []
    subcommand, option = "", ""
    for word in words:
        if option:
            targets += [word] if option in rule.into else []
            option = ""
        elif word.startswith("-") and word != "-":
            name, equals, value = word.partition("=")
            targets += [value] if equals and name in rule.into else []
            option = _awaits_value(rule, word)
        elif not subcommand and word in rule.subcommands:
            subcommand = word
        else:
            operands.append(word)
    return operands, targets, subcommand


def _awaits_value(rule: ProgramRule, word: str) -> str:
    """Return the option that takes the next word as its value, or an empty string if there is none.

    The option is either the word itself or the last letter of several, as in `-fsSLo`.
    """
    if word in (*rule.valued, *rule.into):
        return word
    last = f"-{word[-1]}"
    return last if word[2:] and not word.startswith("--") and last in rule.into else ""


# Known programs that install, configure and start a sidecar.

Kind = Literal["install", "configuration", "start"]


class ProgramRule(NamedTuple):
    """How to read the operands of a program."""

    kind: Kind = "install"
    each: bool = False
    """Whether each operand is handled separately, so that a single operand can be removed."""
    skipped: int = 0
    """The number of leading operands that are not files, such as the mode of `chmod`."""
    valued: tuple[str, ...] = ()
    """Options that take a value."""
    subcommands: tuple[str, ...] = ()
    """The subcommands that install or remove, if the program has any. Other subcommands do neither."""
    into: tuple[str, ...] = ()
    """Options that take the target path."""
    last_is_target: bool = False
    """Whether the last operand is the target path."""


_PACKAGES: Final = ("install", "add", "localinstall", "in", "reinstall")
_APT: Final = ProgramRule(each=True, valued=("-o", "-t", "-c", "--option"), subcommands=(*_PACKAGES, "remove", "purge"))
_YUM: Final = ProgramRule(each=True, valued=("-c",), subcommands=(*_PACKAGES, "remove", "erase", "clean", "autoremove"))
_UNPACKED: Final = ProgramRule(each=True)
PROGRAM_RULES: Final[dict[str, ProgramRule]] = {
    **dict.fromkeys(("apt-get", "apt", "aptitude"), _APT),
    **dict.fromkeys(("yum", "dnf", "microdnf", "tdnf", "zypper"), _YUM),
    "apk": ProgramRule(
        each=True, valued=("-t", "--virtual", "-X", "--repository", "-p", "--root"), subcommands=("add", "del")
    ),
    **dict.fromkeys(("dpkg", "rpm"), _UNPACKED),
    "apt-mark": ProgramRule(each=True, subcommands=("hold", "unhold", "auto", "manual")),
    "gem": ProgramRule(each=True, subcommands=("install",), valued=("-v", "--version")),
    "curl": ProgramRule(
        valued=("-H", "-u", "-A", "--retry", "--header", "--retry-delay", "--connect-timeout", "--max-time", "--url"),
        into=("-o", "--output"),
    ),
    "wget": ProgramRule(valued=("-P", "--header", "-t", "--tries", "--timeout"), into=("-O", "--output-document")),
    "tar": ProgramRule(into=("-C", "--directory")),
    "unzip": ProgramRule(into=("-d",)),
    **dict.fromkeys(("gunzip", "gzip", "bzip2", "xz", "sha512sum", "sha256sum", "sha1sum", "shasum"), ProgramRule()),
    **dict.fromkeys(("mv", "cp", "ln"), ProgramRule(last_is_target=True)),
    **dict.fromkeys(
        ("apt-key", "gpg", "add-apt-repository", "yum-config-manager", "debconf-set-selections"), ProgramRule()
    ),
    **dict.fromkeys(("echo", "printf", "cat", "tee"), ProgramRule("configuration")),
    **dict.fromkeys(
        ("sed", "envsubst", "useradd", "groupadd", "adduser", "addgroup", "usermod"), ProgramRule("configuration")
    ),
    "rm": ProgramRule(each=True),
    "rmdir": ProgramRule(each=True),
    **dict.fromkeys(("ls", "test", "["), ProgramRule()),
    "mkdir": ProgramRule("configuration", each=True, valued=("-m", "--mode")),
    "install": ProgramRule("configuration", each=True, valued=("-o", "-g", "-m", "--owner", "--group", "--mode")),
    "touch": ProgramRule("configuration", each=True),
    **dict.fromkeys(("chmod", "chown", "chgrp"), ProgramRule("configuration", each=True, skipped=1)),
    "setcap": ProgramRule("configuration"),
    **dict.fromkeys(
        ("service", "systemctl", "invoke-rc.d", "rc-service", "update-rc.d", "chkconfig", "rc-update", "supervisorctl"),
        ProgramRule("start"),
    ),
}
PRINTERS: Final = frozenset(("echo", "printf", "cat", "envsubst"))
"""Programs whose output a redirection or `tee` may write to a file."""
SERVICES: Final = frozenset(name for name, rule in PROGRAM_RULES.items() if rule.kind == "start")
"""Programs that start a service and return."""
WRAPPERS: Final = frozenset(("sudo", "nohup", "setsid", "exec", "command", "env", "nice", "tini", "dumb-init", "--"))
KEEPERS: Final = frozenset(("tail", "sleep", "wait", "true", ":", "cat", "echo", "printf", "set", "cd", "mkdir", "rm"))
"""Commands that keep a container alive or prepare a start, but are not an application."""
BUILTINS: Final = frozenset(
    (
        *(".", ":", "[", "alias", "cd", "command", "echo", "eval", "exec", "exit", "export", "false", "kill", "printf"),
        *("pwd", "read", "set", "shift", "source", "test", "times", "trap", "true", "type", "ulimit", "umask", "unset"),
        "wait",
    )
)
"""Commands that only a shell can run."""
