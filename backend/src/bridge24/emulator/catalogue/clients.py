"""Standard fields of contacts and companies.

One field a line, read by `bridge24.emulator.schema`:
classic code, camelCase name (`=` when mechanical, `-` when absent), type, flags, title.
Flags: R required, r read-only, i immutable, M multiple, d deprecated, n always null,
c only in `crm.item.*`, x described but never in rows, h in rows but never described.
Source: https://apidocs.bitrix24.com/api-reference/crm/universal/object-fields.html
"""

CONTACT = """
ID = integer r ID
HONORIFIC = crm_status:HONORIFIC . Salutation
NAME = string R First Name
SECOND_NAME = string R Middle Name
LAST_NAME = string R Last Name
PHOTO = file . Photo
BIRTHDATE = date . Birthdate
TYPE_ID = crm_status:CONTACT_TYPE . Contact Type
SOURCE_ID = crm_status:SOURCE . Source
SOURCE_DESCRIPTION = string . Additional Source Information
POST = string . Position
ADDRESS = string . Address
ADDRESS_2 - string . Address (Line 2)
ADDRESS_CITY - string . City
ADDRESS_POSTAL_CODE - string . Postal Code
ADDRESS_REGION - string . Region
ADDRESS_PROVINCE - string . Province
ADDRESS_COUNTRY - string . Country
ADDRESS_COUNTRY_CODE - string x Country Code
ADDRESS_LOC_ADDR_ID - integer . Location Address ID
COMMENTS = string . Comment
OPENED = char . Available to All
EXPORT = char . Participates in Contact Export
HAS_PHONE = char r Phone Set
HAS_EMAIL = char r E-mail Set
HAS_IMOL = char r Open Line Set
ASSIGNED_BY_ID = user . Responsible Person
CREATED_BY_ID createdBy user r Created By
MODIFY_BY_ID updatedBy user r Modified By
DATE_CREATE createdTime datetime r Creation Date
DATE_MODIFY updatedTime datetime r Modification Date
COMPANY_ID = crm_company d Company
COMPANY_IDS = crm_company Mx COMPANY_IDS
LEAD_ID = crm_lead r Lead
ORIGINATOR_ID = string . External Source
ORIGIN_ID = string . Identifier in External Source
ORIGIN_VERSION = string . Original Version
FACE_ID - integer h FACE_ID
UTM_SOURCE = string . Advertising System
UTM_MEDIUM = string . Traffic Type
UTM_CAMPAIGN = string . Campaign Identifier
UTM_CONTENT = string . Campaign Content
UTM_TERM = string . Campaign Search Condition
LAST_ACTIVITY_TIME = datetime r Last Activity
LAST_ACTIVITY_BY = user r Last Activity By
PHONE - crm_multifield M Phone
EMAIL - crm_multifield M E-mail
WEB - crm_multifield M Website
IM - crm_multifield M Messenger
LINK - crm_multifield M LINK
WEBFORM_ID = integer c WEBFORM_ID
SHORT_NAME = string cn SHORT_NAME
@searchContent searchContent text cr SEARCH_CONTENT
CATEGORY_ID = crm_category c CATEGORY_ID
LOGIN = string cn LOGIN
@emailHome emailHome string cr EMAIL_HOME
@emailWork emailWork string cr EMAIL_WORK
@emailMailing emailMailing string cr EMAIL_MAILING
@phoneMobile phoneMobile string cr PHONE_MOBILE
@phoneWork phoneWork string cr PHONE_WORK
@phoneMailing phoneMailing string cr PHONE_MAILING
@imol imol string cr IMOL
@email email string cr EMAIL
@phone phone string cr PHONE
OBSERVERS = user cM OBSERVERS
@fm fm crm_multifield cM FM
"""

COMPANY = """
ID = integer r ID
TITLE = string R Company Name
COMPANY_TYPE typeId crm_status:COMPANY_TYPE . Company Type
LOGO = file . Logo
ADDRESS = string . Physical Address
ADDRESS_2 - string . Address (line 2)
ADDRESS_CITY - string . City
ADDRESS_POSTAL_CODE - string . Postal Code
ADDRESS_REGION - string . Region
ADDRESS_PROVINCE - string . Province
ADDRESS_COUNTRY - string . Country
ADDRESS_COUNTRY_CODE - string . Country Code
ADDRESS_LOC_ADDR_ID - integer . Location Address ID
ADDRESS_LEGAL = string . Legal Address
REG_ADDRESS - string . Legal Address
REG_ADDRESS_2 - string . Legal Address (line 2)
REG_ADDRESS_CITY - string . Legal Address City
REG_ADDRESS_POSTAL_CODE - string . Legal Address Postal Code
REG_ADDRESS_REGION - string . Legal Address Region
REG_ADDRESS_PROVINCE - string . Legal Address Province
REG_ADDRESS_COUNTRY - string . Legal Address Country
REG_ADDRESS_COUNTRY_CODE - string . Legal Address Country Code
REG_ADDRESS_LOC_ADDR_ID - integer . Legal Address Location ID
BANKING_DETAILS = string . Banking Details
INDUSTRY = crm_status:INDUSTRY . Industry
EMPLOYEES = crm_status:EMPLOYEES . Number of Employees
CURRENCY_ID = crm_currency . Currency
REVENUE = double . Annual Revenue
OPENED = char . Available to Everyone
COMMENTS = string . Comment
HAS_PHONE = char r Phone Set
HAS_EMAIL = char r E-mail Set
HAS_IMOL = char r Open Line Set
IS_MY_COMPANY = char . My Company
ASSIGNED_BY_ID = user . Responsible Person
CREATED_BY_ID createdBy user r Created By
MODIFY_BY_ID updatedBy user r Modified By
DATE_CREATE createdTime datetime r Creation Date
DATE_MODIFY updatedTime datetime r Modification Date
CONTACT_ID - crm_contact Mx Contact
LEAD_ID = crm_lead r Lead
ORIGINATOR_ID = string . External Source
ORIGIN_ID = string . Identifier in External Source
ORIGIN_VERSION = string . Original Version
UTM_SOURCE = string . Advertising System
UTM_MEDIUM = string . Traffic Type
UTM_CAMPAIGN = string . Campaign Identifier
UTM_CONTENT = string . Campaign Content
UTM_TERM = string . Campaign Search Term
LAST_ACTIVITY_TIME = datetime . Last Activity Time
LAST_ACTIVITY_BY = user . Last Activity Author
LAST_COMMUNICATION_TIME - string r Last Communication Date
PHONE - crm_multifield M Phone
EMAIL - crm_multifield M E-mail
WEB - crm_multifield M Website
IM - crm_multifield M Messenger
LINK - crm_multifield M LINK
WEBFORM_ID = integer c WEBFORM_ID
@searchContent searchContent text cr SEARCH_CONTENT
CATEGORY_ID = crm_category c CATEGORY_ID
@emailHome emailHome string cr EMAIL_HOME
@emailWork emailWork string cr EMAIL_WORK
@emailMailing emailMailing string cr EMAIL_MAILING
@phoneMobile phoneMobile string cr PHONE_MOBILE
@phoneWork phoneWork string cr PHONE_WORK
@phoneMailing phoneMailing string cr PHONE_MAILING
@imol imol string cr IMOL
@email email string cr EMAIL
@phone phone string cr PHONE
UF_LOGO = file cn UF_LOGO
UF_STAMP = file cn UF_STAMP
UF_DIRECTOR_SIGN = file cn UF_DIRECTOR_SIGN
UF_ACCOUNTANT_SIGN = file cn UF_ACCOUNTANT_SIGN
OBSERVERS = user cM OBSERVERS
CONTACT_IDS = crm_contact cM CONTACT_IDS
@fm fm crm_multifield cM FM
"""
