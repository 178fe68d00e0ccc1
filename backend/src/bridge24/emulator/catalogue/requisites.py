"""Standard fields of requisites, bank details and addresses.

The lines are those of `bridge24.emulator.catalogue.sales`.
Source: https://apidocs.bitrix24.com/api-reference/crm/requisites/index.html
"""

REQUISITE = """
ID - integer r ID
ENTITY_TYPE_ID - integer Ri Entity type ID
ENTITY_ID - integer Ri Entity ID
PRESET_ID - integer Ri Preset ID
DATE_CREATE - datetime r Creation date
DATE_MODIFY - datetime r Modification date
CREATED_BY_ID - user r Created by
MODIFY_BY_ID - user r Modified by
NAME - string . Name
CODE - string . Code
XML_ID - string . External code
ORIGINATOR_ID - string . ORIGINATOR_ID
ACTIVE - char . Active
ADDRESS_ONLY - char . ADDRESS_ONLY
SORT - integer . Sort order
RQ_NAME - string . Full Name
RQ_FIRST_NAME - string . First Name
RQ_LAST_NAME - string . Last Name
RQ_SECOND_NAME - string . Middle Name
RQ_COMPANY_ID - string . RQ_COMPANY_ID
RQ_COMPANY_NAME - string . Short organization name
RQ_COMPANY_FULL_NAME - string . Full organization name
RQ_COMPANY_REG_DATE - string . State registration date
RQ_DIRECTOR - string . CEO
RQ_ACCOUNTANT - string . Chief Accountant
RQ_CEO_NAME - string . RQ_CEO_NAME
RQ_CEO_WORK_POS - string . RQ_CEO_WORK_POS
RQ_CONTACT - string . Contact person
RQ_EMAIL - string . E-Mail
RQ_PHONE - string . Phone
RQ_FAX - string . Fax
RQ_IDENT_TYPE - crm_status:RQ_IDENT_TYPE_CO . RQ_IDENT_TYPE
RQ_IDENT_DOC - string . Document type
RQ_IDENT_DOC_SER - string . series
RQ_IDENT_DOC_NUM - string . number
RQ_IDENT_DOC_PERS_NUM - string . RQ_IDENT_DOC_PERS_NUM
RQ_IDENT_DOC_DATE - string . issue date
RQ_IDENT_DOC_ISSUED_BY - string . issued by
RQ_IDENT_DOC_DEP_CODE - string . department code
RQ_INN - string . Tax ID
RQ_KPP - string . Tax Registration Code
RQ_USRLE - string . RQ_USRLE
RQ_IFNS - string . Tax Office
RQ_OGRN - string . State Registration Number
RQ_OGRNIP - string . Sole Proprietor Registration Number
RQ_OKPO - string . OKPO Code
RQ_OKTMO - string . OKTMO Code
RQ_OKVED - string . NAICS Code
RQ_EDRPOU - string . RQ_EDRPOU
RQ_DRFO - string . RQ_DRFO
RQ_KBE - string . RQ_KBE
RQ_IIN - string . RQ_IIN
RQ_BIN - string . RQ_BIN
RQ_ST_CERT_SER - string . State registration certificate series
RQ_ST_CERT_NUM - string . State registration certificate number
RQ_ST_CERT_DATE - string . State registration certificate date
RQ_VAT_PAYER - char . RQ_VAT_PAYER
RQ_VAT_ID - string . RQ_VAT_ID
RQ_VAT_CERT_SER - string . RQ_VAT_CERT_SER
RQ_VAT_CERT_NUM - string . RQ_VAT_CERT_NUM
RQ_VAT_CERT_DATE - string . RQ_VAT_CERT_DATE
RQ_RESIDENCE_COUNTRY - string . RQ_RESIDENCE_COUNTRY
RQ_BASE_DOC - string . RQ_BASE_DOC
RQ_REGON - string . RQ_REGON
RQ_KRS - string . RQ_KRS
RQ_PESEL - string . RQ_PESEL
RQ_LEGAL_FORM - string . RQ_LEGAL_FORM
RQ_SIRET - string . RQ_SIRET
RQ_SIREN - string . RQ_SIREN
RQ_CAPITAL - string . RQ_CAPITAL
RQ_RCS - string . RQ_RCS
RQ_CNPJ - string . RQ_CNPJ
RQ_STATE_REG - string . RQ_STATE_REG
RQ_MNPL_REG - string . RQ_MNPL_REG
RQ_CPF - string . RQ_CPF
"""
BANK_DETAIL = """
ID - integer r ID
ENTITY_TYPE_ID - integer r Entity type ID
ENTITY_ID - integer Ri Requisite ID
COUNTRY_ID - integer r Country
DATE_CREATE - datetime r Creation date
DATE_MODIFY - datetime r Modification date
CREATED_BY_ID - user r Created by
MODIFY_BY_ID - user r Modified by
NAME - string R Name
CODE - string . Code
XML_ID - string . External code
ACTIVE - char . Active
SORT - integer . Sort order
RQ_BANK_NAME - string . Bank name
RQ_BANK_ADDR - string . Bank address
RQ_BIK - string . BIC
RQ_ACC_NAME - string . Account name
RQ_ACC_NUM - string . Account number
RQ_ACC_CURRENCY - string . Account currency
RQ_COR_ACC_NUM - string . Correspondent account
RQ_IBAN - string . IBAN
RQ_SWIFT - string . SWIFT
COMMENTS - string . Comment
"""
ADDRESS = """
TYPE_ID integer Ri Address type
ENTITY_TYPE_ID integer Ri Entity type
ENTITY_ID integer Ri Entity ID
ADDRESS_1 string . Street, house
ADDRESS_2 string . Apartment, office
CITY string . City
POSTAL_CODE string . Postal code
REGION string . District
PROVINCE string . Region
COUNTRY string . Country
COUNTRY_CODE string . Country code
LOC_ADDR_ID integer . Location address ID
ANCHOR_TYPE_ID integer . Anchor type
ANCHOR_ID integer . Anchor ID
"""
