from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.dockerfile.chains import Chain, flat_chain
from composevariant.dockerfile.rewriting import Rewriting
from composevariant.dockerfile.stages import Dockerfile, read_dockerfile
from composevariant.errors import InternalError, Refused
from composevariant.source import Source

if TYPE_CHECKING:
    from composevariant.dockerfile.items import Instruction

MOUNT = "--mount=type=cache,target=/c"


def dockerfile(text: str) -> tuple[Dockerfile, Instruction]:
    """A Dockerfile of this text below a `FROM`, and its first instruction behind that."""
    read = read_dockerfile(Source("Dockerfile", f"FROM a\n{text}"))
    return read, read.stages[0].instructions[0]


def chain(text: str) -> Chain | None:
    read, instruction = dockerfile(text)
    return flat_chain(instruction, read.escape)


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        pytest.param("RUN a", ["a", ""], id="one command"),
        pytest.param("RUN a b&&c;d\n", ["a b", "&&", "c", ";", "d", ""], id="operators without blanks"),
        pytest.param("RUN a \\\n  # about b\n  && b\n", ["a", "&&", "b", ""], id="lines and a comment line"),
        pytest.param(
            "RUN a 'x && y' && b \"; $(c -d) ${E}\"\n", ["a 'x && y'", "&&", 'b "; $(c -d) ${E}"', ""], id="quotes"
        ),
        pytest.param("RUN a | b && c > /d 2>&1\n", ["a | b", "&&", "c > /d 2>&1", ""], id="pipes and redirections"),
        pytest.param(
            "RUN --mount=type=tmpfs,target=/t a#b && c\\;d\n", ["a#b", "&&", "c\\;d", ""], id="flags, escapes"
        ),
        pytest.param("RUN a \\\r\n && b\r\n", ["a", "&&", "b", ""], id="line ends of Windows"),
    ],
)
def test_splits_a_flat_chain(text: str, commands: list[str]) -> None:
    found = chain(text)

    assert found is not None
    assert [part for command in found.commands for part in (command.text, command.operator)] == commands


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("RUN a || b", id="an alternative"),
        pytest.param("RUN a & b", id="a job in the background"),
        pytest.param("RUN (a && b)", id="a subshell"),
        pytest.param("RUN { a; }", id="a group"),
        pytest.param("RUN if a; then b; fi", id="a condition"),
        pytest.param("RUN a | while read b; do c; done", id="a loop behind a pipe"),
        pytest.param("RUN ! a && b", id="a negation"),
        pytest.param("RUN case $A in b) c;; esac", id="a choice"),
        pytest.param("RUN a `b` && c", id="backquotes"),
        pytest.param("RUN a $(b $(c)) && d", id="nested substitutions"),
        pytest.param("RUN a $((1+2))", id="arithmetic"),
        pytest.param("RUN a \\\n  b \\ # no comment line\n  && c", id="a blank escaped where a comment follows"),
        pytest.param("RUN a # the rest is a comment && b", id="a shell comment"),
        pytest.param("RUN a && # b", id="a shell comment behind an operator"),
        pytest.param("RUN a 'b", id="an open quote"),
        pytest.param("RUN a $'b\\'c' && d", id="quotes that only bash knows"),
        pytest.param("RUN a &&", id="nothing behind an operator"),
        pytest.param("RUN a;;b", id="two operators"),
        pytest.param("RUN a | | b", id="an empty part of a pipe"),
        pytest.param("RUN", id="nothing at all"),
        pytest.param('RUN ["a", "b"]', id="the JSON form"),
        pytest.param("RUN a <<E\nb\nE", id="a here-document"),
        pytest.param("COPY a && b", id="no RUN"),
    ],
)
def test_what_is_no_flat_chain_is_opaque(text: str) -> None:
    assert chain(text) is None


def test_a_windows_image_s_commands_are_opaque() -> None:
    read = read_dockerfile(Source("Dockerfile", "# escape=`\nFROM a\nRUN b && c\n"))

    assert flat_chain(read.stages[0].instructions[0], read.escape) is None


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param("RUN a\n", f"RUN {MOUNT} a\n", id="without flags"),
        pytest.param(
            "run  --network=none \\\n  a\n", f"run  {MOUNT} --network=none \\\n  a\n", id="before other flags"
        ),
        pytest.param("RUN \\\n  # why\n  a\n", f"RUN \\\n  # why\n  {MOUNT} a\n", id="on a later line"),
        pytest.param("RUN if a; then b; fi", f"RUN {MOUNT} if a; then b; fi", id="before what is opaque"),
        pytest.param("RUN <<E\na\nE\n", f"RUN {MOUNT} <<E\na\nE\n", id="before a here-document"),
    ],
)
def test_adds_a_flag_and_nothing_else_changes(text: str, after: str) -> None:
    read, run = dockerfile(text)
    rewriting = Rewriting(read)

    rewriting.add_flag(run, MOUNT)

    assert rewriting.text() == f"FROM a\n{after}"


@pytest.mark.parametrize(
    ("text", "at", "after"),
    [
        pytest.param("RUN a && b && c\n", 1, "RUN a && c\n", id="in the middle"),
        pytest.param("RUN a && b\n", 1, "RUN a\n", id="the last one"),
        pytest.param("RUN a; b && c\n", 0, "RUN b && c\n", id="the first one"),
        pytest.param("RUN a \\\n && b \\\n && c\n", 0, "RUN b \\\n && c\n", id="the first line"),
        pytest.param(
            "RUN a \\\n # of b\n && b \\\n # of c\n && c", 1, "RUN a \\\n # of c\n && c", id="its comment goes"
        ),
        pytest.param(
            "RUN a && \\\n # of b\n b && \\\n # of c\n c", 1, "RUN a && \\\n # of c\n c", id="operators at ends"
        ),
        pytest.param("RUN a \\\n # of b\n && b\n", 0, "RUN  \\\n # of b\n  b\n", id="another's comment stays"),
        pytest.param("RUN a \\\r\n && b \\\r\n && c\r\n", 1, "RUN a \\\r\n && c\r\n", id="line ends of Windows"),
    ],
)
def test_takes_a_command_out(text: str, at: int, after: str) -> None:
    read, run = dockerfile(text)
    rewriting = Rewriting(read)

    rewriting.remove_command(run, at)

    assert rewriting.text() == f"FROM a\n{after}"


@pytest.mark.parametrize(
    ("text", "at", "why"),
    [
        pytest.param("RUN a", 0, "only command", id="nothing would be left"),
        pytest.param("RUN a; b && c", 1, 'between ";" and "&&"', id="the next one would depend on another"),
        pytest.param(
            "RUN a; b",
            1,
            "fail with the command before",
            id="another would decide whether the step fails",
        ),
        pytest.param("RUN a || b", 0, "more than commands", id="an opaque text"),
    ],
)
def test_refuses_to_take_out_what_others_depend_on(text: str, at: int, why: str) -> None:
    read, run = dockerfile(text)

    with pytest.raises(Refused, match=f"Dockerfile:2:.*{re.escape(why)}"):
        Rewriting(read).remove_command(run, at)


def test_replaces_a_command_and_inserts_lines() -> None:
    read, run = dockerfile("# heads it\r\nRUN a \\\r\n  && b\r\n")
    rewriting = Rewriting(read)

    rewriting.replace_command(run, 1, "c --d")
    rewriting.insert_before(run, ["COPY x y", "RUN z"])

    assert rewriting.text() == "FROM a\n# heads it\r\nCOPY x y\r\nRUN z\r\nRUN a \\\r\n  && c --d\r\n"


@pytest.mark.parametrize("new", ["c && d", "c # d", "c \\", "c | if d", ""])
def test_a_result_that_is_not_what_was_asked_for_is_a_bug(new: str) -> None:
    read, run = dockerfile("RUN a && b\nUSER x\n")
    rewriting = Rewriting(read)
    rewriting.replace_command(run, 0, new)

    with pytest.raises(InternalError, match="rewritten Dockerfile"):
        rewriting.text()


def test_several_commands_of_a_chain_and_words_of_others_are_taken_out() -> None:
    read, run = dockerfile("RUN a --x \\\n && b \\\n && c d \\\n && e\n")
    rewriting = Rewriting(read)

    rewriting.remove_command(run, 1)
    rewriting.remove_word(run, 0, "--x")
    rewriting.insert_word(run, 0, 1, "-v")
    rewriting.insert_word(run, 0, 0, "K=1")
    rewriting.remove_command(run, 3)
    rewriting.add_flag(run, MOUNT, wraps=True)

    assert rewriting.text() == f"FROM a\nRUN {MOUNT} \\\n    K=1 a -v \\\n && c d\n"


def test_set_e_makes_the_commands_of_a_step_stand_alone() -> None:
    read, run = dockerfile("RUN set -eux; a; b; c\n")
    rewriting = Rewriting(read)

    rewriting.remove_command(run, 1)
    rewriting.remove_command(run, 3)

    assert rewriting.text() == "FROM a\nRUN set -eux; b\n"


def test_what_is_refused_leaves_nothing_behind() -> None:
    read, run = dockerfile("RUN a; b\n")
    rewriting = Rewriting(read)
    rewriting.add_flag(run, MOUNT)

    def asked() -> None:
        with rewriting.all_or_nothing():
            rewriting.insert_before(run, ["USER x"])
            rewriting.insert_word(run, 0, 1, "-v")
            rewriting.remove_command(run, 1)

    with pytest.raises(Refused):
        asked()

    assert rewriting.text() == f"FROM a\nRUN {MOUNT} a; b\n"


def test_the_new_dockerfile_has_the_places_of_the_old_one() -> None:
    read, run = dockerfile("# b\nRUN b \\\n && c \\\n && d\nRUN e\n")
    rewriting = Rewriting(read)
    rewriting.insert_before(run, ["RUN new", "RUN newer"])
    rewriting.remove_command(run, 1)

    instructions = rewriting.dockerfile().stages[0].instructions

    places = [(each.arguments.value[:5], each.location().line) for each in instructions]
    assert places == [("new", 3), ("newer", 3), ("b  &&", 3), ("e", 6)]


COMMANDS = st.sampled_from(["a", "b 'c && d'", 'e "; f"', "g | h", "i > j 2>&1", "k$(l m)", "n\\;o", "p#q"])
GAPS = st.sampled_from(["", " ", "  ", " \\\n", " \\\n  # c && d\n ", "\\\n\n\t", " \\\r\n "])


@given(st.lists(COMMANDS, min_size=2, max_size=5), st.sampled_from(["&&", ";"]), st.data())
def test_whatever_is_taken_out_the_others_stay(commands: list[str], operator: str, data: st.DataObject) -> None:
    text = commands[0]
    for command in commands[1:]:
        text += data.draw(GAPS) + operator + data.draw(GAPS) + command
    read, run = dockerfile(f"RUN {text}\n# end\nUSER x\n")
    last = len(commands) - (1 if operator == "&&" else 2)
    at = data.draw(st.integers(0, last))
    rewriting = Rewriting(read)

    rewriting.remove_command(run, at)
    rewriting.add_flag(run, MOUNT)

    after, again = dockerfile(rewriting.text().removeprefix("FROM a\n"))
    found = flat_chain(again, after.escape)
    assert found is not None
    assert [command.text for command in found.commands] == commands[:at] + commands[at + 1 :]
    assert after.source.text.endswith("\n# end\nUSER x\n")


def test_commands_are_added_on_lines_of_their_own_and_words_replaced() -> None:
    read, run = dockerfile("RUN a && b\r\nCOPY --from=x /p /q /r/\r\n")
    rewriting = Rewriting(read)

    rewriting.add_command(run, 1, "c")
    rewriting.add_command(run, 2, "d")
    rewriting.add_command(run, 2, "e")
    rewriting.replace_word(read.stages[0].instructions[1], 1, "/s")

    expected = "RUN a && c \\\r\n && b \\\r\n && d \\\r\n && e\r\nCOPY --from=x /p /s /r/\r\n"
    assert rewriting.text() == f"FROM a\n{expected}"


def test_nothing_is_added_to_a_step_that_goes_on_when_a_command_fails() -> None:
    read, run = dockerfile("RUN a; b\n")

    with pytest.raises(Refused, match="continues when a command fails"):
        Rewriting(read).add_command(run, 1, "c")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param("COPY . .\nRUN a\nRUN b\n", "RUN a\nCOPY . .\nRUN b\n", id="behind a step"),
        pytest.param("# c\nCOPY . .\n\nRUN a", "\nRUN a\n# c\nCOPY . .", id="with its comment, and no last line end"),
        pytest.param("COPY . .\r\nRUN a\r\n", "RUN a\r\nCOPY . .\r\n", id="line ends of Windows"),
    ],
)
def test_moves_an_instruction_below_another(text: str, after: str) -> None:
    read, copy = dockerfile(text)
    rewriting = Rewriting(read)

    rewriting.move_after(copy, read.stages[0].instructions[1])

    assert rewriting.text() == f"FROM a\n{after}"


def test_moves_an_instruction_into_a_step_which_is_split() -> None:
    read, copy = dockerfile("# why\nCOPY . .\nRUN --mount=type=secret,id=s a && \\\n  b \\\n  && c\n")
    rewriting = Rewriting(read)
    rewriting.insert_before(copy, ["COPY m ./"], above_comments=True)

    rewriting.move_after(copy, read.stages[0].instructions[1], 0)

    first, second = "RUN --mount=type=secret,id=s a\n", "RUN --mount=type=secret,id=s b \\\n  && c\n"
    assert rewriting.text() == f"FROM a\nCOPY m ./\n{first}# why\nCOPY . .\n{second}"


def test_moves_an_instruction_above_another_and_what_is_new_there() -> None:
    read, copy = dockerfile("COPY . .\nENV A=1\n# step\nRUN a\n")
    run = read.stages[0].instructions[2]
    rewriting = Rewriting(read)
    rewriting.insert_before(run, ["RUN new"], above_comments=True)

    rewriting.move_before(copy, run)

    assert rewriting.text() == "FROM a\nENV A=1\nRUN new\nCOPY . .\n# step\nRUN a\n"


@pytest.mark.parametrize("text", ["COPY . .\nRUN a; b\n", "COPY . .\nRUN a && \\\n # b\n b\n"])
def test_a_step_is_not_split_where_that_would_change_it(text: str) -> None:
    read, copy = dockerfile(text)
    rewriting = Rewriting(read)

    with pytest.raises(Refused):
        rewriting.move_after(copy, read.stages[0].instructions[1], 0)
