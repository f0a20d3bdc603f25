"""Single values of a service that Compose takes as they are, and that the engine refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.compose.placing import mapping_at
from composevariant.compose.services import text_of, texts_of
from composevariant.errors import did_you_mean
from composevariant.tree import Mapping
from composevariant.validation.advice.words import CAPABILITIES, SIGNALS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.tree import Node
    from composevariant.tree_edits import Path
    from composevariant.validation.advice.look import Look
    from composevariant.validation.problem import Problem

_UNKNOWN: Final = "\0"
_RESTARTS: Final = ("no", "always", "unless-stopped", "on-failure")
_IMAGE: Final = re.compile(
    r"(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]+)?/)?"
    r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*"
    r"(?::[A-Za-z0-9_][\w.-]{0,127})?(?:@[a-z][a-z0-9+._-]*:[0-9a-fA-F]{32,})?",
    re.ASCII,
)
"""The grammar of distribution's `reference` package."""
_CONTAINER: Final = re.compile(r"[a-zA-Z0-9][\w.-]+", re.ASCII)
"""The engine's `RestrictedNameChars`."""
_MAC: Final = re.compile(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}")


def no_image_reference(look: Look) -> Iterator[Problem]:
    """Names that no registry and no engine takes."""
    for name, service in look.services.items():
        image = text_of(service.get("image"))
        if image and _UNKNOWN not in image and not _IMAGE.fullmatch(image):
            lower = " (names are in lower case)" if _IMAGE.fullmatch(image.lower()) else ""
            wrong = f'is "{image}", which is no name of an image{lower}'
            yield look.problem("image.name", "warning", ("services", name, "image"), wrong)


def no_container_name(look: Look) -> Iterator[Problem]:
    """Names that the engine gives no container."""
    for name, service in look.services.items():
        wanted = text_of(service.get("container_name"))
        if wanted and _UNKNOWN not in wanted and not _CONTAINER.fullmatch(wanted):
            wrong = f'is "{wanted}"; two or more letters, digits, dots, dashes and underscores make a name'
            yield look.problem("service.name-of-container", "warning", ("services", name, "container_name"), wrong)


def unknown_restart(look: Look) -> Iterator[Problem]:
    """Restart policies that the engine does not know."""
    for name, service in look.services.items():
        text = text_of(service.get("restart"))
        policy, _, number = text.partition(":")
        known = policy in _RESTARTS and (not number or (policy == "on-failure" and number.isdigit()))
        if text and _UNKNOWN not in text and not known:
            wrong = f'is "{text}"; known are {", ".join(_RESTARTS)} and on-failure:3{did_you_mean(policy, _RESTARTS)}'
            yield look.problem("service.restart", "warning", ("services", name, "restart"), wrong)


def unknown_capability(look: Look) -> Iterator[Problem]:
    """Capabilities that Linux does not have."""
    for name, service in look.services.items():
        for setting in ("cap_add", "cap_drop"):
            for index, text in enumerate(texts_of(service.get(setting))):
                if _UNKNOWN not in text and text.upper().removeprefix("CAP_") not in CAPABILITIES:
                    wrong = f'is "{text}", which is no capability{did_you_mean(text.upper(), sorted(CAPABILITIES))}'
                    yield look.problem("service.capability", "warning", ("services", name, setting, index), wrong)


def unknown_signal(look: Look) -> Iterator[Problem]:
    """Signals that Linux does not have."""
    for name, service in look.services.items():
        text = text_of(service.get("stop_signal"))
        known = text.isdigit() or text.upper().removeprefix("SIG").partition("RTM")[0] in {*SIGNALS, ""}
        if text and _UNKNOWN not in text and not known:
            wrong = f'is "{text}", which is no signal such as SIGTERM'
            yield look.problem("service.stop-signal", "warning", ("services", name, "stop_signal"), wrong)


def no_mac_address(look: Look) -> Iterator[Problem]:
    """Hardware addresses that are none."""
    for name, service in look.services.items():
        places: list[tuple[Path, Node | None]] = [(("mac_address",), service.get("mac_address"))]
        places += [
            (("networks", key, "mac_address"), value.get("mac_address"))
            for key, value in mapping_at(service, "networks").items()
            if isinstance(value, Mapping)
        ]
        for below, node in places:
            text = text_of(node)
            if text and _UNKNOWN not in text and not _MAC.fullmatch(text):
                wrong = f'is "{text}", which is no hardware address such as 02:42:ac:11:65:43'
                yield look.problem("service.mac-address", "warning", ("services", name, *below), wrong)
