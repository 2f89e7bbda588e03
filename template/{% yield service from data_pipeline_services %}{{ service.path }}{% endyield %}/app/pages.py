"""What a source has, page by page, so that a long history need not fit into memory."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from app import metrics
from app.measurements import Measurement, transform
from app.source import Source

logger = logging.getLogger(__name__)


async def pages(
    source: Source, since: datetime | None, size: int
) -> AsyncIterator[list[Measurement]]:
    """Yield the measurements of this time and later, the oldest first.

    A page begins with the time that the last one ended with: of that time there may be more. One
    that is shorter than asked for is the last; a longer one too, as its source knows no limits.
    """
    limit = size
    while True:
        records = await source.fetch(since, limit)
        measurements, refused, ordered = transform(records, datetime.now(UTC))
        full = len(records) == limit
        newest = measurements[-1].time if measurements else None
        ahead = newest is not None and (since is None or newest > since)
        if full and not (ordered and ahead):
            # Nothing in it says where the next page would begin.
            limit *= 2
            continue
        if refused:
            metrics.REFUSED.inc(len(refused))
            logger.warning("%d records were refused", len(refused), extra={"first": refused[0]})
        yield measurements
        if not full:
            return
        since, limit = newest, size
