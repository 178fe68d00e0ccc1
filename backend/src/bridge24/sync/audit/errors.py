"""What can go wrong while tables are compared with the portal, in the user's words."""

from bridge24.core.errors import Conflict


class RightsWithdrawn(Conflict):
    """{missing} of {stored} stored rows of "{entity}" cannot be seen any more, and the portal
    says that rights were withdrawn ({reason}), so nothing was marked deleted: make the
    webhook as an administrator of the portal and run again, or accept the deletions if the
    rows are really gone."""
