"""The messages of all notes, by note id. No other code depends on their wording.

`{service}` is the service that the note is about. Reports put `service: ` in front of messages without it.
"""

from __future__ import annotations

from typing import Final

MESSAGES: Final = {
    "add.added": "{service} added for {reads}{sends}",
    "add.address": "the project has no {output} service; set {variable} to its address",
    "add.config-missing": "{file} does not exist (yet); {reader} reads its configuration from it",
    "add.container-name": "container_name limits the service to one container, so it cannot be scaled",
    "add.internal": "{service} is only in internal networks ({networks}) and cannot reach anything outside the project",
    "add.left-out": "{sidecar} is not added for {target}: {reason}",
    "add.log-size": "json-file keeps logs without a limit; set max-size and max-file under logging.options",
    "add.many": "each of the {count} {sidecar} services can read the logs of all containers; a single one for the "
    "host, without `for`, is enough",
    "add.nginx-links": "the official nginx image links the logs in {folder} to stdout: a new volume gets these "
    "links and no log files; leave out `logs` to read its stdout",
    "add.no-driver": "no log driver is set: this only works if the daemon's default is json-file; set `logging: "
    "{{driver: json-file}}` to be sure",
    "add.read-only": "read_only left out: Compose cannot write the inline configuration into a read-only container",
    "add.replicas": "the {count} replicas write into the same folder: log files with the same name collide",
    "base.documents": "{file} holds {count} YAML documents; the variant is a single one, merged from them",
    "base.empty": "{file} is empty and changes nothing, as in Docker Compose",
    "base.later-default": "{file} is ignored: {first} takes precedence, as in Docker Compose",
    "base.merged": "{reason}",
    "base.override": "{override} is ignored, as by docker compose -f; base: [{base}, {override}] merges it into "
    "every variant, base: [{base}] ignores it without this note",
    "build.args": "{file} does not declare the build argument {argument}",
    "build.same-image": "base and variant build the same image {image} and overwrite each other; dockerfiles: "
    '{{image: "{template}"}} keeps them apart',
    "compose.inherited": "extends {base} and therefore inherits its changes; with `docker compose -f` it would not",
    "merge.one-letter-volume": "Docker Compose reads {letter} before the colon as a drive letter, not as a volume: "
    "this mounts a new volume at {mount}; use a volume name of two letters or more",
    "merge.port-number": 'Docker Compose treats published: {port} without quotes as a different port from "{port}", '
    "so {shown} is listed twice; put the number in quotes",
    "merge.ports-add": "ports are added to the base's: {shown} is still published; to change it, remove "
    'services.{name}.ports["{shown}"], or put !override before the list',
    "merge.second-tmpfs": "the base already has a tmpfs at {target}, and both are kept; put !override before "
    "services.{name}.tmpfs to replace it",
    "merge.weaker-wait": "as a list, depends_on only waits until {other} has started, no longer for {condition}; "
    "leave it out of the list, or write services.{name}.depends_on as a mapping",
    "dockerfile.cache-over-output": "{reason}",
    "dockerfile.command": "{difference}",
    "dockerfile.entrypoint": "{difference}",
    "dockerfile.expose": "{after} exposes {now}, {before} exposes {was}",
    "dockerfile.healthcheck": "{difference}",
    "dockerfile.lost-stage": "{reason}",
    "dockerfile.shared-compile-cache": "{reason}",
    "dockerfile.stale-dummy": "{reason}",
    "dockerfile.user": "{after} runs as {now}, {before} runs as {was}",
    "dockerfile.volume": "{after} has volumes at {now}, {before} has volumes at {was}",
    "dockerfile.workdir": "{after} works in {now}, {before} works in {was}",
    "dockerfile.lost-script": "{setting} starts {script}, which {before} copies into the image but {after} does not",
    "dockerfile.sidecar": "{sidecar} is still in the image: {places}",
    "dockerfile.unread": "{file} was not checked: {reason}",
    "dockerfiles.already": "is already built from {file}",
    "dockerfiles.edited": "{file} was generated from an earlier {standard} and edited since; it is not regenerated",
    "dockerfiles.image": "image {before} -> {after}",
    "dockerfiles.inherited": "is now built from {file} too: it extends {base}, whose Dockerfile is swapped",
    "dockerfiles.not-renewed": "{file} cannot be regenerated: {reason}",
    "dockerfiles.rung-done": "{file}: {rung}: done for {ecosystem}",
    "dockerfiles.rung-note": "{file}: {rung}: {reason}",
    "dockerfiles.rung-refused": "{file}: {rung}: refused: {reason}",
    "dockerfiles.stays": "keeps {file}: {reason}",
    "dockerfiles.suffixed": "{file} is kept: its name already has the suffix {suffix}",
    "dockerfiles.swapped": "Dockerfile {before} -> {after}",
    "dockerfiles.unseen": "{file} was not checked: {reason}",
    "dockerfiles.written-out": "keeps {file}, which is now written out: the service that it extends gets another "
    "Dockerfile",
    "output.unclear-path": "{path} is only correct from this folder if the variable holds an absolute path",
    "remove.base-kept": "{service} kept, although no service extends it any more",
    "remove.extends": "extends {base} replaced by the settings of {base}",
    "remove.host": "{setting} names the host {host}, which is removed",
    "remove.inherited": "{setting}, inherited through extends, removed; extends is written out",
    "remove.inherited-reset": "{setting}, inherited through extends, reset",
    "remove.log-driver": "logging dropped: it sends to {address}, which is removed; the default log driver applies",
    "remove.mounted-host": "the mounted file {file} names the host {host}, which is removed",
    "remove.mounted-hosts": "the mounted file {file} names the host {host}, which is removed ({times} times)",
    "remove.namespace": "{setting} dropped: it was shared with {owner}",
    "remove.namespace-heir": "{setting} of {owner} replaced by that of {heir}",
    "remove.namespace-left": "{setting} of {owner} dropped",
    "remove.namespace-taken": "took over {settings} from {owner}",
    "remove.profile": "no service has the profile {profile} any more",
    "remove.reference": "{setting} {name} dropped",
    "remove.service": "{service} removed",
    "remove.service-because": "{service} removed: {reason}",
    "remove.volumes-from": "volumes_from {name} replaced by the mounts of {name}",
    "remove.wait-lost": "{service} no longer waits for {name} {end}, as it did through {gone}",
    "rename.container": "{setting} names the container {container}, which now has another name",
    "rename.external": "{section}.{new} is external: Docker now looks for {new}; `name: {old}` under it finds the "
    "old one",
    "rename.host": "{setting} still names the host {host}; a network alias keeps that name working",
    "rename.new-thing": "Docker creates {section}.{new} as a new one and does not reuse {section}.{old}",
    "rename.new-thing-named": "Docker creates {section}.{new} as a new one and does not reuse {section}.{old}; "
    "`name: {project}_{old}` under it keeps the old one",
    "sidecar.advice": "{found}: {advice}",
    "strip.added": "{setting} removed: it was added with the sidecar",
    "strip.backend": "{service} kept: strip does not remove the services that {sidecar} sends to",
    "strip.dotenv-profiles": "{file}:{line}: COMPOSE_PROFILES names {profiles}, which no service has any more",
    "strip.dotenv-unused": "{file}:{line}: {name} is set, but the variant does not use it",
    "strip.driver": "logging dropped: its driver {driver} sends to the sidecar; the default log driver applies",
    "strip.excepted": "{service} kept: listed under `except` in the overlay",
    "strip.file": "{setting} {file} kept",
    "strip.file-names": "{file}:{line} mentions {word}{also}; the file is not edited",
    "strip.fragment": "{name} removed",
    "strip.image": "image kept: its name suggests that it contains {sidecar} and may still start it",
    "strip.image-label": "label {label} kept: it is set in the Dockerfile",
    "strip.include-names": "the included file {file} mentions {sidecar}, but strip does not change included files; "
    "`flatten: true` in the variant writes it out first",
    "strip.include-unread": "the included file {file} is not searched for {sidecar}",
    "strip.instead": "{variables} set on {services}, which used {sidecar}",
    "strip.label-file": "label {label} kept: it is set in the label_file",
    "strip.labels": "labels for {sidecar} kept on {services}",
    "strip.labels-outside": "labels for {sidecar} kept on {services}: a {sidecar} outside the project may use them; "
    "`labels: remove` under strip removes them",
    "strip.lonely-network": "networks {network} dropped: no other service is in it",
    "strip.log-mount": "mount {mount} kept: the log files in it belong to the service, {sidecar} only read them; "
    "`log_volumes: remove` under strip removes it",
    "strip.log-options": "logging options {options} kept: they may be of use without the sidecar",
    "strip.logs-inside": "logging kept: it sends to {address}, where a service listens",
    "strip.logs-outside": "logging kept: it sends to {address}, outside the project; services.{user}.logging under "
    "remove removes it",
    "strip.none": "no {sidecar} service found",
    "strip.none-removed": "no {sidecar} service found; {removed} removed",
    "strip.orphan": "{files} is not mounted any more; no file is deleted",
    "strip.orphans": "{files} are not mounted any more; no file is deleted",
    "strip.override": "services.{name} changes a service that the variant does not have: on top of the variant, "
    "Docker Compose refuses it, as the service has neither an image nor a build context",
    "strip.override-extends": "services.{name} extends {base} of {file}, which the variant does not have",
    "strip.override-names": "services.{name}.{setting} names {gone}, which the variant does not have",
    "strip.own-label": "label {label} kept: {file} selected the service by it; services.{user}.labels[{label}] "
    "under remove removes it",
    "strip.port": "{service} published port {ports}: {sidecar} no longer receives data sent to it",
    "strip.suspect": "{service} kept, although it may be {sidecar} ({reasons}); `services: [{service}]` under strip "
    "removes it, `except` silences this",
    "strip.test": "healthcheck kept: it tests {sidecar}, which may no longer be in the image",
    "strip.trace": "{sort} {name} removed",
    "strip.trace-host": "{sort} {name} removed: it names {host}, which is removed",
    "strip.trace-job": "{sort} {name} kept: the service does setup work, also for the services that {sidecar} sends to",
    "strip.trace-shared": "{sort} {name} kept: a {sidecar} that is kept mounts it as well",
    "strip.unknown-name": 'strip.{key}: no service is named "{name}"{meant}',
    "cleanup.inherited": "{names} kept: {heir} extends another file, which may use them",
    "cleanup.network": "network {name} kept: only {user} still uses it",
    "cleanup.removed": "removed unused {sort} {name}",
    "cleanup.volume": "removed unused volume {name}; its data stays on disk, even after `docker compose down -v`",
    "cleanup.volume-elsewhere": "removed unused volume {name}; the data of {data} is not touched",
}

LINES: Final = {
    "remove.service-because": "removed, {reason}",
    "strip.backend": "strip does not remove the services that {sidecar} sends to",
    "strip.excepted": "listed under `except` in the overlay",
    "cleanup.inherited": "{heir} extends another file, which may use them",
    "cleanup.network": "only {user} still uses it",
    "cleanup.removed": "removed, unused",
    "cleanup.volume": "removed, unused; the data stays on disk, even after `docker compose down -v`",
    "cleanup.volume-elsewhere": "removed, unused; the data of {data} is not touched",
}
"""Shorter sentences for summaries, which print the name of the service or definition in front of them."""

PHRASES: Final = {
    "add.for-host": "the host",
    "add.for-files": "the files in {folder} of {name}",
    "add.for-output": "the output of {name}",
    "add.for-any": "all services that send to it",
    "add.sends": ", sends to {output}",
    "add.sends-service": ", sends to {output}, the service {name}",
    "dockerfiles.differs": "{after}:{line} has a different {name} from {before}:{other}",
    "dockerfiles.gained": "{after}:{line} has a {name}, {before} has none",
    "dockerfiles.lost": "{after} has no {name}, {before}:{other} has one",
    "dockerfiles.installs": "{places} installs it",
    "dockerfiles.configures": "{places} configures it",
    "dockerfiles.starts": "{places} starts it",
    "strip.also-line": " (also line {lines})",
    "strip.also-lines": " (also lines {lines})",
    "strip.also-more": " (also lines {lines} and {count} more)",
    "strip.one-leftover": "1 leftover {sort}",
    "strip.leftovers": "{count} leftover {sort}s",
    "strip.one": "1 {sort}",
    "strip.several": "{count} {sort}s",
    "remove.wait-healthy": "to be healthy",
    "remove.wait-completed": "to complete",
    "list": "{first}, {rest}",
}
"""Parts of sentences: a note passes them as arguments where its message has a choice or a list."""
