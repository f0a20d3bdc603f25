"""The input of the checks, and the names of signals and capabilities in Linux."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import interpolate, text_of
from composevariant.findings import problem_at
from composevariant.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from composevariant.file_views import Disk
    from composevariant.findings import Problem, Severity
    from composevariant.tree import Mapping, Node, Path


class CheckContext(NamedTuple):
    """The project that is checked."""

    root: Mapping
    services: dict[str, Mapping]
    """The services, merged with the services in the same file that they extend."""
    disk: Disk | None = None
    """The project folder, or None if paths cannot be resolved, as for text from standard input."""
    known: Table[str, str] | None = None
    """The variables from the environment and from `.env`, or None if they are unknown."""

    def text(self, node: Node | None) -> str:
        """Return the text of a scalar after interpolation. As in Compose, unset variables are empty."""
        if self.known is None or not isinstance(node, Scalar) or "$" not in node.text:
            return text_of(node)
        return interpolate(node.text, self.known) or ""

    def problem(self, check: str, severity: Severity, path: Path, wrong: str) -> Problem:
        """Return a problem with the message `<path> <wrong>`."""
        return problem_at(self.root, check, severity, path, wrong)


# Signals and capabilities of Linux.

SIGNALS: Final = frozenset((
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL",
    "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1",
    "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
))  # fmt: skip

CAPABILITIES: Final = frozenset((
    "ALL", "AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "CHOWN",
    "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE",
    "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST",
    "NET_RAW", "PERFMON", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYSLOG", "SYS_ADMIN", "SYS_BOOT", "SYS_CHROOT",
    "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG",
    "WAKE_ALARM",
))  # fmt: skip
