"""The nouns: frozen, strict pydantic models. Each module is one idea; nothing here reads or writes."""
