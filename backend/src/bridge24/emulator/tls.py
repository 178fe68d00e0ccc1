"""TLS for the emulator: its own certificate authority and a certificate for localhost."""

import ssl
from pathlib import Path

import trustme

HOSTS = ("localhost", "*.localhost", "127.0.0.1", "::1")


def server_context(ca_file: Path | None = None, *, hosts: tuple[str, ...] = ()) -> ssl.SSLContext:
    """Make a server's TLS context with a fresh authority.

    Args:
        ca_file: Where to write the authority's certificate for clients to trust.
        hosts: Names the certificate holds besides those of localhost.

    Raises:
        OSError: The file cannot be written.
    """
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*HOSTS, *hosts).configure_cert(context)
    if ca_file is not None:
        authority.cert_pem.write_to_path(str(ca_file))
    return context
