"""The summary: what `migrate` tells of one variant."""

from __future__ import annotations

from pathlib import Path

import pytest

from composevariant.compose.identities import item_key
from composevariant.findings import Note, note
from composevariant.preview.summary_form import Report, summary
from composevariant.project.variants import resolve_variant
from composevariant.source import Location, Source
from composevariant.tree.changes import Cause, Change, compare
from composevariant.tree.nodes import Entry, Mapping, Scalar
from composevariant.variants.open_project import OpenProject, load_rules
from composevariant.yamltext.parser import parse

SAMPLES = Path(__file__).parents[2] / "samples"
DOCKERFILE = ("services", "app", "build", "dockerfile")
NEXT = "next      docker compose -f compose.fast.yml up -d --build --remove-orphans\n"
HEADLINE = "compose.fast.yml (variant fast): written\n"


def tree(text: str) -> Mapping:
    root = parse(Source("compose.yml", text)).root
    assert isinstance(root, Mapping)
    return root


def changes(*texts: str, operations: str = "compose compose compose") -> tuple[Change, ...]:
    """What leads from each text to the next, by one operation each."""
    trees = [tree(text) for text in texts]
    found = []
    for before, after, operation in zip(trees, trees[1:], operations.split(), strict=False):
        found += compare(before, after, item_key, Cause(operation))
    return tuple(found)


def told(changed: tuple[Change, ...] = (), *notes: Note) -> str:
    return summary(Report("fast", "compose.fast.yml", changed, notes, (), "written"), color=False)


def lines(changed: tuple[Change, ...], *notes: Note) -> str:
    """The summary without its headline and the next step."""
    text = told(changed, *notes)
    assert text.startswith(HEADLINE)
    assert text.endswith(NEXT)
    return text.removeprefix(HEADLINE).removesuffix(NEXT)


def host(service: str, *setting: str, place: Location | None = None) -> Note:
    path = ("services", service, *setting)
    return note("remove.host", "warning", path, place, setting=".".join(setting), host="log")


def dropped(setting: str, key: str) -> Note:
    return note("remove.reference", "repaired", ("services", "app", setting, key), setting=setting, name="log")


def swapped(service: str) -> Note:
    path = ("services", service, "build", "dockerfile")
    return note("dockerfiles.swapped", "changed", path, before="Dockerfile", after="Dockerfile.fast")


def unused(sort: str, name: str) -> Note:
    return note("cleanup.removed", "removed", (f"{sort}s", name), sort=sort, name=name)


def of_sample(name: str, variant: str) -> str:
    workshop = OpenProject(str(SAMPLES / name), (), load_rules(None))
    found = resolve_variant(workshop.declared, variant, workshop.files)
    made, _ = workshop.make(found)
    output = f"docker-compose.{variant}.yml"
    return summary(Report(variant, output, made.changes, made.notes, found.overlay.env, "written"), color=False)


def test_tells_the_fast_variant_of_the_reconciliation_sample_on_one_screen() -> None:
    assert (
        of_sample("reconciliation", "fast")
        == """\
docker-compose.fast.yml (variant fast): written
changed   backend: mount filebeat_data:/var/log/filebeat removed
          backend: Dockerfile infrastructure/docker/Dockerfile.backend -> infrastructure/docker/Dockerfile.backend.fast
          frontend: mount filebeat_frontend_data:/var/log/filebeat removed
          frontend: Dockerfile infrastructure/docker/Dockerfile.frontend -> \
infrastructure/docker/Dockerfile.frontend.fast
          volumes filebeat_data, filebeat_frontend_data: removed, unused; \
the data stays on disk, even after `docker compose down -v`
kept      elasticsearch, logstash, kibana: strip does not remove the services that Filebeat sends to
note      no Filebeat service found; 2 leftover mounts, 2 volumes removed
          README.md:4 mentions Filebeat; the file is not edited
next      export DOCKER_BUILDKIT=1 COMPOSE_DOCKER_CLI_BUILD=1
          docker compose -f docker-compose.fast.yml up -d --build --remove-orphans
"""
    )


def test_tells_what_a_removed_sidecar_took_along() -> None:
    assert (
        of_sample("sidecar", "nolog")
        == """\
docker-compose.nolog.yml (variant nolog): written
changed   app: label co.elastic.logs/module removed
          app: label co.elastic.logs/fileset.stdout removed
          app: label co.elastic.logs/fileset.stderr removed
          app: variable FILEBEAT_TAGS removed
          filebeat: removed, image docker.elastic.co/beats/filebeat:9.5.1, mount at /usr/share/filebeat/data
          worker: label co.elastic.logs/enabled removed
          worker: label co.elastic.logs/exclude_lines removed
          config filebeat_config: removed, unused
          network logging: removed, unused
          volume filebeat_data: removed, unused; the data stays on disk, even after `docker compose down -v`
repaired  app, worker: depends_on filebeat dropped
          worker: links filebeat dropped
kept      worker: mount worker_logs:/logs kept: the log files in it belong to the service, Filebeat only read them; \
`log_volumes: remove` under strip removes it
note      filebeat/filebeat.yml is not mounted any more; no file is deleted
          README.md:3 mentions Filebeat; the file is not edited
next      docker compose -f docker-compose.nolog.yml up -d --build --remove-orphans
"""
    )


def test_has_a_section_for_each_kind_of_note() -> None:
    place = Location("compose.yml", 4, 7)
    notes = (
        note("remove.profile", "note", (), profile="x"),
        note("remove.wait-lost", "warning", ("services", "app"), place, name="db", end="to be healthy", gone="log"),
        host("app", "environment", "HOST", place=place),
        note("base.merged", "warning", (), reason="two files"),
        note("strip.excepted", "kept", ("services", "es")),
        note("cleanup.network", "kept", ("networks", "front"), name="front", user="app"),
        note("dockerfiles.stays", "kept", DOCKERFILE, file="Dockerfile", reason="no such file: Dockerfile.fast"),
        dropped("depends_on", "log"),
        swapped("app"),
        note("remove.service", "removed", ("services", "log")),
    )

    assert (
        lines((), *notes)
        == """\
changed   app: Dockerfile Dockerfile -> Dockerfile.fast
          log: removed
repaired  app: depends_on log dropped
kept      es: listed under `except` in the overlay
          network front: only app still uses it
          app: keeps Dockerfile: no such file: Dockerfile.fast
note      no service has the profile x any more
warning   compose.yml:4:7: app no longer waits for db to be healthy, as it did through log
          compose.yml:4:7: app: environment.HOST names the host log, which is removed
          two files
"""
    )


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(
            ["services: {a: {image: x}}", "services: {a: {image: y}}"], "a: image x -> y", id="what one operation did"
        ),
        pytest.param(
            ["services: {a: {image: x}}", "services: {a: {image: y}}", "services: {a: {image: z}}"],
            "a: image x -> z",
            id="what two operations did to one setting",
        ),
        pytest.param(
            ["services: {a: {ports: ['1:1']}}", "services: {a: {}}", "services: {a: {ports: ['2:2']}}"],
            "a: port 1:1 removed\na: port 2:2 added",
            id="a list that was removed and written again",
        ),
        pytest.param(
            ["services: {a: {image: x}}", "services: {a: {image: y}}", "services: {a: {image: x}}"],
            "nothing: the variant is identical to its base",
            id="what a later operation undid",
        ),
        pytest.param(
            ["services: {a: {image: x}, b: {tty: true}}", "services: {a: {image: y}, b: {}}", "services: {b: {}}"],
            "a: removed\nb: tty true removed",
            id="changes to a service that was removed then",
        ),
        pytest.param(
            ["volumes: {v: {driver: a}}", "volumes: {v: {driver: b}}", "volumes: {}", "{}"],
            "volumes: v removed",
            id="changes to a section that was removed then",
        ),
        pytest.param(
            ["services: {a: {command: [x, y, z]}}", "services: {a: {command: [y, w]}}"],
            "a: command[0] x removed\na: command[2] z removed\na: command[1] w added",
            id="items of a list without keys",
        ),
        pytest.param(
            ["services: {a: {command: [x, y]}}", "services: {a: {command: [y]}}", "services: {a: {command: []}}"],
            "a: command[0] x removed\na: command[0] y removed",
            id="items that stood in the same position one after another",
        ),
        pytest.param(
            ["services: {a: {environment: [A=1]}}", "services: {a: {environment: {A: 2, B: 3}}}"],
            "a: environment A 1 -> 2\na: environment B=3 added",
            id="a list that became a mapping",
        ),
    ],
)
def test_tells_what_the_operations_come_to(texts: list[str], expected: str) -> None:
    shown = "".join(f"{'changed   ' if not at else ' ' * 10}{line}\n" for at, line in enumerate(expected.split("\n")))

    assert lines(changes(*texts)) == shown


def test_tells_renames() -> None:
    old, new = Scalar("postgres"), Scalar("db")
    renamed = Change("rename", ("services", "db"), old, new)
    moved = Change("rename", ("volumes", "data"), Scalar("pg"), Scalar("data"))

    assert (
        lines((renamed, moved))
        == """\
changed   db: renamed from postgres
          volumes: data renamed from pg
"""
    )


def test_tells_once_what_a_note_tells_already() -> None:
    before = """\
services:
  app:
    build: {context: ., dockerfile: Dockerfile}
    depends_on: [log]
    links: ["log:shipper"]
    volumes: ["data:/var/log/filebeat:ro"]
    user: root
  log: {image: log}
volumes: {data: }
"""
    after = """\
services:
  app:
    build: {context: ., dockerfile: Dockerfile.fast}
    user: log
"""
    mount = "/var/log/filebeat"
    notes = (
        note("remove.service-because", "removed", ("services", "log"), reason="image log"),
        dropped("depends_on", "log"),
        dropped("links", "log:shipper"),
        note("strip.trace", "removed", ("services", "app", "volumes", mount), sort="mount", name=f"data:{mount}"),
        unused("volume", "data"),
        swapped("app"),
    )

    assert lines(changes(before, after, operations="compose"), *notes).count("\n") == 12
    assert (
        lines(changes(before, after, operations="strip"), *notes)
        == """\
changed   app: mount data:/var/log/filebeat removed
          app: Dockerfile Dockerfile -> Dockerfile.fast
          app: user root -> log
          log: removed, image log
          volume data: removed, unused
repaired  app: depends_on log dropped
          app: links log dropped
"""
    )


def test_leaves_out_what_a_later_operation_settled() -> None:
    before = "services: {app: {environment: [HOST=log]}, log: {}, es: {}}"
    after = "services: {app: {}}"
    notes = (
        note("strip.excepted", "kept", ("services", "es")),
        note("remove.service", "removed", ("services", "log")),
        host("app", "environment", "HOST"),
        host("es", "command"),
        note("cleanup.network", "kept", ("networks", "back"), name="back", user="es"),
        note("remove.service", "removed", ("services", "es")),
        note("strip.port", "warning", ("services", "es", "ports"), ports="9200", sidecar="Elasticsearch"),
        unused("network", "back"),
    )

    assert (
        lines(changes(before, after, operations="remove"), *notes)
        == """\
changed   app: environment HOST removed
          log, es: removed
          network back: removed, unused
warning   es published port 9200: Elasticsearch no longer receives data sent to it
"""
    )


ESCAPED = r"variable A\x1b[2J\nB kept"
SWAP = "Dockerfile Dockerfile -> Dockerfile.fast"


@pytest.mark.parametrize(
    ("names", "text", "expected"),
    [
        pytest.param("a", SWAP, [f"a: {SWAP}"], id="one service"),
        pytest.param("a b c d", SWAP, [f"a, b, c, d: {SWAP}"], id="few services are named"),
        pytest.param("a b c d e", SWAP, [f"5 services: {SWAP}"], id="more services are counted"),
        pytest.param(
            "api web", "image x/{} -> x/{}-fast", ["api: image x/api -> x/api-fast", "web: image x/web -> x/web-fast"],
            id="two that differ in the name stay two",
        ),
        pytest.param(
            "api web job", "image x/{} -> x/{}-fast", ["api, web, job: image x/<service> -> x/<service>-fast"],
            id="three that differ in the name become one",
        ),
        pytest.param(
            "a b c", "image {0}bc -> abc{0}",
            ["a: image abc -> abca", "b: image bbc -> abcb", "c: image cbc -> abcc"],
            id="a name inside of a word is none",
        ),
    ],
)  # fmt: skip
def test_says_once_what_holds_for_many_services(names: str, text: str, expected: list[str]) -> None:
    notes = [
        note("base.merged", "changed", ("services", name), reason=text.format(name, name)) for name in names.split()
    ]

    assert lines((), *notes).split("\n")[:-1] == [
        f"{' ' * 10 if at else 'changed   '}{line}" for at, line in enumerate(expected)
    ]


def test_folds_what_is_no_service_as_well() -> None:
    notes = [unused("volume", f"v{number}") for number in range(6)]
    few = [unused("network", f"n{number}") for number in range(2)]

    assert (
        lines((), *notes, *few) == "changed   6 volumes: removed, unused\n          networks n0, n1: removed, unused\n"
    )


def test_says_that_nothing_was_written() -> None:
    report = Report("fast", "compose.fast.yml", changes("name: a", "name: b"), (), (), "dry run")

    assert (
        summary(report, color=False)
        == """\
compose.fast.yml (variant fast): dry run, nothing written
changed   name: a -> b
next      run this again without --dry-run, then
          docker compose -f compose.fast.yml up -d --build --remove-orphans
"""
    )


def test_of_an_up_to_date_file_only_repeats_the_warnings() -> None:
    notes = (
        note("base.merged", "warning", ("services", "a"), reason="port 80 is gone"),
        note("strip.excepted", "kept", ("services", "b")),
    )
    report = Report("fast", "compose.fast.yml", changes("name: a", "name: b"), notes, (), "up to date")

    assert summary(report, color=False) == (
        f"compose.fast.yml (variant fast): up to date, nothing written\nwarning   a: port 80 is gone\n{NEXT}"
    )


def test_the_next_step_can_be_pasted_into_a_shell() -> None:
    report = Report("fast", "my compose.fast.yml", (), (), (("A", "1"), ("B", "it's")), "up to date")

    assert summary(report, color=False).split("\n")[1:] == [
        "next      export A=1 B='it'\"'\"'s'",
        "          docker compose -f 'my compose.fast.yml' up -d --build --remove-orphans",
        "",
    ]


def test_colours_the_headings() -> None:
    report = Report("fast", "f.yml", (), (note("base.merged", "warning", (), reason="look here"),), (), "up to date")

    assert summary(report, color=True) == (
        "\x1b[1mf.yml (variant fast): up to date, nothing written\x1b[m\n"
        "\x1b[33mwarning\x1b[m   look here\n"
        "\x1b[36mnext\x1b[m      docker compose -f f.yml up -d --build --remove-orphans\n"
    )


def test_writes_out_line_breaks_and_control_characters() -> None:
    strange = note("base.merged", "kept", (), reason="variable A\x1b[2J\nB kept")

    assert lines((), strange) == f"changed   nothing: the variant is identical to its base\nkept      {ESCAPED}\n"


def test_a_mapping_that_is_put_in_whole_is_told_by_what_is_in_it() -> None:
    value = Mapping((Entry(Scalar("A"), Scalar("1")), Entry(Scalar("B"), Scalar("2"))))
    inserted = Change("insert", ("services", "a", "environment"), None, value)

    assert lines((inserted,)) == "changed   a: environment A=1 added\n          a: environment B=2 added\n"
