"""Standard fields of activities, in the lines of `bridge24.emulator.catalogue.sales`.

Source: https://apidocs.bitrix24.com/api-reference/crm/timeline/activities/index.html
"""

ACTIVITY = """
ID - integer r ID
OWNER_ID - integer i Owner ID
OWNER_TYPE_ID - crm_enum_ownertype i Owner Type
TYPE_ID - crm_enum_activitytype Ri Type
PROVIDER_ID - string . Provider ID
PROVIDER_TYPE_ID - string . Provider Type
PROVIDER_GROUP_ID - string . Connector Type
ASSOCIATED_ENTITY_ID - integer r Associated Entity ID
SUBJECT - string R Subject
START_TIME - datetime . Start
END_TIME - datetime . Deadline
DEADLINE - datetime . Execution Deadline
COMPLETED - char . Completed
STATUS - crm_enum_activitystatus . Status
RESPONSIBLE_ID - user R Responsible
PRIORITY - crm_enum_activitypriority . Priority
NOTIFY_TYPE - crm_enum_activitynotifytype . Notification Type
NOTIFY_VALUE - integer . Notification Parameter
DESCRIPTION - string . Description
DESCRIPTION_TYPE - crm_enum_contenttype . Description Type
DIRECTION - crm_enum_activitydirection . Direction
LOCATION - string . Location
CREATED - datetime r Creation Date
AUTHOR_ID - user r Created By
LAST_UPDATED - datetime r Last Updated Date
EDITOR_ID - user r Edited By
SETTINGS - object . Settings
ORIGIN_ID - string . External Code
ORIGINATOR_ID - string . External Source
RESULT_STATUS - integer . RESULT_STATUS
RESULT_STREAM - integer . RESULT_STREAM
RESULT_SOURCE_ID - string . RESULT_SOURCE_ID
PROVIDER_PARAMS - object . Provider Parameters
PROVIDER_DATA - string . Provider Data
RESULT_MARK - integer . RESULT_MARK
RESULT_VALUE - double . RESULT_VALUE
RESULT_SUM - double . RESULT_SUM
RESULT_CURRENCY_ID - string . RESULT_CURRENCY_ID
AUTOCOMPLETE_RULE - integer . Autocomplete
BINDINGS - crm_activity_binding rMx Bindings
COMMUNICATIONS - crm_activity_communication RMx Communication Channel
FILES - diskfile Mx Files
WEBDAV_ELEMENTS - diskfile Mdx Added Files
IS_INCOMING_CHANNEL - char rx IS_INCOMING_CHANNEL
"""
