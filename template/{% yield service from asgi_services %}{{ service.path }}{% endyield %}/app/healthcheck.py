"""`python -m app.healthcheck` exits with 0 if the service answers: the image has no curl."""

import http.client
import os
import sys

from app import DEFAULT_PORT


def main() -> int:
    """Return 0 if /health answers 200, 1 if not."""
    port = int(os.environ.get("PORT") or DEFAULT_PORT)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/health")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        print(f"/health does not answer: {error}", file=sys.stderr)  # noqa: T201 - Docker shows it
        return 1
    finally:
        connection.close()
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
