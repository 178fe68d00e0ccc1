"""An asyncio client for the Bitrix24 REST API."""
