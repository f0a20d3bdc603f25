"""Bases of several files, and of several documents in one: `(what is at stake, file, file, ...)`."""

from __future__ import annotations

from typing import Final

_HEIR: Final = "services: {x: {image: a, environment: {A: 1}}, y: {extends: {service: x}, environment: {Y: 1}}}\n"
_ATTRIBUTE: Final = "services: {x: {image: a, ports: ['1:1']}, y: {extends: x}}\n"
_CHAIN: Final = "services: {x: {image: a, environment: {A: 1}}, y: {extends: x}, z: {extends: y, tty: true}}\n"
_PLAIN: Final = "services: {x: {image: a, ports: ['80:80'], environment: {A: 1}, labels: {L: 1}}}\n"
_DOCUMENT: Final = "services:\n  x: {image: a} # first\n"
_ALWAYS: Final = "services: {x: {restart: always}}\n"

CASES: Final[tuple[tuple[str, ...], ...]] = (
    ("a change of a service does not reach its heir", _HEIR, "services: {x: {environment: {A: 2}, ports: ['80:80']}}"),
    ("an heir of a service that the later file has alone", _PLAIN, "services: {q: {image: b}, y: {extends: q}}"),
    (
        "an heir of what the later file says of a service",
        _PLAIN,
        "services: {x: {tty: true}, y: {extends: x, image: c}}",
    ),
    (
        "an heir that is there already",
        "services: {y: {image: a, tty: true}}",
        "services: {x: {image: u}, y: {extends: x}}",
    ),
    ("extends of another file is refused", _PLAIN, "services: {y: {extends: x}}"),
    ("extends is not reset", _HEIR, "services: {y: {extends: !reset null}}"),
    ("what is inherited is reset", _HEIR, "services: {y: {environment: !reset null}}"),
    ("a key that is inherited is not reset", _HEIR, "services: {y: {environment: {A: !reset null}}}"),
    ("an inherited attribute is reset", _ATTRIBUTE, "services: {y: {ports: !reset null}}"),
    ("an inherited attribute is replaced", _ATTRIBUTE, "services: {y: {ports: !override ['2:2']}}"),
    ("an inherited attribute grows", _ATTRIBUTE, "services: {y: {ports: ['2:2']}}"),
    ("a service goes and its heir stays", _HEIR, "services: {x: !reset null}"),
    ("null changes nothing", _HEIR, "services: {y: null}"),
    ("a change does not go down a chain", _CHAIN, "services: {x: {image: b}}"),
    ("a change in the middle of a chain", _CHAIN, "services: {y: {image: b}}"),
    ("!reset on an item", _PLAIN, "services: {x: {ports: [!reset '82:82', '81:81']}}"),
    ("!override on an item", _PLAIN, "services: {x: {ports: [!override '82:82', '81:81']}}"),
    (
        "tags below !override",
        _PLAIN,
        "services: {x: !override {image: b, environment: {A: !reset 07}, ports: !reset ['3:3']}}",
    ),
    ("!override on the whole file", _PLAIN, "!override {services: {x: {image: b}}}"),
    ("!reset on the whole file is refused", _PLAIN, "!reset {services: {x: {image: b}}}"),
    (
        "!reset of a key of a list",
        "services: {x: {image: a, environment: [A=1]}}",
        "services: {x: {environment: {A: !reset null}}}",
    ),
    (
        "!reset of a key that was merged",
        _PLAIN,
        "services: {x: {environment: {B: 1}}}",
        "services: {x: {environment: {A: !reset 1}}}",
    ),
    (
        "!reset of a key that was merged with null",
        _PLAIN,
        "services: {x: {labels: }}",
        "services: {x: {labels: {L: !reset 1}}}",
    ),
    (
        "!override of a key that was merged",
        _PLAIN,
        "services: {x: {environment: {B: 1}}}",
        "services: {x: {environment: {A: !override 07}}}",
    ),
    (
        "!reset of a key that was not merged",
        _PLAIN,
        "services: {x: {image: r}}",
        "services: {x: {environment: {A: !reset 1}}}",
    ),
    ("!reset of what is not there", _PLAIN, "services: {q: !reset null, x: {dns: !reset null}}"),
    (
        "!reset in the first file",
        "services: {x: {image: a, ports: !reset ['80:80']}}",
        "services: {x: {ports: ['81:81']}}",
    ),
    (
        "anchors of a later file",
        _PLAIN,
        "x-l: &l {driver: none}\nservices: {x: {logging: *l}, y: &y {image: y, logging: {<<: *l}}, z: {<<: *y}}",
    ),
    ("a later file without content", _PLAIN, "# nothing\n"),
    ("a first file without content", "# nothing\n", _PLAIN),
    ("only volumes", _PLAIN, "volumes: {v: {}}\n"),
    ("names", "name: one\n" + _PLAIN, "name: two\n"),
    ("documents", _DOCUMENT + "---\n" + _ALWAYS),
    ("documents with CRLF", (_DOCUMENT + "---\n" + _ALWAYS).replace("\n", "\r\n")),
    (
        "documents of several files",
        _DOCUMENT + "---\n" + _ALWAYS,
        "services: {x: {tty: true}}\n---\nservices: {x: {init: true}}\n",
    ),
    ("a marker without a document is refused", _DOCUMENT + "---\n"),
    ("a document of comments is refused", _DOCUMENT + "---\n# c\n---\n" + _ALWAYS),
    ("an empty first document is refused", "---\n---\n" + _DOCUMENT),
    ("a document that is null is refused", _DOCUMENT + "---\nnull\n"),
    ("a document that is a list is refused", _DOCUMENT + "---\n[a]\n"),
    ("an empty mapping", _DOCUMENT + "---\n{}\n"),
    ("an end marker", _DOCUMENT + "...\n"),
    ("an end marker and another document", _DOCUMENT + "...\n---\n" + _ALWAYS),
    ("no marker behind an end is refused", _DOCUMENT + "...\n" + _ALWAYS),
    ("a directive between documents", _DOCUMENT + "...\n%YAML 1.1\n---\n" + _ALWAYS),
    ("content on the line of a marker", _DOCUMENT + "--- {services: {x: {restart: always}}}\n"),
    ("an anchor of the document above", "x-a: &a {restart: always}\n" + _DOCUMENT + "---\nservices: {x: *a}\n"),
    ("extends of another document is refused", _DOCUMENT + "---\nservices: {y: {extends: x}}\n"),
    (
        "a change in another document does not reach an heir",
        _HEIR + "---\nservices: {x: {environment: {A: 2, B: 3}}}\n",
    ),
    ("duplicate keys in another document are refused", _DOCUMENT + "---\nservices: {x: {tty: true, tty: true}}\n"),
    ("a block scalar above a marker", "services:\n  x:\n    image: a\n    command: |\n      foo\n---\n" + _ALWAYS),
    ("a key like a marker is refused", _DOCUMENT + "---x: 1\n"),
)
