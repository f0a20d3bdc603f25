"""The names that a variant's Dockerfile may have, given the standard one's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_ENDING: Final = ".Dockerfile"


def candidates(name: str, suffix: str, replaces: Iterable[str]) -> list[str]:
    """Names to look for, the likeliest first: `Dockerfile.prod` may become `Dockerfile.prod.fast` or `Dockerfile.fast`.

    A variable in the name stays as it is written.
    """
    names = [f"{name}{suffix}"]
    stem = _stem(name)
    if stem:
        names.append(f"{stem}{suffix}{name[len(stem) :]}")
    for ending in replaces:
        kept = name.removesuffix(ending) if ending else name
        if kept != name and not kept.endswith("/") and kept:
            names.append(f"{kept}{suffix}")
    return list(dict.fromkeys(names))


def is_suffixed(name: str, suffix: str) -> bool:
    """Whether the name is one of a variant already: `Dockerfile.fast` or `x.fast.Dockerfile`."""
    return name.endswith(suffix) or _stem(name).endswith(suffix)


def _stem(name: str) -> str:
    """The `x` of `x.Dockerfile`, in whatever case the ending is; else ""."""
    stem = name[: -len(_ENDING)]
    return stem if name.lower().endswith(_ENDING.lower()) and stem and not stem.endswith("/") else ""
