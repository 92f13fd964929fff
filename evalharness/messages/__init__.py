"""The Messages API: client, recorded retries, spending cap, prices. The only room that imports anthropic."""
