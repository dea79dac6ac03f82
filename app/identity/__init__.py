"""账户: users, roles, and the rows each may see."""
