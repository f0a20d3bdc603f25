//! Which of the services this program was told of cannot be reached.

use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(1);

/// The `host:port` of every URL that does not take a connection. Passwords in the URLs are not repeated.
pub fn unreachable(urls: impl Iterator<Item = String>) -> Vec<String> {
    urls.map(|url| host_and_port(&url).to_owned())
        .filter(|address| !reachable(address))
        .collect()
}

fn reachable(address: &str) -> bool {
    address.to_socket_addrs().is_ok_and(|mut found| {
        found.any(|socket| TcpStream::connect_timeout(&socket, PATIENCE).is_ok())
    })
}

fn host_and_port(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or(rest);
    authority.rsplit('@').next().unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use super::host_and_port;

    #[test]
    fn user_and_path_are_left_out() {
        assert_eq!(
            host_and_port("postgresql://user:secret@postgres:5432/books"),
            "postgres:5432"
        );
        assert_eq!(host_and_port("redis://redis:6379"), "redis:6379");
    }
}
