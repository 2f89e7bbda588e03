//! The program itself.

use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Return the program with settings that owe nothing to the environment of the tests.
fn program(port: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_service"));
    for (name, _) in std::env::vars() {
        // Where coverage is measured, this says where its figures go.
        if name != "LLVM_PROFILE_FILE" {
            command.env_remove(name);
        }
    }
    command.env("ENVIRONMENT", "test").env("PORT", port);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}

fn stopped(service: Child) -> Output {
    let kill = format!("kill {}", service.id());
    let done = Command::new("sh").args(["-c", &kill]).status();
    assert!(done.is_ok_and(|status| status.success()));
    service.wait_with_output().expect("its end")
}

#[test]
fn it_serves_until_it_is_told_to_stop() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("an address").port().to_string();
    drop(free);
    let service = program(&port)
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
        .spawn()
        .expect("a process");
    let patience = Instant::now() + Duration::from_secs(10);
    let healthy = || {
        let asked = program(&port).arg("healthcheck").output();
        asked.is_ok_and(|output| output.status.success())
    };
    while !healthy() && Instant::now() < patience {
        sleep(Duration::from_millis(50));
    }
    assert!(healthy());

    let told = Instant::now();
    let output = stopped(service);
    assert!(told.elapsed() < Duration::from_secs(9));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let log = text(&output.stdout);
    assert!(
        log.contains("listening") && log.contains("stopping"),
        "{log}"
    );
}

#[test]
fn wrong_settings_and_arguments_are_refused() {
    let output = program("many").output().expect("its end");
    assert_eq!(output.status.code(), Some(2));
    let problems = text(&output.stderr);
    assert!(problems.contains(r#"PORT: is "many""#), "{problems}");

    let output = program("1").arg("unknown").output().expect("its end");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("usage: service"));
}

#[test]
fn nobody_listening_is_not_healthy() {
    let output = program("1").arg("healthcheck").output().expect("its end");
    assert_eq!(output.status.code(), Some(1));
    let reason = text(&output.stderr);
    assert!(reason.contains("/health does not answer"), "{reason}");
}
