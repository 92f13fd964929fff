"""Servers the tests talk to over loopback. Nothing here judges anything: every reply is scripted."""
