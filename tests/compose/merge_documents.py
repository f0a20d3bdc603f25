"""Whole bases and overrides, with which our merge and the real one are compared.

Each row: what it shows, the base, the override.
"""
# ruff: noqa: E501 - a row is a line

from __future__ import annotations

ACCEPTED: list[tuple[str, str, str]] = [
    ("a new service", "services: {s: {image: i}}", "services: {t: {image: j}}"),
    ("null for a service", "services: {s: {image: i}}", "services: {s: }"),
    ("a new section", "services: {s: {image: i, volumes: ['aa:/x']}}\nvolumes: {aa: }", "volumes: {aa: {driver: d}}\nnetworks: {default: {driver: bridge}}"),
    ("names and versions", "name: a\nversion: '3'\nservices: {s: {image: i}}", "name: b\nversion: '3.8'"),
    ("volume options", "services: {s: {image: i, volumes: ['aa:/x']}}\nvolumes: {aa: {driver: d, driver_opts: {a: b}}}", "volumes: {aa: {driver_opts: {a: c, d: 1}, labels: [x=y]}}"),
    ("labels of volumes", "services: {s: {image: i, volumes: ['aa:/x']}}\nvolumes: {aa: {labels: [a=1, b]}}", "volumes: {aa: {labels: {a: 2, c: 3}}}"),
    ("labels of volumes in mappings", "services: {s: {image: i, volumes: ['aa:/x']}}\nvolumes: {aa: {labels: {a: 1}}}", "volumes: {aa: {labels: [a=2, b]}}"),
    ("labels of networks", "services: {s: {image: i, networks: [na]}}\nnetworks: {na: {labels: {a: 1}}}", "networks: {na: {labels: [a=1, b=2]}}"),
    ("labels of configs", "services: {s: {image: i, configs: [ca]}}\nconfigs: {ca: {file: ./a, labels: [a=1]}}", "configs: {ca: {labels: [a=2]}}"),
    ("labels of secrets in mappings", "services: {s: {image: i, secrets: [sa]}}\nsecrets: {sa: {file: ./a, labels: {a: 1}}}", "secrets: {sa: {labels: {a: 1, b: 2}}}"),
    ("another file of a secret", "services: {s: {image: i, secrets: [sa]}}\nsecrets: {sa: {file: ./a}}", "secrets: {sa: {file: ./b}}"),
    ("!override of a secret", "services: {s: {image: i, secrets: [sa]}}\nsecrets: {sa: {file: ./a}}", "secrets: {sa: !override {environment: E}}"),
    ("external as a mapping", "services: {s: {image: i, volumes: ['aa:/x']}}\nvolumes: {aa: {external: {name: n}}}", "volumes: {aa: {name: m}}"),
    ("!reset of an external mapping keeps its name", "services: {s: {image: i, volumes: ['aa:/x']}}\nvolumes: {aa: {external: {name: n}}}", "volumes: {aa: {external: !reset null}}"),
    ("!override of an external mapping keeps its name", "services: {s: {image: i, networks: [na]}}\nnetworks: {na: {external: {name: n}}}", "networks: {na: {external: !override true}}"),
    ("!override of the name of an external mapping", "services: {s: {image: i, secrets: [sa]}}\nsecrets: {sa: {external: {name: n}}}", "secrets: {sa: {name: !override m}}"),
    ("external made plain", "services: {s: {image: i, networks: [na]}}\nnetworks: {na: {external: {name: n}}}", "networks: {na: {external: true}}"),
    ("network options", "services: {s: {image: i, networks: [na]}}\nnetworks: {na: {driver: d}}", "networks: {na: {internal: true, driver_opts: {a: 1}}}"),
    ("a subnet on both sides", "services: {s: {image: i, networks: [na]}}\nnetworks: {na: {ipam: {config: [{subnet: 10.0.0.0/8, gateway: 10.0.0.1}]}}}", "networks: {na: {ipam: {config: [{subnet: 10.0.0.0/8, ip_range: 10.1.0.0/16}]}}}"),
    ("another subnet", "services: {s: {image: i, networks: [na]}}\nnetworks: {na: {ipam: {config: [{subnet: 10.0.0.0/8}]}}}", "networks: {na: {ipam: {config: [{subnet: 11.0.0.0/8}]}}}"),
    ("a subnet and another one", "services: {s: {image: i, networks: [na]}}\nnetworks: {na: {ipam: {config: [{subnet: 10.0.0.0/8, gateway: 10.0.0.1}]}}}", "networks: {na: {ipam: {config: [{subnet: 11.0.0.0/8}, {subnet: 10.0.0.0/8, ip_range: 10.1.0.0/16}]}}}"),
    ("two subnets on both sides", "services: {s: {image: i, networks: [na]}}\nnetworks: {na: {ipam: {config: [{subnet: 10.0.0.0/8, gateway: 10.0.0.1}, {subnet: 11.0.0.0/8}]}}}", "networks: {na: {ipam: {config: [{subnet: 10.0.0.0/8, ip_range: 10.1.0.0/16}, {subnet: 11.0.0.0/8, gateway: 11.0.0.1}]}}}"),
    ("two subnets and a third", "services: {s: {image: i, networks: [na]}}\nnetworks: {na: {ipam: {config: [{subnet: 10.0.0.0/8}, {subnet: 11.0.0.0/8, gateway: 11.0.0.1}]}}}", "networks: {na: {ipam: {config: [{subnet: 12.0.0.0/8}]}}}"),
    ("extension fields", "services: {s: {image: i}}\nx-a: {l: [1], m: {a: 1}}", "x-a: {l: [1], m: {b: 2}, n: 3}\nx-b: text"),
    ("!override of an extension field", "services: {s: {image: i}}\nx-a: {l: [1], m: {a: 1}}", "x-a: {l: !override [2], m: !override {}}"),
    ("!reset in an extension field", "services: {s: {image: i}}\nx-a: {l: [1], m: {a: 1}}", "x-a: {l: !reset , m: {a: !reset }}"),
    ("!reset of a service", "services: {s: {image: i}, t: {image: i}}", "services: {t: !reset null}"),
    ("!reset of every service", "services: {s: {image: i}, t: {image: i}}", "services: {'*': !reset null, u: {image: j}}"),
    ("!override of a service", "services: {s: {image: i, ports: ['1:1']}}", "services: {s: !override {image: j}}"),
    ("!override of all services", "services: {s: {image: i}, t: {image: i}}", "services: !override {u: {image: j}}"),
    ("!reset of a volume", "services: {s: {image: i, volumes: ['aa:/x']}}\nvolumes: {aa: {driver: d}, bb: }", "volumes: {bb: !reset null, aa: {driver: !reset null}}"),
    ("a name with dots", "services: {a.b: {image: i, environment: {x.y: 1, z: 2}}}", "services: {a.b: {environment: {x.y: !reset , z: 3}}}"),
    ("extends within the base", "services: {t: {image: i, ports: ['1:1'], environment: {A: 1}}, s: {extends: t, environment: {B: 1}}}", "services: {s: {ports: ['2:2'], environment: [A=2], command: x}}"),
    ("extends, and a list of the heir", "services: {t: {image: i, depends_on: [u]}, s: {extends: {service: t}}, u: {image: i}}", "services: {s: {depends_on: {u: {condition: service_healthy}}}}"),
    ("extends, and !reset of what is inherited", "services: {t: {image: i, ports: ['1:1']}, s: {extends: t}}", "services: {s: {ports: !reset []}}"),
    ("extends, and !reset of both", "services: {t: {image: i, ports: ['1:1']}, s: {extends: t, ports: ['2:2']}}", "services: {s: {ports: !reset []}}"),
    ("extends, and !override of what is inherited", "services: {t: {image: i, ports: ['1:1']}, s: {extends: t}}", "services: {s: {ports: !override ['3:3']}}"),
    ("extends, and !override of both", "services: {t: {image: i, environment: {A: 1}}, s: {extends: t, environment: [B=2]}}", "services: {s: {environment: !override {C: 3}}}"),
    ("!reset of what a merge key brings", "x-p: &p {ports: ['2:2']}\nservices: {s: {image: i, <<: *p}}", "services: {s: {ports: !reset []}}"),
    ("!override of what a merge key and extends bring", "x-p: &p {ports: ['2:2']}\nservices: {t: {image: i, ports: ['1:1']}, s: {extends: t, <<: *p}}", "services: {s: {ports: !override ['3:3']}}"),
    ("a change of what a merge key brings", "x-p: &p {environment: {A: 1}}\nservices: {s: {image: i, <<: *p}, t: {image: i, <<: *p}}", "services: {s: {environment: {B: 2}}}"),
    ("a !reset of the base that a value follows", "services: {t: {image: i, ports: ['1:1']}, s: {extends: t, ports: !reset []}}", "services: {s: {ports: ['2:2']}}"),
    ("an !override of the base that grows", "services: {t: {image: i, ports: ['1:1']}, s: {extends: t, ports: !override ['2:2']}}", "services: {s: {ports: ['3:3']}}"),
    ("an !override of the base that gives way", "services: {t: {image: i, command: a}, s: {extends: t, command: !override b}}", "services: {s: {command: c}}"),
    ("extends, and null for command", "services: {t: {image: i, command: a}, s: {extends: t}}", "services: {s: {command: null}}"),
]  # fmt: skip

REFUSED: list[tuple[str, str, str]] = [
    ("a list of services", "services: {s: {image: i}}", "services: [s]"),
    ("a text for a service", "services: {s: {image: i}}", "services: {s: i}"),
    ("driver beside external", "services: {s: {image: i, volumes: ['aa:/x']}}\nvolumes: {aa: {driver: d}}", "volumes: {aa: {external: true}}"),
    ("an equal label of a volume", "services: {s: {image: i, volumes: ['aa:/x']}}\nvolumes: {aa: {labels: [a=1]}}", "volumes: {aa: {labels: {a: 1}}}"),
    ("an equal label of a config", "services: {s: {image: i, configs: [ca]}}\nconfigs: {ca: {file: ./a, labels: [a=1]}}", "configs: {ca: {labels: [a=1]}}"),
    ("labels of a secret in both notations", "services: {s: {image: i, secrets: [sa]}}\nsecrets: {sa: {file: ./a, labels: {a: 1}}}", "secrets: {sa: {labels: [b=1]}}"),
    ("environment beside file", "services: {s: {image: i, secrets: [sa]}}\nsecrets: {sa: {file: ./a}}", "secrets: {sa: {environment: E}}"),
    ("another external name", "services: {s: {image: i, volumes: ['aa:/x']}}\nvolumes: {aa: {external: {name: n}}}", "volumes: {aa: {external: {name: m}}}"),
    ("a mapping for ipam.config", "services: {s: {image: i, networks: [na]}}\nnetworks: {na: {ipam: {config: [{subnet: 10.0.0.0/8}]}}}", "networks: {na: {ipam: {config: {subnet: 10.0.0.0/8}}}}"),
    ("null for ipam.config", "services: {s: {image: i, networks: [na]}}\nnetworks: {na: {ipam: {config: [{subnet: 10.0.0.0/8}]}}}", "networks: {na: {ipam: {config: null}}}"),
    ("a setting for every service", "services: {s: {image: i, ports: ['1:1']}}", "services: {'*': {ports: !reset []}}"),
    ("!reset of a service that others need", "services: {s: {image: i, depends_on: [t]}, t: {image: i}}", "services: {t: !reset null}"),
    ("!override null of a service", "services: {s: {image: i}}", "services: {s: !override null}"),
    ("a network that nothing defines", "services: {s: {image: i}}", "services: {s: {networks: [na]}}"),
]  # fmt: skip
"""What Compose refuses. We do too, or give a file that it refuses."""
