from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from composevariant.errors import ComposeVariantError, Refused, UnusableInput
from composevariant.overlay.operations import Dockerfiles, Remove, Strip
from composevariant.project.base_files import find_base
from composevariant.project.project_file import BUILT_IN, Project, Reference, find_project, load_project
from composevariant.project.variants import (
    Variant,
    ad_hoc_variant,
    choose_variants,
    default_output,
    output_path,
    output_paths,
    resolve_variant,
)
from composevariant.source import Location, Source
from composevariant.tree.paths import write_path
from composevariant.yamltext.parser import parse

if TYPE_CHECKING:
    from collections.abc import Mapping


class Folder:
    """The files of a project by name."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files

    def read(self, path: str, /) -> Source | None:
        return Source(path, self.files[path]) if path in self.files else None


EMPTY = Folder({})


def project(text: str) -> Project:
    return load_project(parse(Source("composevariant.yml", text)))


def removed(variant: Variant) -> list[tuple[str, str]]:
    """What each layer removes, for layers of one path."""
    return [
        (layer.name, write_path(operation.path))
        for layer in variant.overlay.layers
        for operation in layer.operations
        if isinstance(operation, Remove)
    ]


def messages(error: ComposeVariantError) -> list[str]:
    return [line for line in str(error).splitlines() if not line.startswith("  hint: ")]


class TestProjectFile:
    def test_without_one_the_built_in_fast_variant_applies(self) -> None:
        found = find_project(EMPTY)
        fast = resolve_variant(found, "fast", EMPTY)

        assert found is BUILT_IN
        assert found.file is None
        assert fast.must_change
        assert fast.overlay.env == (("DOCKER_BUILDKIT", "1"), ("COMPOSE_DOCKER_CLI_BUILD", "1"))
        assert [layer.operations for layer in fast.overlay.layers] == [
            (Strip("filebeat"), Dockerfiles(suffix=".fast", missing="keep"))
        ]

    @pytest.mark.parametrize("name", ["composevariant.yml", "composevariant.yaml"])
    def test_it_is_found_by_name(self, name: str) -> None:
        found = find_project(Folder({name: "variants: {lean: }"}))

        assert found.file == name
        assert [(variant.name, variant.must_change) for variant in found.variants] == [("lean", False)]

    def test_two_of_them_are_refused(self) -> None:
        with pytest.raises(UnusableInput, match=r"two project files: composevariant\.yml and composevariant\.yaml"):
            find_project(Folder({"composevariant.yml": "", "composevariant.yaml": ""}))

    def test_what_it_says_is_kept_with_its_places(self) -> None:
        found = project("base: a.yml\ndefault: ci\nvariants:\n  ci: {output: a.out.yml}\n")

        assert found.base == (Reference("a.yml", Location("composevariant.yml", 1, 7)),)
        assert found.default == Reference("ci", Location("composevariant.yml", 2, 10))
        assert found.variants[0].location == Location("composevariant.yml", 4, 3)
        assert found.variants[0].output == Reference("a.out.yml", Location("composevariant.yml", 4, 16))


class TestWhichVariant:
    @pytest.mark.parametrize(
        ("text", "names", "chosen"),
        [
            pytest.param("variants: {a: , b: , fast: }", ["b", "a", "b"], ["b", "a"], id="the named ones, each once"),
            pytest.param("{default: b, variants: {a: , b: , fast: }}", [], ["b"], id="the default"),
            pytest.param("variants: {a: , fast: }", [], ["fast"], id="fast without a default"),
            pytest.param("variants: {a: }", [], ["a"], id="the only one"),
        ],
    )
    def test_chooses(self, text: str, names: list[str], chosen: list[str]) -> None:
        assert choose_variants(project(text), names) == tuple(chosen)

    @pytest.mark.parametrize(
        ("text", "names", "message"),
        [
            pytest.param(
                "variants: {fast: , ci: }",
                ["fats", "prod"],
                'no such variant: fats (did you mean "fast"?)\n  hint: composevariant.yml has fast, ci\n'
                "no such variant: prod\n  hint: composevariant.yml has fast, ci",
                id="names that do not exist",
            ),
            pytest.param(
                "variants: {a: , b: }",
                [],
                "no default variant: name the variant\n  hint: composevariant.yml has a, b",
                id="several without a default",
            ),
            pytest.param(
                "base: a.yml",
                [],
                "composevariant.yml has no variants\n  hint: write one under variants:",
                id="none",
            ),
        ],
    )
    def test_refuses_to_guess(self, text: str, names: list[str], message: str) -> None:
        with pytest.raises(ComposeVariantError) as caught:
            choose_variants(project(text), names)

        assert str(caught.value) == message
        assert caught.value.exit_code == 2


class TestLayers:
    def test_extends_depth_first_then_overlays_then_own_keys_each_once_even_in_a_diamond(self) -> None:
        found = project(
            """\
            variants:
              root: {remove: [r], overlays: [shared.yml]}
              left: {extends: [root], remove: [a]}
              right: {extends: [root], overlays: [./shared.yml, b.yml], remove: [c]}
              top: {remove: [d], overlays: [e.yml], extends: [left, right]}
            """
        )
        files = Folder({"shared.yml": "remove: [s]", "b.yml": "remove: [b]", "e.yml": "remove: [e]"})
        top = resolve_variant(found, "top", files)

        assert removed(top) == [
            ("shared.yml", "s"),
            ("root", "r"),
            ("left", "a"),
            ("b.yml", "b"),
            ("right", "c"),
            ("e.yml", "e"),
            ("top", "d"),
        ]
        assert top.overlay_files == ("shared.yml", "b.yml", "e.yml")

    def test_output_and_description_are_not_inherited(self) -> None:
        found = project("variants: {a: {description: A, output: a.yml}, b: {extends: [a]}}")
        b = resolve_variant(found, "b", EMPTY)

        assert (b.description, b.output, b.must_change) == ("", None, False)

    def test_variables_merge_and_null_unsets(self) -> None:
        found = project(
            """\
            variants:
              a: {env: {X: 1, Y: 2}}
              b: {extends: [a], env: {X: null, Z: 3}}
              c: {extends: [b], env: {Y: 4}}
            """
        )

        assert resolve_variant(found, "c", EMPTY).overlay.env == (("Y", "4"), ("Z", "3"))

    def test_many_diamonds_on_top_of_each_other_are_quick(self) -> None:
        lines = ["variants:", "  v0: {remove: [x]}"]
        lines += [f"  v{n}: {{extends: [a{n}, b{n}]}}" for n in range(1, 60)]
        lines += [f"  {side}{n}: {{extends: [v{n - 1}]}}" for n in range(1, 60) for side in "ab"]

        assert len(resolve_variant(project("\n".join(lines)), "v59", EMPTY).overlay.layers) == 178

    def test_all_problems_of_overlay_files_come_together(self) -> None:
        found = project("variants:\n  a: {overlays: [gone.yml, bad.yml, worse.yml]}")
        files = Folder({"bad.yml": "strips: []\nrenames: {}", "worse.yml": "remove: ["})

        with pytest.raises(ComposeVariantError) as caught:
            resolve_variant(found, "a", files)

        assert messages(caught.value)[:3] == [
            "composevariant.yml:2:18: no such overlay file: gone.yml",
            'bad.yml:1:1: strips is not a known key (did you mean "strip"?)',
            'bad.yml:2:1: renames is not a known key (did you mean "rename"?)',
        ]
        assert messages(caught.value)[3].startswith("worse.yml:1:")

    def test_an_unknown_variant_is_refused(self) -> None:
        with pytest.raises(UnusableInput, match="no such variant: slow"):
            resolve_variant(BUILT_IN, "slow", EMPTY)


class TestOverlayOnTheCommandLine:
    FILES = Folder({"x.yml": "remove: [x]", "./x.yml": "remove: [x]", "ci/lean.yml": "remove: [y]"})

    def test_applies_last_to_the_named_variant(self) -> None:
        found = project("variants: {a: {remove: [a], description: A}}")
        variant = resolve_variant(found, "a", self.FILES, overlay="x.yml")

        assert removed(variant) == [("a", "a"), ("x.yml", "x")]
        assert (variant.name, variant.description, variant.overlay_files) == ("a", "A", ("x.yml",))

    def test_applies_last_even_when_the_variant_has_it_already(self) -> None:
        found = project("variants: {a: {overlays: [x.yml], remove: [a]}}")

        assert removed(resolve_variant(found, "a", self.FILES, overlay="./x.yml")) == [("a", "a"), ("./x.yml", "x")]

    @pytest.mark.parametrize(("overlay", "name"), [("x.yml", "x"), ("ci/lean.yml", "lean")])
    def test_becomes_a_variant_of_its_name(self, overlay: str, name: str) -> None:
        variant = ad_hoc_variant(BUILT_IN, overlay, self.FILES)

        assert variant.name == name
        assert [layer for layer, _ in removed(variant)] == [overlay]
        assert variant.overlay_files == (overlay,)
        assert not variant.must_change

    @pytest.mark.parametrize(
        ("overlay", "message"),
        [
            pytest.param("gone.yml", "no such overlay file: gone.yml", id="a file that is not there"),
            pytest.param(
                "override.yml",
                'override.yml cannot become a variant "override": base and override are reserved names\n'
                "  hint: rename the file, or name the variant to apply it to",
                id="a reserved name",
            ),
            pytest.param(
                "fast.yml",
                'fast.yml cannot become a variant "fast": that is the built-in variant\n'
                "  hint: `migrate fast --overlay fast.yml` applies it to that one; or rename the file",
                id="the name of a variant",
            ),
        ],
    )
    def test_refuses(self, overlay: str, message: str) -> None:
        with pytest.raises(UnusableInput) as caught:
            ad_hoc_variant(BUILT_IN, overlay, self.FILES)

        assert str(caught.value) == message


class TestBase:
    ALL = Folder(dict.fromkeys(("a.yml", "b.yml", "c.yml", "docker-compose.yml"), "services: {}"))

    @pytest.mark.parametrize(
        ("text", "environment", "named", "base"),
        [
            pytest.param("base: b.yml", {"COMPOSE_FILE": "c.yml"}, ["a.yml"], "a.yml", id="the named one"),
            pytest.param("base: b.yml", {"COMPOSE_FILE": "c.yml"}, [], "b.yml", id="the project's"),
            pytest.param("", {"COMPOSE_FILE": "c.yml"}, [], "c.yml", id="that of the environment"),
            pytest.param("", {}, [], "docker-compose.yml", id="Docker Compose's default"),
            pytest.param("", {"COMPOSE_FILE": ""}, [], "docker-compose.yml", id="an empty variable is none"),
        ],
    )
    def test_is_found(self, text: str, environment: dict[str, str], named: list[str], base: str) -> None:
        found = find_base(project(text), self.ALL, environment, named)

        assert (found.names, found.sources[0].name, found.notes) == ((base,), base, ())

    @pytest.mark.parametrize(
        ("text", "environment", "named"),
        [
            pytest.param("base: [b.yml, a.yml]", {}, [], id="of the project file"),
            pytest.param("", {}, ["b.yml", "a.yml"], id="named on the command line"),
            pytest.param("", {"COMPOSE_FILE": f"b.yml{os.pathsep}a.yml"}, [], id="of the environment"),
            pytest.param(
                "", {"COMPOSE_FILE": "b.yml|a.yml", "COMPOSE_PATH_SEPARATOR": "|"}, [], id="with a separator of its own"
            ),
        ],
    )
    def test_several_files_keep_their_order(self, text: str, environment: dict[str, str], named: list[str]) -> None:
        found = find_base(project(text), self.ALL, environment, named)

        assert (found.name, found.names, found.label) == ("b.yml", ("b.yml", "a.yml"), "b.yml+a.yml")

    def test_default_names_come_in_the_order_of_docker_compose_and_the_others_are_told(self) -> None:
        names = ["docker-compose.yaml", "docker-compose.yml", "compose.yml", "compose.yaml"]
        for count in range(1, 5):
            present = names[:count]
            found = find_base(BUILT_IN, Folder(dict.fromkeys(present, "")), {})

            assert found.name == present[-1]
            assert [note.message for note in found.notes] == [
                f"{name} is ignored: {found.name} takes precedence, as in Docker Compose" for name in present[-2::-1]
            ]

    @pytest.mark.parametrize(
        ("text", "environment", "named", "message"),
        [
            pytest.param("base: x.yml", {}, [], "composevariant.yml:1:7: base: no such file: x.yml", id="b"),
            pytest.param("", {}, ["x.yml"], "-f: no such file: x.yml", id="named"),
            pytest.param("", {"COMPOSE_FILE": "x"}, [], "COMPOSE_FILE: no such file: x", id="environment"),
            pytest.param(
                "base: [a.yml, x.yml, ./a.yml, y.yml]",
                {},
                [],
                "composevariant.yml:1:15: base: no such file: x.yml\n"
                "composevariant.yml:1:22: base names ./a.yml twice\n"
                "  hint: Docker Compose would merge it into itself; name it once\n"
                "composevariant.yml:1:31: base: no such file: y.yml",
                id="all that is wrong with a list",
            ),
        ],
    )
    def test_is_refused(self, text: str, environment: dict[str, str], named: list[str], message: str) -> None:
        with pytest.raises(ComposeVariantError) as caught:
            find_base(project(text), self.ALL, environment, named)

        assert str(caught.value) == message

    def test_none_at_all_is_refused(self) -> None:
        with pytest.raises(UnusableInput) as caught:
            find_base(BUILT_IN, EMPTY, {})

        assert str(caught.value) == (
            "no Compose file found; looked for compose.yaml, compose.yml, docker-compose.yml, docker-compose.yaml"
            "\n  hint: name the file with -f, or with base: in composevariant.yml"
        )

    @pytest.mark.parametrize(
        ("text", "named", "told"),
        [
            pytest.param("", [], True, id="with the default base"),
            pytest.param("base: compose.yaml", [], True, id="with a base in the project file"),
            pytest.param("base: [compose.yaml]", [], False, id="not with a list, which says what is meant"),
            pytest.param("", ["compose.yaml"], False, id="not with -f, which says what is meant"),
            pytest.param("base: stack.yml", [], False, id="not where Docker Compose would not add it either"),
        ],
    )
    def test_an_override_file_beside_it_is_told(self, text: str, named: list[str], told: bool) -> None:
        files = Folder(dict.fromkeys(("compose.yaml", "stack.yml", "docker-compose.override.yml"), ""))
        notes = find_base(project(text), files, {}, named).notes

        message = (
            "docker-compose.override.yml is ignored, as by docker compose -f; base: [compose.yaml,"
            " docker-compose.override.yml] merges it into every variant, base: [compose.yaml] ignores it without"
            " this note"
        )
        assert [note.message for note in notes] == [message] * told


class TestOutput:
    @pytest.mark.parametrize(
        ("base", "output"),
        [
            ("docker-compose.yml", "docker-compose.fast.yml"),
            ("compose.yaml", "compose.fast.yaml"),
            ("docker/compose.prod.yml", "docker/compose.prod.fast.yml"),
            ("stack", "stack.fast"),
        ],
    )
    def test_has_the_name_of_the_base_and_the_variant(self, base: str, output: str) -> None:
        assert default_output(base, "fast") == output_path(base, "fast") == output

    @pytest.mark.parametrize(
        ("base", "written", "output"),
        [
            ("docker-compose.yml", "quick.yml", "quick.yml"),
            ("docker-compose.yml", "./quick.yml", "quick.yml"),
            ("docker/compose.yml", "docker/../docker/quick.yml", "docker/quick.yml"),
            ("base.yml", "docker-compose.yml", "docker-compose.yml"),
            ("docker-compose.yml", "out/fast.yml", "out/fast.yml"),
            ("docker-compose.yml", "out/docker-compose.yml", "out/docker-compose.yml"),
            ("infra/compose.yml", "../fast.yml", "../fast.yml"),
        ],
    )
    def test_can_be_written_in_the_project_file(self, base: str, written: str, output: str) -> None:
        assert output_path(base, "fast", Reference(written)) == output

    @pytest.mark.parametrize(
        ("base", "written", "message"),
        [
            pytest.param("a.yml", "./a.yml", "./a.yml is the base itself", id="the base"),
            pytest.param(
                "a.yml",
                "compose.override.yml",
                "compose.override.yml is a file name that Docker Compose reads by default\n"
                "  hint: for example a.fast.yml",
                id="an override file",
            ),
            pytest.param(
                "docker-compose.yml",
                "compose.yaml",
                "compose.yaml is a file name that Docker Compose reads by default\n"
                "  hint: for example docker-compose.fast.yml",
                id="a file that Docker Compose would take for the base",
            ),
        ],
    )
    def test_is_refused(self, base: str, written: str, message: str) -> None:
        place = Location("composevariant.yml", 4, 13)
        with pytest.raises(Refused) as caught:
            output_path(base, "fast", Reference(written, place))

        assert str(caught.value) == f"composevariant.yml:4:13: {message}"
        assert caught.value.exit_code == 3

    def test_those_of_all_variants(self) -> None:
        found = project("variants: {fast: , prod: {output: live.yml}}")

        assert output_paths(found, "compose.yml") == {"fast": "compose.fast.yml", "prod": "live.yml"}

    def test_two_variants_in_one_file_are_refused(self) -> None:
        found = project(
            "variants:\n  fast:\n  slow: {output: compose.fast.yml}\n  a: {output: x.yml}\n  b: {output: ./x.yml}"
        )

        with pytest.raises(ComposeVariantError) as caught:
            output_paths(found, "compose.yml")

        assert messages(caught.value) == [
            "composevariant.yml:3:18: slow and fast would both be written to compose.fast.yml",
            "composevariant.yml:5:15: b and a would both be written to x.yml",
        ]
