"""The sentences of all notes, by the ids of `findings.Note`. Rewording one changes what users read, and nothing else.

`{service}` is the service that the note is about: a message with it needs no `service: ` in front.
"""

from __future__ import annotations

from typing import Final

MESSAGES: Final = {
    "add.added": "{service} added for {reads}{sends}",
    "add.address": "no service of the project is its {output}: {variable} says where that is",
    "add.config-missing": "{file} is not there (yet), and {reader} reads its configuration from it",
    "add.container-name": "container_name allows one container of the service only, and no scaling",
    "add.internal": "{service} is in internal networks only ({networks}) and reaches nothing outside the project",
    "add.left-out": "{sidecar} is not added for {target}: {reason}",
    "add.log-size": "json-file keeps logs for ever: set max-size and max-file under logging.options",
    "add.many": "each of the {count} {sidecar} can read the logs of all containers; one for the host does too, "
    "without `for`",
    "add.nginx-links": "the official nginx image has links to stdout in {folder}: a new volume gets these and no log "
    "files; name no logs to read its stdout",
    "add.no-driver": "no log driver is named: this assumes that the daemon's default is json-file; "
    "`logging: {{driver: json-file}}` makes sure",
    "add.read-only": "read_only left out: Compose could not write the inline configuration",
    "add.replicas": "the {count} replicas write into one folder, where files of the same name collide",
    "base.documents": "{file} holds {count} YAML documents: a variant is one, merged from them",
    "base.empty": "{file} is empty, which changes nothing, as with Docker Compose",
    "base.later-default": "{file} is left out: {first} comes first, as with Docker Compose",
    "base.merged": "{reason}",
    "base.override": "{override} is left out, as Docker Compose leaves it out with -f. base: [{base}, {override}] "
    "merges it into every variant, base: [{base}] leaves it out without this note",
    "build.args": "{file} does not declare the build argument {argument}",
    "build.same-image": "base and variant are both built to the image {image} and overwrite each other; "
    'dockerfiles: {{image: "{template}"}} keeps them apart',
    "compose.inherited": "extends {base} and so gets its changes too; with `docker compose -f` it would not",
    "merge.one-letter-volume": "{letter} before the colon is a drive to Docker Compose, no volume: this mounts a new "
    "one at {mount}; give the volume a name of two letters or more",
    "merge.port-number": 'published: {port} without quotes is another port than "{port}" to Docker Compose, so '
    "{shown} is there twice; write it in quotes",
    "merge.ports-add": "ports add to those of the base: {shown} stays published; to change it, remove "
    'services.{name}.ports["{shown}"], or put !override before the list',
    "merge.second-tmpfs": "{target} is a tmpfs of the base already, and both stay: put !override before "
    "services.{name}.tmpfs",
    "merge.weaker-wait": "as a list, depends_on waits only until {other} has started, no longer for {condition}; "
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
    "dockerfile.lost-script": "{setting} starts {script}, which {before} copies into the image and {after} does not",
    "dockerfile.sidecar": "{sidecar} is still in the image: {places}",
    "dockerfile.unread": "{file} was not checked: {reason}",
    "dockerfiles.already": "already is built from {file}",
    "dockerfiles.edited": "{file} was made from an earlier {standard} and edited since; it is not made anew",
    "dockerfiles.image": "image {before} -> {after}",
    "dockerfiles.inherited": "is built from {file} too, as it extends {base}, which is swapped",
    "dockerfiles.not-renewed": "{file} cannot be made anew: {reason}",
    "dockerfiles.rung-done": "{file}: {rung}: done for {ecosystem}",
    "dockerfiles.rung-note": "{file}: {rung}: {reason}",
    "dockerfiles.rung-refused": "{file}: {rung}: refused: {reason}",
    "dockerfiles.stays": "stays on {file}: {reason}",
    "dockerfiles.suffixed": "{file} is left: its name has {suffix} already",
    "dockerfiles.swapped": "Dockerfile {before} -> {after}",
    "dockerfiles.unseen": "{file} was not looked at: {reason}",
    "dockerfiles.written-out": "stays on {file}, which is written out: what it extends is swapped",
    "output.unclear-path": "{path} is right in this folder only where the variable holds an absolute path",
    "remove.base-kept": "{service} kept, though no service extends it any more",
    "remove.extends": "extends {base} replaced by the settings of {base}",
    "remove.host": "{setting} names {host} as a host, which is gone",
    "remove.inherited": "{setting}, which comes by extends, removed, and extends written out",
    "remove.inherited-reset": "{setting}, which comes by extends, reset",
    "remove.log-driver": "logging dropped: it pushes to {address}, which is gone; the default log driver applies",
    "remove.mounted-host": "{file}, which it mounts, names {host} as a host, which is gone",
    "remove.mounted-hosts": "{file}, which it mounts, names {host} as a host, which is gone ({times} times)",
    "remove.namespace": "{setting} dropped: it was that of {owner}",
    "remove.namespace-heir": "{setting} of {owner} is now that of {heir}",
    "remove.namespace-left": "{setting} of {owner} dropped",
    "remove.namespace-taken": "took over {settings} of {owner}",
    "remove.profile": "no service has the profile {profile} any more",
    "remove.reference": "{setting} {name} dropped",
    "remove.service": "{service} removed",
    "remove.service-because": "{service} removed: {reason}",
    "remove.volumes-from": "volumes_from {name} replaced by the mounts of {name}",
    "remove.wait-lost": "{service} no longer waits for {name} {end}, which it did by way of {gone}",
    "rename.container": "{setting} names the container {container}, which is called otherwise now",
    "rename.external": "{section}.{new} is external: Docker looks for {new} now; `name: {old}` under it finds the "
    "old one",
    "rename.host": "{setting} names {host} as a host, and still does; a network alias keeps that name",
    "rename.new-thing": "{section}.{new} is another one to Docker than {section}.{old} was",
    "rename.new-thing-named": "{section}.{new} is another one to Docker than {section}.{old} was; "
    "`name: {project}_{old}` under it keeps it",
    "sidecar.advice": "{found}: {advice}",
    "strip.added": "{setting} removed, which was added with the sidecar",
    "strip.backend": "{service} kept: a strip of {sidecar} does not remove what it sent to",
    "strip.dotenv-profiles": "{file}:{line} COMPOSE_PROFILES names {profiles}, which no service has any more",
    "strip.dotenv-unused": "{file}:{line} sets {name}, which the variant does not use",
    "strip.driver": "logging dropped: its driver {driver} pushes to the sidecar; the default log driver applies",
    "strip.excepted": "{service} kept: excepted in the overlay",
    "strip.file": "{setting} {file} kept",
    "strip.file-names": "{file}:{line} says {word}{also}; it is not edited",
    "strip.fragment": "{name} removed",
    "strip.image": "image kept: by its name it has {sidecar} inside, and may still start it",
    "strip.image-label": "label {label} kept, which its Dockerfile sets",
    "strip.include-names": "{file} is included and speaks of {sidecar}, of which nothing is stripped there; "
    "`flatten: true` in the variant writes it out first",
    "strip.include-unread": "no {sidecar} is looked for in the included {file}",
    "strip.instead": "{variables} set on {services}, which looked for {sidecar}",
    "strip.label-file": "label {label} kept, which its label_file sets",
    "strip.labels": "labels for {sidecar} kept on {services}",
    "strip.labels-outside": "labels for {sidecar} kept on {services}: a {sidecar} outside the project may use them; "
    "`labels: remove` under strip takes them away",
    "strip.lonely-network": "networks {network} dropped: nobody else is in it",
    "strip.log-mount": "mount {mount} kept: what {sidecar} read there is the service's own; `log_volumes: remove` "
    "under strip takes it away",
    "strip.log-options": "logging options {options} kept: they may say something without the sidecar, too",
    "strip.logs-inside": "logging kept: it pushes to {address}, where a service listens",
    "strip.logs-outside": "logging kept: it pushes to {address}, outside of the project; services.{user}.logging "
    "under remove takes it away",
    "strip.none": "no {sidecar} service found",
    "strip.none-removed": "no {sidecar} service found; {removed} removed",
    "strip.orphan": "{files} is mounted by nothing any more; no file is deleted",
    "strip.orphans": "{files} are mounted by nothing any more; no file is deleted",
    "strip.override": "services.{name} says more of a service that the variant does not have: behind the variant, "
    "Docker Compose refuses it, as the service has neither an image nor a build context",
    "strip.override-extends": "services.{name} extends {base} of {file}, which the variant does not have",
    "strip.override-names": "services.{name}.{setting} names {gone}, which the variant does not have",
    "strip.own-label": "label {label} kept, by which {file} chose the service; services.{user}.labels[{label}] under "
    "remove takes it away",
    "strip.port": "{service} published port {ports}: what is sent there now reaches no {sidecar}",
    "strip.suspect": "{service} kept, though it may be {sidecar} ({reasons}); `services: [{service}]` under strip "
    "removes it, `except` silences this",
    "strip.test": "healthcheck kept, though it tests {sidecar}, which may be gone from the image",
    "strip.trace": "{sort} {name} removed",
    "strip.trace-host": "{sort} {name} removed: it names {host}, which is gone",
    "strip.trace-job": "{sort} {name} kept: the service sets things up, also for what {sidecar} sends to",
    "strip.trace-shared": "{sort} {name} kept: a {sidecar} that stays mounts it as well",
    "strip.unknown-name": 'strip.{key}: no service is called "{name}"{meant}',
    "cleanup.inherited": "{names} kept: {heir} extends another file, which may use them",
    "cleanup.network": "network {name} kept: only {user} is still in it",
    "cleanup.removed": "{sort} {name} removed: nothing uses it any more",
    "cleanup.volume": "volume {name} removed: nothing uses it any more; `docker compose down -v` no longer deletes "
    "its data",
    "cleanup.volume-elsewhere": "volume {name} removed: nothing uses it any more; the data of {data} is not touched",
}

LINES: Final = {
    "remove.service-because": "removed, {reason}",
    "strip.backend": "a strip of {sidecar} does not remove what it sent to",
    "strip.excepted": "excepted in the overlay",
    "cleanup.inherited": "{heir} extends another file, which may use them",
    "cleanup.network": "only {user} is still in it",
    "cleanup.removed": "removed, nothing uses it any more",
    "cleanup.volume": "removed, nothing uses it any more; `docker compose down -v` no longer deletes its data",
    "cleanup.volume-elsewhere": "removed, nothing uses it any more; the data of {data} is not touched",
}
"""The same after the name of the service or the definition, under the heading `kept` or `changed` of a summary."""
