"""The vocabulary of Docker Compose: services, attributes, identities, references, variables and volumes.

The attribute table is the single description of each attribute. It says how the attribute merges, what identifies its
items, which syntaxes the items have, and whether the value contains a path. `compose.merge` has the merge rules, and
`compose.files` handles projects of several files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.compose.attributes import ATTRIBUTES, Attribute, Holds, Merge, NOWHERE, PathTable, ROWS
    from composevariant.compose.comparable import Data, Leaf, data_of, data_of_both, flow, keyed_data_of, leaf
    from composevariant.compose.hosts import Mention, config_mentions, hosts_in, mentions, mounted_mentions, words_of
    from composevariant.compose.identities import (
        ANY_HOST,
        identity,
        item_key,
        key_rule,
        naming_of,
        notation_of,
        port_of,
    )
    from composevariant.compose.reference_index import ContainerKind, Kind, Reference, SECTIONS, Target
    from composevariant.compose.reference_index import container_references, references, service_container_references
    from composevariant.compose.reference_index import service_references
    from composevariant.compose.services import image_path, key_and_value, mount_sections, name_of_folder, pairs_of
    from composevariant.compose.services import sections, services_of, text_of, texts_of, with_services
    from composevariant.compose.short_forms import CanonicalPair, as_list, canonical_pairs, forms_of, in_notation_of
    from composevariant.compose.short_forms import item_with_value, same_item
    from composevariant.compose.variables import UNKNOWN, as_far_as_known, broken_references, interpolate
    from composevariant.compose.variables import required_and_unset, with_defaults, with_fallbacks
    from composevariant.compose.volumes import Mount, mount_of, mounts_in

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "attributes": "ATTRIBUTES Attribute Holds Merge NOWHERE PathTable ROWS",
        "comparable": "Data Leaf data_of data_of_both flow keyed_data_of leaf",
        "hosts": "Mention config_mentions hosts_in mentions mounted_mentions words_of",
        "identities": "ANY_HOST identity item_key key_rule naming_of notation_of port_of",
        "reference_index": (
            "ContainerKind Kind Reference SECTIONS Target container_references references "
            "service_container_references service_references"
        ),
        "services": (
            "image_path key_and_value mount_sections name_of_folder pairs_of sections services_of text_of "
            "texts_of with_services"
        ),
        "short_forms": "CanonicalPair as_list canonical_pairs forms_of in_notation_of item_with_value same_item",
        "variables": (
            "UNKNOWN as_far_as_known broken_references interpolate required_and_unset with_defaults with_fallbacks"
        ),
        "volumes": "Mount mount_of mounts_in",
    },
)
