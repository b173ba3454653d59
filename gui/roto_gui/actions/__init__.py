"""Commands: one table of them, and menus, keys, palette and help made of it."""
