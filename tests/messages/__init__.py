"""The room that talks to the Messages API."""
