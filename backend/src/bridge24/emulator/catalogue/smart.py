"""Standard fields of smart invoices and smart processes, which only `crm.item.*` knows.

Same lines as in `bridge24.emulator.catalogue.sales`; a word after `?` in the flags names
the switch of the type without which the field is absent, and o means: described only.
Source: https://apidocs.bitrix24.com/api-reference/crm/universal/object-fields.html
"""

SMART_PROCESS = """
ID = integer r ID
TITLE = string . Name
XML_ID = string . External code
CREATED_TIME = datetime r Created at
UPDATED_TIME = datetime r Updated at
CREATED_BY = user r Created by
UPDATED_BY = user r Updated by
ASSIGNED_BY_ID = user . Assigned to
OPENED = boolean . Publicly available
WEBFORM_ID = integer . Created by CRM form
BEGINDATE = date ?isBeginCloseDatesEnabled Start date
CLOSEDATE = date ?isBeginCloseDatesEnabled End date
COMPANY_ID = crm_company ?isClientEnabled Company
CONTACT_ID = crm_contact d?isClientEnabled Contact
CONTACT_IDS = crm_contact M?isClientEnabled CONTACT_IDS
CONTACTS = crm_contact Mo?isClientEnabled CONTACTS
OBSERVERS = user M?isObserversEnabled Observers
CATEGORY_ID = crm_category . Pipeline
MOVED_TIME = datetime r?isStagesEnabled Moved at
MOVED_BY = user r?isStagesEnabled Moved by
STAGE_ID = crm_status ?isStagesEnabled Stage
PREVIOUS_STAGE_ID = crm_status r?isStagesEnabled Previous stage
SOURCE_ID = crm_status:SOURCE ?isSourceEnabled Source
SOURCE_DESCRIPTION = text ?isSourceEnabled Additional source info
CURRENCY_ID = crm_currency ?isLinkWithProductsEnabled Currency
IS_MANUAL_OPPORTUNITY = boolean ?isLinkWithProductsEnabled Amount calculation mode
OPPORTUNITY = double ?isLinkWithProductsEnabled Amount
TAX_VALUE = double ?isLinkWithProductsEnabled Tax amount
OPPORTUNITY_ACCOUNT = double n?isLinkWithProductsEnabled OPPORTUNITY_ACCOUNT
TAX_VALUE_ACCOUNT = double n?isLinkWithProductsEnabled TAX_VALUE_ACCOUNT
ACCOUNT_CURRENCY_ID = crm_currency n?isLinkWithProductsEnabled ACCOUNT_CURRENCY_ID
MYCOMPANY_ID = crm_company ?isMycompanyEnabled Your company details
LAST_ACTIVITY_BY = user r Last activity in timeline by
LAST_ACTIVITY_TIME = datetime r Last activity
UTM_SOURCE = string . UTM_SOURCE
UTM_MEDIUM = string . UTM_MEDIUM
UTM_CAMPAIGN = string . UTM_CAMPAIGN
UTM_CONTENT = string . UTM_CONTENT
UTM_TERM = string . UTM_TERM
"""

SMART_INVOICE = (
    SMART_PROCESS.replace("OPPORTUNITY_ACCOUNT = double n", "ACCOUNT_NUMBER = string .")
    .replace("TAX_VALUE_ACCOUNT = double n", "COMMENTS = text .")
    .replace("ACCOUNT_CURRENCY_ID = crm_currency n", "LOCATION_ID = location .")
)
