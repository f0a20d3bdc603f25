"""Files that look as odd as the broken ones, and that Docker Compose accepts."""

from __future__ import annotations

from tests.validation.broken_files import web

ACCEPTED = {
    "equal ports": web("ports: ['80:80', '80:80', 90, 90]"),
    "equal items of lists that Compose makes unique": web(
        "environment: [A=1, A=1]",
        "labels: [a=1, a=1]",
        "expose: [80, 80]",
        "cap_add: [A, A]",
        "dns: [1.1.1.1, 1.1.1.1]",
        "profiles: [p, p]",
        "tmpfs: [/t, /t]",
        "volumes: ['./a:/a', './b:/a']",
        "sysctls: [a=1, a=1]",
    ),
    "a number and an equal string": web("group_add: [1, '1']"),
    "quoted numbers and booleans": web(
        "init: 'yes'",
        "tty: off",
        "cpus: '0.5'",
        "healthcheck: {retries: '3', disable: 'false'}",
        "deploy: {replicas: '1'}",
        "ulimits: {nofile: '10'}",
        "ports: [{target: '80'}]",
    ),
    "a whole number with a fraction of zero": web("deploy: {replicas: 1.0}"),
    "variables wherever a scalar may be": web(
        "ports: ['${PORT:-80}:80', '${PORT}:81']",
        "init: ${INIT:-true}",
        "cpu_percent: ${CPU:-50}",
        "restart: ${RESTART}",
        "mem_limit: ${MEMORY:-1g}",
        "stop_grace_period: ${GRACE:-5s}",
        "pull_policy: ${PULL:-always}",
        "scale: ${SCALE:-1}",
        image="image: ${IMAGE:-x}",
    ),
    "escaped dollars": web("command: echo $$HOME $$(date)", "environment: {A: '$$B'}"),
    "lists and words in commands": web('command: ["it\'s"]', "entrypoint: sh -c 'a (b)'"),
    "a one-letter volume is a drive": web("volumes: ['v:/a']"),
    "mounts of every form": web(
        "volumes: [/a, ./b:/c, 'C:\\d:/e', '\\\\.\\pipe\\x:\\\\.\\pipe\\x', data:/f:ro, {type: tmpfs, target: /g}]",
    )
    + "volumes: {data: }\n",
    "ports of every form": web(
        "ports: [80, 80-81, '8080-8090:80', '127.0.0.1::81', '[::1]:82:82', ':83', '0:84', 85/UDP, 86/, {target: 87}]",
    ),
    "durations and sizes of every form": web(
        "stop_grace_period: 1w2d3h4m5.5s",
        "healthcheck: {interval: '0', timeout: -1us}",
        "mem_limit: 1.5 GiB",
        "mem_reservation: 64",
        "shm_size: 1e3",
    ),
    "an empty build": "services: {web: {build: {}}}\n",
    "no services": "services: {}\n",
    "only volumes": "volumes: {data: }\n",
    "only extensions": "x-note: 2020-01-01\n",
    "keys that begin with x-": web("x-note: [1]", "logging: {x-note: 1}"),
    "the implicit network": web("networks: [default]"),
    "network_mode and no networks": web("network_mode: host", "networks: []"),
    "containers outside the project": web(
        "volumes_from: ['container:c']", "network_mode: 'container:c'", "external_links: [c]"
    ),
    "a name that depends on a variable": web("volumes: ['${PWD}/data:/data']"),
    "a dependency in a profile": web("depends_on: [db]") + "  db: {image: y, profiles: [p]}\n",
    "what is reset": web("colour: !reset red", "ports: !reset abc"),
    "what is overridden": web("ports: !override [80]"),
    "tags without effect beside extends": (
        "services:\n"
        "  web: {image: x, ports: ['80:80'], environment: [A=1]}\n"
        "  nothing: {extends: web, command: !reset null}\n"
        "  part: {extends: web, environment: {A: !reset null}}\n"
        "  item: {extends: web, ports: [!reset '80:80']}\n"
        "  inside: {extends: web, environment: !override {B: !reset null, C: 1}}\n"
    ),
    "an inherited image": "services: {web: {extends: {service: b}}, b: {image: x}}\n",
    "a provider": "services: {web: {provider: {type: x}}}\n",
    "limits that agree": web(
        "mem_limit: 1g",
        "cpus: 0.5",
        "deploy: {resources: {limits: {memory: 1024m, cpus: '0.50'}}}",
    ),
    "an external network with more keys": web() + "networks: {n: {external: true, driver: d}}\n",
    "an old external volume": web() + "volumes: {v: {external: {name: a}}}\n",
    "strings as keys": web("labels: {yes: x, on: y, '80': z, a1: b}"),
    "services whose names have dots": "services:\n  ordering.api: {image: x, ports: ['80:80', '80:80']}\n",
    "a chain of dependencies": web("depends_on: [b]") + "  b: {image: x, depends_on: [c]}\n  c: {image: x}\n",
}
