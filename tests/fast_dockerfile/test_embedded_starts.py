"""Command lines and scripts that start Filebeat beside an application: what is left, or why nothing can be done."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.fast_dockerfile.embedded.command_lines import and_lists, remove_from_command_line
from composevariant.fast_dockerfile.embedded.findings import SidecarMatcher
from composevariant.fast_dockerfile.embedded.scripts import edit_procfile, edit_script, edit_supervisor_config
from composevariant.sidecars.presets import load_preset

FILEBEAT = load_preset("filebeat")
MATCHER = SidecarMatcher(FILEBEAT.embedded, FILEBEAT.title)
ALIVE = "Filebeat keeps the container alive"


@pytest.mark.parametrize(
    ("line", "text", "words"),
    [
        pytest.param("app -x & filebeat -e", "app -x", ["app", "-x"], id="the application in the background"),
        pytest.param("filebeat -e & app 'a b'", "app 'a b'", ["app", "a b"], id="the sidecar in the background"),
        pytest.param("filebeat -e & exec app", "exec app", ["app"], id="exec is no longer needed"),
        pytest.param("service filebeat start && app", "app", ["app"], id="a service before it"),
        pytest.param("service filebeat start; app", "app", ["app"], id="a service, whatever becomes of it"),
        pytest.param("/etc/init.d/filebeat start && app", "app", ["app"], id="an init script"),
        pytest.param("sudo -E nohup filebeat -e >/dev/null 2>&1 & app", "app", ["app"], id="sudo, nohup, redirections"),
        pytest.param("mkdir -p /var/log/filebeat && filebeat -e & app", "app", ["app"], id="a folder for it"),
        pytest.param("filebeat setup && filebeat -e & app", "app", ["app"], id="set up first"),
        pytest.param("app & filebeat -e & wait", "app & wait", [], id="both are waited for"),
        pytest.param("filebeat & app $X", "exec app $X", [], id="a variable"),
        pytest.param("filebeat & app > /log", "exec app > /log", [], id="a redirection"),
        pytest.param("filebeat & A=1 app", "A=1 app", [], id="a variable for the application alone"),
        pytest.param("filebeat & cd /srv && app *.yml", "cd /srv && exec app *.yml", [], id="a folder and a pattern"),
        pytest.param("filebeat & app | tee /log", "app | tee /log", [], id="a pipe"),
        pytest.param("migrate; filebeat & app", "migrate; exec app", [], id="something before both"),
        pytest.param("migrate && app & filebeat -e", "migrate && exec app", [], id="a list in the background"),
        pytest.param("cd /srv; app & filebeat", "cd /srv; exec app", [], id="a folder before the background"),
        pytest.param(
            "nginx -g 'daemon off;' & filebeat", "nginx -g 'daemon off;'", ["nginx", "-g", "daemon off;"], id="nginx"
        ),
        pytest.param(
            "apachectl -D FOREGROUND & filebeat",
            "apachectl -D FOREGROUND",
            ["apachectl", "-D", "FOREGROUND"],
            id="Apache",
        ),
        pytest.param("catalina.sh run & filebeat -e", "catalina.sh run", ["catalina.sh", "run"], id="Tomcat"),
        pytest.param("echo starting filebeat; filebeat & app", "app", ["app"], id="what it says of it"),
    ],
)
def test_the_application_is_left(line: str, text: str, words: list[str]) -> None:
    started = remove_from_command_line(line, MATCHER)

    assert (started.reason, started.text, list(started.words)) == ("", text, words)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param("apachectl & filebeat", "apachectl may run in the background", id="apachectl"),
        pytest.param("nginx & filebeat -e", "nginx may run in the background", id="nginx"),
        pytest.param("catalina.sh start & filebeat", "catalina.sh may run in the background", id="catalina.sh start"),
        pytest.param("service apache2 start & filebeat", "service may run in the background", id="service"),
        pytest.param("/etc/init.d/app start & filebeat", "app may run in the background", id="an init script"),
        pytest.param("gunicorn app --daemon & filebeat", "gunicorn may run in the background", id="--daemon"),
        pytest.param("redis-server -d & filebeat", "redis-server may run in the background", id="-d"),
        pytest.param("apachectl start; filebeat -e", ALIVE, id="a server that returned"),
        pytest.param("app && filebeat -e", ALIVE, id="one after the other"),
        pytest.param("a & b & filebeat -e", f"{ALIVE}: several programs are in the background", id="two applications"),
        pytest.param("app & setup && filebeat", ALIVE, id="something between"),
        pytest.param("filebeat -e", "it starts nothing but Filebeat", id="nothing else"),
        pytest.param(
            "service filebeat start && tail -f /dev/null", "it starts nothing but Filebeat", id="something that waits"
        ),
        pytest.param("filebeat & sleep infinity", "it starts nothing but Filebeat", id="something that sleeps"),
        pytest.param(
            "app & service filebeat start", "no program would stay in the foreground", id="nothing in the foreground"
        ),
        pytest.param(
            "filebeat & app & filebeat -c /x &", "no program would stay in the foreground", id="all in the background"
        ),
        pytest.param("filebeat || app", "the command line is more than", id="an alternative"),
        pytest.param("(filebeat &) ; app", "the command line is more than", id="a subshell"),
        pytest.param("if x; then filebeat & fi; app", "the command line is more than", id="a condition"),
        pytest.param("app `filebeat`", "the command line is more than", id="backquotes"),
        pytest.param("run-both filebeat app", "the effect of run-both on Filebeat is unknown", id="an unknown program"),
        pytest.param(
            "filebeat -e 2>&1 | grep x & app", "the effect of grep on Filebeat is unknown", id="a pipe behind it"
        ),
    ],
)
def test_says_why_not(line: str, reason: str) -> None:
    assert remove_from_command_line(line, MATCHER).reason.startswith(reason)


@pytest.mark.parametrize(
    ("script", "rest"),
    [
        pytest.param("#!/bin/sh\nfilebeat &\napp\n", "#!/bin/sh\napp\n", id="a line"),
        pytest.param("#!/bin/sh\n# Filebeat\nfilebeat &\napp\n", "#!/bin/sh\napp\n", id="with its comment"),
        pytest.param("# the logs\nfilebeat &\n\n# the app\napp\n", "\n# the app\napp\n", id="a comment of a paragraph"),
        pytest.param("# all of it\nfilebeat &\napp\n", "# all of it\napp\n", id="a comment that heads both"),
        pytest.param("filebeat \\\n  -c /x \\\n  &\napp\n", "app\n", id="continued lines"),
        pytest.param("filebeat & exec app\n", "exec app\n", id="both on one line"),
        pytest.param("mkdir -p /a /var/log/filebeat\napp\n", "mkdir -p /a\napp\n", id="one of several folders"),
        pytest.param("service filebeat start\r\napp\r\n", "app\r\n", id="line ends of Windows"),
        pytest.param("if a; then\n  b\nfi\nfilebeat &\napp", "if a; then\n  b\nfi\napp", id="a condition elsewhere"),
        pytest.param("f() {\n  a\n}\nfilebeat &\nf\n", "f() {\n  a\n}\nf\n", id="a function elsewhere"),
        pytest.param("cat <<E\nif\nE\nfilebeat &\napp\n", "cat <<E\nif\nE\napp\n", id="a here-document elsewhere"),
        pytest.param(
            "case $1 in\n  a) b;;\n  *) c;;\nesac\nfilebeat &\napp\n",
            "case $1 in\n  a) b;;\n  *) c;;\nesac\napp\n",
            id="a choice",
        ),
        pytest.param("export FILEBEAT_X=1\napp\n", "app\n", id="a variable"),
        pytest.param(
            "echo 'filebeat is not here' # filebeat\n", "echo 'filebeat is not here' # filebeat\n", id="opaque"
        ),
    ],
)
def test_lines_of_a_script_that_go(script: str, rest: str) -> None:
    edited = edit_script(script, MATCHER)

    assert edited.reason == "" or rest == script
    assert edited.text == rest


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        pytest.param("if a; then\n  filebeat &\nfi\napp\n", "is inside a condition", id="a condition"),
        pytest.param("f() {\n  filebeat &\n}\nf\napp\n", "is inside a condition", id="a function"),
        pytest.param("for x in 1; do\n  filebeat &\ndone\napp\n", "is inside a condition", id="a loop"),
        pytest.param("cat <<E > /x\nfilebeat\nE\napp\n", "is in a here-document", id="a here-document"),
        pytest.param('[ -n "$X" ] && filebeat & app || x\n', "is more than simple commands", id="an alternative"),
        pytest.param("filebeat\napp\n", "the script waits for Filebeat", id="in the foreground"),
        pytest.param("exec filebeat\n", "the script waits for Filebeat", id="in the script's place"),
        pytest.param("filebeat &\napp &\n", "no program would stay in the foreground", id="all in the background"),
        pytest.param(
            "filebeat &\nP=$!\napp\nkill $P\n", "the script monitors the programs", id="its process is remembered"
        ),
        pytest.param("filebeat &\napp &\nwait -n\n", "the script monitors the programs", id="the first to end"),
        pytest.param(
            "filebeat &\nwhile kill -0 1; do sleep 1; done\n", "the script monitors the programs", id="a watchdog"
        ),
        pytest.param("filebeat &\nsleep infinity\n", "it starts nothing but Filebeat", id="nothing else"),
        pytest.param("filebeat &\napp\nfi\n", "cannot be parsed", id="what is no script"),
        pytest.param(
            "sed -i s/a/b/ /etc/app.yml /etc/filebeat/filebeat.yml\napp\n",
            "sed handles other files too",
            id="sed of two files",
        ),
    ],
)
def test_scripts_that_stay_as_they_are(script: str, reason: str) -> None:
    assert reason in edit_script(script, MATCHER).reason


def test_supervisors() -> None:
    text = "[supervisord]\nnodaemon=true\n[program:app]\ncommand=app\n[program:logs]\ncommand=filebeat -e\n"

    assert edit_supervisor_config(text, MATCHER).text == "[supervisord]\nnodaemon=true\n[program:app]\ncommand=app\n"
    assert "nothing but" in edit_supervisor_config("[program:logs]\ncommand=filebeat -e\n", MATCHER).reason
    assert "mentions" in edit_supervisor_config(text.replace("=app\n", "=sh -c 'app & filebeat'\n"), MATCHER).reason
    assert "mentions" in edit_supervisor_config(f"{text}[group:all]\nprograms=app,filebeat\n", MATCHER).reason
    assert edit_procfile("web: app\nlogs: filebeat -e\n", MATCHER).text == "web: app\n"
    assert "other programs" in edit_procfile("web: app & filebeat\nx: y\n", MATCHER).reason


WORDS = st.sampled_from(["app", "-x", "'a b'", '"c"', "/d/e", "f=g", "h.sh"])
COMMANDS = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


@given(st.lists(st.tuples(COMMANDS, st.sampled_from(["&&", ";", "&"])), min_size=1, max_size=4))
def test_lists_are_what_a_shell_reads(parts: list[tuple[str, str]]) -> None:
    text = " ".join(f"{command} {operator}" for command, operator in parts[:-1]) + f" {parts[-1][0]}"

    lists = and_lists(text)

    assert lists is not None
    jobs = [job for each in lists for job in each.jobs]
    assert [job.text for job in jobs] == [command for command, _ in parts]
    assert [list(job.words) for job in jobs] == [shlex.split(command, posix=False) for command, _ in parts]
    ends = [each.end for each in lists]
    assert ends == [operator for _, operator in parts[:-1] if operator != "&&"] + [""]


@given(
    COMMANDS.filter(lambda command: "=" not in command),
    st.sampled_from(["{app} & filebeat -e", "filebeat & {app}", "service filebeat start; {app}"]),
)
def test_any_application_is_left_as_it_was(command: str, frame: str) -> None:
    started = remove_from_command_line(frame.format(app=command), MATCHER)

    if not started.reason:
        assert list(started.words) == shlex.split(command)
