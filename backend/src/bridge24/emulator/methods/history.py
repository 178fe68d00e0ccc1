"""`crm.stagehistory.list`: who was in which stage since when.

https://apidocs.bitrix24.com/api-reference/crm/crm-stage-history-list.html
"""

from __future__ import annotations

from bridge24.emulator.calls import Answer, Call, RestError, as_list, method
from bridge24.emulator.filters import Reader
from bridge24.emulator.listing import Query, answer, order_of, start_of


@method("crm.stagehistory.list", scope="crm")
def list_history(call: Call) -> Answer:
    """Lines of leads, deals, smart invoices and smart processes; quotes have none."""
    table = call.portal.histories.get(call.whole("entityTypeId"))
    if table is None:
        raise RestError(400, "ENTITY_TYPE_NOT_SUPPORTED", "Entity type is not supported")
    names = [str(name).upper() for name in as_list(call.param("select"))]
    codes = frozenset(names) if names and "*" not in names else None
    order = call.mapping("order")
    query = Query(
        filter=Reader(table.schema.get, call.portal.zone).read(call.param("filter")),
        order=order_of(order, {name: table.schema.get(name.upper()) for name in order}),
        start=start_of(call.param("start")),
        view=table.view("native", codes),
        zone=call.portal.zone,
    )
    return answer(table, query, key="items")
