"""The pages in docs/ are run, so that they say what composevariant does.

The words behind the three backticks say what a block is:

    yaml base          docker-compose.yml of a new project; it holds until the next one
    yaml overlay       an overlay file that is applied to it
    yaml NAME          a file of that name in the project; composevariant.yml takes the place of the overlay
    dockerfile NAME    likewise
    diff               what the dry run prints, without the lines that name the files; @@ parts the places
    text error         what it says instead
    text report        lines that the report has, among others
    console            commands behind `$`, each with all that it prints; a line of `...` stands for any lines
    text               anything else; it is not run
"""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from composevariant import cli
from composevariant.cli.app import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT: Final = Path(__file__).parent.parent
_PAGES: Final = sorted((_ROOT / "docs").glob("*.md"))
_TEXTS: Final = [_ROOT / "README.md", _ROOT / "CONTRIBUTING.md", *_PAGES]
_BASE, _OVERLAY, _PROJECT = "docker-compose.yml", "overlay.yml", "composevariant.yml"
_FENCE: Final = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE: Final = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_CALL: Final = re.compile(
    r"(?:^|[`;] ?|\$ |#   )composevariant(?: -C \S+)*(?: ([a-z]+))?(?=[\s`;]|$)([^;|&#`\n]*)", re.MULTILINE
)
_OPTION: Final = re.compile(r"(?<![\w./-])--?[A-Za-z][A-Za-z-]*")
_DIGEST: Final = re.compile(r"\b[0-9a-f]{16}\b")


class Example(NamedTuple):
    """The files of a project, and what a page says that comes of them."""

    place: str
    files: dict[str, str]
    kind: str
    says: str


def _sample_files(text: str) -> dict[str, str]:
    sample = re.search(r"<!-- in (samples/\w+) -->", text)
    folder = _ROOT / sample[1] if sample else None
    found = (path for path in folder.rglob("*") if path.is_file()) if folder else ()
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in found if folder}


def _examples(page: Path) -> Iterator[Example]:
    text = page.read_text(encoding="utf-8")
    files = _sample_files(text)
    unshown: Example | None = None
    for fence in _FENCE.finditer(text):
        language, role, body = fence.groups()
        if (language, role) == ("text", ""):
            continue
        place = f"{page.name}:{text.count(chr(10), 0, fence.start()) + 1}"
        if language in ("diff", "console") or role in ("error", "report"):
            yield Example(place, dict(files), role or language, body)
            unshown = None
            continue
        assert role, f"{place}: a block that says not what it is"
        if unshown:
            yield unshown
            unshown = None
        if role == "base":
            files = {_BASE: body}
        elif role in ("overlay", _PROJECT):
            files = {name: old for name, old in files.items() if name not in (_OVERLAY, _PROJECT)}
            files[_OVERLAY if role == "overlay" else role] = body
            unshown = Example(place, dict(files), "diff", "")
        else:
            files[role] = body
    if unshown:
        yield unshown


_EXAMPLES: Final = [example for page in _PAGES for example in _examples(page)]


def _ids(examples: list[Example]) -> list[object]:
    return [pytest.param(example, id=example.place) for example in examples]


@pytest.mark.parametrize("example", _ids([example for example in _EXAMPLES if example.kind != "console"]))
def test_a_change_or_a_message_is_as_the_page_shows_it(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _write(tmp_path, example.files)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COMPOSE_FILE", raising=False)

    code = cli.run_cli(["migrate", "--dry-run", *(["--overlay", _OVERLAY] if _OVERLAY in example.files else [])])

    out, err = capfd.readouterr()
    if example.kind == "error":
        assert (code > 0, err, out) == (True, example.says, "")
    elif example.kind == "report":
        assert (code, [line for line in example.says.splitlines() if line not in err]) == (0, []), err
    else:
        assert (code, _shown(out) if example.says else "") == (0, example.says), err


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def _shown(diff: str) -> str:
    """A diff as the pages show it."""
    lines = ["@@" if line.startswith("@@ ") else line for line in diff.splitlines()[2:]]
    return "".join(f"{line}\n" for line in lines[1:])


@pytest.mark.parametrize("example", _ids([example for example in _EXAMPLES if example.kind == "console"]))
def test_commands_print_what_the_page_shows(example: Example, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    _write(folder, example.files)
    commands = [line[2:] for line in example.says.splitlines() if line.startswith("$ ")]
    # `echo $?` is about the command before it, not about what prints the next one.
    script = "".join(f"printf '%s\\n' {_quoted(f'$ {line}')}; (exit $code); {line}\ncode=$?\n" for line in commands)
    left_out = ("COMPOSE_FILE", "COMPOSEVARIANT_DEBUG", "CI")  # `CI` is a variable of an example
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    environment["PATH"] = os.pathsep.join((sysconfig.get_path("scripts"), environment["PATH"]))

    ran = subprocess.run(
        ["sh", "-c", f"exec 2>&1\n{script}"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )

    says, said = (_DIGEST.sub("…", f"\n{text}") for text in (example.says, ran.stdout))
    fits = re.fullmatch(re.escape(says).replace(re.escape("\n...\n"), "\n(?:.*\n)*?"), said) is not None
    assert commands
    assert fits or said == says


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


@pytest.mark.parametrize("page", [pytest.param(page, id=page.name) for page in _TEXTS])
def test_relative_links_lead_to_files_and_headings(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]

    lost = [target for target in targets if not _leads_somewhere(page, target)]

    assert lost == []


def _leads_somewhere(page: Path, target: str) -> bool:
    name, _, heading = target.partition("#")
    file = page.parent / name if name else page
    return file.exists() and (not heading or heading in _headings(file))


def _headings(page: Path) -> set[str]:
    """The names under which GitHub offers the headings of a page."""
    titles = re.findall(r"^#+ (.*)$", _FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def _options(capfd: pytest.CaptureFixture[str], *command: str) -> set[str]:
    """The options that `--help` shows."""
    capfd.readouterr()
    cli.run_cli([*command, "--help"])
    return set(_OPTION.findall(capfd.readouterr().out))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_on_commands_has_all_options_of_a_command_and_no_others(
    name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    page = (_ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    sections = re.findall(rf"^## (?:`{name}`|Options of all commands)\n(.*?)(?=^## )", page, re.MULTILINE | re.DOTALL)

    first_columns = re.findall(r"^\| (`-.*?) \|", "".join(sections), re.MULTILINE)

    assert len(sections) == 2
    assert set(_OPTION.findall(" ".join(first_columns))) == _options(capfd, name)


@pytest.mark.parametrize("page", [pytest.param(page, id=page.name) for page in _TEXTS])
def test_commands_and_options_that_are_named_exist(page: Path, capfd: pytest.CaptureFixture[str]) -> None:
    known = {name: _options(capfd, name) for name in COMMANDS} | {"": _options(capfd)}
    code = _CODE.findall(page.read_text(encoding="utf-8"))

    calls = [call.groups(default="") for chunk in code for call in _CALL.finditer(chunk)]
    calls = [(command, rest.partition(" -- ")[0]) for command, rest in calls]  # what follows is another program's
    alone = {option for chunk in code if chunk.startswith("`-") for option in _OPTION.findall(chunk)}

    assert {command for command, _ in calls} <= known.keys()
    assert [rest for command, rest in calls if not known[command].issuperset(_OPTION.findall(rest))] == []
    assert alone <= set().union(*known.values())
