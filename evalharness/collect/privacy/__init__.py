"""Personal data out of what is said, before anything is stored."""
