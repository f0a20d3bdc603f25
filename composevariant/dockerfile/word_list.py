"""Words in the making, as a shell's reader finds them character by character."""

from __future__ import annotations

from composevariant.dockerfile.items import SPACE


class WordList:
    """The words that a reader has finished, and the one that it is in: BuildKit's `wordsStruct`."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.begun: list[str] = []
        self.inside = False

    def add(self, text: str) -> None:
        """Put text into the current word, blanks included."""
        if text:
            self.begun.append(text)
        self.inside = True

    def add_splitting(self, text: str) -> None:
        """Put text into the current word, which its blanks end."""
        for character in text:
            if character not in SPACE:
                self.add(character)
            elif self.inside and self.begun:
                self.finish()

    def finish(self) -> list[str]:
        """End the current word; all words so far."""
        if self.begun:
            self.done.append("".join(self.begun))
            self.begun.clear()
            self.inside = False
        return self.done
