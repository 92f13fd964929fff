"""The workspace: one folder, one agent, one owner. Configuration, paths, permissions; the only place with defaults."""
