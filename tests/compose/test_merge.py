"""What an override makes of a base, in which notation and order: base, override, want."""
# ruff: noqa: E501 - a row is a line

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.compose.merge.merger import merge
from composevariant.errors import UnusableInput
from composevariant.tree.edits import get
from composevariant.tree.nodes import Entry, Mapping, Scalar, location_of
from tests.compose.flow_yaml import flow, parsed


def service(text: str, name: str = "compose.yml") -> Mapping:
    return parsed(f"services: {{s: {{{text}}}}}", name)


def attributes(tree: Mapping) -> str:
    services = tree.get("services")
    assert isinstance(services, Mapping)
    return flow(services.get("s") or Scalar("missing"))


NOTATION = [
    ("a list of variables stays a list", "environment: [A=1, B=2]", "environment: {B: 3, C: true, D: , E: 1.10}", "environment: [A=1, B=3, C=true, D, E=1.1]"),
    ("a mapping of variables stays a mapping", "environment: {A: 1, B: 2}", "environment: [B=3, C=1, D, E=]", "environment: {A: 1, B: '3', C: '1', D: null, E: ''}"),
    ("the spelling of a value stays", "environment: {A: 1, B: 0x10}", "environment: {A: 2.50, C: 0o17}", "environment: {A: 2.50, B: 0x10, C: 0o17}"),
    ("of equal keys the last one is changed", "environment: [A=1, A=2, B=1]", "environment: {A: 3}", "environment: [A=1, A=3, B=1]"),
    ("a dollar in a key is doubled in a list", "environment: [A=1]", "environment: {$B: 2}", "environment: [A=1, $$B=2]"),
    ("a variable in a key makes a list of a mapping", "environment: {A: 1, $B: 2}", "environment: ['${C:-c=d}=3']", "environment: [A=1, $$B=2, '${C:-c=d}=3']"),
    ("labels", "labels: [a.b=1, c]", "labels: {c: 2, a.b: 1}", "labels: [a.b=1, c=2]"),
    ("build arguments", "build: {context: ., args: {A: 1}}", "build: {args: [B]}", "build: {context: ., args: {A: 1, B: null}}"),
    ("a text becomes a list when it must hold more", "dns: 1.1.1.1", "dns: 2.2.2.2", "dns: [1.1.1.1, 2.2.2.2]"),
    ("env_file stays short", "env_file: a.env", "env_file: [{path: b.env, required: true}]", "env_file: [a.env, b.env]"),
    ("env_file becomes long where it must", "env_file: [a.env, b.env]", "env_file: [{path: a.env, required: false}]", "env_file: [{path: a.env, required: false}, b.env]"),
    ("a short port stays short", "ports: ['1:1']", "ports: [{target: 80, published: '8080', protocol: udp, mode: ingress}]", "ports: ['1:1', '8080:80/udp']"),
    ("a port that short cannot say becomes long", "ports: ['8080:80', '1:1']", "ports: [{target: 80, published: '8080', mode: host}]", "ports: [{target: 80, published: '8080', mode: host}, '1:1']"),
    ("a long port stays long", "ports: [{target: 80, published: '8080'}]", "ports: ['127.0.0.1:5000:5000/udp', 9]", "ports: [{target: 80, published: '8080'}, {host_ip: 127.0.0.1, target: 5000, published: '5000', protocol: udp}, {target: 9}]"),
    ("a port with a variable stays as it is written", "ports: [{target: 80}]", "ports: ['${P}:81']", "ports: [{target: 80}, '${P}:81']"),
    ("IPv6 addresses have brackets", "ports: ['1:1']", "ports: [{target: 80, host_ip: '::1', published: '80'}]", "ports: ['1:1', '[::1]:80:80']"),
    ("ports on one address and on all are two", "ports: ['80:80']", "ports: ['127.0.0.1:80:80']", "ports: ['80:80', '127.0.0.1:80:80']"),
    ("a range is one item", "ports: ['8000-8002:80-82']", "ports: ['8001:81', '8000-8002:80-82']", "ports: ['8000-8002:80-82', '8001:81']"),
    ("a mount keeps its place", "volumes: [aa:/x, bb:/y]", "volumes: [./c:/x/, dd:/z]", "volumes: [./c:/x/, bb:/y, dd:/z]"),
    ("a short mount stays short", "volumes: [aa:/x]", "volumes: [{type: bind, source: ./b, target: /y, read_only: true, bind: {create_host_path: true, selinux: z}}]", "volumes: [aa:/x, './b:/y:ro,z']"),
    ("a bind that must exist cannot be short", "volumes: [./a:/x]", "volumes: [{type: bind, source: ./b, target: /x}]", "volumes: [{type: bind, source: ./b, target: /x}]"),
    ("a long mount stays long", "volumes: [{type: tmpfs, target: /t}]", "volumes: ['./b:/y:ro', aa:/z, /w]", "volumes: [{type: tmpfs, target: /t}, {type: bind, source: ./b, target: /y, read_only: true, bind: {create_host_path: true}}, {type: volume, source: aa, target: /z}, {type: volume, target: /w}]"),
    ("an option that only short has stays short", "volumes: [{type: tmpfs, target: /t}]", "volumes: ['./b:/y:cached']", "volumes: [{type: tmpfs, target: /t}, './b:/y:cached']"),
    ("devices", "devices: [/a]", "devices: [{source: /b, target: /c, permissions: r}, {source: /d, target: /d, permissions: rwm}]", "devices: [/a, /b:/c:r, /d:/d]"),
    ("secrets", "secrets: [a]", "secrets: [{source: b}, {source: a, mode: 0400}]", "secrets: [{source: a, mode: 0400}, b]"),
    ("a list of names stays a list", "depends_on: [a]", "depends_on: {b: {condition: service_started}, a: {condition: service_started, required: true}}", "depends_on: [a, b]"),
    ("a condition makes a mapping of a list", "depends_on: [a, b]", "depends_on: {b: {condition: service_healthy}}", "depends_on: {a: {condition: service_started}, b: {condition: service_healthy}}"),
    ("a name takes the condition back", "depends_on: {a: {condition: service_healthy, required: false, restart: true}, b: {condition: service_healthy}}", "depends_on: [a, b, c]", "depends_on: {a: {condition: service_started, required: true, restart: true}, b: {condition: service_started}, c: {condition: service_started}}"),
    ("networks stay a list", "networks: [a]", "networks: {b: , a: {}}", "networks: [a, b]"),
    ("settings make a mapping of networks", "networks: [a, b]", "networks: {b: {aliases: [x]}}", "networks: {a: null, b: {aliases: [x]}}"),
    ("a mapping of networks stays one", "networks: {a: {aliases: [x]}}", "networks: [b, a]", "networks: {a: {aliases: [x]}, b: null}"),
    ("build stays a text", "build: ./a", "build: {context: ./b}", "build: ./b"),
    ("build becomes a mapping when it must", "build: ./a", "build: {dockerfile: D}", "build: {context: ./a, dockerfile: D}"),
    ("build stays a mapping", "build: {dockerfile: D, context: ./a}", "build: ./b", "build: {dockerfile: D, context: ./b}"),
    ("hosts stay a list", "extra_hosts: ['h:1.1.1.1']", "extra_hosts: {g: [1.1.1.1, 2.2.2.2]}", "extra_hosts: ['h:1.1.1.1', g=1.1.1.1, g=2.2.2.2]"),
    ("hosts stay a mapping", "extra_hosts: {h: 1.1.1.1}", "extra_hosts: ['h:2.2.2.2', 'g=3.3.3.3,4.4.4.4', f=5.5.5.5]", "extra_hosts: {h: [1.1.1.1, 2.2.2.2], g: [3.3.3.3, 4.4.4.4], f: 5.5.5.5}"),
    ("all gpus and one more", "gpus: all", "gpus: [{count: 1}]", "gpus: [{count: all}, {count: 1}]"),
    ("ssh keys stay a list", "build: {context: ., ssh: [default, a=/x]}", "build: {ssh: {b: /y, default: null}}", "build: {context: ., ssh: [default, a=/x, b=/y]}"),
    ("a command is replaced", "command: [a, b]", "command: c", "command: c"),
    ("null takes a command away", "command: [a, b], entrypoint: x", "command: , entrypoint: null", "command: null, entrypoint: null"),
    ("null keeps everything else", "image: a, ports: ['1:1'], build: .", "image: , ports: , build: null", "image: a, ports: ['1:1'], build: ."),
    ("options go with another driver", "logging: {driver: a, options: {b: c}}", "logging: {driver: d}", "logging: {driver: d}"),
    ("options stay with the same driver", "logging: {driver: a, options: {b: c}}", "logging: {driver: a, options: {d: e}}", "logging: {driver: a, options: {b: c, d: e}}"),
    ("a ulimit is replaced", "ulimits: {nofile: {soft: 1, hard: 2}}", "ulimits: {nofile: 5}", "ulimits: {nofile: 5}"),
    ("new keys come last", "image: a, tty: true", "user: u, image: b, init: true", "image: b, tty: true, user: u, init: true"),
    ("equal items of lists without keys are kept twice", "build: {context: ., cache_from: [a]}", "build: {cache_from: [a]}", "build: {context: ., cache_from: [a, a]}"),
    ("capabilities are kept once", "cap_add: [A, B]", "cap_add: [B, C]", "cap_add: [A, B, C]"),
    ("`<<` of the override is written out", "image: a", "<<: {tty: true, image: b}, labels: {<<: {a: b}}", "image: b, tty: true, labels: {a: b}"),
    ("!override keeps the place", "image: a, ports: ['1:1'], tty: true", "ports: !override ['2:2']", "image: a, ports: ['2:2'], tty: true"),
    ("!override of a mapping", "environment: {A: 1, B: 2}", "environment: !override {B: 3}", "environment: {B: 3}"),
    ("a text stays one under !override", "environment: {A: 1}", "environment: {A: !override 1.10, B: !override 2}", "environment: {A: '1.10', B: 2}"),
    ("!reset", "image: a, ports: ['1:1'], environment: {A: 1, B: 2}", "ports: !reset [], environment: {A: !reset null}", "image: a, environment: {B: 2}"),
    ("!reset of the last key takes the mapping along", "image: a, environment: {A: 1}", "environment: {A: !reset null}", "image: a"),
    ("!reset leaves an empty build", "build: {context: ./a}", "build: {context: !reset null}", "build: {}"),
    ("!reset in a list of names", "depends_on: [a, b]", "depends_on: {a: !reset null}", "depends_on: [b]"),
    ("!reset stays beside extends", "extends: t, ports: ['1:1']", "ports: !reset []", "extends: t, ports: !reset null"),
    ("!override stays beside extends", "extends: t", "ports: !override ['1:1']", "extends: t, ports: !override ['1:1']"),
    ("a value for what the base resets", "extends: t, ports: !reset []", "ports: ['1:1']", "extends: t, ports: !override ['1:1']"),
    ("null for what the base overrides", "extends: t, command: !override a", "command: null", "extends: t, command: !reset null"),
]  # fmt: skip


@pytest.mark.parametrize(("base", "override", "want"), [pytest.param(*row[1:], id=row[0]) for row in NOTATION])
def test_the_notation_of_the_base_stays(base: str, override: str, want: str) -> None:
    assert attributes(merge(service(base), service(override))) == attributes(service(want))


UNCHANGED = [
    ("nothing", "image: a", ""),
    ("the same value", "image: a, init: true", "init: true, image: 'a'"),
    ("another spelling of a text", "restart: 'no'", 'restart: "no"'),
    ("the same variables in a mapping", "environment: {A: 1.10, B: x, C: }", "environment: [A=1.1, B=x, C]"),
    ("the same variables in a list", "environment: [A=1, B=true, C]", "environment: {C: null, A: 1, B: true}"),
    ("the same port", "ports: ['8080:80']", "ports: ['8080:80/tcp']"),
    ("the same port, long", "ports: ['8080:80']", "ports: [{mode: ingress, target: 80, published: '8080', protocol: tcp}]"),
    ("the same port, short", "ports: [{target: 80, published: '8080'}]", "ports: ['8080:80']"),
    ("the same mount", "volumes: ['./a:/x:ro']", "volumes: [{type: bind, source: ./a, target: /x, read_only: true, bind: {create_host_path: true}}]"),
    ("the same secret", "secrets: [a, {source: b}]", "secrets: [{source: a}, b]"),
    ("the same env_file", "env_file: a.env", "env_file: [{path: a.env, required: true}]"),
    ("the same names", "depends_on: [a, b]", "depends_on: {b: {condition: service_started}, a: {}}"),
    ("a name for a dependency with settings", "depends_on: {a: {condition: service_started, restart: true}}", "depends_on: [a]"),
    ("names for networks with settings", "networks: {a: {aliases: [x]}}", "networks: [a]"),
    ("the same build", "build: ./a", "build: {context: ./a}"),
    ("the same context", "build: {context: ./a, target: t}", "build: ./a"),
    ("the same hosts", "extra_hosts: {h: [1.1.1.1, 2.2.2.2]}", "extra_hosts: [h=2.2.2.2, h=1.1.1.1]"),
    ("the same command", "command: [a, b]", "command: ['a', b]"),
    ("the same logging", "logging: {driver: a, options: {b: c}}", "logging: {options: {b: c}}"),
    ("the same ulimits", "ulimits: {nofile: {soft: 1, hard: 2}}", "ulimits: {nofile: {hard: 2, soft: 1}}"),
    ("empty collections", "environment: {A: 1}, ports: ['1:1'], networks: [a]", "environment: [], ports: [], networks: {}, labels: null"),
    ("what !override sets already", "ports: ['1:1']", "ports: !override ['1:1']"),
]  # fmt: skip


@pytest.mark.parametrize(("base", "override"), [pytest.param(*row[1:], id=row[0]) for row in UNCHANGED])
def test_an_override_that_changes_nothing_gives_the_base_itself(base: str, override: str) -> None:
    tree = service(f"{base}, labels: [x=y]")

    assert merge(tree, service(override)) is tree


@given(st.lists(st.sampled_from(NOTATION), min_size=1, max_size=5), st.sampled_from(NOTATION))
def test_services_that_the_override_does_not_name_stay_the_same_objects(
    rows: list[tuple[str, str, str, str]], row: tuple[str, str, str, str]
) -> None:
    lines = [f"  t{number}: {{{base}}}" for number, (_, base, _, _) in enumerate(rows)]
    base = parsed("\n".join(["services:", *lines, f"  s: {{{row[1]}}}"]))

    merged = merge(base, service(row[2])).get("services")

    before = base.get("services")
    assert isinstance(before, Mapping)
    assert isinstance(merged, Mapping)
    assert all(merged.get(f"t{number}") is before.get(f"t{number}") for number in range(len(rows)))


def test_services_that_the_override_does_not_name_are_not_looked_at() -> None:
    lines = [f"  s{number}: {{image: a}}" for number in range(2000)]
    base = parsed("\n".join(["services:", *lines]))
    services = base.get("services")
    assert isinstance(services, Mapping)
    touched = {f"s{number}" for number in range(0, 2000, 100)}
    opaque = [entry if entry.name in touched else Entry(entry.key, object()) for entry in services.entries]  # type: ignore[arg-type]
    base = Mapping((Entry(Scalar("services"), Mapping(tuple(opaque))),))
    override = parsed("\n".join(["services:", *(f"  {name}: {{image: b}}" for name in touched)]))

    merged = merge(base, override).get("services")

    assert isinstance(merged, Mapping)
    for before, after in zip(opaque, merged.entries, strict=True):
        assert (before is after) == (before.name not in touched)


def test_a_changed_value_knows_what_it_replaces_and_where_it_is_written() -> None:
    base = service("image: a, ports: ['1:1', '2:2']")

    merged = merge(base, service("image: b, ports: [{target: 1, published: '1', mode: host}]", "fast.yml"))

    def was(*path: str | int) -> bool:
        return get(merged, ("services", "s", *path)).origin is get(base, ("services", "s", *path))

    assert was()
    assert was("image")
    assert was("ports", 0)
    assert get(merged, ("services", "s", "ports", 1)) is get(base, ("services", "s", "ports", 1))
    assert str(location_of(get(merged, ("services", "s", "image")))) == "fast.yml:1:23"


WRONG = [
    ("a list over a mapping", "healthcheck: {test: a}", "healthcheck: [a]", "fast.yml:1:29: cannot override services.s.healthcheck: it is a mapping in the base (compose.yml:1:29) and a list here\n  hint: write a mapping, or put !override before the value to replace all of it"),
    ("a mapping over a list", "ports: ['1:1']", "ports: {a: b}", "fast.yml:1:23: cannot override services.s.ports: it is a list in the base (compose.yml:1:23) and a mapping here\n  hint: write a list, or put !override before the value to replace all of it"),
    ("a value over a mapping", "deploy: {replicas: 1}", "deploy: 5", "fast.yml:1:24: cannot override services.s.deploy: it is a mapping in the base (compose.yml:1:24) and a single value here\n  hint: write a mapping, or put !override before the value to replace all of it"),
    ("a mapping in a list of variables", "environment: [A=1]", "environment: [{B: 2}]", "fast.yml:1:30: cannot override services.s.environment: one of its values is not a single value\n  hint: write KEY: VALUE without a dash before it, or - KEY=VALUE"),
    ("a date", "environment: [A=1]", "environment: {B: 2020-01-01}", 'fast.yml:1:33: cannot override services.s.environment: Docker Compose reads 2020-01-01 as a date\n  hint: write "2020-01-01"'),
    ("settings in a list of names", "depends_on: [a]", "depends_on: [{b: {condition: service_healthy}}]", "fast.yml:1:28: cannot override services.s.depends_on: one of its names is not a single value\n  hint: write names only, or all of it as a mapping, without dashes"),
    ("a list of ssh keys", "build: {context: ., ssh: [default]}", "build: {ssh: [a=/x]}", "fast.yml:1:29: cannot override services.s.build.ssh: Docker Compose only accepts a mapping here\n  hint: write it as a mapping of id and path"),
    ("all gpus", "gpus: all", "gpus: all", "fast.yml:1:22: cannot override services.s.gpus: Docker Compose only accepts a list here\n  hint: write - count: all, or put !override before the value to replace all of it"),
    ("null for logging", "logging: {driver: a}", "logging: null", "fast.yml:1:25: cannot override services.s.logging: Docker Compose crashes on null here\n  hint: use !reset null to remove it"),
    ("an equal item where Compose keeps both", "security_opt: [a, b]", "security_opt: [b]", "fast.yml:1:31: cannot override services.s.security_opt: b is already in the base, which Docker Compose refuses\n  hint: remove it here"),
    ("extends", "image: a", "extends: {service: t}", "fast.yml:1:25: cannot override services.s.extends: the base has this service, and Docker Compose would extend only the override's part of it\n  hint: write the settings themselves, or set extends with the operation replace"),
]  # fmt: skip


@pytest.mark.parametrize(("base", "override", "message"), [pytest.param(*row[1:], id=row[0]) for row in WRONG])
def test_what_cannot_be_merged_is_refused_with_a_place(base: str, override: str, message: str) -> None:
    with pytest.raises(UnusableInput) as raised:
        merge(service(base), service(override, "fast.yml"))

    assert str(raised.value) == message


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(Exception, match=r"services\.s\.deploy(.|\n)*services\.s\.ports"):
        merge(service("deploy: {}, ports: []"), service("deploy: [], ports: {a: b}"))
