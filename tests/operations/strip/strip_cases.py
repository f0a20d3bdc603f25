"""Projects with Filebeat, what they are without it, and what is said about that."""

from __future__ import annotations

import pytest

FILEBEAT = "{image: docker.elastic.co/beats/filebeat:9.5.1}"

CASES = [
    pytest.param(
        """
        services:
          logstash: {image: docker.elastic.co/logstash/logstash:8.11.0}
          backend:
            build: {context: ., dockerfile: Dockerfile.backend}
            volumes: [logs_data:/app/logs, filebeat_data:/var/log/filebeat]
            depends_on: {logstash: {condition: service_started}}
        volumes: {logs_data: {}, filebeat_data: {}}
        """,
        """
        services:
          logstash: {image: docker.elastic.co/logstash/logstash:8.11.0}
          backend:
            build: {context: ., dockerfile: Dockerfile.backend}
            volumes: [logs_data:/app/logs]
            depends_on: {logstash: {condition: service_started}}
        volumes: {logs_data: {}}
        """,
        [
            ": no Filebeat service found; 1 leftover mount, 1 volume removed",
            "backend: mount filebeat_data:/var/log/filebeat removed",
            (": removed unused volume filebeat_data; its data stays on disk, even after `docker compose down -v`"),
            "logstash: logstash kept: strip does not remove the services that Filebeat sends to",
        ],
        id="E01 the leftovers of an embedded Filebeat go though there is no Filebeat service",
    ),
    pytest.param(
        """
        services:
          app: {image: a, depends_on: [filebeat], labels: {filebeat_collector: "true"}}
          filebeat:
            image: docker.elastic.co/beats/filebeat:7.17.9
            command: filebeat -e -strict.perms=false
            volumes: [/var/lib/docker/containers:/var/lib/docker/containers:ro,
              /var/run/docker.sock:/var/run/docker.sock:ro,
              ./filebeat/filebeat.docker.yml:/usr/share/filebeat/filebeat.yml:ro]
        """,
        """
        services:
          app: {image: a, labels: {filebeat_collector: "true"}}
        """,
        ["app: depends_on filebeat dropped"],
        id="E02 a short depends_on that becomes empty goes, and a label of the project's own stays",
    ),
    pytest.param(
        """
        services:
          app: {image: a, depends_on: {filebeat: {condition: service_healthy}}}
          filebeat:
            image: docker.elastic.co/beats/filebeat:9.5.1
            depends_on: {elasticsearch: {condition: service_healthy}, logstash: {condition: service_started}}
          elasticsearch: {image: docker.elastic.co/elasticsearch/elasticsearch:9.5.1}
          logstash: {image: docker.elastic.co/logstash/logstash:9.5.1}
          kibana: {image: docker.elastic.co/kibana/kibana:9.5.1, depends_on: [elasticsearch]}
        """,
        """
        services:
          app: {image: a}
          elasticsearch: {image: docker.elastic.co/elasticsearch/elasticsearch:9.5.1}
          logstash: {image: docker.elastic.co/logstash/logstash:9.5.1}
          kibana: {image: docker.elastic.co/kibana/kibana:9.5.1, depends_on: [elasticsearch]}
        """,
        [
            "app: app no longer waits for elasticsearch to be healthy, as it did through filebeat",
            "elasticsearch: elasticsearch kept: strip does not remove the services that Filebeat sends to",
            "logstash: logstash kept: strip does not remove the services that Filebeat sends to",
            "kibana: kibana kept: strip does not remove the services that Filebeat sends to",
        ],
        id="E03 Elasticsearch and the others stay, and a lost wait is warned of",
    ),
    pytest.param(
        """
        services:
          app: {image: a, networks: [back, logging]}
          filebeat: {image: elastic/filebeat:8.15.0, networks: [logging]}
          elasticsearch: {image: elasticsearch:8.15.0, networks: [logging]}
        networks: {back: {}, logging: {}}
        """,
        """
        services:
          app: {image: a, networks: [back, logging]}
          elasticsearch: {image: elasticsearch:8.15.0, networks: [logging]}
        networks: {back: {}, logging: {}}
        """,
        [],
        id="E04a a network with other members stays as it is",
    ),
    pytest.param(
        """
        services:
          app: {image: a, networks: [back, logging]}
          filebeat: {image: elastic/filebeat:8.15.0, networks: [logging]}
        networks: {back: {}, logging: {}}
        """,
        """
        services:
          app: {image: a, networks: [back, logging]}
        networks: {back: {}, logging: {}}
        """,
        [": network logging kept: only app still uses it"],
        id="E04b a network with one member left stays, with a note",
    ),
    pytest.param(
        """
        services:
          app: {image: a, networks: [logging]}
          filebeat: {image: elastic/filebeat:8.15.0, networks: [logging, ship]}
        networks: {logging: {}, ship: {}}
        """,
        """
        services:
          app: {image: a, networks: [logging]}
        networks: {logging: {}}
        """,
        [": removed unused network ship"],
        id="E04c a service never loses its last network; a network without members goes",
    ),
    pytest.param(
        """
        services:
          filebeat: &beat
            image: docker.elastic.co/beats/filebeat:9.5.1
            user: root
            networks: [elk]
          metricbeat:
            <<: *beat
            image: docker.elastic.co/beats/metricbeat:9.5.1
        networks: {elk: {}}
        """,
        """
        services:
          metricbeat:
            user: root
            networks: [elk]
            image: docker.elastic.co/beats/metricbeat:9.5.1
        networks: {elk: {}}
        """,
        [],
        id="E09 what another service inherits from Filebeat by an anchor stays",
    ),
    pytest.param(
        r"""
        services:
          filebeat: {image: docker.elastic.co/beats/filebeat:9.5.1}
          app:
            image: a
            labels:
              - co.elastic.logs/enabled=true
              - "co.elastic.logs/processors.dissect.tokenizer=%{status} - %{message}"
              - traefik.enable=true
          worker: {image: a, labels: {co.elastic.logs/multiline.pattern: '^\['}}
          other:
            image: a
            labels: {co.elastic.logs.other/exclude_lines: "x", co.elastic.metrics/module: redis}
            deploy: {labels: {co.elastic.logs/enabled: "true"}}
        """,
        """
        services:
          app: {image: a, labels: [traefik.enable=true]}
          worker: {image: a}
          other: {image: a, labels: {co.elastic.metrics/module: redis}}
        """,
        [
            "app: label co.elastic.logs/enabled removed",
            "app: label co.elastic.logs/processors.dissect.tokenizer removed",
            "worker: label co.elastic.logs/multiline.pattern removed",
            "other: label co.elastic.logs.other/exclude_lines removed",
            "other: label co.elastic.logs/enabled removed",
        ],
        id="E11 labels go in a list, in a mapping and under deploy",
    ),
    pytest.param(
        """
        services:
          app: {image: a}
          shipper: {image: "${FILEBEAT_IMAGE:-docker.elastic.co/beats/filebeat}:${ELASTIC_VERSION:-9.5.1}"}
        """,
        "services: {app: {image: a}}",
        [
            "shipper: shipper removed: image docker.elastic.co/beats/filebeat:9.5.1",
        ],
        id="E14 an image in variables counts with its default",
    ),
    pytest.param(
        """
        services:
          app: {image: a}
          shipper:
            image: ${LOG_IMAGE:?which}
            volumes: ["./logs.yml:/usr/share/filebeat/filebeat.yml:ro"]
        """,
        "services: {app: {image: a}}",
        ["shipper: shipper removed: mount at /usr/share/filebeat/filebeat.yml"],
        id="E14 a mount in Filebeat's own directory is enough where the image is not known",
    ),
    pytest.param(
        """
        services:
          app: {image: a, depends_on: {filebeat: {condition: service_started, required: false}}}
          filebeat: {image: docker.elastic.co/beats/filebeat:9.5.1, profiles: [production]}
        """,
        "services: {app: {image: a}}",
        ["app: depends_on filebeat dropped", ": no service has the profile production any more"],
        id="E30 a Filebeat behind a profile goes with an optional dependency on it",
    ),
    pytest.param(
        """
        services:
          app: {image: a}
          filebeat:
            image: docker.elastic.co/beats/filebeat:9.5.1
            volumes: [filebeat_data:/usr/share/filebeat/data]
        volumes: {filebeat_data: {external: true, name: shared_fb}}
        """,
        "services: {app: {image: a}}",
        [": removed unused volume filebeat_data; the data of shared_fb is not touched"],
        id="E31 of an external volume only the declaration goes, and that is said",
    ),
    pytest.param(
        """
        services:
          setup: {image: docker.elastic.co/beats/filebeat:9.5.1, command: [setup, -E, a=b], restart: "no"}
          permissions: {image: busybox, command: chown 0 /d, volumes: ["fb:/d"]}
          proxy: {image: tecnativa/docker-socket-proxy:0.3, environment: {CONTAINERS: 1}}
          filebeat:
            image: docker.elastic.co/beats/filebeat:9.5.1
            environment: {DOCKER_HOST: "tcp://proxy:2375"}
            volumes: ["fb:/usr/share/filebeat/data"]
            depends_on: {permissions: {condition: service_completed_successfully}}
          app: {image: a, volumes: ["fb:/var/log/filebeat"]}
        volumes: {fb: {}}
        """,
        "services: {app: {image: a}}",
        [
            "permissions: permissions removed: prepares files of filebeat only",
            "proxy: proxy removed: used by filebeat only",
        ],
        id="setup jobs, jobs for its files and a proxy that only Filebeat uses go along",
    ),
    pytest.param(
        """
        services:
          proxy: {image: tecnativa/docker-socket-proxy:0.3}
          traefik: {image: traefik:3, command: "--providers.docker.endpoint=tcp://proxy:2375"}
          filebeat: {image: elastic/filebeat:9.5.1, environment: ["DOCKER_HOST=tcp://proxy:2375"]}
          migrate: {image: a, volumes: ["fb:/data"]}
          app: {image: a, depends_on: {migrate: {condition: service_completed_successfully}}}
        volumes: {fb: {}}
        """,
        """
        services:
          proxy: {image: tecnativa/docker-socket-proxy:0.3}
          traefik: {image: traefik:3, command: "--providers.docker.endpoint=tcp://proxy:2375"}
          migrate: {image: a, volumes: ["fb:/data"]}
          app: {image: a, depends_on: {migrate: {condition: service_completed_successfully}}}
        volumes: {fb: {}}
        """,
        [],
        id="a proxy that others use and a job of the app stay",
    ),
    pytest.param(
        """
        x-filebeat-logging: &logging {driver: json-file, options: {max-size: 10m}}
        x-filebeat-base: &base {image: elastic/filebeat:9.5.1, user: root}
        services:
          filebeat: {<<: *base}
          app: {image: a, logging: *logging}
        """,
        """
        x-filebeat-logging: &logging {driver: json-file, options: {max-size: 10m}}
        services:
          app: {image: a, logging: *logging}
        """,
        [": x-filebeat-base removed"],
        id="a fragment that is called after Filebeat goes when nothing of it is used any more",
    ),
    pytest.param(
        """
        services:
          app:
            image: a
            environment: {FILEBEAT_PORT: 5044, LOG_LEVEL: info}
            tmpfs: /var/lib/filebeat
            configs: [{source: fb, target: /etc/filebeat/filebeat.yml}, {source: own, target: /etc/own.yml}]
          worker: {image: a, environment: [BEAT_STRICT_PERMS=false], volumes: ["./certs:/etc/filebeat/certs:ro"]}
          bootstrap: {image: a, restart: "no", environment: {FILEBEAT_PASSWORD: x}}
          elasticsearch: {image: elasticsearch:9.5.1, environment: {FILEBEAT_PASSWORD: x}}
        configs: {fb: {file: ./fb.yml}, own: {file: ./own.yml}}
        """,
        """
        services:
          app:
            image: a
            environment: {LOG_LEVEL: info}
            configs: [{source: own, target: /etc/own.yml}]
          worker: {image: a, volumes: ["./certs:/etc/filebeat/certs:ro"]}
          bootstrap: {image: a, restart: "no", environment: {FILEBEAT_PASSWORD: x}}
          elasticsearch: {image: elasticsearch:9.5.1, environment: {FILEBEAT_PASSWORD: x}}
        configs: {own: {file: ./own.yml}}
        """,
        [
            ": no Filebeat service found; 2 leftover mounts, 2 leftover variables, 1 config removed",
            "app: mount /var/lib/filebeat removed",
            "app: mount fb:/etc/filebeat/filebeat.yml removed",
            (
                "bootstrap: variable FILEBEAT_PASSWORD kept: the service does setup work, "
                "also for the services that Filebeat sends to"
            ),
        ],
        id="variables and mounts go, but not certificates, and not what a setup job or Elasticsearch knows",
    ),
    pytest.param(
        """
        services:
          base-beat: {image: elastic/filebeat:9.5.1, user: root, volumes: ["a_data:/usr/share/filebeat/data"]}
          second-beat: {extends: base-beat, volumes: ["b_data:/usr/share/filebeat/data"]}
          metricbeat: {extends: {service: base-beat}, image: elastic/metricbeat:9.5.1, user: "0"}
          app: {image: a}
        volumes: {a_data: {}, b_data: {}}
        """,
        """
        services:
          metricbeat: {image: elastic/metricbeat:9.5.1, user: "0"}
          app: {image: a}
        """,
        [
            "second-beat: second-beat removed: image elastic/filebeat:9.5.1, mount at /usr/share/filebeat/data",
            "metricbeat: extends base-beat replaced by the settings of base-beat",
            "metricbeat: mount a_data:/usr/share/filebeat/data removed",
        ],
        id="a service that extends Filebeat and is Filebeat itself goes, another one gets the settings",
    ),
    pytest.param(
        """
        services:
          filebeat: {image: elastic/filebeat:9.5.1, ports: ["5044:5044", "5066:5066"]}
          app:
            image: a
            environment: {BEATS: "filebeat:5044", LOG: "a,filebeat", FILE: /etc/filebeat/x, LOG_HOST: filebeat}
            healthcheck: {test: pgrep filebeat}
            env_file: [{path: ./filebeat.env, required: false}]
        """,
        """
        services:
          app:
            image: a
            environment: {BEATS: "filebeat:5044", LOG: "a,filebeat", FILE: /etc/filebeat/x, LOG_HOST: filebeat}
            healthcheck: {test: pgrep filebeat}
            env_file: [{path: ./filebeat.env, required: false}]
        """,
        [
            "app: environment.BEATS names the host filebeat, which is removed",
            "app: environment.LOG_HOST names the host filebeat, which is removed",
            "app: healthcheck kept: it tests Filebeat, which may no longer be in the image",
            "app: env_file ./filebeat.env kept",
            "filebeat: filebeat published port 5044, 5066: Filebeat no longer receives data sent to it",
        ],
        id="what still speaks of Filebeat is kept and warned of",
    ),
    pytest.param(
        """
        services:
          agent: {image: acme/agent, volumes: ["fb:/usr/share/filebeat/data"]}
          log-filebeat: {image: acme/logs, volumes_from: [agent]}
          app: {image: a}
        volumes: {fb: {}}
        """,
        "services: {app: {image: a}}",
        [
            "agent: agent removed: mount at /usr/share/filebeat/data",
            "log-filebeat: log-filebeat removed: mount at /usr/share/filebeat/data",
        ],
        id="a service that becomes Filebeat by what it takes from one goes as well",
    ),
    pytest.param(
        """
        services:
          filebeat: {image: elastic/filebeat:9.5.1, pid: host}
          app: {image: a, pid: "service:filebeat", ipc: "service:filebeat", uts: "service:filebeat"}
          side: {image: a, pid: "container:shop-filebeat-1", user: root}
        """,
        """
        services:
          app: {image: a}
          side: {image: a, user: root}
        """,
        [
            "app: pid dropped: it was shared with filebeat",
            "app: ipc dropped: it was shared with filebeat",
            "app: uts dropped: it was shared with filebeat",
            "side: pid dropped: it was shared with filebeat",
        ],
        id="namespaces that a service can do without are dropped with a warning, and not adopted",
    ),
    pytest.param(
        """
        services:
          filebeat: {image: elastic/filebeat:9.5.1, network_mode: "service:app", pid: "service:app"}
          app: {image: a, networks: [front]}
        networks: {front: {}}
        """,
        """
        services:
          app: {image: a, networks: [front]}
        networks: {front: {}}
        """,
        [],
        id="a Filebeat in the namespaces of the app goes, and that is all",
    ),
    pytest.param(
        """
        services:
          filebeat: {image: elastic/filebeat:9.5.1, container_name: fb, volumes: ["logs:/logs", "./c.yml:/c.yml:z"]}
          app:
            image: a
            links: ["filebeat:beat", "db"]
            external_links: [fb, "shop-filebeat-1:ship", elsewhere]
            volumes_from: ["container:fb:ro", db]
            environment: {LOGS: "http://beat:5066", SHIP: "ship:1"}
          db: {image: b}
        volumes: {logs: {}}
        """,
        """
        services:
          app:
            image: a
            links: [db]
            external_links: [elsewhere]
            volumes_from: [db]
            environment: {LOGS: "http://beat:5066", SHIP: "ship:1"}
            volumes: ["logs:/logs:ro", "./c.yml:/c.yml:ro,z"]
          db: {image: b}
        volumes: {logs: {}}
        """,
        [
            "app: links filebeat dropped",
            "app: external_links filebeat dropped",
            "app: volumes_from filebeat replaced by the mounts of filebeat",
            "app: environment.LOGS names the host beat, which is removed",
            "app: environment.SHIP names the host ship, which is removed",
        ],
        id="links and mounts by the name of the container; what an alias stood for is warned of",
    ),
    pytest.param(
        """
        services:
          filebeat: {image: elastic/filebeat:9.5.1, volumes: ["logs:/logs:ro", "/etc/localtime:/etc/localtime:ro"]}
          app:
            image: a
            volumes: ["logs:/app/logs", "/etc/localtime:/etc/localtime"]
            logging: {driver: json-file, options: {max-size: 10m, tag: "{{.Name}}", labels: tier}}
          other: {image: a, logging: {driver: json-file, options: {max-size: 10m}}}
        volumes: {logs: {}}
        """,
        """
        services:
          app:
            image: a
            volumes: ["logs:/app/logs", "/etc/localtime:/etc/localtime"]
            logging: {driver: json-file, options: {max-size: 10m, tag: "{{.Name}}", labels: tier}}
          other: {image: a, logging: {driver: json-file, options: {max-size: 10m}}}
        volumes: {logs: {}}
        """,
        [
            "app: logging options tag, labels kept: they may be of use without the sidecar",
            (
                "app: mount logs:/app/logs kept: the log files in it belong to the service, Filebeat only read them; "
                "`log_volumes: remove` under strip removes it"
            ),
        ],
        id="the app's own logs and its log options stay, and that is said",
    ),
    pytest.param(
        """
        services:
          filebeat: {image: elastic/filebeat:9.5.1, ports: ["5140:5140/udp"]}
          app: {image: a, logging: {driver: syslog, options: {syslog-address: "udp://127.0.0.1:5140"}}}
          worker: {image: a, logging: {driver: gelf, options: {gelf-address: "udp://graylog.example.com:5140"}}}
        """,
        """
        services:
          app: {image: a}
          worker: {image: a, logging: {driver: gelf, options: {gelf-address: "udp://graylog.example.com:5140"}}}
        """,
        [
            (
                "app: logging dropped: it sends to udp://127.0.0.1:5140, which is removed; "
                "the default log driver applies"
            ),
            "filebeat: filebeat published port 5140: Filebeat no longer receives data sent to it",
        ],
        id="a log driver that pushes to Filebeat goes, another one stays",
    ),
    pytest.param(
        """
        services:
          filebeat: {image: elastic/filebeat:9.5.1, depends_on: [fix-rights], volumes: ["fb:/usr/share/filebeat/data"]}
          fix-rights: {image: busybox, command: chown 1000 /d, volumes: ["fb:/d"]}
          certs: {image: busybox, restart: "no", volumes: ["certs:/certs"]}
          search: {image: opensearch, volumes: ["certs:/c"]}
          audit-beat: {image: elastic/filebeat:9.5.1, volumes: ["certs:/usr/share/filebeat/certs"]}
        volumes: {fb: {}, certs: {}}
        """,
        """
        services:
          certs: {image: busybox, restart: "no", volumes: ["certs:/certs"]}
          search: {image: opensearch, volumes: ["certs:/c"]}
        volumes: {certs: {}}
        """,
        ["fix-rights: fix-rights removed: prepares files of filebeat only"],
        id="a job for Filebeat's own files goes, a job for files that others have too stays",
    ),
    pytest.param(
        """
        services:
          web-filebeat:
            image: acme/nginx-filebeat:1
            volumes: ["./filebeat.yml:/etc/filebeat/filebeat.yml", "./html:/html"]
        """,
        """
        services:
          web-filebeat: {image: acme/nginx-filebeat:1, volumes: ["./html:/html"]}
        """,
        ["web-filebeat: image kept: its name suggests that it contains Filebeat and may still start it"],
        id="an app with Filebeat inside stays, however much it is called like it",
    ),
    pytest.param(
        """
        services:
          filebeat: {image: elastic/filebeat:9.5.1, configs: [fb], secrets: [key], networks: {ship: {}}}
          app: {image: a, build: {context: ., secrets: [key]}}
        configs: {fb: {content: "a: $${path.config}"}, unused: {content: x}}
        secrets: {key: {environment: KEY}}
        networks: {ship: {external: true}}
        """,
        """
        services:
          app: {image: a, build: {context: ., secrets: [key]}}
        configs: {unused: {content: x}}
        secrets: {key: {environment: KEY}}
        """,
        [
            ": removed unused config fb",
            ": removed unused network ship",
        ],
        id="definitions go with their last user, not with a user among others, nor where nobody used them",
    ),
    pytest.param(
        """
        services:
          filebeat: {image: elastic/filebeat:9.5.1}
          app:
            image: a
            command: [run, --log-host, filebeat]
            post_start: [{command: curl http://filebeat:5066/ping}]
            labels: {co.elastic.logs/hosts: "filebeat:1", team.url: "http://filebeat:2"}
            build: {context: ., args: {LOGS: "filebeat:3"}}
        configs: {scrape: {content: "targets: [filebeat:5066]"}}
        """,
        """
        services:
          app:
            image: a
            command: [run, --log-host, filebeat]
            post_start: [{command: curl http://filebeat:5066/ping}]
            labels: {team.url: "http://filebeat:2"}
            build: {context: ., args: {LOGS: "filebeat:3"}}
        configs: {scrape: {content: "targets: [filebeat:5066]"}}
        """,
        [
            "app: command names the host filebeat, which is removed",
            "app: post_start[0].command names the host filebeat, which is removed",
            "app: labels.team.url names the host filebeat, which is removed",
            "app: build.args.LOGS names the host filebeat, which is removed",
            ": configs.scrape.content names the host filebeat, which is removed",
        ],
        id="wherever it is named as a host, that is kept and warned of",
    ),
]
