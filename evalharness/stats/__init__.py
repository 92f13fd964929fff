"""Statistics on plain numbers (numpy and scipy.special); nothing here knows of calls, weeks or rubrics."""
