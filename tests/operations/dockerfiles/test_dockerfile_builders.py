"""`platforms` and `cache` under `dockerfiles`: what builders are told of all builds of a variant."""

from __future__ import annotations

import pytest

from composevariant.errors import UnusableInput
from composevariant.operations.context import Context
from composevariant.operations.dockerfiles.dockerfiles import apply
from composevariant.overlay.reader import load_overlay
from composevariant.source import Source
from composevariant.yamltext.parser import parse
from tests.operations.removal import Files, compose_model, tree, written

BASE = """\
services:
  web:
    build: ./web   # the shop
  api:
    build:
      context: ./api
      cache_from: ["type=local,src=/c"]
  db: {image: postgres}
"""
BOTH = "dockerfiles: {platforms: [linux/amd64, linux/arm64], cache: {registry: 'reg.example.com/shop:{service}'}}"


def text_of(base: str, overlay: str, files: dict[str, str] | None = None) -> str:
    keys = load_overlay(parse(Source("overlay.yml", overlay)), "overlay.yml")
    (wanted,) = keys.layer.operations
    return written(base, apply(tree(base), wanted, Context(Files(files or {}), "shop")))  # type: ignore[arg-type]


def test_each_build_gets_platforms_and_a_cache_of_its_own() -> None:
    assert (
        text_of(BASE, BOTH)
        == """\
services:
  web:
    build:   # the shop
      context: ./web
      platforms: [linux/amd64, linux/arm64]
      cache_from: ["type=registry,ref=reg.example.com/shop:web"]
      cache_to: ["type=registry,ref=reg.example.com/shop:web,mode=max"]
  api:
    build:
      context: ./api
      cache_from: ["type=local,src=/c", "type=registry,ref=reg.example.com/shop:api"]
      platforms: [linux/amd64, linux/arm64]
      cache_to: ["type=registry,ref=reg.example.com/shop:api,mode=max"]
  db: {image: postgres}
"""
    )


def test_applying_twice_is_applying_once() -> None:
    once = text_of(BASE, BOTH)

    assert text_of(once, BOTH) == once


def test_only_the_chosen_services() -> None:
    after = text_of(BASE, "dockerfiles: {services: api, platforms: [linux/arm64]}")

    assert after.count("platforms: [linux/arm64]") == 1
    assert "build: ./web   # the shop" in after


def test_one_cache_for_several_services_is_refused() -> None:
    with pytest.raises(UnusableInput, match="is the same for 2 services"):
        text_of(BASE, "dockerfiles: {cache: {registry: reg.example.com/shop}}")


@pytest.mark.parametrize("platform", ["arm64", "linux/", "Linux/arm64", "linux/arm/v7/x"])
def test_what_is_no_platform_is_refused(platform: str) -> None:
    with pytest.raises(UnusableInput, match="which is not a platform"):
        load_overlay(parse(Source("overlay.yml", f"dockerfiles: {{platforms: [{platform}]}}")), "overlay.yml")


CARGO = """\
FROM rust AS b
WORKDIR /w
COPY . .
RUN cargo build --release
FROM debian
COPY --from=b /w/target/release/a /a
"""


def test_several_platforms_share_no_compiled_programs() -> None:
    files = {"Dockerfile": CARGO, "Cargo.toml": "[package]\nname = 'a'\n", "Cargo.lock": "", "src/main.rs": ""}
    keys = load_overlay(
        parse(
            Source("o.yml", "dockerfiles: {suffix: .fast, missing: generate, platforms: [linux/amd64, linux/arm64]}")
        ),
        "o.yml",
    )
    (wanted,) = keys.layer.operations
    base = tree("services: {a: {build: .}}\n")
    outcome = apply(base, wanted, Context(Files(files), "shop"))  # type: ignore[arg-type]

    made = "".join(file.text for file in outcome.files)
    assert "target=/usr/local/cargo/registry" in made
    assert "target=/w/target" not in made
    assert "several platforms" in " ".join(note.message for note in outcome.notes)


@pytest.mark.oracle
def test_compose_reads_it_so() -> None:
    services = compose_model(text_of(BASE, BOTH))["services"]

    assert services["web"]["build"]["platforms"] == ["linux/amd64", "linux/arm64"]
    assert services["api"]["build"]["cache_to"] == ["type=registry,ref=reg.example.com/shop:api,mode=max"]
