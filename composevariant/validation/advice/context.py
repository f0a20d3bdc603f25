"""What the checks look at, and how they say what they find."""

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
    """A whole project."""

    root: Mapping
    services: dict[str, Mapping]
    """With what they extend in the same file written out."""
    disk: Disk | None = None
    """None where the paths of the file mean nothing, as for text without a folder."""
    known: Table[str, str] | None = None
    """The variables of the environment and of `.env`; None where they are not to be asked."""

    def text(self, node: Node | None) -> str:
        """The text that a scalar gives Compose here and now; what is not set is empty, as in Compose."""
        if self.known is None or not isinstance(node, Scalar) or "$" not in node.text:
            return text_of(node)
        return interpolate(node.text, self.known) or ""

    def problem(self, check: str, severity: Severity, path: Path, wrong: str) -> Problem:
        """A finding: `<path> <wrong>`."""
        return problem_at(self.root, check, severity, path, wrong)


# Names that Linux knows.

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
