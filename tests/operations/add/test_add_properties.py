"""For random projects and random adds: strip(add(x)) == x, byte for byte."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from composevariant.errors import ComposeVariantError
from tests.operations.adding import added_text, stripped_again

NAMES = ("web", "worker", "db", "ordering.api")
LABELS = (
    "",
    "    labels:\n      tier: app\n",
    "    labels: [tier=app, 'x=1']\n",
    "    labels: {}\n",
    "    labels: []\n",
)
VOLUMES = (
    "",
    "    volumes:\n      - data:/data\n",
    "    volumes: ['data:/data', './logs:/app/logs']\n",
    "    volumes:\n      - type: volume\n        source: data\n        target: /app/logs\n",
    "    volumes: []\n",
)
EXTRAS = (
    "",
    "    logging: {driver: json-file, options: {max-size: 10m}}\n",
    "    # a comment at the end\n",
    "    profiles: [dev]\n",
    "    networks:\n      back: {aliases: [x]}\n",
    "\n",
)
TAILS = ("", "# the end\n", "\nx-note: kept\n", "secrets:\n  ca: {file: ./ca.crt}\n")
SECTIONS = ("volumes:\n  data:\n", "volumes: {data: {}}\n", "\nvolumes:\n  data:\n    name: shared  # ours\n")


@st.composite
def projects(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(["", "name: shop\n\n", "# A shop.\n"])) + "services:\n"
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True)):
        text += f"  {name}:\n    image: shop/{name}\n"
        text += "".join(draw(st.sampled_from(parts)) for parts in (LABELS, VOLUMES, EXTRAS))
    text += "networks: {back: {}}\n"
    parts = [draw(st.sampled_from(SECTIONS)), draw(st.sampled_from(TAILS))]
    text += "".join(draw(st.permutations(parts)))
    text = text if draw(st.booleans()) else text.rstrip("\n")
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


@st.composite
def overlays(draw: st.DrawFn) -> str:
    wanted = []
    for _ in range(draw(st.integers(1, 3))):
        keys = ["sidecar: filebeat", f"output: {draw(st.sampled_from(['console', 'elasticsearch', 'kafka']))}"]
        if draw(st.booleans()):
            keys.append(f"for: {draw(st.sampled_from(['web', 'worker', '[web, db]', '*', 'ordering.api']))!r}")
            keys[-1] = keys[-1].replace("'[", "[").replace("]'", "]")
            keys += [f"logs: {draw(st.sampled_from(['/app/logs', '/data', '/var/log/app']))}"] * draw(st.booleans())
        keys += ["config: inline"] * draw(st.booleans())
        keys += ["with: {mem_limit: 64m, labels: {team: ops}}"] * draw(st.booleans())
        wanted.append("{" + ", ".join(keys) + "}")
    return f"add: [{', '.join(wanted)}]"


@given(projects(), overlays())
def test_strip_after_add_gives_the_project_back(project: str, overlay: str) -> None:
    try:
        text = added_text(project, overlay)
    except ComposeVariantError:
        return  # such as a service that this project does not have

    assert text != project
    assert stripped_again(text, "filebeat") == project
