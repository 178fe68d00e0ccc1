"""Objects that no single list of the portal holds: children, links, parts, dictionaries."""
