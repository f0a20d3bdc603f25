"""Generate Compose projects of any size: a third of the services is built, and all share one logging setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = """\
# A generated project of {count} services.
name: benchmark

x-logging: &logging
  driver: json-file
  options:
    max-size: "10m"

services:
"""
_BUILT = """\
  # Service {number} is built here.
  service{number}:
    build:
      context: .
      dockerfile: Dockerfile
    restart: unless-stopped
    environment:
      - RUST_LOG=${{LOG_LEVEL:-info}}
      - DATABASE_URL=postgres://postgres@service{other}:5432/app
    ports:
      - "{port}:8080"
    volumes:
      - data{number}:/data
      - filebeat{number}:/var/log/filebeat
    logging: *logging

"""
_IMAGE = """\
  service{number}:
    image: postgres:16 # kept
    environment:
      POSTGRES_DB: app
      POSTGRES_PASSWORD: ${{PASSWORD:-secret}}
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -U $${{POSTGRES_USER}}"]
      interval: 10s
    labels:
      com.example.number: "{number}"
    logging: *logging

"""
_PROJECT_FILE = """\
variants:
  fast:
    strip: [filebeat]
    dockerfiles: {suffix: .fast}
  dev:
    extends: [fast]
    each:
      - match: {name: "*", has: build}
        merge: {environment: {RUST_LOG: debug}}
  ci:
    extends: [fast]
    remove: ["services.*.restart"]
"""


_OVERRIDE = """\
  # What service {number} is given in production.
  service{number}:
    environment:
      - LOG_FORMAT=json  # for the collector
    deploy:
      replicas: 2
"""


def write_project(folder: Path, count: int) -> int:
    """Write a project of `count` services to `folder`; return the number of lines of its Compose file."""
    folder.mkdir(parents=True, exist_ok=True)
    services = [
        (_IMAGE if number % 3 else _BUILT).format(number=number, other=max(number - 1, 0), port=10000 + number)
        for number in range(count)
    ]
    volumes = [f"  data{number}:\n  filebeat{number}:\n" for number in range(0, count, 3)]
    text = "".join((_HEAD.format(count=count), *services, "volumes:\n", *volumes))
    (folder / "docker-compose.yml").write_text(text)
    override = "".join(_OVERRIDE.format(number=number) for number in range(count))
    (folder / "production.yml").write_text(f"services:\n{override}")
    (folder / "composevariant.yml").write_text(_PROJECT_FILE)
    for name in ("Dockerfile", "Dockerfile.fast"):
        (folder / name).write_text('FROM busybox\nCMD ["true"]\n')
    return text.count("\n")
