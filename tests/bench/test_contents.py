"""The files of an image, its layers, and which file is its program."""

from __future__ import annotations

import io
import tarfile

import pytest

from composevariant.bench.engine import Layer, instruction_of, repeated_bytes, repeated_layers
from composevariant.bench.marks import File, main_program, mark, read_contents
from composevariant.bench.plan import format_size, read_size

OURS, OTHER = mark("0123abcd", 1), mark("ffffffff", 1)


def archive(**files: bytes) -> io.BytesIO:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            if data.startswith((b"-> ", b"=> ")):
                member.type = tarfile.SYMTYPE if data.startswith(b"-") else tarfile.LNKTYPE
                member.linkname = data[3:].decode()
            else:
                member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    stream.seek(0)
    return stream


def test_marks_are_found_wherever_a_chunk_ends() -> None:
    padding = b"x" * ((1 << 20) - 10)
    found = read_contents(
        archive(**{"app/a": padding + OURS.encode(), "b": OTHER.encode(), "etc/hosts": b"1", "c": b"-> app/a"}),
        "0123abcd",
    )

    assert found.marks == {OURS}
    assert found.marked == {"app/a"}
    assert set(found.files) == {"app/a", "b", "c"}
    assert found.files["c"].digest == "-> app/a"


@pytest.mark.parametrize(
    ("files", "program"),
    [
        pytest.param(
            {"b/target/release/deps/web-1": OURS.encode(), "b/target/release/web": b"=> b/target/release/deps/web-1"},
            "b/target/release/web",
            id="a hard link, whose target counts from the root",
        ),
        pytest.param(
            {"./usr/bin/web": OURS.encode(), "b/target/release/web": b"=> ./usr/bin/web"},
            "b/target/release/web",
            id="its target written from a dot",
        ),
        pytest.param(
            {
                "b/web": OURS.encode(),
                "c/link": b"-> ../b/web",
                "b/target/release/web": b"-> /c/again",
                "c/again": b"=> c/link",
            },
            "b/web",
            id="a hard link of a symbolic one, which leads from where it stands",
        ),
        pytest.param({"b/target/release/web": b"=> nowhere"}, "", id="a hard link to nothing"),
    ],
)
def test_a_hard_link_is_the_file_that_it_links(files: dict[str, bytes], program: str) -> None:
    found = read_contents(archive(**files), "0123abcd")

    assert main_program(["./target/release/web"], "/b", "", found.files) == program
    if program:
        original = next(name.removeprefix("./") for name, data in files.items() if data == OURS.encode())
        assert found.files[program] == found.files[original]
        assert {program, original} <= found.marked


FILES = {
    name: File(1, digest)
    for name, digest in {
        "app/server": "1",
        "bin": "-> usr/bin",
        "usr/bin/bash": "2",
        "usr/bin/node": "3",
        "usr/sbin/nginx": "4",
        "usr/bin/app": "-> ../../app/server",
        "srv/index.js": "5",
        "loop": "-> loop",
    }.items()
}


@pytest.mark.parametrize(
    ("command", "program"),
    [
        pytest.param(["/app/server"], "app/server", id="a path"),
        pytest.param(["nginx", "-g", "daemon off;"], "usr/sbin/nginx", id="a name that PATH finds"),
        pytest.param(["/bin/bash", "-c", "/app/server & filebeat -e"], "app/server", id="what a shell runs"),
        pytest.param(["node", "index.js"], "srv/index.js", id="what an interpreter runs, in its folder"),
        pytest.param(["/bin/bash"], "usr/bin/bash", id="a shell alone, through a link of a folder"),
        pytest.param(["app"], "app/server", id="through a link"),
        pytest.param(["loop"], "", id="a link to itself"),
        pytest.param(["it's", "A=1"], "", id="nothing that is a file"),
    ],
)
def test_the_main_program(command: list[str], program: str) -> None:
    assert main_program(command, "/srv", "/usr/sbin:/usr/bin", FILES) == program


@pytest.mark.parametrize(
    ("created_by", "shown"),
    [
        ("RUN /bin/sh -c make install # buildkit", "RUN make install"),
        ("RUN |1 TOKEN=a b /bin/sh -c curl x # buildkit", "RUN curl x"),
        ("RUN |2 A=1 B=2 /bin/bash -c x", "RUN x"),
        ('/bin/sh -c #(nop)  CMD ["x"]', 'CMD ["x"]'),
        ("COPY /out /out # buildkit", "COPY /out /out"),
        ("RUN /bin/sh -c git clone https://me:secret@host/x # buildkit", "RUN git clone https://***@host/x"),
    ],
)
def test_a_layer_is_named_without_build_arguments(created_by: str, shown: str) -> None:
    assert instruction_of(created_by) == shown


def test_a_layer_that_writes_files_again() -> None:
    layers = [Layer(2_117_432, "RUN chown -R app /app"), Layer(2_117_432, "COPY /app /app"), Layer(80_000_000, "")]

    assert repeated_layers(layers) == [layers[0]]
    assert repeated_bytes(layers) == 2_117_432
    assert repeated_layers([layers[1], *layers[1:]]) == []
    assert repeated_layers([Layer(10, "RUN chmod 1 a"), Layer(10, "COPY a a")]) == []


@pytest.mark.parametrize(
    ("text", "size", "shown"),
    [("0B", 0, "0 B"), ("2.5MB", 2_500_000, "2.5 MB"), ("893B", 893, "893 B"), ("1.78GB", 1_780_000_000, "1.8 GB")],
)
def test_sizes(text: str, size: int, shown: str) -> None:
    assert (read_size(text), format_size(size)) == (size, shown)


def test_sizes_at_the_edge_of_a_unit() -> None:
    assert [format_size(size) for size in (999, 1000, 999_600, 150_000_000)] == ["999 B", "1.0 kB", "1.0 MB", "150 MB"]
    assert [read_size(text) for text in ("1 KiB", "many", "")] == [1024, 0, 0]
