"""What one command has to do with a sidecar, and whether it can be taken out."""

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
    """The share that a command has in a sidecar."""

    kind: Kind
    program: str
    """What the command runs, for messages."""
    words: tuple[str, ...] = ()
    """The operands that speak of it; empty when the whole command does."""
    places: tuple[str, ...] = ()
    """Where it puts it under a name of its own."""
    reason: str = ""
    """Why it cannot be taken out; "" when it can."""


def inspect_command(text: str, words: tuple[str, ...], matcher: SidecarMatcher) -> SidecarCommand | None:
    """The part that a command, given as a whole and in words, has in the sidecar; None when it has none."""
    if not matcher.matches(text):
        return None
    segments = _segments(words)
    parts = [_segment_part(segment, text, matcher) for segment in segments]
    if len(parts) == 1:
        return parts[0]
    reason = next((part.reason for part in parts if part.reason), "")
    places = tuple(place for part in parts for place in part.places)
    kind: Kind = "install" if any(part.kind == "install" for part in parts) else parts[0].kind
    return SidecarCommand(kind, parts[0].program, (), places, reason)


def program_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words from the program on: without variables that are set for it, and without what only starts it."""
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
    """Where a command's output goes; "" when that is not said."""
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


def _segment_part(words: tuple[str, ...], text: str, matcher: SidecarMatcher) -> SidecarCommand:
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
        return SidecarCommand("install", program, reason=f"it is not known what {program} does with {matcher.title}")
    if program in PRINTERS or program == "tee":
        return _printing(program, command, text, matcher)
    return _known(program, rule, command, matcher)


def _printing(program: str, command: tuple[str, ...], text: str, matcher: SidecarMatcher) -> SidecarCommand:
    """Commands that write text: harmless where nobody keeps it, or where the file is the sidecar's own."""
    target = redirection_target(text)
    if not target and " tee " in f" {text} ":
        target = next((word for word in reversed(text.split()) if not word.startswith("-")), "").strip("'\"")
    if not target or matcher.matches(target) or target == "/dev/null":
        return SidecarCommand("configuration", program)
    if matcher.matches_repository(text):
        return SidecarCommand("install", program, (), (target,))
    if program in ("cat", "envsubst") and not matcher.matches(" ".join(command[1:])):
        return SidecarCommand("configuration", program)
    return SidecarCommand("configuration", program, reason=f"{program} writes of {matcher.title} into {target}")


def _known(program: str, rule: ProgramRule, command: tuple[str, ...], matcher: SidecarMatcher) -> SidecarCommand:
    operands, targets, subcommand = _operands(rule, command[1:])
    kind: Kind = rule.kind
    mine = [word for word in operands if matcher.matches(word) or matcher.matches_repository(word)]
    if rule.subcommands and not subcommand:
        return SidecarCommand(kind, program)
    if program == "install" and not any(word.startswith("-") and "d" in word for word in command[1:]):
        rule = rule._replace(each=False, last_is_target=True)
    if rule.last_is_target and operands:
        return _moving(program, operands, matcher)
    if kind == "install" and mine and all(word.strip("'\"").endswith((".yml", ".yaml", ".conf")) for word in mine):
        kind = "configuration"
    others = [word for word in operands[rule.skipped :] if word not in mine]
    if rule.each and others:
        twice = next((word for word in mine if command.count(word) > 1), "")
        reason = f"{program} is given {twice} twice" if twice else "" if mine else _unclear(program, matcher)
        return SidecarCommand(kind, program, tuple(mine), (), reason)
    if program in ("curl", "wget") and any("://" in word for word in others):
        return SidecarCommand(kind, program, reason=f"{program} downloads other things too")
    if program in ("sed", "ls", "test", "[", "gpg") and mine and any("/" in word for word in others[1:]):
        return SidecarCommand(kind, program, reason=f"{program} is about other files too")
    return SidecarCommand(kind, program, (), tuple(targets))


def _moving(program: str, operands: list[str], matcher: SidecarMatcher) -> SidecarCommand:
    *sources, target = operands
    files = [word.strip("'\"").endswith((".yml", ".yaml", ".conf")) for word in sources]
    kind: Kind = "configuration" if files and all(files) else "install"
    if sources and all(map(matcher.matches, sources)):
        return SidecarCommand(kind, program, (), (target,))
    if matcher.matches(target):
        return SidecarCommand(kind, program)
    return SidecarCommand(kind, program, reason=_unclear(program, matcher))


def _unclear(program: str, matcher: SidecarMatcher) -> str:
    return f"{program} is about {matcher.title} and other things, which cannot be told apart"


def _operands(rule: ProgramRule, words: tuple[str, ...]) -> tuple[list[str], list[str], str]:
    """The things that a command is given, where it puts them, and its subcommand."""
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
    """The option that takes the next word: the word itself, or the last letter of several in one word (`-fsSLo`)."""
    if word in (*rule.valued, *rule.into):
        return word
    last = f"-{word[-1]}"
    return last if word[2:] and not word.startswith("--") and last in rule.into else ""


# The programs that install, configure and start a sidecar, as far as it is known what taking them out does.

Kind = Literal["install", "configuration", "start"]


class ProgramRule(NamedTuple):
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
"""What they print goes where a redirection or `tee` says."""


SERVICES: Final = frozenset(name for name, rule in PROGRAM_RULES.items() if rule.kind == "start")
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
