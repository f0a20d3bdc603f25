"""Compose's own checks of single attributes, which the schema does not express.

Each `wrong_...` function returns the predicate of a message that begins with the path of the node, such as `has no
target`, or an empty string if the node is valid. Casts follow compose-go 2.9.1, `loader/interpolate.go`.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from composevariant.compose import mount_sections
from composevariant.text import pattern
from composevariant.tree import Mapping, Meaning, Node, Scalar, Sequence, items_at, same, value_at

Cast = Literal["int", "float", "bool"]

_VARIABLE: Final = pattern(r"\$(?:\$|([A-Za-z_{]))")
_INTEGER: Final = pattern(r"[-+]?[0-9]{1,19}")
_FLOAT: Final = pattern(r"[-+]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?|inf(?:inity)?|nan)", re.IGNORECASE)
_TRUE: Final = frozenset(("true", "y", "yes", "on"))
_FALSE: Final = frozenset(("false", "n", "no", "off"))


def has_variable(text: str) -> bool:
    """Return whether a text contains a variable (`$NAME` or `${…}`), which makes its value unknown."""
    return "$" in text and any(found[1] for found in _VARIABLE.finditer(text))


def cast_text(text: str, kind: Cast) -> Meaning | None:
    """Cast a string to a number or boolean as Compose does, or return None if Compose refuses the string."""
    if kind == "bool":
        lower = text.lower()
        return Meaning("bool", lower in _TRUE) if lower in _TRUE or lower in _FALSE else None
    if kind == "float":
        return Meaning("float", float(text)) if _FLOAT.fullmatch(text) else None
    return Meaning("int", int(text)) if _INTEGER.fullmatch(text) and -(2**63) <= int(text) < 2**63 else None


# Mounts, devices, hosts and similar attributes, for which the schema accepts any string or mapping.

_USUAL_MOUNT: Final = pattern(r"[^:$]{2,}(?::[^:$]{2,}){0,2}")
_TRAILING_BLANK: Final = pattern(r"[^=]*\s(?:=|$)")
_MOUNT_SECTIONS: Final = 3
_DEVICE_SECTIONS: Final = 3


def wrong_mount(node: Node) -> str:
    """Check an item in `volumes`. A single letter before a colon is a Windows drive (`c:/data:/data`)."""
    if isinstance(node, Mapping):
        return _wrong_long_mount(node)
    if isinstance(node, Scalar) and _USUAL_MOUNT.fullmatch(node.text):
        return ""
    text = string_of(node)
    if text is None or (len(text) in (1, 2)):
        return ""
    sections = mount_sections(text)
    if not all(sections):
        return f'is "{text}", which has an empty part before, between or after the colons' if text else "is empty"
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
    """Check an item that names a service, network or similar."""
    return "is empty; write a name or remove it" if string_of(node) == "" else ""


def wrong_namespace(node: Node) -> str:
    """Check a network or process namespace."""
    return "does not name a service; write service:<name>" if string_of(node) == "service:" else ""


def wrong_file_mount(node: Node) -> str:
    """Check an item in `secrets` or `configs`."""
    source = node.get("source") if isinstance(node, Mapping) else node
    return (
        "has no source; set it to the name of the secret or config to mount"
        if source is None or string_of(source) == ""
        else ""
    )


def wrong_variable(node: Node) -> str:
    """Check an item in an `environment` or `args` list."""
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
                return f'has "{text}", which has no address; write it as host=address'
        hosts = [text.partition("=" if "=" in text else ":")[0] for text in known]
    for host in hosts:
        if not host or ":" in host or "=" in host:
            return f'has "{host}", which is not a host name'
    return ""


def wrong_key_value(node: Node) -> str:
    text = string_of(node)
    return "" if text is None or "=" in text else f'is "{text}"; write it as name=value'


def wrong_context(node: Node) -> str:
    """Check a value in `additional_contexts`, which must be a string."""
    if isinstance(node, Scalar) and node.meaning.kind not in ("str", "timestamp"):
        return "is not a string, which Compose refuses; write a path, an address or service:<name>"
    return wrong_namespace(node)


def wrong_ssh_key(node: Node) -> str:
    text = string_of(node)
    return "" if text is None or "=" in text or text == "default" else "has no path or socket; write it as id=path"


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


# Scalars for which the schema accepts any string although Compose does not.

_DURATION: Final = pattern(r"[-+]?(?:0|(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h|d|w))+)")
_SIZE: Final = pattern(r"\+?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)? ?(?:b|[kmgtp](?:b|ib)?)?", re.IGNORECASE)
_CAST_NAMES: Final[dict[Cast, str]] = {"int": "a whole number", "float": "a number", "bool": "true or false"}


def string_of(node: Node | None) -> str | None:
    """Return the text of a string scalar without variables, or None for any other node."""
    if not isinstance(node, Scalar) or has_variable(node.text) or node.meaning.kind != "str":
        return None
    return node.text.replace("$$", "$")


def wrong_duration(node: Node) -> str:
    text = string_of(node)
    if text is None or _DURATION.fullmatch(text):
        return ""
    return f'is "{text}", which is not a duration such as 30s, 1m30s or 2h'


def wrong_size(node: Node) -> str:
    text = string_of(node)
    if text is None or _SIZE.fullmatch(text):
        return ""
    return f'is "{text}", which is not a size such as 512m or 2g'


def wrong_cast(node: Node, kind: Cast) -> str:
    """Check a string that Compose casts to a number or boolean (`"yes"` and `"3"` are valid)."""
    text = string_of(node)
    if text is None or cast_text(text, kind):
        return ""
    return f'is "{text}", which is not {_CAST_NAMES[kind]}'


def wrong_whole_number(node: Node) -> str:
    return wrong_cast(node, "int")


def wrong_number(node: Node) -> str:
    return wrong_cast(node, "float")


def wrong_boolean(node: Node) -> str:
    return wrong_cast(node, "bool")


def wrong_count(node: Node) -> str:
    """Check a count of devices, which must be `all` or a whole number."""
    text = string_of(node)
    return "" if text is None or text.lower() == "all" else wrong_cast(node, "int")


def wrong_amount(node: Node) -> str:
    """Check a number that must not be negative."""
    text = string_of(node)
    meaning = cast_text(text, "int") if text is not None else node.meaning if isinstance(node, Scalar) else None
    negative = meaning is not None and isinstance(meaning.value, int | float) and meaning.value < 0
    return "is negative; it must be 0 or more" if negative else ""


def wrong_quoted(node: Node) -> str:
    """Check a number that must not be in quotes."""
    return "is in quotes; write the bare number" if string_of(node) is not None else ""


def wrong_option(node: Node) -> str:
    """Check an option of a driver. Compose converts integers to strings, but not booleans or fractions."""
    if isinstance(node, Scalar):
        return "must be in quotes" if node.meaning.kind in ("bool", "float") else ""
    return "must be a string"


def wrong_mode(node: Node) -> str:
    """Check the file mode of a secret or config, which must be octal digits in a string or a whole number."""
    text = string_of(node)
    if text is not None and not re.fullmatch(r"[-+]?[0-7]{1,21}", text):
        return f'is "{text}", which is not a file mode such as "0444"'
    kind = node.meaning.kind if isinstance(node, Scalar) else "int"
    return "is not a whole number, so it is not a file mode" if kind == "float" else ""


def wrong_exposed_port(node: Node) -> str:
    return "is not a port number" if isinstance(node, Scalar) and node.meaning.kind == "float" else ""


# Top-level volumes, networks, configs and secrets, by the rules in compose-go 2.9.1, `validation`.


def wrong_network(node: Node) -> str:
    return _wrong_name(node) if isinstance(node, Mapping) and node.entries else ""


def wrong_volume(node: Node) -> str:
    if not isinstance(node, Mapping) or not node.entries or not _is_external(node):
        return ""
    others = [name for name in node.names() if name not in ("name", "external") and not name.startswith("x-")]
    if others:
        return f'is external, so Compose refuses "{others[0]}"; remove "{others[0]}" or "external"'
    return _wrong_name(node)


def wrong_config(node: Node) -> str:
    return _wrong_file_object(node, ("file", "environment", "content"))


def wrong_secret(node: Node) -> str:
    """Check a secret. Unlike a config, it needs a source even with a driver or with `external: false`."""
    wrong = _wrong_file_object(node, ("file", "environment"))
    if wrong or not isinstance(node, Mapping) or _is_external(node) is not False:
        return wrong
    return "" if node.entry("file") or node.entry("environment") else "needs file or environment"


def _wrong_file_object(node: Node, sources: tuple[str, ...]) -> str:
    if not isinstance(node, Mapping):
        return ""
    present = [name for name in sources if node.entry(name)]
    if len(present) > 1:
        return f"has both {present[0]} and {present[1]}; keep one of them"
    if present or node.entry("driver") or node.entry("external"):
        return _wrong_name(node)
    return f"needs {', '.join(sources[:-1])} or {sources[-1]}, or external: true"


def _wrong_name(node: Mapping) -> str:
    """Check that the old form `external: {name: …}` does not contradict `name`."""
    old, name = value_at(node, "external", "name"), node.get("name")
    if old is None or name is None or same(old, name):
        return ""
    return "has a name and another one under external; keep name and write external: true"


def _is_external(node: Mapping) -> bool | None:
    """Return whether `external` is true, or None if the value depends on a variable."""
    external = node.get("external")
    if not isinstance(external, Scalar):
        return isinstance(external, Mapping)
    if has_variable(external.text):
        return None
    meaning = external.meaning if external.meaning.kind != "str" else cast_text(external.text, "bool")
    return meaning is not None and meaning.value is True


# Published ports: the short syntax as in `go-connections/nat`, the long syntax as in compose-go 2.9.1.

_USUAL: Final = pattern(r"(?:(?:[0-9]{1,4}|[1-5][0-9]{4}):)?[1-9][0-9]{0,3}")
_RANGE: Final = pattern(r"([0-9]+)(?:-([0-9]+)(?:-.*)?)?")
_PROTOCOLS: Final = ("tcp", "udp", "sctp")
_LAST_PORT: Final = 65535


def wrong_port(node: Node) -> str:
    """Check an item in `ports`."""
    if isinstance(node, Scalar):
        return "" if _USUAL.fullmatch(node.text) else _wrong_scalar(node)
    return _wrong_long(node) if isinstance(node, Mapping) else ""


def _wrong_scalar(node: Scalar) -> str:
    kind, value = node.meaning
    if kind == "float":
        return f"is {node.text}, which is not a port number"
    text = str(value) if kind == "int" else node.text
    return "" if has_variable(text) else wrong_port_text(text)


def wrong_port_text(text: str) -> str:
    """Check the short syntax `[[IP:]HOST:]CONTAINER[/PROTOCOL]`."""
    parts = text.split(":")
    address, host, container = ":".join(parts[:-2]), parts[-2] if parts[1:] else "", parts[-1]
    port, _, protocol = container.partition("/")
    protocol = protocol.partition("/")[0] or "tcp"
    inside, outside = _range(port), _range(host)
    if not port:
        return f'is "{text}", which has no container port'
    if address and not _is_address(address):
        return f'has the host address "{address}", which is not an IP address'
    if inside is None or not inside[0]:
        return f'has the container port "{port}", which is not a port between 1 and {_LAST_PORT}'
    if host and outside is None:
        return f'has the host port "{host}", which is not a port between 0 and {_LAST_PORT}'
    if outside and inside[0] != inside[1] and inside[1] - inside[0] != outside[1] - outside[0]:
        return f'maps the ranges "{host}" and "{port}", which have different lengths'
    if protocol.lower() not in _PROTOCOLS:
        return f'has the protocol "{protocol}", which is not tcp, udp or sctp'
    return ""


def _range(text: str) -> tuple[int, int] | None:
    found = _RANGE.fullmatch(text)
    if not found:
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    return (first, last) if first <= last <= _LAST_PORT else None


def _is_address(text: str) -> bool:
    """Return whether a text is an IPv4 address, with or without brackets, or an IPv6 address in brackets."""
    from ipaddress import ip_address

    inside = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if inside == text and ":" in text:
        return False
    try:
        return not inside or bool(ip_address(inside))
    except ValueError:
        return False


def _wrong_long(port: Mapping) -> str:
    if port.entry("target") is None:
        return "has no target, the port inside the container"
    address = port.get("host_ip")
    if isinstance(address, Scalar) and not has_variable(address.text):
        from ipaddress import ip_address

        try:
            ip_address(address.text)
        except ValueError:
            return f'has the host_ip "{address.text}", which is not an IP address'
    return ""


# Commands given as one string, which Compose splits into words with `mattn/go-shellwords` 1.0.12.

_SPECIAL: Final = pattern(r"[\\'\"`()]")
_ENDS: Final = ";&|<>"
_TOGGLES: Final = {"'": "'", '"': '"', "`": "`", ")": "$("}
"""The quote that each mark opens or closes. go-shellwords treats an unmatched `)` as the start of `$(`."""

_INERT_IN: Final = {"'": {'"', "$("}, '"': {"'", "$("}, "`": {"'", '"', "$("}, ")": {"'", '"', "`"}}


def wrong_command(node: Node) -> str:
    """Check a command that is a single string. Lists are not split and are always valid."""
    if not isinstance(node, Scalar) or not _SPECIAL.search(node.text) or has_variable(node.text):
        return ""
    # Compose replaces `$$` with `$` before it splits the command.
    left_open = _left_open(node.text.replace("$$", "$"))
    if not left_open:
        return ""
    return f"cannot be split into words: {left_open}; close it, or write the command as a list"


def _left_open(line: str) -> str:
    """Return why a command line cannot be split, or an empty string if it can."""
    quotes: set[str] = set()
    escaped, before = False, ""
    for char in line:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = "'" not in quotes
        elif char in _ENDS and not quotes:
            return ""  # go-shellwords stops here.
        elif char == "(" and not quotes & _INERT_IN[")"]:
            if quotes or before != "$":
                return "it has a ( that does not follow a $"
            quotes.add("$(")
        elif char in _TOGGLES and not quotes & _INERT_IN[char]:
            quotes ^= {_TOGGLES[char]}
        # Quotation marks are not part of the word before a `(`.
        before = before if char in "'\"" else char
    if escaped:
        return "it ends in a backslash"
    return f"{min(quotes)} is not closed" if quotes else ""
