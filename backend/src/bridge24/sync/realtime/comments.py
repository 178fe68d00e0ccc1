"""What is done about events of timeline comments: they name the comment, not its record."""

from collections.abc import Mapping, Sequence

from bridge24.bitrix import BitrixClient, BitrixError, Call, Reply, crm, listing
from bridge24.bitrix import Outcome as Answer
from bridge24.bitrix.batch import MAX_COMMANDS
from bridge24.bitrix.errors import AccessDenied, NotFound, UnexpectedAnswer
from bridge24.core.db import dialect_of, get_engine
from bridge24.sync.entities import known_entities
from bridge24.sync.fields import table_name
from bridge24.sync.objects import stored
from bridge24.sync.objects.passes import SourcePass
from bridge24.sync.objects.sources import COMMENTS, source_of
from bridge24.sync.progress import RunProgress, SyncMode
from bridge24.sync.realtime.copies import copied
from bridge24.sync.realtime.models import Outcome

METHOD, OWNER = "crm.timeline.comment.get", "entity_id"


async def follow_comments(client: BitrixClient, ids: Sequence[int]) -> dict[int, Outcome]:
    """Read the timelines again in which comments were written, edited or deleted.

    https://apidocs.bitrix24.com/api-reference/crm/timeline/comments/events/index.html

    Returns:
        What became of each comment.

    Raises:
        BitrixError: The portal refuses.
        DatabaseError: What is stored stays.
    """
    objects = {each.name: each for each in await known_entities() if each.name.endswith(COMMENTS)}
    names = await copied(objects)
    told = dict.fromkeys(ids, Outcome.NOT_COPIED)
    owners: dict[str, set[int]] = {name: set() for name in names}
    if not names:
        return told
    for start in range(0, len(ids), MAX_COMMANDS):
        for each, outcome in await _asked(client, ids[start : start + MAX_COMMANDS]):
            told[each] = _judged(outcome, owners)
    absent = [each for each in ids if told[each] in {Outcome.DELETED, Outcome.HIDDEN}]
    dialect = dialect_of(get_engine())
    for name, of_present in owners.items():
        # Whose a comment was that the portal does not tell any more, only the table knows.
        of_absent = await stored.owners_of(table_name(name, dialect), OWNER, absent)
        await _read(client, objects[name], sorted(of_present | of_absent))
    return told


async def _asked(client: BitrixClient, ids: Sequence[int]) -> list[tuple[int, Answer]]:
    calls = [Call(METHOD, listing.get_params(crm.TIMELINE_COMMENT, each)) for each in ids]
    return list(zip(ids, await client.batch(calls), strict=True))


def _judged(outcome: Answer, owners: Mapping[str, set[int]]) -> Outcome:
    """Say what became of a comment, and note whose timeline is to be read."""
    if isinstance(outcome, NotFound):
        return Outcome.DELETED
    if isinstance(outcome, AccessDenied):
        return Outcome.HIDDEN
    if not isinstance(outcome, Reply):
        raise outcome if isinstance(outcome, BitrixError) else UnexpectedAnswer("not asked")
    row = listing.record(crm.TIMELINE_COMMENT, outcome.result)
    name = f"{str((row or {}).get('ENTITY_TYPE', '')).lower()}{COMMENTS}"
    if row is None or name not in owners:
        return Outcome.NOT_COPIED
    owners[name].add(int(row["ENTITY_ID"]))
    return Outcome.STORED


async def _read(client: BitrixClient, entity: crm.Entity, owners: Sequence[int]) -> None:
    source = source_of(entity, listed=())
    if source is not None and owners:
        progress = RunProgress(entity=entity.name, mode=SyncMode.INCREMENTAL)
        await SourcePass(client, source, progress).of(owners)
