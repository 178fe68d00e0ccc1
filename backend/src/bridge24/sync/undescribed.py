"""Fields of objects for which the portal has no method that describes them.

Calls: https://apidocs.bitrix24.com/api-reference/telephony/voximplant/statistic/voximplant-statistic-get.html
Stage history: https://apidocs.bitrix24.com/api-reference/crm/crm-stage-history-list.html
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
    }
)
