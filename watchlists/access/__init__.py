"""Who may see whom: roles, accounts, passwords and sessions. Nothing is seen unless something here allows it."""
