"""What a table is, in the database itself, for whoever looks at it with another program."""

from sqlalchemy import MetaData, Table, inspect
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import SetTableComment

LONGEST = 1000


async def comment_on(connection: AsyncConnection, table: str, comment: str) -> None:
    """Set a table's comment where it differs; on MySQL this commits what was pending."""
    wanted = comment.replace("\0", "")[:LONGEST]
    told = await connection.run_sync(lambda sync: inspect(sync).get_table_comment(table))
    if (told["text"] or "") != wanted:
        await connection.execute(SetTableComment(Table(table, MetaData(), comment=wanted)))
