"""`diff`, `validate`, `init`, `list`, and what holds for every command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from composevariant import __version__
from composevariant.disk.packaged import read_packaged

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import ProjectFolder

    Make = Callable[..., ProjectFolder]

BASE = (
    "services:\n  app:\n    build: .\n    container_name: shop-app\n  filebeat:\n    image: elastic/filebeat:8.11.0\n"
)
PROJECT = """\
variants:
  fast:
    description: Without Filebeat
    strip: [filebeat]
  other:
    replace: {services.app.container_name: other}
"""


@pytest.fixture
def shop(project: Make) -> ProjectFolder:
    return project(**{"docker-compose.yml": BASE, "composevariant.yml": PROJECT})


def report_schema() -> Draft202012Validator:
    return Draft202012Validator(json.loads(read_packaged("schemas/report.schema.json").text))


def test_diff_of_base_and_default_variant(shop: ProjectFolder) -> None:
    ran = shop.run("diff")

    assert ran.code == 0
    assert ran.out.startswith("--- docker-compose.yml\n+++ docker-compose.fast.yml\n")
    assert "-  filebeat:\n" in ran.out


def test_diff_of_two_variants_with_an_exit_code(shop: ProjectFolder) -> None:
    assert shop.run("diff", "fast", "other", "--exit-code").code == 1
    assert shop.run("diff", "fast", "fast", "--exit-code").code == 0


def test_diff_of_a_file_leaves_its_header_out(shop: ProjectFolder) -> None:
    shop.run("migrate")

    ran = shop.run("diff", "fast", "docker-compose.fast.yml", "--exit-code")

    assert (ran.code, ran.out) == (0, "")


def test_diff_in_words(shop: ProjectFolder) -> None:
    assert shop.run("diff", "--diff", "semantic").out == "filebeat: removed\n"


def test_diff_of_an_unknown_name_suggests(shop: ProjectFolder) -> None:
    ran = shop.run("diff", "fats")

    assert ran.code == 2
    assert 'no such variant or file: fats (did you mean "fast"?)' in ran.err


def test_validate_prints_all_problems_with_places_and_exits_1(project: Make) -> None:
    broken = "services:\n  app:\n    image: a\n    ports: 80\n    depends_on: [ap]\n"
    folder = project(**{"docker-compose.yml": broken})

    ran = folder.run("validate")

    lines = ran.out.splitlines()
    assert ran.code == 1
    assert [line.split(" ")[0] for line in lines] == ["docker-compose.yml:4:12:", "docker-compose.yml:5:18:"]
    assert "2 errors" in ran.err


def test_validate_as_json_follows_its_schema(project: Make) -> None:
    folder = project(**{"a.yml": "services: {app: {image: a, links: [b]}}\n"})

    ran = folder.run("validate", "a.yml", "--format", "json")

    found = json.loads(ran.out)
    report_schema().validate(found)
    assert [problem["check"] for problem in found["problems"]] == ["reference.links"]
    assert found["problems"][0]["location"] == {"file": "a.yml", "line": 1, "column": 36}


def test_validate_of_a_sound_file(shop: ProjectFolder) -> None:
    shop.write("Dockerfile", "FROM x\n")

    ran = shop.run("validate", "docker-compose.yml")

    assert (ran.code, ran.out, ran.err) == (0, "", "no problems\n")


def test_validate_looks_at_the_disk_and_at_variables(shop: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEEDED", raising=False)
    shop.write("x.yml", "services: {app: {build: ., image: 'a:${NEEDED:?}', volumes: ['${PLACE}:/x']}}\n")
    shop.write("Dockerfile", "FROM x\n")

    assert [line.rpartition(" ")[2] for line in shop.run("validate", "x.yml").out.splitlines()] == [
        "[variable.required]",
        "[value.mount]",
    ]
    shop.write(".env", "NEEDED=1\nPLACE=./app\n")
    ran = shop.run("validate", "x.yml")
    assert [line.rpartition(" ")[2] for line in ran.out.splitlines()] == []
    assert ran.code == 0


def test_a_problem_that_an_overlay_brings_is_located_there(shop: ProjectFolder) -> None:
    shop.write("Dockerfile", "FROM x\n")
    shop.write("composevariant.yml", "variants:\n  fast:\n    replace: {services.app.restart: allways}\n")

    ran = shop.run("validate")

    assert ran.out.startswith('composevariant.yml:3:37: warning: services.app.restart is "allways"; use no, always')
    assert ran.out.endswith('(did you mean "always"?) [service.restart]\n')
    assert shop.run("validate", "--strict").code == 1


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_errors_that_overlays_bring_are_problems_in_every_form(shop: ProjectFolder, form: str) -> None:
    shop.write("Dockerfile", "FROM x\n")
    shop.write(
        "composevariant.yml",
        "variants:\n"
        "  fast:\n    replace: {services.app.depends_on: [ap]}\n"
        "  other:\n    extends: [fast]\n    replace: {services.app.restart: [x]}\n",
    )

    ran = shop.run("validate", "--format", form)

    assert ran.code == 1
    assert ran.out.count("reference.depends-on") == (2 if form == "sarif" else 1)  # there, in the rules too
    assert "schema.type" in ran.out
    assert "error:" not in ran.err


def test_a_value_of_the_wrong_kind_is_told_once(project: Make) -> None:
    folder = project(**{"docker-compose.yml": "services: {app: {image: a, restart: false, volumes: [null]}}\n"})

    checks = [line.rpartition(" ")[2] for line in folder.run("validate").out.splitlines()]

    assert checks == ["[schema.type]", "[schema.type]"]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        pytest.param(
            "app.env",
            "A=1\nTHE KEY=hunter2\n",
            "x.yml:1:38: services.app.env_file names app.env, which Docker Compose cannot read: "
            "its line 2 has a blank in the variable name [file.env-file]\n",
            id="variables",
        ),
        pytest.param("app.env", "A=1\n", "", id="sound variables"),
        pytest.param(
            "other.env",
            "",
            "x.yml:1:38: services.app.env_file names app.env, which does not exist; "
            "Docker Compose refuses to start without it [file.env-file]\n",
            id="no such file; what is not set is empty",
        ),
    ],
)
def test_validate_reads_files_of_variables(project: Make, name: str, text: str, problem: str) -> None:
    folder = project(**{"x.yml": "services: {app: {image: a, env_file: '${NO_SUCH}app.env'}}\n", name: text})

    assert folder.run("validate", "x.yml").out == problem


def test_validate_looks_into_extended_files(project: Make) -> None:
    folder = project(
        **{
            "x.yml": (
                "services:\n"
                "  a: {extends: {file: common.yml, service: bsae}}\n"
                "  b: {extends: {file: no.yml, service: x}}\n"
            ),
            "common.yml": "services: {base: {image: x}}\n",
        }
    )

    assert folder.run("validate", "x.yml").out == (
        'x.yml:2:44: extends names "bsae", which is not a service of common.yml '
        '(did you mean "base"?) [file.extends]\n'
        "x.yml:3:23: extends names no.yml, which does not exist [file.extends]\n"
    )


@pytest.mark.parametrize(("form", "start"), [("sarif", '{\n  "$schema"'), ("github", "::warning file=x.yml,line=1")])
def test_validate_in_forms_for_other_tools(shop: ProjectFolder, form: str, start: str) -> None:
    shop.write("x.yml", "services: {app: {image: Shop}}\n")

    assert shop.run("validate", "x.yml", "--format", form).out.startswith(start)


def test_validate_with_another_schema(shop: ProjectFolder) -> None:
    shop.write("only.json", '{"type": "object", "required": ["name"]}')

    ran = shop.run("validate", "docker-compose.yml", "--schema", "only.json")

    assert ran.code == 1
    assert "name" in ran.out


def test_list_as_text_and_as_json(shop: ProjectFolder) -> None:
    shop.run("migrate", "fast")

    text, listed = shop.run("list").out, json.loads(shop.run("list", "--format", "json").out)

    assert text.splitlines() == [
        "base            docker-compose.yml",
        "fast (default)  docker-compose.fast.yml   up to date  Without Filebeat",
        "other           docker-compose.other.yml  missing",
    ]
    report_schema().validate(listed)
    assert [(row["variant"], row["state"]) for row in listed["variants"]] == [
        ("fast", "up to date"),
        ("other", "missing"),
    ]


def test_list_goes_on_after_a_variant_that_cannot_be_made(shop: ProjectFolder) -> None:
    shop.write("composevariant.yml", PROJECT.replace("services.app.container_name: other", "services.ap.image: x"))

    ran = shop.run("list")

    assert ran.code == 2
    assert "unusable" in ran.out
    assert '(did you mean "app"?)' in ran.err


@pytest.mark.parametrize("command", ["list", "validate"])
def test_of_several_variants_that_cannot_be_made_the_worst_counts(shop: ProjectFolder, command: str) -> None:
    shop.write("docker-compose.yml", BASE + "  tool:\n    image: a\n    network_mode: service:app\n")
    refused, unusable = "  a: {remove: [services.app]}\n", "  b: {remove: [services.nobody]}\n"

    codes = []
    for variants in (refused, refused + unusable, unusable + refused):
        shop.write("composevariant.yml", f"variants:\n{variants}")
        codes.append(shop.run(command).code)

    assert codes == [3, 2, 2]


def test_init_writes_a_project_file_that_works(project: Make) -> None:
    folder = project(
        **{
            "docker-compose.yml": BASE,
            "Dockerfile": "FROM a\n",
            "Dockerfile.fast": "FROM a\n",
            "docker-compose.dev.yml": "",
        }
    )

    ran = folder.run("init")

    assert ran.code == 0
    text = folder.read("composevariant.yml")
    assert text.startswith("# yaml-language-server: $schema=.composevariant/schemas/project.schema.json\n")
    assert "#   docker-compose.dev.yml\n" in text
    assert folder.run("migrate", "--all").code == 0
    made = folder.body("docker-compose.ci.yml")
    assert made == "services:\n  app:\n    build:\n      context: .\n      dockerfile: Dockerfile.fast\n"


@pytest.mark.parametrize("name", ["my app: #1.yml", "café.yaml", "- x.yml", "deploy/app.yml"])
def test_init_names_a_base_of_any_name_so_that_it_is_found(project: Make, name: str) -> None:
    folder = project(**{name: BASE})

    assert folder.run("init", "-f", name).code == 0
    assert folder.run("migrate").code == 0


def test_init_puts_the_schemas_where_its_first_line_says(project: Make) -> None:
    folder = project(**{"docker-compose.yml": BASE})
    folder.run("init")

    for name in ("project.schema.json", "overlay.schema.json"):
        assert folder.read(f".composevariant/schemas/{name}") == read_packaged(f"schemas/{name}").text


def test_init_does_not_replace_a_project_file(shop: ProjectFolder) -> None:
    ran = shop.run("init")

    assert ran.code == 3
    assert "composevariant.yml already exists" in ran.err
    assert shop.read("composevariant.yml") == PROJECT


def test_init_can_show_instead_of_write(shop: ProjectFolder) -> None:
    before = shop.names()

    ran = shop.run("init", "--print")

    assert (ran.code, shop.names()) == (0, before)
    assert "strip: [filebeat]" in ran.out


def test_the_version(project: Make) -> None:
    assert project().run("--version").out == f"composevariant {__version__}\n"


@pytest.mark.parametrize("command", ["migrate", "diff", "validate", "init", "list"])
def test_every_command_has_a_help(project: Make, command: str) -> None:
    ran = project().run(command, "--help")

    assert ran.code == 0
    assert f"Usage: composevariant {command}" in ran.out


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["migrat"], id="an unknown command"),
        pytest.param(["migrate", "--dry"], id="an unknown option"),
        pytest.param(["migrate", "--all", "fast"], id="options that exclude each other"),
        pytest.param(["migrate", "fats"], id="an unknown variant"),
        pytest.param(["migrate", "--against", "moon"], id="an unknown word"),
        pytest.param(["validate", "nobody.yml"], id="a file that is not there"),
        pytest.param(["validate", "docker-compose.yml", "--schema", "nobody.json"], id="a schema that is not there"),
    ],
)
def test_wrong_usage_is_exit_code_2_without_a_traceback(shop: ProjectFolder, words: list[str]) -> None:
    ran = shop.run(*words)

    assert ran.code == 2
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert ran.err


def test_the_report_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json.loads(read_packaged("schemas/report.schema.json").text))


def test_the_checkout_ships_its_schemas() -> None:
    assert (Path(__file__).parents[2] / "schemas" / "report.schema.json").is_file()


def test_a_bug_in_one_project_does_not_stop_the_others(project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project(**{"one/docker-compose.yml": BASE, "two/docker-compose.yml": BASE})
    monkeypatch.setattr("composevariant.commands.list.output_paths", lambda *_: 1 / 0)

    ran = folder.run("list", "-C", "one", "-C", "two")

    assert ran.code == 4
    assert ran.err.count("internal error: ZeroDivisionError") == 2


def test_control_characters_of_a_file_do_not_reach_the_terminal(project: Make) -> None:
    folder = project(**{"docker-compose.yml": 'services:\n  "a\\e[31m\\nerror: b": {image: a, links: [x]}\n'})

    ran = folder.run("validate", "docker-compose.yml")

    assert ran.code == 1
    assert "\x1b" not in ran.out + ran.err


@pytest.mark.parametrize("form", ["json", "html"])
def test_a_report_of_all_variants_is_one_document(shop: ProjectFolder, form: str) -> None:
    ran = shop.run("migrate", "--all", "--dry-run", "--diff", form)

    assert ran.code == 0
    if form == "html":
        assert ran.out.count("<!doctype html>") == 1
        return
    report = json.loads(ran.out)
    report_schema().validate(report)
    assert [each["variant"] for each in report["comparisons"]] == ["fast", "other"]
    assert report["comparisons"][1]["differences"] == [
        {
            "kind": "changed",
            "path": "services.app.container_name",
            "before": "shop-app",
            "after": "other",
            "sentence": "app: container_name shop-app -> other",
            "operation": "replace",
            "location": {"file": "composevariant.yml", "line": 6, "column": 15},
        }
    ]


def test_a_report_of_several_projects_is_refused(shop: ProjectFolder) -> None:
    ran = shop.run("-C", ".", "-C", ".", "diff", "--diff", "html")

    assert ran.code == 2
    assert "a report as html covers one project only" in ran.err
