"""Standard fields of leads, deals and quotes.

One field a line, read by `bridge24.emulator.schema`:
classic code, camelCase name (`=` when mechanical, `-` when absent), type, flags, title.
Flags: R required, r read-only, i immutable, M multiple, d deprecated, n always null,
c only in `crm.item.*`, x described but never in rows.
Source: https://apidocs.bitrix24.com/api-reference/crm/universal/object-fields.html
"""

LEAD = """
ID = integer r ID
TITLE = string . Lead Title
HONORIFIC = crm_status:HONORIFIC . Salutation
NAME = string . First Name
SECOND_NAME = string . Middle Name
LAST_NAME = string . Last Name
BIRTHDATE = date . Birthdate
COMPANY_TITLE = string . Company Name
SOURCE_ID = crm_status:SOURCE . Source
SOURCE_DESCRIPTION = string . Source Description
STATUS_ID stageId crm_status:STATUS . Stage
STATUS_DESCRIPTION = string . Stage Description
STATUS_SEMANTIC_ID stageSemanticId string r Status Semantic
POST = string . Position
ADDRESS = string . Address
ADDRESS_2 - string . Address (Line 2)
ADDRESS_CITY - string . City
ADDRESS_POSTAL_CODE - string . Postal Code
ADDRESS_REGION - string . Region
ADDRESS_PROVINCE - string . Province
ADDRESS_COUNTRY - string . Country
ADDRESS_COUNTRY_CODE - string . Country Code
ADDRESS_LOC_ADDR_ID - integer . Location Address ID
CURRENCY_ID = crm_currency . Currency
OPPORTUNITY = double . Amount
IS_MANUAL_OPPORTUNITY = char . IS_MANUAL_OPPORTUNITY
OPENED = char . Available to All
COMMENTS = string . Comments
HAS_PHONE = char r Phone Provided
HAS_EMAIL = char r Email Provided
HAS_IMOL = char r Open Line Assigned
ASSIGNED_BY_ID = user . Responsible User
CREATED_BY_ID createdBy user r Created By
MODIFY_BY_ID updatedBy user r Modified By
MOVED_BY_ID movedBy user r MOVED_BY_ID
DATE_CREATE createdTime datetime r Creation Date
DATE_MODIFY updatedTime datetime r Modification Date
MOVED_TIME = datetime r MOVED_TIME
COMPANY_ID = crm_company . Company
CONTACT_ID = crm_contact d Contact
CONTACT_IDS = crm_contact Mx CONTACT_IDS
IS_RETURN_CUSTOMER = char r Returning Lead
DATE_CLOSED = datetime r Closing Date
ORIGINATOR_ID = string . External Source
ORIGIN_ID = string . Identifier in External Source
UTM_SOURCE = string . Advertising System
UTM_MEDIUM = string . Traffic Type
UTM_CAMPAIGN = string . Campaign Identifier
UTM_CONTENT = string . Campaign Content
UTM_TERM = string . Campaign Search Term
LAST_ACTIVITY_TIME = datetime r LAST_ACTIVITY_TIME
LAST_ACTIVITY_BY = user r LAST_ACTIVITY_BY
PHONE - crm_multifield M Phone
EMAIL - crm_multifield M E-mail
WEB - crm_multifield M Website
IM - crm_multifield M Messenger
LINK - crm_multifield M LINK
WEBFORM_ID = integer c WEBFORM_ID
DATE_CREATE_SHORT = datetime cn DATE_CREATE_SHORT
DATE_MODIFY_SHORT = datetime cn DATE_MODIFY_SHORT
IS_CONVERT = boolean cn IS_CONVERT
PRODUCT_ID = string cn PRODUCT_ID
SHORT_NAME = string cn SHORT_NAME
LOGIN = string cn LOGIN
@searchContent searchContent text cr SEARCH_CONTENT
@phoneMobile phoneMobile string cr PHONE_MOBILE
@phoneWork phoneWork string cr PHONE_WORK
@phoneMailing phoneMailing string cr PHONE_MAILING
@emailHome emailHome string cr EMAIL_HOME
@emailWork emailWork string cr EMAIL_WORK
@emailMailing emailMailing string cr EMAIL_MAILING
SKYPE = string cn SKYPE
ICQ = string cn ICQ
@imol imol string cr IMOL
@email email string cr EMAIL
@phone phone string cr PHONE
OBSERVERS = user cM OBSERVERS
@fm fm crm_multifield cM FM
"""

DEAL = """
ID = integer r ID
TITLE = string . Title
TYPE_ID = crm_status:DEAL_TYPE . Type
CATEGORY_ID = crm_category i Sales Funnel
STAGE_ID = crm_status:DEAL_STAGE . Deal Stage
STAGE_SEMANTIC_ID = string r Stage Group
IS_NEW = char r New Deal
IS_RECURRING = char . Recurring Deal
IS_RETURN_CUSTOMER = char . Repeat Deal
IS_REPEATED_APPROACH = char . Repeated Approach
PROBABILITY = integer . Probability
CURRENCY_ID = crm_currency . Currency
OPPORTUNITY = double . Amount
IS_MANUAL_OPPORTUNITY = char . IS_MANUAL_OPPORTUNITY
TAX_VALUE = double . Tax Rate
COMPANY_ID = crm_company . Company
CONTACT_ID = crm_contact d Contact
CONTACT_IDS = crm_contact Mx Contacts
QUOTE_ID = crm_quote r Estimate
BEGINDATE = date . Start Date
CLOSEDATE = date . Close Date
OPENED = char . Available to All
CLOSED = char . Closed
COMMENTS = string . Comment
ASSIGNED_BY_ID = user . Responsible
CREATED_BY_ID createdBy user r Created By
MODIFY_BY_ID updatedBy user r Modified By
MOVED_BY_ID movedBy user r MOVED_BY_ID
DATE_CREATE createdTime datetime r Creation Date
DATE_MODIFY updatedTime datetime r Modification Date
MOVED_TIME = datetime r MOVED_TIME
SOURCE_ID = crm_status:SOURCE . Source
SOURCE_DESCRIPTION = string . Additional Info about Source
LEAD_ID = crm_lead r Lead
ADDITIONAL_INFO = string . Additional Information
LOCATION_ID = location . Location
ORIGINATOR_ID = string . External Source
ORIGIN_ID = string . Identifier in External Source
UTM_SOURCE = string . Advertising System
UTM_MEDIUM = string . Traffic Type
UTM_CAMPAIGN = string . Campaign Identifier
UTM_CONTENT = string . Campaign Content
UTM_TERM = string . Campaign Search Condition
LAST_ACTIVITY_TIME = datetime r LAST_ACTIVITY_TIME
LAST_ACTIVITY_BY = user r LAST_ACTIVITY_BY
WEBFORM_ID = integer c WEBFORM_ID
DATE_CREATE_SHORT = datetime cn DATE_CREATE_SHORT
DATE_MODIFY_SHORT = datetime cn DATE_MODIFY_SHORT
PRODUCT_ID = string cn PRODUCT_ID
BEGINDATE_SHORT = datetime cn BEGINDATE_SHORT
CLOSEDATE_SHORT = datetime cn CLOSEDATE_SHORT
EVENT_DATE = datetime cn EVENT_DATE
EVENT_DATE_SHORT = datetime cn EVENT_DATE_SHORT
EVENT_ID = crm_status cn EVENT_ID
EVENT_DESCRIPTION = text cn EVENT_DESCRIPTION
@searchContent searchContent text cr SEARCH_CONTENT
ORDER_STAGE = string cn ORDER_STAGE
IS_WORK = boolean cn IS_WORK
IS_WON = boolean cn IS_WON
IS_LOSE = boolean cn IS_LOSE
RECEIVED_AMOUNT = string cn RECEIVED_AMOUNT
LOST_AMOUNT = string cn LOST_AMOUNT
HAS_PRODUCTS = boolean cn HAS_PRODUCTS
OBSERVERS = user cM OBSERVERS
"""

QUOTE = """
ID = integer r ID
QUOTE_NUMBER = string r Estimate Number
TITLE = string R Subject
STATUS_ID stageId crm_status:QUOTE_STATUS . Estimate Stage
CURRENCY_ID = crm_currency . Currency
OPPORTUNITY = double . Amount
TAX_VALUE = double . Tax Rate
COMPANY_ID = crm_company . Company
MYCOMPANY_ID = crm_company . Your Company Details
CONTACT_ID = crm_contact d Contact
CONTACT_IDS = crm_contact Mx CONTACT_IDS
BEGINDATE = date . Issue Date
CLOSEDATE = date . Deadline
ACTUAL_DATE = date . ACTUAL_DATE
OPENED = char . Available to Everyone
CLOSED = char . Closed
COMMENTS = string . Comment
CONTENT = string . Content
TERMS = string . Terms
CLIENT_TITLE = string . Client
CLIENT_ADDR = string . Address
CLIENT_CONTACT = string . Contact Person
CLIENT_EMAIL = string . E-mail
CLIENT_PHONE = string . Phone
CLIENT_TP_ID = string . Tax ID
CLIENT_TPA_ID = string . KPP
ASSIGNED_BY_ID = user . Responsible
CREATED_BY_ID createdBy user r Created By
MODIFY_BY_ID updatedBy user r Modified By
DATE_CREATE createdTime datetime r Creation Date
DATE_MODIFY updatedTime datetime r Modification Date
LEAD_ID = crm_lead . Lead
DEAL_ID = crm_deal . Deal
PERSON_TYPE_ID = integer . Client Type
LOCATION_ID = location . Location
UTM_SOURCE = string . Advertising System
UTM_MEDIUM = string . Traffic Type
UTM_CAMPAIGN = string . Campaign Identifier
UTM_CONTENT = string . Campaign Content
UTM_TERM = string . Campaign Search Condition
LAST_ACTIVITY_TIME = datetime r LAST_ACTIVITY_TIME
LAST_ACTIVITY_BY = user r LAST_ACTIVITY_BY
LAST_COMMUNICATION_TIME - string r LAST_COMMUNICATION_TIME
WEBFORM_ID = integer c WEBFORM_ID
DATE_CREATE_SHORT = datetime cn DATE_CREATE_SHORT
DATE_MODIFY_SHORT = datetime cn DATE_MODIFY_SHORT
IS_MANUAL_OPPORTUNITY = boolean c IS_MANUAL_OPPORTUNITY
COMMENTS_TYPE = integer c COMMENTS_TYPE
BEGINDATE_SHORT = datetime cn BEGINDATE_SHORT
CLOSEDATE_SHORT = datetime cn CLOSEDATE_SHORT
CONTENT_TYPE = integer c CONTENT_TYPE
TERMS_TYPE = integer c TERMS_TYPE
STORAGE_TYPE_ID = integer cn STORAGE_TYPE_ID
STORAGE_ELEMENT_IDS = integer cMn STORAGE_ELEMENT_IDS
@searchContent searchContent text cr SEARCH_CONTENT
HAS_PRODUCTS = boolean cn HAS_PRODUCTS
"""
