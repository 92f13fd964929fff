"""Stage 1: a file becomes Calls. Every row is accepted, a duplicate, a conflict, another agent's, or rejected with a reason."""
