"""Fields of tasks and calls.

Task fields are described by `tasks.task.getFields`: code, type, flags, title.
Source: https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-get-fields.html
"""

TASK = """
ID integer p ID
PARENT_ID integer 0 Base Task ID
TITLE string r Title
DESCRIPTION string . Description
MARK enum n Rating
PRIORITY enum 1 Priority
STATUS enum 2 Status
MULTITASK enum N Multitask
NOT_VIEWED enum N -
REPLICATE enum N Recurring Task
GROUP_ID integer 0 Project
STAGE_ID integer 0 Stage
SPRINT_ID integer 0 Sprint
BACKLOG_ID integer 0 Backlog
CREATED_BY integer r Creator
CREATED_DATE datetime . -
RESPONSIBLE_ID integer r Participant
ACCOMPLICES array . -
AUDITORS array . -
CHANGED_BY integer . Modified By
CHANGED_DATE datetime . Modification Date
STATUS_CHANGED_BY integer . Status Changed By
STATUS_CHANGED_DATE datetime . Status Change Date
CLOSED_BY integer n Closed By
CLOSED_DATE datetime n Closure Date
ACTIVITY_DATE datetime n -
DATE_START datetime n Start Date
DEADLINE datetime n Deadline
START_DATE_PLAN datetime n Planned Start
END_DATE_PLAN datetime n Planned Completion
GUID string n GUID
XML_ID string n XML_ID
COMMENTS_COUNT integer 0 Number of Comments
SERVICE_COMMENTS_COUNT integer 0 -
NEW_COMMENTS_COUNT integer 0 -
ALLOW_CHANGE_DEADLINE enum N -
ALLOW_TIME_TRACKING enum N -
TASK_CONTROL enum N Accept Work
ADD_IN_REPORT enum N Add to Report
FORKED_BY_TEMPLATE_ID enum N Created from Template
TIME_ESTIMATE integer . Estimated Time
TIME_SPENT_IN_LOGS integer . Time Spent from Change History
MATCH_WORK_TIME integer . Skip Weekends
FORUM_TOPIC_ID integer . FORUM_TOPIC_ID
FORUM_ID integer . FORUM_ID
SITE_ID string . SITE_ID
SUBORDINATE enum n Subordinate Task
FAVORITE enum n -
EXCHANGE_MODIFIED datetime n EXCHANGE_MODIFIED
EXCHANGE_ID integer n EXCHANGE_ID
OUTLOOK_VERSION integer n OUTLOOK_VERSION
VIEWED_DATE datetime . Last Viewed Date
SORTING double . Sorting Index
DURATION_PLAN integer . Spent (planned)
DURATION_FACT integer . Spent (actual)
CHECKLIST array . -
DURATION_TYPE enum days DURATION_TYPE
IS_MUTED enum N -
IS_PINNED enum N -
IS_PINNED_IN_GROUP enum N -
FLOW_ID integer 0 Flow
UF_CRM_TASK crm . CRM Entities
UF_TASK_WEBDAV_FILES disk_file . Upload Files
UF_MAIL_MESSAGE mail_message . -
"""

CALL = """
ID - integer . ID
PORTAL_USER_ID - integer . PORTAL_USER_ID
PORTAL_NUMBER - string . PORTAL_NUMBER
PHONE_NUMBER - string . PHONE_NUMBER
CALL_ID - string . CALL_ID
EXTERNAL_CALL_ID - string . EXTERNAL_CALL_ID
CALL_CATEGORY - string . CALL_CATEGORY
CALL_LOG - string . CALL_LOG
CALL_DURATION - integer . CALL_DURATION
CALL_START_DATE - datetime . CALL_START_DATE
CALL_RECORD_URL - string . CALL_RECORD_URL
CALL_VOTE - integer . CALL_VOTE
COST - double . COST
COST_CURRENCY - string . COST_CURRENCY
CALL_FAILED_CODE - string . CALL_FAILED_CODE
CALL_FAILED_REASON - string . CALL_FAILED_REASON
CRM_ENTITY_TYPE - string . CRM_ENTITY_TYPE
CRM_ENTITY_ID - integer . CRM_ENTITY_ID
CRM_ACTIVITY_ID - integer . CRM_ACTIVITY_ID
REST_APP_ID - integer . REST_APP_ID
REST_APP_NAME - string . REST_APP_NAME
TRANSCRIPT_ID - integer . TRANSCRIPT_ID
TRANSCRIPT_PENDING - char . TRANSCRIPT_PENDING
SESSION_ID - string . SESSION_ID
REDIAL_ATTEMPT - integer . REDIAL_ATTEMPT
COMMENT - string . COMMENT
RECORD_DURATION - integer . RECORD_DURATION
RECORD_FILE_ID - integer . RECORD_FILE_ID
CALL_TYPE - integer . CALL_TYPE
"""
