"""What needs no judgement in a call: measured from turn times and from what the log says, in every call of the week."""
