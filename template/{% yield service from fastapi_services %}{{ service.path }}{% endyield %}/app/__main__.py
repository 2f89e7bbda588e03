"""`python -m app` serves the application; `--reload` restarts it when its source changes."""

import argparse

import uvicorn

from app import logs
from app.main import create_app
from app.settings import load_or_exit

GRACE_SECONDS = 8  # below the 10 s that Docker gives a container to stop


def main(arguments: list[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; exit with code 2 where a setting is wrong."""
    parser = argparse.ArgumentParser(prog="python -m app", description="Serve the application.")
    parser.add_argument("--reload", action="store_true", help="restart when the source changes")
    reload = parser.parse_args(arguments).reload

    settings = load_or_exit()
    logs.configure(settings)
    uvicorn.run(
        # The process that reloads starts others, which need a name to import.
        "app.main:create_app" if reload else create_app(settings),
        factory=reload,
        host="0.0.0.0",  # noqa: S104 - a container is reached through its own address
        port=settings.port,
        reload=reload,
        reload_dirs=["app"] if reload else None,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.forwarded_allow_ips,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


if __name__ == "__main__":
    main()
