"""Names of images."""

from __future__ import annotations

from composevariant.compose.partial import as_far_as_known


def image_path(text: str) -> str:
    """An image without tag and digest, with the defaults of its variables: `docker.elastic.co/beats/filebeat`.

    What only the environment knows is `partial.UNKNOWN`.
    """
    name = as_far_as_known(text).partition("@")[0]
    folder, slash, last = name.rpartition("/")
    return f"{folder}{slash}{last.partition(':')[0]}"
