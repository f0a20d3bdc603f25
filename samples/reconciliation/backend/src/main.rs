//! Compares a ledger with a bank statement, over HTTP on port 2000.

mod log;
mod neighbours;
mod reconcile;

use std::io::{Cursor, Read};
use std::{env, thread};

use tiny_http::{Header, Method, Request, Response, Server};

use log::Log;
use reconcile::{Books, reconcile};

const ADDRESS: &str = "0.0.0.0:2000";
const WORKERS: usize = 4;
const LARGEST_BODY: u64 = 1 << 20;

type Answer = Response<Cursor<Vec<u8>>>;

fn main() {
    let log = Log::open(env::var_os("LOG_DIR"));
    let server =
        Server::http(ADDRESS).unwrap_or_else(|error| panic!("cannot listen on {ADDRESS}: {error}"));
    log.line(&format!("listening on {ADDRESS}"));
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                for request in server.incoming_requests() {
                    serve(request, &log);
                }
            });
        }
    });
}

fn serve(mut request: Request, log: &Log) {
    let answer = match (request.method(), request.url()) {
        (Method::Get, "/health") => json(200, &serde_json::json!({"status": "ok"})),
        (Method::Get, "/ready") => readiness(),
        (Method::Post, "/api/reconcile") => reconciliation(&mut request),
        _ => json(404, &serde_json::json!({"error": "no such route"})),
    };
    let status = answer.status_code().0;
    log.line(&format!("{} {} {status}", request.method(), request.url()));
    if let Err(error) = request.respond(answer) {
        log.line(&format!("the client went away: {error}"));
    }
}

fn reconciliation(request: &mut Request) -> Answer {
    let body = request.as_reader().take(LARGEST_BODY);
    match serde_json::from_reader::<_, Books>(body) {
        Ok(books) => json(200, &reconcile(&books)),
        Err(error) => json(400, &serde_json::json!({"error": error.to_string()})),
    }
}

fn readiness() -> Answer {
    let missing = neighbours::unreachable(
        ["DATABASE_URL", "REDIS_URL"]
            .iter()
            .filter_map(|name| env::var(name).ok()),
    );
    let status = if missing.is_empty() { 200 } else { 503 };
    json(status, &serde_json::json!({"unreachable": missing}))
}

fn json(status: u16, value: &impl serde::Serialize) -> Answer {
    let text = serde_json::to_vec(value).expect("these values have string keys only");
    let content_type =
        Header::from_bytes("Content-Type", "application/json").expect("a valid header");
    Response::from_data(text)
        .with_status_code(status)
        .with_header(content_type)
}
