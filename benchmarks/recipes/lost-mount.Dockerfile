# Written by hand in the same spirit: what the first stage compiles stays in its mount, so the second one is handed an
# empty folder and compiles every crate again. It is right, and no faster.
FROM rust:1.90-bookworm AS dependencies
WORKDIR /app/backend
COPY backend/Cargo.toml backend/Cargo.lock ./
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/app/backend/target \
    mkdir src && echo 'fn main() {}' > src/main.rs && cargo build --release && rm -rf src
RUN mkdir -p target

FROM rust:1.90-bookworm AS builder
WORKDIR /app/backend
COPY --from=dependencies /app/backend/target ./target
COPY backend/ ./
RUN cargo build --release

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --no-create-home --uid 10001 app \
 && install -d -o app /app /app/logs
COPY --from=builder /app/backend/target/release/reconciliation-backend /app/reconciliation-backend
RUN chown -R app /app
WORKDIR /app
USER app
CMD ["/app/reconciliation-backend"]
