"""Stage 2: the week's calls -> WeeklySample. Pure: the engine counts and draws (store/), this room designs and checks."""
