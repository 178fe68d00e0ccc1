"""Bridge24 joins a Bitrix24 portal to the outside."""
