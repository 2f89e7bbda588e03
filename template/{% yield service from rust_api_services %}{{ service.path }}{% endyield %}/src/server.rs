//! Serves an application until it is told to stop.

use std::future::pending;
use std::io::Result;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::sleep;
use tracing::{info, warn};

/// Answer what comes in until `stop` is ready, then let requests under way end, at most for `grace`.
///
/// # Errors
///
/// The listener fails.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    stop: impl Future<Output = ()> + Send + 'static,
    grace: Duration,
) -> Result<()> {
    let (tell, told) = oneshot::channel();
    let stopping = async move {
        stop.await;
        info!("stopping");
        // Nobody is there to be told where the server has ended already.
        let _ = tell.send(());
    };
    let over = async move {
        match told.await {
            Ok(()) => sleep(grace).await,
            Err(_) => pending().await,
        }
    };
    tokio::select! {
        ended = axum::serve(listener, app).with_graceful_shutdown(stopping) => ended,
        () = over => {
            warn!("requests were still under way");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{SocketAddr, TcpStream};
    use std::sync::Arc;

    use axum::routing::get;
    use tokio::sync::Notify;
    use tokio::task::{JoinHandle, spawn_blocking};
    use tokio::time::timeout;

    use super::*;

    fn ask(address: SocketAddr) -> JoinHandle<String> {
        spawn_blocking(move || {
            let mut connection = TcpStream::connect(address).expect("a connection");
            let request = b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n";
            connection.write_all(request).expect("a request");
            let mut answer = String::new();
            // A connection that is cut off has no answer, or half of one.
            let _ = connection.read_to_string(&mut answer);
            answer
        })
    }

    /// Stop a server while it answers a request, which ends once `finish` says so. Return what the
    /// client will be told, when the server has ended.
    async fn stopped_under_way(grace: Duration, finish: Arc<Notify>) -> JoinHandle<String> {
        let started = Arc::new(Notify::new());
        let begun = Arc::clone(&started);
        let handler = async move || {
            begun.notify_one();
            finish.notified().await;
            "done"
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopping) = oneshot::channel::<()>();
        let server = tokio::spawn(serve(
            listener,
            Router::new().route("/slow", get(handler)),
            async move { stopping.await.expect("a word") },
            grace,
        ));
        let client = ask(address);
        started.notified().await;
        stop.send(()).expect("a server that listens");
        server.await.expect("no panic").expect("no failure");
        client
    }

    #[tokio::test]
    async fn a_request_under_way_is_answered() {
        let finish = Arc::new(Notify::new());
        let later = Arc::clone(&finish);
        tokio::spawn(async move {
            sleep(Duration::from_millis(100)).await;
            later.notify_one();
        });
        let client = stopped_under_way(Duration::from_secs(8), finish).await;
        let answer = client.await.expect("no panic");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with("done"), "{answer}");
    }

    #[tokio::test]
    async fn a_request_that_outlasts_the_grace_does_not_hold_it_up() {
        let finish = Arc::new(Notify::new());
        let stopped = stopped_under_way(Duration::from_millis(50), Arc::clone(&finish));
        let client = timeout(Duration::from_secs(8), stopped)
            .await
            .expect("its end");
        // Its task ends with the program, or here.
        finish.notify_one();
        client.await.expect("no panic");
    }
}
