"""The week's calls over HTTP from the platforms that keep them: one small file each, and one way of asking."""
