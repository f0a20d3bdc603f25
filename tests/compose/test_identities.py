"""Under which names the items of lists are known, and which two are one."""

from __future__ import annotations

import pytest

from composevariant.compose.identities import identity, item_key
from composevariant.tree.nodes import Mapping, Node, Sequence
from composevariant.tree.paths import find, parse_path
from tests.compose.flow_yaml import parsed

PATHS = {
    "build.args": ("services", "app", "build", "args"),
    "networks.labels": ("networks", "front", "labels"),
}


def path_of(attribute: str) -> tuple[str, ...]:
    return PATHS.get(attribute, ("services", "app", *attribute.split(".")))


def item(text: str) -> Node:
    items = parsed(f"items: [{text}]").get("items")
    assert isinstance(items, Sequence)
    return items.items[0]


@pytest.mark.parametrize(
    ("attribute", "text", "names"),
    [
        pytest.param("environment", "DEBUG=1", ("DEBUG", "DEBUG=1"), id="a variable"),
        pytest.param("environment", "DEBUG", ("DEBUG",), id="a bare variable"),
        pytest.param("environment", "'${A:-b=}=1'", ("${A:-b=}", "${A:-b=}=1", "b", "b==1"), id="a variable in a name"),
        pytest.param("labels", "a.b=c=d", ("a.b", "a.b=c=d"), id="a label"),
        pytest.param("networks.labels", "a=b", ("a", "a=b"), id="a label of a network"),
        pytest.param("build.args", "A=1", ("A", "A=1"), id="a build argument"),
        pytest.param(
            "ports", "'2000:2001'",
            ("0.0.0.0:2000:2001/tcp", "2000:2001/tcp", "0.0.0.0:2000:2001", "2000:2001"), id="a port",
        ),
        pytest.param(
            "ports", "{target: 2001, published: '2000'}",
            ("0.0.0.0:2000:2001/tcp", "2000:2001/tcp", "0.0.0.0:2000:2001", "2000:2001"), id="a long port",
        ),
        pytest.param(
            "ports", "'127.0.0.1:53:54/udp'",
            ("127.0.0.1:53:54/udp", "*:53:54", "127.0.0.1:*:54"), id="a port of one address and protocol",
        ),
        pytest.param(
            "ports", "80",
            ("0.0.0.0::80/tcp", ":80/tcp", "80/tcp", "0.0.0.0::80", ":80", "80"), id="a port that is not published",
        ),
        pytest.param(
            "ports", "'[::1]:1:2'", ("::1:1:2/tcp", "[::1]:1:2/tcp", "[::1]:1:2"), id="a port of an IPv6 address",
        ),
        pytest.param("volumes", "'./a:/x/:ro'", ("/x", "/x/", "./a:/x/:ro"), id="a mount"),
        pytest.param("volumes", "{type: volume, source: aa, target: /x/}", ("/x", "/x/", "aa:/x/"), id="a long mount"),
        pytest.param("volumes", "/x", ("/x",), id="an anonymous mount"),
        pytest.param("volumes", "'${D:-./d}:/x'", ("/x", "${D:-./d}:/x", "./d:/x"), id="a mount with a variable"),
        pytest.param("volumes", "'C:\\a:/x'", ("/x", "C:\\a:/x"), id="a mount of a Windows folder"),
        pytest.param("tmpfs", "'/run:size=1'", ("/run", "/run:size=1"), id="a tmpfs"),
        pytest.param("devices", "'/a:/b:r'", ("/b", "/a:/b:r"), id="a device"),
        pytest.param("devices", "{source: /a, target: /b}", ("/b",), id="a long device"),
        pytest.param("secrets", "key", ("/run/secrets/key", "key"), id="a secret"),
        pytest.param("secrets", "{source: key, target: other}", ("other", "key"), id="a long secret"),
        pytest.param("configs", "key", ("/key", "key"), id="a config"),
        pytest.param("build.secrets", "{source: key, target: x}", ("key",), id="a build secret"),
        pytest.param("env_file", "{path: a.env, required: false}", ("a.env",), id="a long env_file"),
        pytest.param("depends_on", "db", ("db",), id="a dependency"),
        pytest.param("links", "'db:database'", ("db:database", "db", "database"), id="a link"),
        pytest.param("volumes_from", "'container:a:ro'", ("container:a:ro", "container:a"), id="a container's volumes"),
        pytest.param("expose", "80", ("80",), id="a number"),
        pytest.param("extra_hosts", "'h:::1'", ("h:::1", "h", "h=::1"), id="a host"),
        pytest.param("security_opt", "'seccomp:x'", ("seccomp:x",), id="a security option"),
        pytest.param("build.ssh", "default", ("default",), id="an ssh key"),
        pytest.param("command", "--dev", None, id="a word of a command has no name"),
        pytest.param("deploy.placement.preferences", "{spread: x}", None, id="nor has an item of any other list"),
        pytest.param("ports", "[1]", None, id="what is no port has no name"),
    ],
)  # fmt: skip
def test_items_are_known_by_these_names(attribute: str, text: str, names: tuple[str, ...] | None) -> None:
    assert identity(path_of(attribute), item(text)) == names


@pytest.mark.parametrize(
    ("attribute", "left", "right", "one"),
    [
        pytest.param("environment", "A=1", "A=2", True, id="variables by name"),
        pytest.param("environment", "A=1", "a=1", False, id="names have a case"),
        pytest.param("ports", "'80:80'", "{target: 80, published: '80', mode: host}", True, id="ports, short and long"),
        pytest.param("ports", "'80:80'", "'0.0.0.0:80:80'", True, id="every address is the default"),
        pytest.param("ports", "'80:80'", "'127.0.0.1:80:80'", False, id="one address"),
        pytest.param("ports", "'80:80'", "'80:80/udp'", False, id="protocols"),
        pytest.param("ports", "'80:80'", "'81:80'", False, id="published ports"),
        pytest.param("ports", "'80:80'", "'080:080/TCP'", True, id="leading zeros and case"),
        pytest.param("ports", "'80:80'", "{target: 80, published: 80}", False, id="published as a number"),
        pytest.param("ports", "80", "'80'", True, id="a number and a text"),
        pytest.param("ports", "'${P:-1}:80'", "'1:80'", False, id="a variable may be something else"),
        pytest.param("ports", "'${P:-1}:80'", "'${P:-1}:80/tcp'", True, id="the same variable"),
        pytest.param("volumes", "'a1:/x'", "{type: bind, source: ./b, target: /x/}", True, id="mounts by target"),
        pytest.param("volumes", "'v:/x'", "'w:/x'", False, id="a letter is a drive"),
        pytest.param("tmpfs", "'/a:size=1'", "'/a:size=2'", True, id="tmpfs by the text before ="),
        pytest.param("tmpfs", "/a", "'/a:size=2'", False, id="which is not always the target"),
        pytest.param("devices", "/a", "'/b:/a'", True, id="devices by target"),
        pytest.param("secrets", "a", "{source: b, target: /run/secrets/a}", True, id="secrets by target"),
        pytest.param("configs", "a", "{source: b, target: /a}", True, id="configs by target"),
        pytest.param("env_file", "a.env", "{path: a.env, required: false}", True, id="env files by path"),
        pytest.param("expose", "80", "'80'", True, id="exposed ports by text"),
        pytest.param("links", "'a:b'", "a", False, id="links by text"),
        pytest.param("build.tags", "a", "a", True, id="tags"),
    ],
)
def test_items_with_one_key_are_one(attribute: str, left: str, right: str, one: bool) -> None:
    keys = {item_key(path_of(attribute), item(text)) for text in (left, right)}

    assert None not in keys
    assert (len(keys) == 1) is one


@pytest.mark.parametrize(
    "attribute",
    ["security_opt", "group_add", "extra_hosts", "volumes_from", "build.cache_from", "label_file", "command", "x-list"],
)
def test_lists_that_compose_does_not_make_unique_have_no_keys(attribute: str) -> None:
    assert item_key(path_of(attribute), item("a")) is None


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param('ports["53:53"]', ["53:53"], id="no protocol is TCP"),
        pytest.param('ports["53:53/udp"]', ["53:53/udp"], id="a protocol"),
        pytest.param("ports[*:53]", ["53:53", "53:53/udp", "127.0.0.1:5353:53/udp"], id="a star is every protocol"),
        pytest.param("ports[*:53/udp]", ["53:53/udp", "127.0.0.1:5353:53/udp"], id="a star with a protocol"),
        pytest.param('ports["*:53/udp"]', ["53:53/udp", "127.0.0.1:5353:53/udp"], id="a star in quotes"),
        pytest.param("ports[127.0.0.1:*:53]", ["127.0.0.1:5353:53/udp"], id="a star for the published port"),
        pytest.param("ports[*:80]", ["${P:-8080}:80"], id="a target"),
        pytest.param("ports.8080:80", ["${P:-8080}:80"], id="a default"),
    ],
)
def test_paths_find_ports(path: str, found: list[str]) -> None:
    ports = ["53:53", "53:53/udp", "127.0.0.1:5353:53/udp", "${P:-8080}:80"]
    tree = parsed(f"services: {{app: {{ports: {ports}}}}}")
    assert isinstance(tree, Mapping)

    places = find(tree, parse_path(f"services.app.{path}"), identity)

    assert [ports[int(place[-1])] for place in places] == found
