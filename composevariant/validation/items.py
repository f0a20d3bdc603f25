"""Mounts, devices, hosts and the like, which the schema takes for any string or mapping and Compose reads closely.

The functions are as those of `values`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.compose.placing import items_at
from composevariant.compose.sections import mount_sections
from composevariant.tree import Mapping, Scalar, Sequence
from composevariant.validation.values import string_of

if TYPE_CHECKING:
    from composevariant.tree import Node

_USUAL_MOUNT: Final = re.compile(r"[^:$]{2,}(?::[^:$]{2,}){0,2}")
_TRAILING_BLANK: Final = re.compile(r"[^=]*\s(?:=|$)")
_MOUNT_SECTIONS: Final = 3
_DEVICE_SECTIONS: Final = 3


def wrong_mount(node: Node) -> str:
    """An item of `volumes`. A single letter before a colon is taken for a Windows drive (`c:/data:/data`)."""
    if isinstance(node, Mapping):
        return _wrong_long_mount(node)
    if isinstance(node, Scalar) and _USUAL_MOUNT.fullmatch(node.text):
        return ""
    text = string_of(node)
    if text is None or (len(text) in (1, 2)):
        return ""
    sections = mount_sections(text)
    if not all(sections):
        return f'is "{text}", in which the part before, between or behind the colons is empty' if text else "is empty"
    if len(sections) > _MOUNT_SECTIONS:
        return f'is "{text}", which has too many colons for source:target:options'
    return ""


def _wrong_long_mount(mount: Mapping) -> str:
    if mount.entry("target") is None:
        return "has no target, the path inside the container"
    if string_of(mount.get("type")) == "bind" and mount.entry("source") is None:
        return "is a bind mount without a source, the path on the host"
    return ""


def wrong_device(node: Node) -> str:
    if isinstance(node, Mapping):
        return "" if node.entry("target") else "has no target, the device inside the container"
    text = string_of(node)
    if text is None or text.count(":") < _DEVICE_SECTIONS:
        return ""
    return f'is "{text}", which has too many colons for source:target:permissions'


def wrong_name(node: Node) -> str:
    """An item that names a service, a network or the like."""
    return "is empty; write a name or remove it" if string_of(node) == "" else ""


def wrong_namespace(node: Node) -> str:
    """A network or process namespace."""
    return "names no service; write service:<name>" if string_of(node) == "service:" else ""


def wrong_file_mount(node: Node) -> str:
    """An item of `secrets` or `configs`."""
    source = node.get("source") if isinstance(node, Mapping) else node
    return "has no source, the name to mount" if source is None or string_of(source) == "" else ""


def wrong_variable(node: Node) -> str:
    """An item of an `environment` or `args` list."""
    if not isinstance(node, Scalar) or not _TRAILING_BLANK.match(node.text):
        return ""
    name = (string_of(node) or "").partition("=")[0]
    return f'sets "{name}", a name that ends in a blank' if name[-1:].isspace() else ""


def wrong_extra_hosts(node: Node) -> str:
    if isinstance(node, Mapping):
        hosts = node.names()
    else:
        texts = [string_of(item) for item in items_at(node)]
        known = [text for text in texts if text is not None]
        for text in known:
            if "=" not in text and ":" not in text:
                return f'has "{text}", which names no address; write it as host=address'
        hosts = [text.partition("=" if "=" in text else ":")[0] for text in known]
    for host in hosts:
        if not host or ":" in host or "=" in host:
            return f'has "{host}", which is no host name'
    return ""


def wrong_key_value(node: Node) -> str:
    text = string_of(node)
    return "" if text is None or "=" in text else f'is "{text}"; write it as name=value'


def wrong_context(node: Node) -> str:
    """A value of `additional_contexts`, which must be a string and nothing like one."""
    if isinstance(node, Scalar) and node.meaning.kind not in ("str", "timestamp"):
        return "is no string, and Compose fails on it; write a path, an address or service:<name>"
    return wrong_namespace(node)


def wrong_ssh_key(node: Node) -> str:
    text = string_of(node)
    return "" if text is None or "=" in text or text == "default" else "names no path or socket; write it as id=path"


def wrong_device_request(node: Node) -> str:
    both = isinstance(node, Mapping) and node.entry("count") and node.entry("device_ids")
    return "has both count and device_ids; keep one of them" if both else ""


def wrong_health_test(node: Node) -> str:
    first = string_of(node.items[0]) if isinstance(node, Sequence) and node.items else None
    if first is None or first in ("CMD", "CMD-SHELL", "NONE"):
        return ""
    return f'begins with "{first}"; a list must begin with CMD, CMD-SHELL or NONE'


def wrong_watch(node: Node) -> str:
    if not isinstance(node, Mapping):
        return ""
    if string_of(node.get("path")) == "":
        return "has an empty path"
    action, target = string_of(node.get("action")), node.get("target")
    no_target = target is None or string_of(target) == ""
    if no_target and action is not None and action not in ("rebuild", "restart"):
        return f'has the action "{action}" and needs a target, the path inside the container'
    return ""
