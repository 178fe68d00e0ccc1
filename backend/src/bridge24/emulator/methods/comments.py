"""`crm.timeline.comment.*`.

https://apidocs.bitrix24.com/api-reference/crm/timeline/comments/index.html
"""

from __future__ import annotations

import itertools

from bridge24.emulator import comments
from bridge24.emulator.calls import WRITE, Answer, Call, RestError, as_list, method, refused
from bridge24.emulator.methods.described import described
from bridge24.emulator.methods.rows_of import chosen, only, page_of
from bridge24.emulator.store import Row

FIELDS = """
ID integer r ID
CREATED datetime r Creation Date
ENTITY_ID integer Ri Entity ID
ENTITY_TYPE string Ri Entity Type
AUTHOR_ID integer i Author
COMMENT string . Comment
FILES attached_diskfile M Files
"""
SIGNATURES = itertools.count(1)
"""Links to files are signed anew with every answer."""


@method("crm.timeline.comment.list", scope="crm")
def list_comments(call: Call) -> Answer:
    """The comments of one record, which the filter must name; it knows nothing else."""
    sent = call.mapping("filter")
    owner_type, owner_id = str(sent.get("ENTITY_TYPE", "")), str(sent.get("ENTITY_ID", ""))
    if not owner_id.isdecimal() or comments.table_of(call.portal, owner_type) is None:
        raise refused("Access denied.")
    _readable(call, owner_type, int(owner_id))
    rows = [_shown(call, row) for row in comments.of(call.portal, owner_type, int(owner_id))]
    found = chosen(call, rows, numbers=("ID", "AUTHOR_ID"), moments=("CREATED",), sent={})
    return page_of(call, only(found, [str(name) for name in as_list(call.param("select"))]))


@method("crm.timeline.comment.get", scope="crm")
def get_comment(call: Call) -> Answer:
    """One comment."""
    return Answer(_shown(call, _found(call)))


@method("crm.timeline.comment.add", scope="crm")
def add_comment(call: Call) -> Answer:
    """The id of the new comment."""
    sent = call.mapping("fields")
    owner_type, owner_id = str(sent.get("ENTITY_TYPE", "")), str(sent.get("ENTITY_ID", ""))
    table = comments.table_of(call.portal, owner_type)
    if table is None or not owner_id.isdecimal() or not table.store.exists(int(owner_id)):
        raise RestError(400, "OWNER_NOT_FOUND", "Owner not found")
    text, user_id = str(sent.get("COMMENT") or ""), call.identity.user_id
    if not text:
        raise RestError(400, "INVALID_ARG_VALUE", "Empty comment message")
    added = comments.add(call.portal, owner_type, int(owner_id), text=text, user_id=user_id)
    return Answer(added, work=WRITE)


@method("crm.timeline.comment.update", scope="crm")
def update_comment(call: Call) -> Answer:
    """True."""
    row, text = _found(call), str(call.mapping("fields").get("COMMENT") or "")
    comments.edit(call.portal, row, text=text, user_id=call.identity.user_id)
    return Answer(True, work=WRITE)


@method("crm.timeline.comment.delete", scope="crm")
def delete_comment(call: Call) -> Answer:
    """True."""
    comments.remove(call.portal, _found(call), user_id=call.identity.user_id)
    return Answer(True, work=WRITE)


@method("crm.timeline.comment.fields", scope="crm")
def describe_comment(_call: Call) -> Answer:
    """The fields of a comment."""
    return Answer(described(FIELDS))


def _found(call: Call) -> Row:
    row = comments.find(call.portal, call.whole("id"))
    if row is None:
        raise refused("Not found.")
    _readable(call, row["ENTITY_TYPE"], int(row["ENTITY_ID"]))
    return row


def _readable(call: Call, owner_type: str, owner_id: int) -> None:
    """See that the owner may be seen; of one that is gone there is nothing to hide.

    Raises:
        RestError: It may not.
    """
    table = comments.table_of(call.portal, owner_type)
    if table is None or owner_id in table.store.hidden:
        raise refused("Access denied.")


def _shown(call: Call, row: Row) -> Row:
    """PHP writes an empty map as a list."""
    files = row["FILES"]
    if not files:
        return dict(row)
    signed = f"https://{call.portal.host}/disk/downloadFile/930/?signature={next(SIGNATURES)}"
    return row | {"FILES": {key: each | {"urlDownload": signed} for key, each in files.items()}}
