"""Links of requisites, sections, variations and the options of list fields."""


async def test_a_document_has_one_set_of_requisites(api):
    link = {"ENTITY_TYPE_ID": 2, "ENTITY_ID": 1, "REQUISITE_ID": 3}
    await api.call("crm.requisite.link.register", fields=link)
    await api.call("crm.requisite.link.register", fields=link | {"REQUISITE_ID": 5})

    listed = (await api.call("crm.requisite.link.list", filter={"ENTITY_TYPE_ID": 2})).result
    assert [(row["ENTITY_ID"], row["REQUISITE_ID"]) for row in listed] == [("1", "5")]

    gone = {"entityTypeId": 2, "entityId": 1}
    assert (await api.call("crm.requisite.link.unregister", **gone)).result is True
    assert (await api.call("crm.requisite.link.list")).result == []


async def test_sections_and_variations_are_listed_by_catalogue(api):
    refused = await api.call("catalog.section.list")
    assert refused.status == 400

    catalogues = (await api.call("catalog.catalog.list")).result["catalogs"]
    goods, offers = (row["iblockId"] for row in catalogues)
    sections = await api.call("catalog.section.list", filter={"iblockId": goods})
    assert {row["id"] for row in sections.result["sections"]} == {45, 47}

    asked = {"select": ["id", "iblockId"], "filter": {"iblockId": offers}}
    products = (await api.call("catalog.product.list", **asked)).result["products"]
    assert products
    assert {row["iblockId"] for row in products} == {offers}


async def test_options_are_edited_added_and_removed(api):
    field = api.portal.add_field("deal", "UF_CRM_CITY", "enumeration", options=["A", "B"])
    first, second = (option.id for option in field.custom.options)
    edits = [{"ID": first, "VALUE": "Z", "SORT": 900}, {"ID": second, "DEL": "Y"}, {"VALUE": "C"}]
    changes = []
    api.portal.listeners.append(changes.append)

    await api.call("crm.deal.userfield.update", id=field.custom.id, fields={"LIST": edits})

    told = (await api.call("crm.deal.userfield.get", id=field.custom.id)).result["LIST"]
    assert [option["VALUE"] for option in told] == ["C", "Z"]
    assert [option["ID"] for option in told][1] == first
    assert [change.kind for change in changes] == ["set_enum_values"]
