"""The LLM as a grader: one request a call for all criteria, every quote checked, every failure a grade without a value."""
