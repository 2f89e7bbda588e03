//! `service healthcheck` exits with 0 if the service answers: the image has no curl.

use std::io::{Error, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use crate::DEFAULT_PORT;

const TIMEOUT: Duration = Duration::from_secs(2);

/// Return 0 if /health answers 200, 1 if not.
#[must_use]
pub fn main() -> ExitCode {
    let port = std::env::var("PORT")
        .ok()
        .and_then(|port| port.parse().ok());
    match check(port.unwrap_or(DEFAULT_PORT)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("/health does not answer: {error}");
            ExitCode::FAILURE
        }
    }
}

fn check(port: u16) -> Result<(), Error> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut connection = TcpStream::connect_timeout(&address, TIMEOUT)?;
    connection.set_read_timeout(Some(TIMEOUT))?;
    connection
        .write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut status = [0; 12];
    connection.read_exact(&mut status)?;
    if status == *b"HTTP/1.1 200" {
        Ok(())
    } else {
        Err(Error::other(String::from_utf8_lossy(&status)))
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    fn answer(status: &'static str) -> Result<(), Error> {
        let server = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = server.local_addr().expect("an address").port();
        let serving = thread::spawn(move || {
            let (mut client, _) = server.accept().expect("a client");
            let mut request = [0; 19];
            client.read_exact(&mut request).expect("a request");
            let answer = format!("HTTP/1.1 {status}\r\n\r\n");
            client.write_all(answer.as_bytes()).expect("an answer");
            request
        });
        let result = check(port);
        assert_eq!(&serving.join().expect("a request"), b"GET /health HTTP/1.");
        result
    }

    #[test]
    fn the_status_tells_whether_the_service_answers() {
        assert!(answer("200 OK").is_ok());
        assert!(answer("500 Internal Server Error").is_err());
    }

    #[test]
    fn nobody_listening_is_a_failure() {
        let error = check(1).expect_err("nobody listens there");
        assert!(error.to_string().contains("refused"), "{error}");
    }
}
