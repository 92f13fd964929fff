"""The figures of a report are those of every other room: evalharness/numbers.py formats them."""

from evalharness.numbers import *  # noqa: F403
