"""What holds for every test."""

from hypothesis import settings

settings.register_profile("tests", deadline=None)  # a busy machine makes no test fail
settings.load_profile("tests")
