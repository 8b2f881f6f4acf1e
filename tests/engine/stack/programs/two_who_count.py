"""Two transactions of Prefect's SQLite read a number, one after the other, and then write it, each with 1 added.

`python -m tests.engine.stack.programs.two_who_count DATABASE [lock]`: with `lock`, transactions begin as in our server
of Prefect, without it as Prefect's own do. It prints the number, or what SQLite says.
"""

import asyncio
import sys

from prefect.server.database.configurations import AioSqliteConfiguration
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.engine.stack.programs.prefect_server import write_lock_first

BOTH_HAVE_READ_SECONDS = 0.3


async def count(database: AioSqliteConfiguration, engine: AsyncEngine) -> None:
    session = await database.session(engine)
    async with session, database.begin_transaction(session):
        number = await session.scalar(text("SELECT number FROM seen"))
        await asyncio.sleep(BOTH_HAVE_READ_SECONDS)
        await session.execute(text("UPDATE seen SET number = :number"), {"number": number + 1})


async def main() -> None:
    if "lock" in sys.argv:
        write_lock_first()
    database = AioSqliteConfiguration(f"sqlite+aiosqlite:///{sys.argv[1]}")
    engine = await database.engine()
    async with engine.connect() as connection:
        await connection.execute(text("CREATE TABLE seen AS SELECT 0 AS number"))
    try:
        await asyncio.gather(count(database, engine), count(database, engine))
    except OperationalError as error:
        print(error.orig)
        return
    async with engine.connect() as connection:
        print(await connection.scalar(text("SELECT number FROM seen")))


if __name__ == "__main__":
    asyncio.run(main())
