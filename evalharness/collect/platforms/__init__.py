"""The platforms' own forms, one small file each."""
