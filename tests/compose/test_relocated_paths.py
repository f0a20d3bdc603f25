"""Paths seen from another folder: every setting that holds one, and what is left alone."""

from __future__ import annotations

from posixpath import isabs, join, normpath, relpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.compose.files.relocated_paths import is_remote, relocate_path, relocate_paths, with_contexts
from composevariant.compose.identities import item_key
from composevariant.source import Source
from composevariant.tree.nodes import Mapping
from composevariant.yamltext.editor import edit
from composevariant.yamltext.parser import parse


def text_from(folder: str, text: str) -> str:
    document = parse(Source("c.yml", text))
    assert isinstance(document.root, Mapping)
    return edit(document, relocate_paths(with_contexts(document.root, "."), folder).tree, item_key)


SERVICE = "services:\n  a:\n    "
MOVED = {
    "a build in short": ("build: app   # here", "build: sub/app   # here"),
    "a build that begins with a dot": ("build: ./app", "build: ./sub/app"),
    "a build of the folder itself": ("build: .", "build: ./sub"),
    "a build of the folder above": ("build: ../x", "build: ./x"),
    "a context": ("build: {context: ./app, dockerfile: D}", "build: {context: ./sub/app, dockerfile: D}"),
    "a build without a context": ("build: {dockerfile: D}", "build: {context: ./sub, dockerfile: D}"),
    "contexts by name": (
        "build: {context: ., additional_contexts: {x: ./x, y: 'docker-image://y', z: 'service:q'}}",
        "build: {context: ./sub, additional_contexts: {x: ./sub/x, y: 'docker-image://y', z: 'service:q'}}",
    ),
    "contexts in a list": (
        "build: {context: ., additional_contexts: [x=./x, y=https://y]}",
        "build: {context: ./sub, additional_contexts: [x=./sub/x, y=https://y]}",
    ),
    "keys for ssh": (
        "build: {context: ., ssh: [default, k=./k]}",
        "build: {context: ./sub, ssh: [default, k=./sub/k]}",
    ),
    "one file of variables": ("env_file: a.env", "env_file: sub/a.env"),
    "files of variables": (
        "env_file: [./a.env, {path: b.env, required: false}]",
        "env_file: [./sub/a.env, {path: sub/b.env, required: false}]",
    ),
    "files of labels": ("label_file: [a.labels]", "label_file: [sub/a.labels]"),
    "an extended file": ("extends: {file: c.yml, service: x}", "extends: {file: sub/c.yml, service: x}"),
    "watched folders": (
        "develop: {watch: [{path: ./src, action: sync, target: /src}]}",
        "develop: {watch: [{path: ./sub/src, action: sync, target: /src}]}",
    ),
    "mounts": (
        'volumes: ["./a:/a:ro", "../b:/b", ".:/c"]   # data',
        'volumes: ["./sub/a:/a:ro", "./b:/b", "./sub:/c"]   # data',
    ),
    "a long mount": (
        "volumes: [{type: bind, source: a, target: /a}, {type: volume, source: a, target: /b}]",
        "volumes: [{type: bind, source: sub/a, target: /a}, {type: volume, source: a, target: /b}]",
    ),
    "a variable inside of a path": ('volumes: ["./d/${X:-a:b}/e:/e"]', 'volumes: ["./sub/d/${X:-a:b}/e:/e"]'),
    "the default of a variable": ('volumes: ["${D:-./d}:/d"]', 'volumes: ["${D:-./sub/d}:/d"]'),
    "an end of a folder": ('volumes: ["./d/:/d", "./d/$X:/e"]', 'volumes: ["./sub/d:/d", "./sub/d/$X:/e"]'),
}
LEFT_ALONE = {
    "a named volume": 'volumes: ["data:/d"]',
    "an anonymous volume": 'volumes: ["./d"]',
    "absolute paths": 'volumes: ["/a:/a", {type: bind, source: /b, target: /b}]',
    "somebody's home": 'volumes: ["~/a:/a", "~/b:/b"]',
    "a drive": "volumes: ['C:\\a:/a']",
    "an absolute default": 'volumes: ["${D:-/d}:/d"]',
    "the folder that a shell is in": 'volumes: ["${PWD}/d:/d", "$HOME/e:/e"]',
    "a repository": "build: https://github.com/a/b.git",
    "a repository in short": "build: github.com/a/b",
    "a repository by ssh": "build: git@github.com:a/b.git",
    "a Dockerfile, which counts from its context": "build: {context: /x, dockerfile: ./D}",
    "nothing": "env_file:",
    "tmpfs": "tmpfs: ./x",
    "a device": 'devices: ["./x:/y"]',
}


@pytest.mark.parametrize(("before", "after"), MOVED.values(), ids=MOVED)
def test_is_led_through_the_folder(before: str, after: str) -> None:
    assert text_from("sub", f"{SERVICE}{before}\n") == f"{SERVICE}{after}\n"


@pytest.mark.parametrize("text", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_is_left_alone(text: str) -> None:
    assert text_from("sub", f"{SERVICE}{text}\n") == f"{SERVICE}{text}\n"


def test_the_top_level_has_paths_too() -> None:
    text = (
        "include: [a.yml, {path: [b.yml, ./c.yml], project_directory: d, env_file: e.env}]\n"
        "configs: {c: {file: ./c.conf}, d: {content: ./x}}\n"
        "secrets: {s: {file: s.txt}, e: {environment: E}}\n"
        "volumes:\n"
        "  bound: {driver: local, driver_opts: {type: none, o: bind, device: ./v}}\n"
        "  nfs: {driver: local, driver_opts: {type: nfs, o: addr=x, device: ./v}}\n"
        "  other: {driver_opts: {type: none, o: bind, device: ./v}}\n"
    )

    assert text_from("..", text) == (
        "include: [../a.yml, {path: [../b.yml, ../c.yml], project_directory: ../d, env_file: ../e.env}]\n"
        "configs: {c: {file: ../c.conf}, d: {content: ./x}}\n"
        "secrets: {s: {file: ../s.txt}, e: {environment: E}}\n"
        "volumes:\n"
        "  bound: {driver: local, driver_opts: {type: none, o: bind, device: ../v}}\n"
        "  nfs: {driver: local, driver_opts: {type: nfs, o: addr=x, device: ./v}}\n"
        "  other: {driver_opts: {type: none, o: bind, device: ./v}}\n"
    )


def test_paths_that_begin_with_a_variable_are_told() -> None:
    root = parse(
        Source("c.yml", 'services: {a: {volumes: ["${D}/x:/x", "${E:-./e}:/e", "${F:-/f}:/f", "$PWD:/p"]}}')
    ).root
    assert isinstance(root, Mapping)

    assert [node.text for node in relocate_paths(root, "sub").unclear] == ["${D}/x:/x", "${E:-./e}:/e"]


_NAMES = st.text("ab.-_ ", min_size=1, max_size=4).filter(lambda name: name.strip(".") and not name.startswith("~"))
_PATHS = st.lists(st.one_of(_NAMES, st.just(".."), st.just(".")), min_size=1, max_size=5).map("/".join)
_DEEP = "/a/b/c/d/e/f"
"""Deeper than any of the paths leads upwards."""
_FOLDERS = st.lists(_NAMES, max_size=3).map("/".join)


@given(_PATHS, _FOLDERS, _FOLDERS)
def test_a_path_leads_to_the_same_place(path: str, old: str, new: str) -> None:
    moved = relocate_path(path, relpath(f"{_DEEP}/{old}", f"{_DEEP}/{new}"))

    assert normpath(join(_DEEP, new, moved)) == normpath(join(_DEEP, old, path))


@given(_PATHS, _FOLDERS, _FOLDERS)
def test_there_and_back_again(path: str, old: str, new: str) -> None:
    there = relocate_path(path, relpath(f"{_DEEP}/{old}", f"{_DEEP}/{new}"))
    back = relocate_path(there, relpath(f"{_DEEP}/{new}", f"{_DEEP}/{old}"))

    assert normpath(join(_DEEP, old, back)) == normpath(join(_DEEP, old, path))


@given(_PATHS, _FOLDERS)
def test_what_begins_with_a_dot_still_does(path: str, folder: str) -> None:
    moved = relocate_path(f"./{path}", folder)

    assert moved.startswith(".")
    assert not isabs(moved)
    assert not is_remote(moved)
