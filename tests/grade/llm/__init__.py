"""The LLM as a grader."""
