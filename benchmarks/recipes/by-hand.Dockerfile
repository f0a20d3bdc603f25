# Written by hand, carefully: crates are compiled once for each Cargo.lock, in a layer of their own.

# ---- dependencies ----
FROM rust:1.90-bookworm AS dependencies
WORKDIR /build
COPY backend/Cargo.toml backend/Cargo.lock ./
# An empty program in the place of the real one lets cargo compile the crates alone.
RUN --mount=type=cache,id=reconciliation-backend-dependencies-cargo,target=/usr/local/cargo/registry,sharing=locked \
    mkdir src \
 && echo 'fn main() {}' > src/main.rs \
 && cargo build --release --locked \
 && rm -r src

# ---- build ----
FROM dependencies AS builder
COPY backend/src/ src/
# COPY keeps the sources' times, and cargo goes by times: without the touch, sources that are older than
# the empty program count as built, and the image ships the empty program.
# The mount is the one of the stage above: with another id, all crates would be downloaded again.
RUN --mount=type=cache,id=reconciliation-backend-dependencies-cargo,target=/usr/local/cargo/registry,sharing=locked \
    find src -type f -exec touch {} + \
 && cargo build --release --locked

# ---- run ----
FROM debian:bookworm-slim
# curl is for the health check of docker-compose.yml.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl \
 && rm -rf /var/lib/apt/lists/*

RUN useradd --no-create-home --uid 10001 app \
 && install -d -o app /app /app/logs

COPY --from=builder /build/target/release/reconciliation-backend /app/reconciliation-backend

WORKDIR /app
USER app
EXPOSE 2000
CMD ["/app/reconciliation-backend"]
