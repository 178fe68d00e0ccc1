"""Fields of objects for which the portal has no method that describes them.

Calls: https://apidocs.bitrix24.com/api-reference/telephony/voximplant/statistic/voximplant-statistic-get.html
Stage history: https://apidocs.bitrix24.com/api-reference/crm/crm-stage-history-list.html
Links: https://apidocs.bitrix24.com/api-reference/crm/deals/contacts/index.html
Products: https://apidocs.bitrix24.com/api-reference/catalog/product/index.html
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bridge24.bitrix.fields import Field


def _fields(**kinds: str) -> Sequence[Field]:
    return tuple(Field(code=code, type=kind, title=code) for code, kind in kinds.items())


UNDESCRIBED: Mapping[str, Sequence[Field]] = MappingProxyType(
    {
        "crm.stagehistory.list": _fields(
            ID="integer",
            TYPE_ID="integer",
            OWNER_ID="integer",
            CREATED_TIME="datetime",
            CATEGORY_ID="integer",
            STAGE_SEMANTIC_ID="string",
            STAGE_ID="string",
            STATUS_SEMANTIC_ID="string",
            STATUS_ID="string",
        ),
        "voximplant.statistic.get": _fields(
            ID="integer",
            PORTAL_USER_ID="user",
            PORTAL_NUMBER="string",
            PHONE_NUMBER="string",
            CALL_ID="string",
            EXTERNAL_CALL_ID="string",
            CALL_CATEGORY="string",
            CALL_TYPE="integer",
            CALL_DURATION="integer",
            CALL_START_DATE="datetime",
            CALL_RECORD_URL="text",
            CALL_LOG="text",
            CALL_VOTE="string",
            COST="double",
            COST_CURRENCY="string",
            CALL_FAILED_CODE="string",
            CALL_FAILED_REASON="string",
            CRM_ENTITY_TYPE="string",
            CRM_ENTITY_ID="integer",
            CRM_ACTIVITY_ID="integer",
            REST_APP_ID="integer",
            REST_APP_NAME="string",
            TRANSCRIPT_ID="integer",
            TRANSCRIPT_PENDING="char",
            SESSION_ID="string",
            REDIAL_ATTEMPT="integer",
            COMMENT="text",
            RECORD_DURATION="integer",
            RECORD_FILE_ID="integer",
        ),
        "crm.deal.contact.items.get": _fields(
            DEAL_ID="crm_deal",
            CONTACT_ID="crm_contact",
            SORT="integer",
            ROLE_ID="integer",
            IS_PRIMARY="char",
        ),
        "crm.contact.company.items.get": _fields(
            CONTACT_ID="crm_contact",
            COMPANY_ID="crm_company",
            SORT="integer",
            ROLE_ID="integer",
            IS_PRIMARY="char",
        ),
        "crm.deal.userfield.list": _fields(
            ID="integer",
            ENTITY="string",
            FIELD="string",
            VALUE="text",
            POSITION="integer",
            SORT="integer",
            IS_DEFAULT="char",
            XML_ID="string",
        ),
        "catalog.section.list": _fields(
            id="integer",
            iblockId="integer",
            iblockSectionId="iblock_section",
            name="string",
            active="char",
            code="string",
            description="text",
            descriptionType="string",
            sort="integer",
            xmlId="string",
        ),
        "catalog.product.list": _fields(
            id="integer",
            iblockId="integer",
            iblockSectionId="iblock_section",
            name="string",
            active="char",
            available="char",
            barcodeMulti="char",
            bundle="char",
            canBuyZero="char",
            code="string",
            createdBy="user",
            dateActiveFrom="datetime",
            dateActiveTo="datetime",
            dateCreate="datetime",
            detailPicture="file",
            detailText="text",
            detailTextType="string",
            height="double",
            length="double",
            measure="integer",
            modifiedBy="user",
            previewPicture="file",
            previewText="text",
            previewTextType="string",
            purchasingCurrency="string",
            purchasingPrice="double",
            quantity="double",
            quantityReserved="double",
            quantityTrace="char",
            recurSchemeLength="integer",
            recurSchemeType="string",
            sort="integer",
            subscribe="char",
            timestampX="datetime",
            trialPriceId="integer",
            type="integer",
            vatId="integer",
            vatIncluded="char",
            weight="double",
            width="double",
            withoutOrder="char",
            xmlId="string",
        ),
    }
)
