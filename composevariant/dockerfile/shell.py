"""Words and variables in Dockerfile instructions, whose syntax is nearly that of a shell.

A port of BuildKit's `frontend/dockerfile/shell/lex.go` (August 2026), including its quirks, which decide whether a word
announces a here-document. The patterns of `${V#x}`, `${V%x}` and `${V/x/y}` are parsed but not applied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.dockerfile.items import SPACE

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO_VARIABLES: Final[dict[str, str]] = {}


class ShellSyntaxError(ValueError):
    """An unclosed quote or `${`, or a substitution that BuildKit does not support."""


def raw_words(text: str) -> list[str]:
    """Return the words of a shell command, with quotes and escapes, or an empty list if the quoting is wrong."""
    try:
        return _Reader(text, _NO_VARIABLES, raw=True, keep_unset=True).read()[1]
    except ShellSyntaxError:
        return []


def unquoted_words(text: str) -> list[str]:
    """Return the words of `text` without quotes and escapes. Variables are kept as written."""
    return _Reader(text, _NO_VARIABLES, keep_unset=True).read()[1]


def expand(text: str, variables: Mapping[str, str], escape: str = "\\") -> str:
    """Return `text` without quotes and with its variables replaced.

    Unset variables without a default are kept as written.

    Raises:
        ShellSyntaxError: BuildKit would refuse the text, or it needs a pattern substitution.
    """
    return _Reader(text, variables, escape=escape).read()[0]


class _Reader:
    def __init__(
        self,
        text: str,
        variables: Mapping[str, str],
        *,
        escape: str = "\\",
        raw: bool = False,
        keep_unset: bool = False,
    ) -> None:
        self.text = text
        self.at = 0
        self.variables = variables
        self.escape = escape
        self.raw_quotes = raw
        self.raw_escapes = raw
        self.keep_unset = keep_unset
        self.words = WordList()

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def next(self) -> str:
        character = self.peek()
        self.at += 1
        return character

    def read(self) -> tuple[str, list[str]]:
        words = self.words
        return self.until("", words), words.finish()

    def until(self, stop: str, words: WordList) -> str:
        """Return the text up to `stop` and skip `stop`, or return the rest if `stop` is empty."""
        result: list[str] = []
        while character := self.peek():
            if character == stop:
                self.at += 1
                return "".join(result)
            if character in "'\"<$":
                result.append(self.special(character, words))
            else:
                result.append(self.ordinary(words))
        if stop:
            raise ShellSyntaxError(f'"{stop}" is missing')
        return "".join(result)

    def special(self, character: str, words: WordList) -> str:
        if character == "$":
            value = self.variable()
            words.add_splitting(value)
            return value
        if character == "<":
            value = self.less_than()
        else:
            value = self.single_quoted() if character == "'" else self.double_quoted()
        words.add(value)
        return value

    def ordinary(self, words: WordList) -> str:
        character = self.next()
        if character != self.escape:
            words.add_splitting(character)
            return character
        escaped = self.next()
        shown = character + escaped if self.raw_escapes else escaped
        if shown:
            words.add(shown)
        return shown

    def less_than(self) -> str:
        start = self.at
        self.at += 1
        if self.peek() == "<":
            self.at += 1
            while self.peek() in ("\t", "\r", " "):
                self.at += 1
        return self.text[start : self.at]

    def single_quoted(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise ShellSyntaxError("a single quote is not closed")
        start, self.at = self.at, end + 1
        return self.text[start : end + 1] if self.raw_quotes else self.text[start + 1 : end]

    def double_quoted(self) -> str:
        result = [self.next() if self.raw_quotes else ""]
        self.at += not self.raw_quotes
        while character := self.peek():
            if character == '"':
                self.at += 1
                return "".join((*result, '"' if self.raw_quotes else ""))
            if character == "$":
                result.append(self.variable())
                continue
            self.at += 1
            if character == self.escape:
                if self.raw_escapes:
                    result.append(character)
                if self.peek() in ('"', "$", self.escape):
                    character = self.next()
                elif not self.peek():
                    continue
            result.append(character)
        raise ShellSyntaxError("a double quote is not closed")

    def variable(self) -> str:
        self.at += 1
        if self.peek() != "{":
            name = self.name()
            return self.variables.get(name, f"${name}") if name else "$"
        self.at += 1
        if self.peek() in ("", "{", "}", ":"):
            raise ShellSyntaxError("bad substitution")
        name, operator = self.name(), self.next()
        if operator == "}":
            return self.variables.get(name, f"${{{name}}}")
        return self.substitution(name, operator)

    def substitution(self, name: str, operator: str) -> str:
        if operator == ":":
            operator += self.next()
            if operator in (":#", ":%"):
                raise ShellSyntaxError(f"unsupported modifier {operator}")
        if operator == "/":
            operator += self.next() if self.peek() == "/" else ""
            word = f"{self.inner('/', raw=True)}/{self.inner('}', raw=True)}"
        elif operator.lstrip(":") in tuple("+-?#%"):
            word = self.inner("}", raw=operator in ("#", "%"))
        else:
            raise ShellSyntaxError(f"unsupported modifier {operator}")
        return self.value_of(name, operator, word)

    def inner(self, stop: str, *, raw: bool) -> str:
        self.words.begun.clear()  # as BuildKit does, whose inner and outer words share one buffer
        before, self.raw_escapes = self.raw_escapes, raw
        try:
            return self.until(stop, WordList())
        finally:
            self.raw_escapes = before

    def value_of(self, name: str, operator: str, word: str) -> str:
        value = self.variables.get(name)
        if value is None and (self.keep_unset or operator[-1] not in "-+"):
            return f"${{{name}{operator}{word}}}"
        if value is not None and operator[-1] in "#%/":
            raise ShellSyntaxError(f"the pattern of ${{{name}{operator}{word}}} is not applied")
        there = value is not None and (value != "" or operator[0] != ":")
        if operator[-1] == "+":
            return word if there else ""
        return value if there and value is not None else word

    def name(self) -> str:
        start = self.at
        if self.peek().isdecimal():
            while self.peek().isdecimal():
                self.at += 1
        elif self.peek() in tuple("@*#?-$!"):
            self.at += 1
        else:
            while self.peek().isalnum() or self.peek() == "_":
                self.at += 1
        return self.text[start : self.at]


# Words under construction, collected character by character.


class WordList:
    """The finished words and the current word of a lexer. This is BuildKit's `wordsStruct`."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.begun: list[str] = []
        self.inside = False

    def add(self, text: str) -> None:
        """Add text to the current word, including any whitespace."""
        if text:
            self.begun.append(text)
        self.inside = True

    def add_splitting(self, text: str) -> None:
        """Add text to the current word, where each whitespace character ends the word."""
        for character in text:
            if character not in SPACE:
                self.add(character)
            elif self.inside and self.begun:
                self.finish()

    def finish(self) -> list[str]:
        """End the current word and return all words."""
        if self.begun:
            self.done.append("".join(self.begun))
            self.begun.clear()
            self.inside = False
        return self.done
