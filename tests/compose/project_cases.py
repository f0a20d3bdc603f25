"""Projects of several files, with a sentence each. A line `=== name` begins a file; the base is docker-compose.yml."""

from __future__ import annotations

from typing import Final

CASES: Final[dict[str, str]] = {
    "an included file brings its services and volumes": """\
=== docker-compose.yml
include: [infra.yml]
services: {web: {image: web, depends_on: [db]}}
=== infra.yml
services: {db: {image: pg, volumes: ["data:/d"]}}
volumes: {data: {}}
""",
    "paths of an included file count from its folder": """\
=== docker-compose.yml
include: [sub/c.yml]
services: {web: {image: web}}
=== sub/c.yml
services:
  a:
    build: .
    env_file: [v.env, {path: ./w.env, required: false}]
    volumes: ["./d:/d", "../e:/e", "/abs:/f", "~/g:/g", {type: bind, source: h, target: /h}, "n:/n"]
    configs: [c]
    secrets: [s]
  b:
    build: {context: app, additional_contexts: {x: ./x, y: "docker-image://y", z: "service:a"}}
    develop: {watch: [{path: ./src, action: rebuild}]}
volumes: {n: {driver: local, driver_opts: {type: none, o: bind, device: ./dev}}}
configs: {c: {file: ./c.conf}}
secrets: {s: {file: s.txt}}
=== sub/v.env
A=1
=== sub/src/x
=== sub/app/Dockerfile
FROM x
""",
    "a build without a context is built from the folder of the included project": """\
=== docker-compose.yml
include: [sub/c.yml]
services: {web: {image: web}}
=== sub/c.yml
services: {a: {build: {dockerfile: D}}}
""",
    "a project directory moves what is included": """\
=== docker-compose.yml
include: [{path: sub/c.yml, project_directory: other}]
services: {web: {image: web}}
=== sub/c.yml
services: {a: {image: a, volumes: ["./d:/d"]}}
=== other/keep
""",
    "the folder of the first of several included files counts": """\
=== docker-compose.yml
include: [{path: [sub/c.yml, c.override.yml]}]
services: {web: {image: web}}
=== sub/c.yml
services: {a: {image: a, ports: ["1:1"], volumes: ["./d:/d"]}}
=== c.override.yml
services: {a: {ports: !override ["2:2"], volumes: ["./e:/e"], environment: [X=1]}}
""",
    "the variables of an included folder's .env are its own": """\
=== docker-compose.yml
include: [sub/c.yml]
services: {web: {image: "web:${TAG:-none}"}}
=== sub/c.yml
services:
  a:
    image: "a:${TAG}"
    command: "$TAG ${TAG:-d} ${TAG-d} ${OTHER:-${TAG}} $$TAG ${EMPTY:-e} ${EMPTY-e} ${EMPTY:+x}${EMPTY+y}"
=== sub/.env
TAG=17
EMPTY=
""",
    "the including project's variables come first": """\
=== docker-compose.yml
include: [sub/c.yml]
services: {web: {image: "web:${TAG}"}}
=== .env
TAG=root
=== sub/c.yml
services: {a: {image: "a:${TAG}", command: "$TAG ${TAG:-d} ${TAG-d}"}}
=== sub/.env
TAG=17
""",
    "an empty variable of the including project is set": """\
=== docker-compose.yml
include: [sub/c.yml]
services: {web: {image: "web${TAG}"}}
=== .env
TAG=
=== sub/c.yml
services: {a: {image: "a", command: "$TAG. ${TAG:-d} ${TAG-d}"}}
=== sub/.env
TAG=17
""",
    "a named file of variables takes the place of .env": """\
=== docker-compose.yml
include: [{path: sub/c.yml, env_file: [one.env, two.env]}]
services: {web: {image: web}}
=== one.env
A=1
B=1
=== two.env
B=2
=== sub/.env
C=3
=== sub/c.yml
services: {a: {image: "a:${A}${B}${C-none}"}}
""",
    "what an environment passes on has the value of the included project": """\
=== docker-compose.yml
include: [sub/c.yml]
services: {web: {image: web, environment: [A]}}
=== sub/.env
A=hello world
B=it's # no comment
=== sub/c.yml
services: {a: {image: a, environment: [A, B, C, "D=${A}"]}, b: {image: b, environment: {A: , B: , C: }}}
""",
    "includes inside of includes, with variables from outside in": """\
=== docker-compose.yml
include: [a/a.yml]
services: {web: {image: web}}
=== a/a.yml
include: [b/b.yml]
services: {a: {image: "a:${X}${Y}${Z-}"}}
=== a/.env
X=1
Y=1
=== a/b/b.yml
services: {b: {image: "b:${X}${Y}${Z}", volumes: ["./d:/d", "../u:/u"]}}
=== a/b/.env
Y=2
Z=2
""",
    "two includes of one file bring it once": """\
=== docker-compose.yml
include: [a.yml, b.yml]
services: {web: {image: web}}
=== a.yml
include: [c.yml]
services: {a: {image: a}}
=== b.yml
include: [c.yml]
services: {b: {image: b}}
=== c.yml
services: {c: {image: c, ports: ["80:80"]}}
networks: {n: {}}
""",
    "a name that both define differently is refused": """\
=== docker-compose.yml
include: [a.yml]
services: {web: {image: web}}
=== a.yml
services: {web: {image: other}}
""",
    "a network that both define alike is one": """\
=== docker-compose.yml
include: [a.yml]
services: {web: {image: web, networks: [n]}}
networks: {n: {external: true}}
=== a.yml
services: {a: {image: a, networks: [n]}}
networks: {n: {external: true}}
""",
    "an include that is not there is refused": """\
=== docker-compose.yml
include: [a.yml]
services: {web: {image: web}}
""",
    "an include that comes back is refused": """\
=== docker-compose.yml
include: [a.yml]
services: {web: {image: web}}
=== a.yml
include: [b.yml]
services: {a: {image: a}}
=== b.yml
include: [a.yml]
services: {b: {image: b}}
""",
    "an empty entry of include is refused": """\
=== docker-compose.yml
include: [null]
services: {web: {image: web}}
""",
    "an included service that is wrong makes the project wrong": """\
=== docker-compose.yml
include: [a.yml]
services: {web: {image: web}}
=== a.yml
services: {a: {image: a, ports: [x]}}
""",
    "an included service without an image makes the project wrong": """\
=== docker-compose.yml
include: [a.yml]
services: {web: {image: web}}
=== a.yml
services: {a: {command: x}}
""",
    "an included file may need what the including one defines": """\
=== docker-compose.yml
include: [a.yml]
services: {web: {image: web}}
volumes: {v: {}}
=== a.yml
services: {a: {image: a, depends_on: [web], volumes: ["v:/v"]}}
""",
    "an included service that waits for nothing there is is refused": """\
=== docker-compose.yml
include: [a.yml]
services: {web: {image: web}}
=== a.yml
services: {a: {image: a, depends_on: [nobody]}}
""",
    "only include and no services": """\
=== docker-compose.yml
include: [a.yml]
=== a.yml
services: {a: {image: a}}
""",
    "anchors, merges and extensions stay in the included file": """\
=== docker-compose.yml
include: [a.yml]
x-top: &top {labels: {a: b}}
services: {web: {image: web, <<: *top}}
=== a.yml
x-top: &top {labels: {c: d}}
services:
  a: &a {image: a, <<: *top}
  b: {<<: *a, image: b}
""",
    "tags in an included file act there": """\
=== docker-compose.yml
include: [{path: [a.yml, b.yml]}]
services: {web: {image: web}}
=== a.yml
services: {a: {image: a, ports: ["1:1"], labels: {x: y, z: w}}, b: {image: b}}
=== b.yml
services: {a: {ports: !reset [], labels: {x: !reset null}}, b: !reset null}
""",
    "a stray tag in an included file says nothing": """\
=== docker-compose.yml
include: [a.yml]
services: {web: {image: web}}
=== a.yml
services: {a: {image: a, ports: !reset ["1:1"], labels: !override {x: y}}}
""",
    "several documents of an included file": """\
=== docker-compose.yml
include: [a.yml]
services: {web: {image: web}}
=== a.yml
services: {a: {image: a}}
---
services: {a: {command: x}, b: {image: b}}
""",
    "extends of another file, whose paths count from there": """\
=== docker-compose.yml
services:
  web:
    extends: {file: base/common.yml, service: app}
    volumes: ["./mine:/mine"]
=== base/common.yml
services:
  app:
    build: {context: ., args: {A: b}}
    env_file: app.env
    volumes: ["./d:/d", "vv:/v"]
    environment: {A: a, B: b}
volumes: {vv: {}}
=== base/app.env
""",
    "extends that is reset, in the base and in another file": """\
=== docker-compose.yml
services:
  a: {image: a, command: hi, ports: ["1:1"]}
  b: {image: b, extends: !reset {service: a}}
  c: !override {image: c, extends: !reset {service: a}}
  d: {image: d, extends: !reset {file: none.yml, service: a}}
  e: {extends: {file: other.yml, service: heir}}
=== other.yml
services:
  app: {image: app, ports: ["2:2"]}
  heir: {image: heir, extends: !reset {service: app}}
""",
    "extends of another file, complete": """\
=== docker-compose.yml
services:
  web:
    extends: {file: base/common.yml, service: app}
    volumes: ["./mine:/mine"]
    environment: {A: mine}
    ports: ["1:1"]
=== base/common.yml
services:
  app:
    build: {context: ., args: {A: b}}
    env_file: app.env
    volumes: ["./d:/d"]
    environment: {A: a, B: b}
    ports: ["2:2"]
=== base/app.env
E=1
""",
    "extends through three files and in each": """\
=== docker-compose.yml
services:
  web: {extends: {file: a/a.yml, service: heir}, command: web}
  job: {extends: web, entrypoint: job}
=== a/a.yml
services:
  heir: {extends: mid, labels: [heir=1]}
  mid: {extends: {file: b/b.yml, service: root}, labels: {mid: "1"}, volumes: ["./a:/a"]}
  broken: {extends: nobody}
=== a/b/b.yml
services:
  root: {extends: rootest, volumes: ["./b:/b"]}
  rootest: {image: r, env_file: ./r.env, labels: {root: "1", mid: "0"}}
=== a/b/r.env
R=1
""",
    "tags act on what is extended": """\
=== docker-compose.yml
services:
  web:
    extends: {file: c.yml, service: app}
    ports: !reset []
    labels: {a: !reset null}
    environment: !override {X: y}
=== c.yml
services: {app: {image: a, ports: ["1:1"], labels: {a: b, c: d}, environment: {Q: r}}}
""",
    "tags in the extended file act on what that extends": """\
=== docker-compose.yml
services: {web: {extends: {file: c.yml, service: app}}}
=== c.yml
services:
  app: {extends: root, ports: !reset [], command: x}
  root: {image: r, ports: ["1:1"], labels: {c: d}}
""",
    "an extended file's include does not count": """\
=== docker-compose.yml
services: {web: {extends: {file: c.yml, service: app}}}
=== c.yml
include: [no.yml]
services: {app: {image: a}}
""",
    "an extended service's dependencies must be there": """\
=== docker-compose.yml
services: {web: {extends: {file: c.yml, service: app}}}
=== c.yml
services: {app: {image: a, depends_on: [db]}, db: {image: db}}
""",
    "an extended build without a context is built here": """\
=== docker-compose.yml
services: {web: {extends: {file: sub/c.yml, service: app}}}
=== sub/c.yml
services: {app: {build: {dockerfile: D}}}
""",
    "extends of a file that is not there is refused": """\
=== docker-compose.yml
services: {web: {extends: {file: c.yml, service: app}}}
""",
    "extends of a service that is not there is refused": """\
=== docker-compose.yml
services: {web: {extends: {file: c.yml, service: ap}}}
=== c.yml
services: {app: {image: a}}
""",
    "extends that comes back by way of another file is refused": """\
=== docker-compose.yml
services: {web: {extends: {file: c.yml, service: app}}}
=== c.yml
services: {app: {image: a, extends: {file: docker-compose.yml, service: web}}}
""",
    "extends of its own file by name": """\
=== docker-compose.yml
services: {web: {extends: {file: docker-compose.yml, service: app}, command: x}, app: {image: a}}
""",
    "extends in an included file": """\
=== docker-compose.yml
include: [sub/a.yml]
services: {web: {image: web}}
=== sub/a.yml
services: {a: {extends: {file: ../base/c.yml, service: app}, command: "${V}"}}
=== sub/.env
V=1
=== base/c.yml
services: {app: {image: "a:${V}", volumes: ["./d:/d"]}}
""",
    "an extended file's own .env does not count": """\
=== docker-compose.yml
services: {web: {extends: {file: sub/c.yml, service: app}}}
=== sub/.env
V=1
=== sub/c.yml
services: {app: {image: "a:${V-none}"}}
""",
    "several documents of an extended file": """\
=== docker-compose.yml
services: {web: {extends: {file: c.yml, service: app}}}
=== c.yml
services: {app: {image: a, ports: ["1:1"]}}
---
services: {app: {ports: ["2:2"], command: x}}
""",
    "lists of pairs in both notations": """\
=== docker-compose.yml
services:
  web:
    extends: {file: c.yml, service: app}
    environment: [A=mine, C]
    labels: {x: mine}
    extra_hosts: ["h:1.2.3.4"]
=== c.yml
services: {app: {image: a, environment: {A: a, B: b}, labels: [x=a, y=b], extra_hosts: {g: 1.2.3.5}}}
""",
    "profiles, deploy and healthchecks are inherited": """\
=== docker-compose.yml
services: {web: {extends: {file: c.yml, service: app}, deploy: {replicas: 2}, healthcheck: {interval: 5s}}}
=== c.yml
services:
  app:
    image: a
    profiles: [dev]
    deploy: {resources: {limits: {memory: 1g}}}
    healthcheck: {test: [CMD, x], interval: 1s}
    network_mode: host
""",
    "a path that begins with a variable keeps its default's meaning": """\
=== docker-compose.yml
include: [sub/c.yml]
services: {web: {image: web}}
=== sub/c.yml
services: {a: {image: a, volumes: ["${D:-./data}/x:/x", "${E:-/abs}:/y"], build: "${CTX:-app}"}}
""",
    "ssh and secrets of builds": """\
=== docker-compose.yml
include: [sub/c.yml]
services: {web: {image: web}}
=== sub/c.yml
services: {a: {build: {context: ., ssh: [default], secrets: [s]}}}
secrets: {s: {environment: HOME}}
""",
    "models, configs with content and networks with names": """\
=== docker-compose.yml
include: [sub/c.yml]
services: {web: {image: web}}
=== sub/c.yml
name: other
services: {a: {image: a, models: [m], networks: [n], configs: [{source: c, target: /c}]}}
models: {m: {model: ai/x}}
networks: {n: {name: fixed}}
configs: {c: {content: "hello ${WHO:-you}"}}
""",
}


def files_of(case: str) -> dict[str, str]:
    """The files of a case by their names."""
    parts = case.split("=== ")[1:]
    return {name: text for name, _, text in (part.partition("\n") for part in parts)}


SEVERAL: Final[dict[str, str]] = {
    "a later file changes what an earlier one includes": """\
=== docker-compose.yml
include: [sub/a.yml]
services: {web: {image: web}}
=== sub/a.yml
services: {a: {image: a, ports: ["1:1"], volumes: ["./d:/d"]}}
=== second.yml
services: {a: {ports: ["2:2"], environment: [X=1]}}
""",
    "a later file takes away what an earlier one includes": """\
=== docker-compose.yml
include: [sub/a.yml]
services: {web: {image: web}}
=== sub/a.yml
services: {a: {image: a}}
=== second.yml
services: {a: !reset null}
""",
    "both include": """\
=== docker-compose.yml
include: [a.yml]
services: {web: {image: web}}
=== a.yml
services: {a: {image: a}}
=== second.yml
include: [b.yml]
services: {web: {command: x}}
=== b.yml
services: {b: {image: b, depends_on: [a]}}
""",
    "a later file changes an heir of another file": """\
=== docker-compose.yml
services: {web: {extends: {file: c.yml, service: app}, ports: ["1:1"]}}
=== c.yml
services: {app: {image: a, ports: ["9:9"], labels: {x: y}, command: c}}
=== second.yml
services: {web: {ports: ["2:2"], labels: {x: z}, command: !reset null}}
""",
    "a later file overrides a list of an heir": """\
=== docker-compose.yml
services: {web: {extends: {file: c.yml, service: app}, ports: ["1:1"]}}
=== c.yml
services: {app: {image: a, ports: ["9:9"]}}
=== second.yml
services: {web: {ports: !override ["2:2"]}}
""",
    "a later file makes a service an heir": """\
=== docker-compose.yml
services: {web: {image: web, ports: ["1:1"], command: w}}
=== c.yml
services: {app: {image: a, ports: ["9:9"], labels: {x: y}, command: c}}
=== second.yml
services: {web: {extends: {file: c.yml, service: app}, labels: {x: z}}, other: {extends: {file: c.yml, service: app}}}
""",
    "nothing of the other files changes": """\
=== docker-compose.yml
include: [a.yml]
services: {web: {extends: {file: c.yml, service: app}}}
=== a.yml
services: {a: {image: a}}
=== c.yml
services: {app: {image: a, ports: ["9:9"]}}
=== second.yml
services: {web: {environment: [A=b]}, new: {image: n, depends_on: [a, web]}}
""",
}
