"""Dockerfiles for the reader's tests, each with the instructions that Docker sees in it.

An outline line is `first-last NAME flags words`: the lines of the instruction, its flags, and its arguments as BuildKit
splits them, each between bars. A JSON list has `json` before its words; a here-document follows as `<<name body`.
"""

from __future__ import annotations

from typing import NamedTuple


class Sample(NamedTuple):
    title: str
    text: str
    outline: list[str]


SAMPLES = [
    Sample("one instruction", "FROM alpine\n", ["1-1 FROM |alpine|"]),
    Sample("a last line without an end", "FROM alpine\nRUN make", ["1-1 FROM |alpine|", "2-2 RUN |make|"]),
    Sample("a byte order mark", "\ufeffFROM alpine\n", ["1-1 FROM |alpine|"]),
    Sample(
        "a byte order mark before a directive",
        "\ufeff# escape=`\nFROM a\nRUN b `\n c\n",
        ["2-2 FROM |a|", "3-4 RUN |b  c|"],
    ),
    Sample("line ends of Windows", "FROM a\r\nRUN b \\\r\n  c\r\n", ["1-1 FROM |a|", "2-3 RUN |b   c|"]),
    Sample("a carriage return inside a line", "FROM a\nEXPOSE 80\r81\n", ["1-1 FROM |a|", "2-2 EXPOSE |80| |81|"]),
    Sample("blank lines and lines of blanks", "\n  \nFROM a\n\n\t\nRUN b\n\n", ["3-3 FROM |a|", "6-6 RUN |b|"]),
    Sample(
        "comments between instructions", "# one\nFROM a\n  # two\n#\nRUN b\n# three", ["2-2 FROM |a|", "5-5 RUN |b|"]
    ),
    Sample(
        "names in any case, indented",
        'from a as b\n  Run c\n\tcmd ["d"]\n',
        ["1-1 FROM |a| |as| |b|", "2-2 RUN |c|", "3-3 CMD json |d|"],
    ),
    Sample("an instruction nobody knows", "FROM a\nFROBNICATE b c\n", ["1-1 FROM |a|", "2-2 FROBNICATE"]),
    Sample("an instruction without arguments", "FROM a\nRUN\nCMD \n", ["1-1 FROM |a|", "2-2 RUN", "3-3 CMD"]),
    Sample("ARG before FROM", "ARG V=1\nARG W\nFROM a:${V}\n", ["1-1 ARG |V=1|", "2-2 ARG |W|", "3-3 FROM |a:${V}|"]),
    Sample("tabs between words", "FROM\ta\tAS\tb\n", ["1-1 FROM |a| |AS| |b|"]),
    # continuations
    Sample("a continued line", "FROM a\nRUN b && \\\n    c\n", ["1-1 FROM |a|", "2-3 RUN |b &&     c|"]),
    Sample("blanks behind the continuation", "FROM a\nRUN b \\ \t\nc\n", ["1-1 FROM |a|", "2-3 RUN |b c|"]),
    Sample(
        "an escaped escape continues nothing",
        "FROM a\nRUN b \\\\\nRUN c\n",
        ["1-1 FROM |a|", "2-2 RUN |b \\\\|", "3-3 RUN |c|"],
    ),
    Sample(
        "three escapes continue nothing either",
        "FROM a\nRUN b \\\\\\\nRUN c\n",
        ["1-1 FROM |a|", "2-2 RUN |b \\\\\\|", "3-3 RUN |c|"],
    ),
    Sample(
        "a comment line inside a continuation",
        "FROM a\nRUN b \\\n# no end\n  # indented\n  c\n",
        ["1-1 FROM |a|", "2-5 RUN |b   c|"],
    ),
    Sample(
        "a comment that looks continued",
        "FROM a\nRUN b \\\n# no \\\n  c\nRUN d\n",
        ["1-1 FROM |a|", "2-4 RUN |b   c|", "5-5 RUN |d|"],
    ),
    Sample("a blank line inside a continuation", "FROM a\nRUN b \\\n\n   \n  c\n", ["1-1 FROM |a|", "2-5 RUN |b   c|"]),
    Sample(
        "a comment in the middle swallows the rest",
        "FROM a\nRUN b \\\n  # c \\\n  d\n  e\n",
        ["1-1 FROM |a|", "2-4 RUN |b   d|", "5-5 E"],
    ),
    Sample(
        "a trailing shell comment swallows the joined rest",
        "FROM a\nRUN b # c \\\n  d\n",
        ["1-1 FROM |a|", "2-3 RUN |b # c   d|"],
    ),
    Sample("a continuation at the end of the file", "FROM a\nRUN b \\", ["1-1 FROM |a|", "2-2 RUN |b|"]),
    Sample("a continuation and only comments to the end", "FROM a\nRUN b \\\n# c\n\n", ["1-1 FROM |a|", "2-4 RUN |b|"]),
    Sample("a first line that is only a continuation", "FROM a\n\\\nRUN b\n", ["1-1 FROM |a|", "2-3 RUN |b|"]),
    Sample(
        "a continuation inside a word", "FROM a\nENV NA\\\nME=va\\\nlue\n", ["1-1 FROM |a|", "2-4 ENV |NAME=value|"]
    ),
    Sample("a continuation inside the name", "FROM a\nRU\\\nN b\n", ["1-1 FROM |a|", "2-3 RUN |b|"]),
    Sample(
        "comments between continued pairs",
        'FROM a\nENV A=1 \\\n  # about B\n  B="2 3"\n',
        ["1-1 FROM |a|", '2-4 ENV |A=1| |B="2 3"|'],
    ),
    # directives
    Sample("the escape directive", "# escape=`\nFROM a\nRUN b `\n c\\\n", ["2-2 FROM |a|", "3-4 RUN |b  c\\|"]),
    Sample(
        "blanks around a directive, any case",
        " #  Escape =  ` \nFROM a\nRUN b `\n c\n",
        ["2-2 FROM |a|", "3-4 RUN |b  c|"],
    ),
    Sample(
        "two directives",
        "# syntax=docker/dockerfile:1\n# escape=`\nFROM a\nRUN b `\n c\n",
        ["3-3 FROM |a|", "4-5 RUN |b  c|"],
    ),
    Sample(
        "a directive behind a comment is a comment",
        "# hello\n# escape=`\nFROM a\nRUN b `\nRUN c\n",
        ["3-3 FROM |a|", "4-4 RUN |b `|", "5-5 RUN |c|"],
    ),
    Sample(
        "a directive behind a blank line is a comment",
        "\n# escape=`\nFROM a\nRUN b `\nRUN c\n",
        ["3-3 FROM |a|", "4-4 RUN |b `|", "5-5 RUN |c|"],
    ),
    Sample(
        "a directive behind FROM is a comment", "FROM a\n# escape=`\nRUN b \\\n c\n", ["1-1 FROM |a|", "3-4 RUN |b  c|"]
    ),
    Sample(
        "an unknown directive ends the directives",
        "# maintainer=me\n# escape=`\nFROM a\nRUN b `\nRUN c\n",
        ["3-3 FROM |a|", "4-4 RUN |b `|", "5-5 RUN |c|"],
    ),
    Sample("a repeated line behind the end of the directives", "# escape=`\n#\n# escape=`\nFROM a\n", ["4-4 FROM |a|"]),
    # shell and JSON form
    Sample(
        "the JSON form", 'FROM a\nCMD ["b", "c d", "\\u00e9\\n"]\n', ["1-1 FROM |a|", "2-2 CMD json |b| |c d| |é\n|"]
    ),
    Sample(
        "JSON over two lines", 'FROM a\nENTRYPOINT ["b", \\\n  "c"]\n', ["1-1 FROM |a|", "2-3 ENTRYPOINT json |b| |c|"]
    ),
    Sample("an empty JSON list", "FROM a\nCMD []\n", ["1-1 FROM |a|", "2-2 CMD json"]),
    Sample("single quotes are no JSON", "FROM a\nCMD ['b']\n", ["1-1 FROM |a|", "2-2 CMD |['b']|"]),
    Sample("a missing comma is no JSON", 'FROM a\nCMD ["b" "c"]\n', ["1-1 FROM |a|", '2-2 CMD |["b" "c"]|']),
    Sample("a shell test is no JSON", "FROM a\nRUN [ -f b ]\n", ["1-1 FROM |a|", "2-2 RUN |[ -f b ]|"]),
    Sample("NaN is no JSON", "FROM a\nRUN [NaN]\n", ["1-1 FROM |a|", "2-2 RUN |[NaN]|"]),
    Sample(
        "COPY in JSON form",
        'FROM a\nCOPY --chown=b ["c d", "/e"]\n',
        ["1-1 FROM |a|", "2-2 COPY --chown=b json |c d| |/e|"],
    ),
    Sample(
        "VOLUME in both forms",
        'FROM a\nVOLUME /b /c\nVOLUME ["/d e"]\n',
        ["1-1 FROM |a|", "2-2 VOLUME |/b| |/c|", "3-3 VOLUME json |/d e|"],
    ),
    Sample("SHELL", 'FROM a\nSHELL ["/bin/bash", "-c"]\n', ["1-1 FROM |a|", "2-2 SHELL json |/bin/bash| |-c|"]),
    Sample(
        "HEALTHCHECK in both forms",
        'FROM a\nHEALTHCHECK --interval=5s --retries=3 CMD ["b"]\n'
        "HEALTHCHECK CMD curl -f c || exit 1\nHEALTHCHECK NONE\n",
        [
            "1-1 FROM |a|",
            "2-2 HEALTHCHECK --interval=5s --retries=3 json |CMD| |b|",
            "3-3 HEALTHCHECK |CMD| |curl -f c || exit 1|",
            "4-4 HEALTHCHECK |NONE|",
        ],
    ),
    # flags
    Sample(
        "flags before the words",
        "FROM --platform=linux/amd64 a AS b\nCOPY --from=b --chmod=755 c d\n",
        ["1-1 FROM --platform=linux/amd64 |a| |AS| |b|", "2-2 COPY --from=b --chmod=755 |c| |d|"],
    ),
    Sample(
        "a flag behind the first word is a word",
        "FROM a\nCOPY b --chown=c d\n",
        ["1-1 FROM |a|", "2-2 COPY |b| |--chown=c| |d|"],
    ),
    Sample(
        "flags on lines of their own",
        "FROM a\nRUN --mount=type=cache,target=/b \\\n    --network=none \\\n    c\n",
        ["1-1 FROM |a|", "2-4 RUN --mount=type=cache,target=/b --network=none |c|"],
    ),
    Sample(
        "quotes and escapes inside flags",
        "FROM a\nCOPY --chown=\"b c\" --x='d'e --y=f\\ g h i\n",
        ["1-1 FROM |a|", "2-2 COPY --chown=b c --x=de --y=f g |h| |i|"],
    ),
    Sample(
        "two dashes end the flags",
        "FROM a\nRUN --network=none -- --b\n",
        ["1-1 FROM |a|", "2-2 RUN --network=none |--b|"],
    ),
    Sample("a single dash is no flag", "FROM a\nRUN -b --c\n", ["1-1 FROM |a|", "2-2 RUN |-b --c|"]),
    Sample("only flags", "FROM a\nCOPY --from=b\n", ["1-1 FROM |a|", "2-2 COPY --from=b"]),
    # ENV, LABEL, ARG
    Sample(
        "ENV with several pairs",
        "FROM a\nENV A=1 B=\"2 3\" C='4 5' D=6\\ 7\n",
        ["1-1 FROM |a|", "2-2 ENV |A=1| |B=\"2 3\"| |C='4 5'| |D=6\\ 7|"],
    ),
    Sample("ENV without an equals sign", "FROM a\nENV A 1  2=3\n", ["1-1 FROM |a|", "2-2 ENV |A| |1  2=3|"]),
    Sample("ENV with an empty value", 'FROM a\nENV A= B=""\n', ["1-1 FROM |a|", '2-2 ENV |A=| |B=""|']),
    Sample("LABEL", 'FROM a\nLABEL "b c"="d" e=f\n', ["1-1 FROM |a|", '2-2 LABEL |"b c"="d"| |e=f|']),
    Sample(
        "several arguments in one ARG", 'FROM a\nARG B C=1 D="2 3"\n', ["1-1 FROM |a|", '2-2 ARG |B| |C=1| |D="2 3"|']
    ),
    Sample(
        "one-word instructions keep their blanks",
        "FROM a\nUSER b  c\nWORKDIR /d e\nSTOPSIGNAL SIGTERM\nMAINTAINER f <g@h>\n",
        [
            "1-1 FROM |a|",
            "2-2 USER |b  c|",
            "3-3 WORKDIR |/d e|",
            "4-4 STOPSIGNAL |SIGTERM|",
            "5-5 MAINTAINER |f <g@h>|",
        ],
    ),
    Sample(
        "EXPOSE",
        "FROM a\nEXPOSE 80 443/tcp  8000-8002/udp $PORT\n",
        ["1-1 FROM |a|", "2-2 EXPOSE |80| |443/tcp| |8000-8002/udp| |$PORT|"],
    ),
    # here-documents
    Sample(
        "a here-document",
        "FROM a\nRUN <<EOF\necho b\n  # no comment\n\nRUN c\nEOF\nRUN d\n",
        ["1-1 FROM |a|", "2-7 RUN |<<EOF| <<EOF echo b\n  # no comment\n\nRUN c\n", "8-8 RUN |d|"],
    ),
    Sample("an empty here-document", "FROM a\nRUN <<EOF\nEOF\n", ["1-1 FROM |a|", "2-3 RUN |<<EOF| <<EOF "]),
    Sample(
        "several here-documents",
        "FROM a\nCOPY <<one <<two /b/\n1\none\n2\ntwo\nRUN c\n",
        ["1-1 FROM |a|", "2-6 COPY |<<one| |<<two| |/b/| <<one 1\n <<two 2\n", "7-7 RUN |c|"],
    ),
    Sample(
        "a quoted name",
        'FROM a\nRUN <<"E F"\n$b\nE F\nRUN c\n',
        ["1-1 FROM |a|", '2-4 RUN |<<"E F"| <<E F $b\n', "5-5 RUN |c|"],
    ),
    Sample(
        "tabs before the end of a here-document",
        "FROM a\nRUN <<-EOF\n\tb\n\tEOF\nRUN c\n",
        ["1-1 FROM |a|", "2-4 RUN |<<-EOF| <<EOF \tb\n", "5-5 RUN |c|"],
    ),
    Sample(
        "tabs do not count without the dash",
        "FROM a\nRUN <<EOF\n\tEOF\nEOF\n",
        ["1-1 FROM |a|", "2-4 RUN |<<EOF| <<EOF \tEOF\n"],
    ),
    Sample(
        "a descriptor before a here-document",
        "FROM a\nRUN cat 3<<EOF\nb\nEOF\n",
        ["1-1 FROM |a|", "2-4 RUN |cat 3<<EOF| <<EOF b\n"],
    ),
    Sample(
        "a here-document in the middle of a command",
        "FROM a\nRUN cat <<EOF > /b && c\nd\nEOF\n",
        ["1-1 FROM |a|", "2-4 RUN |cat <<EOF > /b && c| <<EOF d\n"],
    ),
    Sample(
        "a here-document behind flags and a continuation",
        "FROM a\nRUN --network=none \\\n  <<EOF\nb\nEOF\n",
        ["1-1 FROM |a|", "2-5 RUN --network=none |<<EOF| <<EOF b\n"],
    ),
    Sample(
        "continuations mean nothing inside",
        "FROM a\nRUN <<EOF\nb \\\nEOF\nRUN c\n",
        ["1-1 FROM |a|", "2-4 RUN |<<EOF| <<EOF b \\\n", "5-5 RUN |c|"],
    ),
    Sample(
        "a here-document with line ends of Windows",
        "FROM a\r\nRUN <<EOF\r\nb\r\nEOF\r\nRUN c\r\n",
        ["1-1 FROM |a|", "2-4 RUN |<<EOF| <<EOF b\r\n", "5-5 RUN |c|"],
    ),
    Sample(
        "a here-string is none",
        "FROM a\nRUN cat <<<EOF\nRUN b\n",
        ["1-1 FROM |a|", "2-2 RUN |cat <<<EOF|", "3-3 RUN |b|"],
    ),
    Sample(
        "two signs in quotes are none",
        'FROM a\nRUN echo "<<EOF"\nRUN b\n',
        ["1-1 FROM |a|", '2-2 RUN |echo "<<EOF"|', "3-3 RUN |b|"],
    ),
    Sample(
        "an escaped sign makes none",
        "FROM a\nRUN echo \\<<EOF\nRUN b\n",
        ["1-1 FROM |a|", "2-2 RUN |echo \\<<EOF|", "3-3 RUN |b|"],
    ),
    Sample(
        "a shift is none",
        "FROM a\nRUN echo $((1<<2))\nRUN b\n",
        ["1-1 FROM |a|", "2-2 RUN |echo $((1<<2))|", "3-3 RUN |b|"],
    ),
    Sample(
        "an open quote makes none",
        "FROM a\nRUN echo it's <<EOF\nRUN b\n",
        ["1-1 FROM |a|", "2-2 RUN |echo it's <<EOF|", "3-3 RUN |b|"],
    ),
    Sample(
        "no here-document in JSON form",
        'FROM a\nRUN ["cat", "<<EOF"]\nRUN b\n',
        ["1-1 FROM |a|", "2-2 RUN json |cat| |<<EOF|", "3-3 RUN |b|"],
    ),
    Sample(
        "no here-document for CMD",
        "FROM a\nCMD cat <<EOF\nRUN b\n",
        ["1-1 FROM |a|", "2-2 CMD |cat <<EOF|", "3-3 RUN |b|"],
    ),
    # ONBUILD
    Sample("ONBUILD", "FROM a\nONBUILD RUN b\n", ["1-1 FROM |a|", "2-2 ONBUILD RUN |b|"]),
    Sample(
        "ONBUILD with the flags of its instruction",
        "FROM a\nonbuild copy --from=b --chown=c d e\n",
        ["1-1 FROM |a|", "2-2 ONBUILD COPY --from=b --chown=c |d| |e|"],
    ),
    Sample(
        "ONBUILD in JSON form over two lines",
        'FROM a\nONBUILD \\\n  CMD ["b"]\n',
        ["1-1 FROM |a|", "2-3 ONBUILD CMD json |b|"],
    ),
    Sample(
        "a here-document in an ONBUILD",
        "FROM a\nONBUILD COPY <<EOF /b\nc\nEOF\nRUN d\n",
        ["1-1 FROM |a|", "2-4 ONBUILD COPY |<<EOF| |/b| <<EOF c\n", "5-5 RUN |d|"],
    ),
    Sample("an ONBUILD without an instruction", "FROM a\nONBUILD\n", ["1-1 FROM |a|", "2-2 ONBUILD"]),
    # whole files
    Sample(
        "an image in two stages",
        "# syntax=docker/dockerfile:1\n\nARG NODE=20\nFROM node:${NODE}-alpine AS build\nWORKDIR /app\n"
        "COPY package*.json ./\nRUN --mount=type=cache,target=/root/.npm \\\n    npm ci\nCOPY . .\n"
        "RUN npm run build # everything\n\n"
        "FROM nginx:1.27\nCOPY --from=build /app/dist /usr/share/nginx/html\nEXPOSE 80\n"
        'HEALTHCHECK CMD ["curl", "-f", "http://localhost/"]\n',
        [
            "3-3 ARG |NODE=20|",
            "4-4 FROM |node:${NODE}-alpine| |AS| |build|",
            "5-5 WORKDIR |/app|",
            "6-6 COPY |package*.json| |./|",
            "7-8 RUN --mount=type=cache,target=/root/.npm |npm ci|",
            "9-9 COPY |.| |.|",
            "10-10 RUN |npm run build # everything|",
            "12-12 FROM |nginx:1.27|",
            "13-13 COPY --from=build |/app/dist| |/usr/share/nginx/html|",
            "14-14 EXPOSE |80|",
            "15-15 HEALTHCHECK json |CMD| |curl| |-f| |http://localhost/|",
        ],
    ),
    Sample(
        "packages with comments between them",
        "FROM debian\nRUN apt-get update \\\n && apt-get install -y \\\n    curl \\\n    # log shipping\n"
        "    filebeat \\\n\n && rm -rf /var/lib/apt/lists/*\nCMD service filebeat start && exec /app\n",
        [
            "1-1 FROM |debian|",
            "2-8 RUN |apt-get update  && apt-get install -y     curl     filebeat  && rm -rf /var/lib/apt/lists/*|",
            "9-9 CMD |service filebeat start && exec /app|",
        ],
    ),
]

NEWER_THAN_THE_ORACLE = [
    Sample(
        "a blank before the name of a here-document",
        "FROM a\nRUN cat << EOF\nb\nEOF\n",
        ["1-1 FROM |a|", "2-4 RUN |cat << EOF| <<EOF b\n"],
    ),
    Sample(
        "the check directive", "# check=skip=all\n# escape=`\nFROM a\nRUN b `\n c\n", ["3-3 FROM |a|", "4-5 RUN |b  c|"]
    ),
    Sample("JSON with something behind it", 'FROM a\nCMD ["b"] c\n', ["1-1 FROM |a|", '2-2 CMD |["b"] c|']),
]
"""What BuildKit of August 2026 reads and the `dockerfile` package, which has an older one inside, does not."""

REFUSED = [
    Sample(
        "a directive twice",
        "# escape=`\n# escape=`\nFROM a\n",
        ["Dockerfile:2:1: the parser directive escape may be used only once"],
    ),
    Sample(
        "a strange escape character",
        "# escape=x\nFROM a\n",
        ["Dockerfile:1:1: the escape character must be \\ or `, not x"],
    ),
    Sample(
        "JSON that holds a number",
        "FROM a\nCMD [1]\n",
        ["Dockerfile:2:1: a JSON list of arguments may hold strings only"],
    ),
    Sample(
        "JSON that holds nothing",
        'FROM a\n  COPY [null, "b"]\n',
        ["Dockerfile:2:1: a JSON list of arguments may hold strings only"],
    ),
    Sample("ENV without a value", "FROM a\nENV A\n", ["Dockerfile:2:1: a name needs a value: write name=value"]),
    Sample(
        "a pair without an equals sign", "FROM a\nLABEL b=c d\n", ['Dockerfile:2:1: "d" has no "=": write name=value']
    ),
    Sample(
        "a here-document without an end",
        "FROM a\nRUN <<EOF\nb\n",
        ["Dockerfile:2:1: no line EOF ends the here-document"],
    ),
    Sample(
        "the second here-document without an end",
        "FROM a\nCOPY <<E <<F /b\n1\nE\n2\n",
        ["Dockerfile:2:1: no line F ends the here-document"],
    ),
    Sample(
        "ONBUILD ENV without a value",
        "FROM a\n\nONBUILD ENV A\n",
        ["Dockerfile:3:1: a name needs a value: write name=value"],
    ),
]
