"""What of a sidecar is in the image that a Dockerfile builds, and what would become of each instruction without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from composevariant.dockerfile.chain_edits import Taken
    from composevariant.dockerfile.embedded.verbs import Kind
    from composevariant.dockerfile.items import Instruction
    from composevariant.source import Location


class Piece(NamedTuple):
    """One place that installs, configures or starts the sidecar."""

    kind: Kind
    what: str
    """The program or instruction that does it."""
    location: Location
    reason: str = ""
    """Why it cannot be taken out."""


class Change(NamedTuple):
    """What becomes of an instruction. Without anything said, it goes."""

    instruction: Instruction
    pieces: tuple[Piece, ...]
    taken: Taken | None = None
    """What goes out of the shell chain of a `RUN`."""
    arguments: str | None = None
    """The text that takes the place of the arguments."""
    words: tuple[int, ...] = ()
    """The numbers of the arguments that go, written without JSON."""
    behind: tuple[str, ...] = ()
    """Lines that are put behind it; without anything else said, the instruction itself stays then."""
    note: str = ""
    """What somebody should know about it."""

    @property
    def goes(self) -> bool:
        return self.taken is None and self.arguments is None and not self.words and not self.behind


class NewFile(NamedTuple):
    """A file of the build context with the sidecar taken out, to be written beside the one it is made of."""

    path: str
    """As the build context counts, as `made_of` does."""
    text: str
    made_of: str


class Inside(NamedTuple):
    """All that a Dockerfile has of one sidecar."""

    title: str
    changes: tuple[Change, ...] = ()
    loose: tuple[Piece, ...] = ()
    """Pieces that are no instruction's: in scripts."""
    files: tuple[NewFile, ...] = ()
    unseen: tuple[Piece, ...] = ()
    """Scripts that an image starts and that are not in the context: nobody knows what they start."""
    configurations: tuple[str, ...] = ()
    """Files of the context that configure the sidecar."""
    notes: tuple[tuple[str, Location], ...] = ()
    """What stays and may be of no use any more."""

    @property
    def pieces(self) -> list[Piece]:
        """In the order of the file."""
        found = [*(piece for change in self.changes for piece in change.pieces), *self.loose]
        return sorted(found, key=lambda piece: (piece.location.file, piece.location.line, piece.location.column))

    @property
    def places(self) -> list[Location]:
        """Where pieces are that are no instruction's."""
        return [piece.location for piece in self.loose]

    @property
    def reasons(self) -> list[Piece]:
        """What stands against taking it out; what is started in a way that is seen need not be looked for."""
        started = any(piece.kind == "start" for piece in self.pieces)
        return [*(piece for piece in self.pieces if piece.reason), *(() if started else self.unseen)]
