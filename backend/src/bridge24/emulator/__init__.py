"""A Bitrix24 portal you can run."""
