# A recipe that is often passed on, kept as it is. COPY keeps the times of the sources, the empty program is newer,
# and cargo takes it for the real one: this ships the empty program.
FROM rust:1.90-bookworm AS dependencies
WORKDIR /app/backend
COPY backend/Cargo.toml backend/Cargo.lock ./
RUN mkdir src && echo 'fn main() {}' > src/main.rs && cargo build --release && rm -rf src

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
WORKDIR /app
USER app
CMD ["/app/reconciliation-backend"]
