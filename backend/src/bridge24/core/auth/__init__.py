"""Who may call what: roles said beside each path, and what a signed-in caller is."""

from bridge24.core.auth.roles import Caller, Role, needs, open_to_all, role_of

__all__ = ["Caller", "Role", "needs", "open_to_all", "role_of"]
