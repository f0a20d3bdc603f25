"""What `remove` takes away, what follows from that, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from composevariant.compose.services import services_of
from composevariant.errors import ComposeVariantError, Refused, UnusableInput
from composevariant.tree.nodes import plain
from tests.operations.removal import compose_model, refusals, removed, said, tree, written

SHOP = """
services:
  web:
    image: a
    container_name: web
    ports: ["80:80", "443:443"]
    environment: [A=1, B=2, A=3]
    volumes: ["data:/data", "./conf:/etc/conf"]
    depends_on: [db]
    deploy: {resources: {limits: {memory: 1g}}}
    networks: {back: {aliases: [shop]}}
    build: {context: ., args: {V: 1}}
  db: {image: postgres, volumes: ["pg:/var/lib/postgresql/data"], networks: [back]}
volumes: {data: {}, pg: {driver: local}, old: {}}
networks: {back: {driver: bridge}}
"""

PATHS = [
    pytest.param("services.web.container_name", ["services", "web", "container_name"], id="a key"),
    pytest.param("services.web.ports[80:80]", None, id="a list item by its identity"),
    pytest.param("services.*.ports", ["services", "web", "ports"], id="a wildcard"),
    pytest.param(
        "services.web.deploy.resources.limits.memory", ["services", "web", "deploy"], id="what it leaves empty"
    ),
    pytest.param("services.web.build.args.V", ["services", "web", "build", "args"], id="the last of the arguments"),
    pytest.param("volumes.old", ["volumes", "old"], id="a volume that nobody uses"),
    pytest.param("services.web.depends_on[db]", ["services", "web", "depends_on"], id="the last dependency"),
]


@pytest.mark.parametrize(("path", "gone"), PATHS)
def test_a_path_takes_away_what_it_names_and_what_it_leaves_empty(path: str, gone: list[str] | None) -> None:
    expected: Any = plain(tree(SHOP))
    holder = expected
    for key in (gone or [])[:-1]:
        holder = holder[key]
    if gone:
        del holder[gone[-1]]
    else:
        expected["services"]["web"]["ports"] = ["443:443"]

    outcome = removed(SHOP, path)

    assert plain(outcome.tree) == expected
    assert outcome.notes == ()


def test_what_means_something_without_settings_stays() -> None:
    after: Any = plain(
        removed(SHOP, "services.web.networks.back.aliases", "networks.back.driver", "volumes.pg.driver").tree
    )

    assert after["services"]["web"]["networks"] == {"back": {}}
    assert after["networks"] == {"back": {}}
    assert after["volumes"]["pg"] == {}


def test_all_entries_of_a_name_go() -> None:
    after: Any = plain(removed(SHOP, "services.web.environment.A").tree)

    assert after["services"]["web"]["environment"] == ["B=2"]


CASCADES = [
    pytest.param(
        SHOP,
        ["services.db"],
        """
        services:
          web:
            image: a
            container_name: web
            ports: ["80:80", "443:443"]
            environment: [A=1, B=2, A=3]
            volumes: ["data:/data", "./conf:/etc/conf"]
            deploy: {resources: {limits: {memory: 1g}}}
            networks: {back: {aliases: [shop]}}
            build: {context: ., args: {V: 1}}
        volumes: {data: {}, old: {}}
        networks: {back: {driver: bridge}}
        """,
        [
            "db: db removed",
            "web: depends_on db dropped",
            ": network back kept: only web still uses it",
            ": removed unused volume pg; its data stays on disk, even after `docker compose down -v`",
        ],
        id="a service goes with the references to it and the volume that only it used",
    ),
    pytest.param(
        """
        services:
          db: {image: postgres, container_name: shop_db}
          web:
            image: a
            links: [db, "db:database", other]
            external_links: [shop_db, shop-db-1, "elsewhere:x"]
            environment: {URL: "postgres://u:p@database:5432/x", DB_HOST: db, NOTE: a db}
            command: [./wait, --host, db, "--", run]
            configs: [app]
          other: {image: a}
        configs: {app: {content: "host=shop_db:5432"}}
        """,
        ["services.db"],
        """
        services:
          web:
            image: a
            links: [other]
            external_links: ["elsewhere:x"]
            environment: {URL: "postgres://u:p@database:5432/x", DB_HOST: db, NOTE: a db}
            command: [./wait, --host, db, "--", run]
            configs: [app]
          other: {image: a}
        configs: {app: {content: "host=shop_db:5432"}}
        """,
        [
            "db: db removed",
            "web: links db dropped",
            "web: links db dropped",
            "web: external_links db dropped",
            "web: external_links db dropped",
            "web: environment.URL names the host database, which is removed",
            "web: environment.DB_HOST names the host db, which is removed",
            "web: command names the host db, which is removed",
            ": configs.app.content names the host shop_db, which is removed",
        ],
        id="links go, and values that name the host are kept and warned of",
    ),
    pytest.param(
        """
        services:
          store:
            image: a
            volumes: ["data:/data", "./conf:/conf:rw,z", "/anon", {type: bind, source: ./x, target: /x}, "own:/own"]
            volumes_from: [store2, stays]
          store2: {image: a, volumes: ["deep:/deep"]}
          stays: {image: a, volumes: ["more:/more"]}
          web: {image: a, volumes: ["mine:/own"], volumes_from: ["store:ro"]}
          job: {image: a, volumes_from: ["container:shop-store-1"]}
        volumes: {data: {}, deep: {}, more: {}, own: {}, mine: {}}
        """,
        ["services.store*"],
        """
        services:
          stays: {image: a, volumes: ["more:/more"]}
          web:
            image: a
            volumes:
              - mine:/own
              - deep:/deep:ro
              - data:/data:ro
              - ./conf:/conf:ro,z
              - {type: volume, target: /anon, read_only: true}
              - {type: bind, source: ./x, target: /x, read_only: true}
            volumes_from: ["stays:ro"]
          job:
            image: a
            volumes_from: [stays]
            volumes:
              - deep:/deep
              - data:/data
              - ./conf:/conf:rw,z
              - /anon
              - {type: bind, source: ./x, target: /x}
              - own:/own
        volumes: {data: {}, deep: {}, more: {}, own: {}, mine: {}}
        """,
        [
            "store: store removed",
            "store2: store2 removed",
            "web: volumes_from store replaced by the mounts of store",
            "job: volumes_from store replaced by the mounts of store",
        ],
        id="volumes_from becomes the mounts themselves, read-only where it was, the service's own before them",
    ),
    pytest.param(
        """
        services:
          base:
            extends: root
            image: a
            environment: {A: 1, B: 2}
            ports: ["80:80"]
            depends_on: [db]
          root: {image: r, user: "1"}
          web: {extends: {service: base}, environment: {B: 3}, ports: ["81:80"]}
          db: {image: d}
        """,
        ["services.base"],
        """
        services:
          root: {image: r, user: "1"}
          web:
            extends: root
            image: a
            environment: {A: 1, B: 3}
            ports: ["80:80", "81:80"]
            depends_on: [db]
          db: {image: d}
        """,
        ["base: base removed", "web: extends base replaced by the settings of base"],
        id="extends is written out, and what that extended is extended",
    ),
    pytest.param(
        """
        services:
          a1: {image: a, depends_on: [a2]}
          a2: {image: a, network_mode: "service:a1", networks: null}
          web: {image: a, depends_on: {a2: {condition: service_started}, db: {condition: service_healthy}}}
          db: {image: d}
        """,
        ["services.a*"],
        "services: {web: {image: a, depends_on: {db: {condition: service_healthy}}}, db: {image: d}}",
        ["a1: a1 removed", "a2: a2 removed", "web: depends_on a2 dropped"],
        id="services that go together may refer to each other",
    ),
    pytest.param(
        """
        services:
          x1: {image: a, depends_on: [x2]}
          x2:
            image: a
            depends_on: {db: {condition: service_healthy}, job: {condition: service_completed_successfully}}
          web: {image: a, depends_on: [x1]}
          own: {image: a, depends_on: {x2: {condition: service_started}, db: {condition: service_started}}}
          db: {image: d}
          job: {image: j}
        """,
        ["services.x*"],
        """
        services:
          web: {image: a}
          own: {image: a, depends_on: {db: {condition: service_started}}}
          db: {image: d}
          job: {image: j}
        """,
        [
            "x1: x1 removed",
            "x2: x2 removed",
            "web: depends_on x1 dropped",
            "web: web no longer waits for db to be healthy, as it did through x1",
            "web: web no longer waits for job to complete, as it did through x1",
            "own: depends_on x2 dropped",
            "own: own no longer waits for job to complete, as it did through x2",
        ],
        id="lost waits are warned of",
    ),
    pytest.param(
        """
        services:
          logs: {image: fluent/fluentd, ports: ["24224:24224", "24224:24224/udp"]}
          web: {image: a, logging: {driver: fluentd, options: {fluentd-address: "localhost:24224"}}}
          job: {image: a, logging: {driver: fluentd}}
          own: {image: a, logging: {driver: gelf, options: {gelf-address: "udp://graylog:12201"}}}
          syslog: {image: a, logging: {driver: syslog, options: {syslog-address: "tcp://logs:514"}}}
        """,
        ["services.logs"],
        """
        services:
          web: {image: a}
          job: {image: a}
          own: {image: a, logging: {driver: gelf, options: {gelf-address: "udp://graylog:12201"}}}
          syslog: {image: a}
        """,
        [
            "logs: logs removed",
            "web: logging dropped: it sends to localhost:24224, which is removed; the default log driver applies",
            "job: logging dropped: it sends to localhost:24224, which is removed; the default log driver applies",
            "syslog: logging dropped: it sends to tcp://logs:514, which is removed; the default log driver applies",
        ],
        id="logging that pushes to the service goes",
    ),
    pytest.param(
        """
        services:
          a: {image: a, configs: [c1, {source: c2}], secrets: [s1, s2], networks: {n1: {}, default: {}}}
          b: {build: {context: ., secrets: [s1]}, configs: [{source: c2, target: /c}]}
          c: {image: a}
        configs: {c1: {file: ./a}, c2: {file: ./b}}
        secrets: {s1: {file: ./a}, s2: {environment: X}}
        networks: {n1: {}, default: {driver: bridge}}
        """,
        ["services.a"],
        """
        services:
          b: {build: {context: ., secrets: [s1]}, configs: [{source: c2, target: /c}]}
          c: {image: a}
        configs: {c2: {file: ./b}}
        secrets: {s1: {file: ./a}}
        networks: {default: {driver: bridge}}
        """,
        [
            "a: a removed",
            ": removed unused config c1",
            ": removed unused network n1",
            ": removed unused secret s2",
        ],
        id="networks, configs and secrets go with their last user, but not the default network",
    ),
    pytest.param(
        """
        services:
          a: {image: a, volumes: ["xx:/x"], networks: [xx]}
          b: {image: a, networks: [xx]}
          c: {image: a, networks: [xx]}
          d: {image: a, volumes: ["xx:/x"]}
        volumes: {xx: {}}
        networks: {xx: {}}
        """,
        ["services.a"],
        """
        services:
          b: {image: a, networks: [xx]}
          c: {image: a, networks: [xx]}
          d: {image: a, volumes: ["xx:/x"]}
        volumes: {xx: {}}
        networks: {xx: {}}
        """,
        ["a: a removed"],
        id="a volume and a network of one name are two things",
    ),
    pytest.param(
        """
        services:
          a: {image: a, volumes: ["xx:/x"]}
          tool: {image: t, profiles: [never]}
          b: {extends: tool}
          c: {image: c}
        volumes: {xx: {}}
        """,
        ["services.b"],
        """
        services:
          a: {image: a, volumes: ["xx:/x"]}
          tool: {image: t, profiles: [never]}
          c: {image: c}
        volumes: {xx: {}}
        """,
        ["b: b removed", "tool: tool kept, although no service extends it any more"],
        id="a service that was there to be extended is pointed out",
    ),
]


@pytest.mark.parametrize(("before", "paths", "after", "notes"), CASCADES)
def test_cascade(before: str, paths: list[str], after: str, notes: list[str]) -> None:
    outcome = removed(before, *paths)

    assert plain(outcome.tree) == plain(tree(after))
    assert said(outcome) == notes


@pytest.mark.oracle
@pytest.mark.parametrize(("before", "paths", "after", "notes"), CASCADES)
def test_compose_accepts_the_text(before: str, paths: list[str], after: str, notes: list[str]) -> None:
    text = written(before, removed(before, *paths))

    assert compose_model(text) == compose_model(after)


def test_a_volume_stays_while_a_service_extends_another_file() -> None:
    before = """
    services:
      a: {image: a, volumes: ["xx:/x"]}
      b: {extends: {file: common.yml, service: b}}
    volumes: {xx: {}}
    """
    outcome = removed(before, "services.a")

    assert plain(outcome.tree.get("volumes") or outcome.tree) == {"xx": {}}
    assert ": volume xx kept: b extends another file, which may use them" in said(outcome)


@pytest.mark.parametrize("name", ["_data", ".data", "-data-", "data.", "d-a_t.a", "${NAME:-data}"])
def test_a_volume_that_another_service_uses_stays_whatever_its_name(name: str) -> None:
    before = f"""
    services:
      a: {{image: a, volumes: ["{name}:/x"]}}
      b: {{image: b, volumes: [{{type: volume, source: "{name}", target: /y}}]}}
    volumes: {{"{name}": {{}}, data: {{}}}}
    """
    outcome = removed(before, "services.a")

    assert said(outcome) == ["a: a removed"]


def test_without_cascade_only_the_path_goes() -> None:
    outcome = removed(SHOP, "services.db", cascade=False)

    expected: Any = plain(tree(SHOP))
    del expected["services"]["db"]
    assert plain(outcome.tree) == expected
    assert outcome.notes == ()


def test_untouched_services_stay_the_same_objects() -> None:
    before = tree("services: {a: {image: a}, b: {image: a, depends_on: [a]}, c: {image: a, ports: ['1:1']}}")

    after = services_of(removed(before, "services.a").tree)

    assert after["c"] is services_of(before)["c"]
    assert list(after) == ["b", "c"]


def test_many_services_at_once_are_as_one_by_one() -> None:
    names = [f"s{number}" for number in range(60)]
    text = "services:\n" + "".join(
        f"  {name}: {{image: a, volumes: ['v{at}:/v'], depends_on: [s{(at + 1) % 60}]}}\n"
        for at, name in enumerate(names)
    )
    text += "volumes:\n" + "".join(f"  v{at}: {{}}\n" for at in range(60))

    at_once = removed(text, "services.s1*")
    one_by_one = removed(text, *(f"services.{name}" for name in names if name.startswith("s1")))

    assert plain(at_once.tree) == plain(one_by_one.tree)
    assert len(services_of(at_once.tree)) == 49


REFUSED = [
    pytest.param(
        """
        services:
          vpn: {image: v, ipc: shareable}
          web: {image: a, network_mode: "service:vpn"}
          job: {image: a, ipc: "service:vpn", uts: host}
          built: {build: {context: ., additional_contexts: {base: "service:vpn"}}}
          listed: {build: {context: ., additional_contexts: ["base=service:vpn"]}}
        """,
        [
            (
                "docker-compose.yml:4:33: services.web.network_mode is shared with vpn, without which web would not "
                "start; vpn is not removed\n  hint: remove this setting first, or the service as well"
            ),
            (
                "docker-compose.yml:5:24: services.job.ipc is shared with vpn, without which job would not start; "
                "vpn is not removed\n  hint: remove this setting first, or the service as well"
            ),
            (
                "docker-compose.yml:6:59: services.built.build.additional_contexts.base is the image of vpn, without "
                "which built could not be built; vpn is not removed\n"
                "  hint: remove this context first, or the service as well"
            ),
            (
                "docker-compose.yml:7:54: services.listed.build.additional_contexts[0] is the image of vpn, without "
                "which listed could not be built; vpn is not removed\n"
                "  hint: remove this context first, or the service as well"
            ),
        ],
        id="namespaces and images, all at once",
    ),
    pytest.param(
        """
        services:
          vpn: {extends: {file: other.yml, service: vpn}}
          web: {image: a, volumes_from: [vpn]}
        """,
        [
            (
                "docker-compose.yml:4:34: services.web.volumes_from cannot be replaced: vpn extends a service of "
                "another file, which may mount more\n"
                "  hint: write the mounts that web needs under its volumes, and remove this setting first"
            ),
        ],
        id="volumes that are not known",
    ),
]


@pytest.mark.parametrize(("before", "messages"), REFUSED)
def test_refused(before: str, messages: list[str]) -> None:
    with pytest.raises(ComposeVariantError) as caught:
        removed(before, "services.vpn")

    assert caught.value.exit_code == Refused.exit_code
    assert refusals(caught.value) == messages


def test_what_was_refused_can_be_said_first() -> None:
    before = "services: {vpn: {image: v}, web: {image: a, network_mode: 'service:vpn'}}"

    outcome = removed(before, "services.web.network_mode", "services.vpn")

    assert plain(outcome.tree) == {"services": {"web": {"image": "a"}}}


UNUSABLE = [
    pytest.param(
        "services.wev.ports",
        'overlay.yml:2:5: no such path: services.wev.ports: services has no "wev" (did you mean "web"?)\n'
        "  hint: correct the path, or write `missing: ok` if it may be absent",
        id="a name that is not there",
    ),
    pytest.param(
        'services.web.ports["8080:80"]',
        'overlay.yml:2:5: no such path: services.web.ports.8080:80: services.web.ports has no "8080:80" '
        '(did you mean "80:80"?)\n'
        "  hint: correct the path, or write `missing: ok` if it may be absent",
        id="a list item that is not there",
    ),
    pytest.param(
        "volumes.pg",
        "overlay.yml:2:5: volumes.pg is still used by db\n"
        "  hint: remove services.db.volumes[/var/lib/postgresql/data] (docker-compose.yml:13:35) first, or write "
        "`cascade: false` when a later operation replaces it",
        id="a volume in use",
    ),
    pytest.param(
        "networks",
        "overlay.yml:2:5: networks is still used by web, db\n"
        "  hint: remove services.web.networks.back (docker-compose.yml:11:16) first, or write "
        "`cascade: false` when a later operation replaces it",
        id="all networks while some are in use",
    ),
    pytest.param(
        "services.*", "overlay.yml:2:5: this would leave no service, and Compose needs at least one", id="every service"
    ),
    pytest.param(
        "services", "overlay.yml:2:5: this would leave no service, and Compose needs at least one", id="services"
    ),
]


@pytest.mark.parametrize(("path", "message"), UNUSABLE)
def test_unusable(path: str, message: str) -> None:
    with pytest.raises(UnusableInput) as caught:
        removed(SHOP, path)

    assert str(caught.value) == message


def test_without_cascade_too_a_service_must_be_left() -> None:
    with pytest.raises(UnusableInput, match="leave no service"):
        removed(SHOP, "services.*", cascade=False)


def test_missing_ok_leaves_the_same_tree() -> None:
    before = tree(SHOP)

    assert removed(before, "services.mailtrap", missing="ok").tree is before


EXTERNAL = [
    pytest.param("{external: true}", "data", id="external"),
    pytest.param("{external: true, name: shared}", "shared", id="external under another name"),
    pytest.param("{external: {name: old}}", "old", id="external in the old form"),
    pytest.param("{name: own}", "own", id="a name of its own"),
]


@pytest.mark.parametrize(("definition", "name"), EXTERNAL)
def test_the_data_of_a_volume_that_outlives_the_project_is_spoken_of(definition: str, name: str) -> None:
    before = f"services: {{a: {{image: a, volumes: ['data:/d']}}, b: {{image: b}}}}\nvolumes: {{data: {definition}}}\n"

    notes = said(removed(before, "services.a"))

    assert f": removed unused volume data; the data of {name} is not touched" in notes


def test_a_volume_in_use_goes_without_cascade() -> None:
    after: Any = plain(removed(SHOP, "volumes.pg", cascade=False).tree)

    assert after["volumes"] == {"data": {}, "old": {}}


def test_a_service_without_settings_can_be_removed() -> None:
    before = "services: {empty: null, web: {image: a, depends_on: [empty]}}"

    assert plain(removed(before, "services.empty").tree) == {"services": {"web": {"image": "a"}}}
