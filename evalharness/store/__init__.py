"""What is kept: files written whole, the append-only ledger, the call log. The only room that knows SQL and Ibis."""
