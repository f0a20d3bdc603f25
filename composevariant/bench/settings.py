"""How a service is built, read from what `docker compose config --format json` says: variables and `.env` count."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.bench.fields import mapping, objects, text, texts
from composevariant.errors import UnusableInput
from composevariant.preview.secrets import MASK, is_secret

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMED: Final = ("service:", "docker-image:", "oci-layout:", "target:")
_SHORTEST_SECRET: Final = 4
_LEFT_OUT: Final = frozenset(("cache_from", "cache_to", "no_cache", "pull", "tags"))
"""What would take the cache of others into the measurement, or would name images."""


class Build(NamedTuple):
    """One side of a service."""

    context: str
    """An absolute path."""
    dockerfile: str
    """An absolute path; "" where the text stands in the Compose file."""
    inline: str
    target: str
    options: tuple[str, ...]
    """All others, as words of `docker build`; what is secret in them is in `secrets`."""
    secrets: tuple[str, ...]
    left_out: tuple[str, ...]
    """Settings that do not count here."""

    def without_secrets(self, words: str) -> str:
        """Text of the client or the engine without the values of build arguments that look like secrets."""
        for secret in self.secrets:
            words = words.replace(secret, MASK)
        return words


def built_services(config: dict[str, object]) -> list[str]:
    """The names of all services that are built, whether `bench` can build them or not."""
    return [name for name, service in mapping(config.get("services")).items() if mapping(service).get("build")]


def builds_of(config: dict[str, object], wanted: Iterable[str] | None = None) -> dict[str, Build]:
    """The builds of the services that are wanted, by their names; by default those of all that are built.

    Of a service that is not wanted nothing is read: one that `bench` cannot build does not stand in the way of others.

    Raises:
        UnusableInput: a context is not on this machine.
    """
    services = mapping(config.get("services"))
    known = mapping(config.get("secrets"))
    names = built_services(config) if wanted is None else wanted
    found = {name: mapping(services[name]) for name in names}
    return {
        name: _build(name, mapping(service["build"]), text(service.get("platform")), known)
        for name, service in found.items()
    }


def _build(service: str, build: dict[str, object], platform: str, known: dict[str, object]) -> Build:
    context = text(build.get("context"))
    if "://" in context or not posixpath.isabs(context):
        hint = "bench copies the context; name services whose context is a folder with --service"
        raise UnusableInput(f"{service} is built from {context}, which is not a folder of this machine", None, hint)
    inline = text(build.get("dockerfile_inline"))
    arguments = {name: value for name, value in mapping(build.get("args")).items() if isinstance(value, str)}
    return Build(
        context,
        "" if inline else posixpath.normpath(posixpath.join(context, text(build.get("dockerfile")) or "Dockerfile")),
        inline,
        text(build.get("target")),
        tuple(_options(service, {"platforms": [platform] if platform else [], **build}, known)),
        tuple(value for name, value in arguments.items() if is_secret(name, value) and len(value) >= _SHORTEST_SECRET),
        tuple(sorted(_LEFT_OUT & {key for key, value in build.items() if value})),
    )


def _options(service: str, build: dict[str, object], known: dict[str, object]) -> list[str]:
    words: list[str] = []
    for name, value in mapping(build.get("args")).items():
        words += ["--build-arg", name if value is None else f"{name}={value}"]
    for name, value in mapping(build.get("labels")).items():
        words += ["--label", f"{name}={value}"]
    for name, value in mapping(build.get("additional_contexts")).items():
        if text(value).startswith(_NAMED[0]):
            raise UnusableInput(f"{service} is built with the image of another service, which bench does not build")
        words += ["--build-context", f"{name}={value}"]
    for host in texts(build.get("extra_hosts")):
        words += ["--add-host", host.replace("=", ":", 1)]
    for name, value in mapping(build.get("extra_hosts")).items():
        words += [word for each in _several(value) for word in ("--add-host", f"{name}:{each}")]
    words += [
        word for secret in objects(build.get("secrets")) for word in ("--secret", _secret(service, secret, known))
    ]
    words += [word for key in _ssh(build.get("ssh")) for word in ("--ssh", key)]
    for key, option in (("network", "--network"), ("shm_size", "--shm-size"), ("isolation", "--isolation")):
        if build.get(key):
            words += [option, str(build[key])]
    for name, limit in mapping(build.get("ulimits")).items():
        pair = mapping(limit)
        words += ["--ulimit", f"{name}={pair.get('soft')}:{pair.get('hard')}" if pair else f"{name}={limit}"]
    platforms = texts(build.get("platforms"))
    return [*words, "--platform", platforms[0]] if len(platforms) == 1 else words


def _several(value: object) -> Iterable[str]:
    return [value] if isinstance(value, str) else texts(value)


def _secret(service: str, secret: dict[str, object], known: dict[str, object]) -> str:
    source = text(secret.get("source"))
    defined = mapping(known.get(source))
    name = text(secret.get("target")) or source
    if defined.get("environment"):
        return f"id={name},env={text(defined['environment'])}"
    if defined.get("file"):
        return f"id={name},src={text(defined['file'])}"
    raise UnusableInput(f"{service} is built with the secret {source}, which is neither a file nor a variable")


def _ssh(value: object) -> list[str]:
    if isinstance(value, dict):
        return [f"{name}={path}" if path else str(name) for name, path in value.items()]
    return texts(value)
