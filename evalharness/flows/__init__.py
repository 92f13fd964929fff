"""The only modules that join stages: one file a user-level flow. They return nouns and lines; cli prints."""
