"""How Alembic reaches the database: over a connection it is given, or one of its own."""

import asyncio

from alembic import context
from sqlalchemy import Connection

import app.notes.models  # noqa: F401 - every module with tables is imported here
from app.database import Base, create_engine
from app.settings import load_or_exit


def run(connection: Connection) -> None:
    """Run what Alembic was asked for in one transaction."""
    # Other services' tables can be read too, Alembic's among them: its own are in this schema.
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table_schema=connection.dialect.default_schema_name,
        include_name=lambda name, kind, _: (kind, name) != ("table", "alembic_version"),
    )
    with context.begin_transaction():
        context.run_migrations()


async def connect_and_run() -> None:
    """Run it over a connection of its own: the command line `alembic`."""
    engine = create_engine(load_or_exit(), query_seconds=None)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


given: Connection | None = context.config.attributes.get("connection")
if given is None:
    asyncio.run(connect_and_run())
else:
    run(given)
