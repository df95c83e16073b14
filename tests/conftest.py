"""What holds for every test: no hub, no settings of the person at the keyboard, steady examples."""

from __future__ import annotations

import os
import signal

from hypothesis import settings

# A job that a shell starts in the background is born deaf to Ctrl-C, and so are the servers it
# starts; the tests that stop one with it must be able to.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Before any test imports a library that looks at it.
os.environ["HF_HUB_OFFLINE"] = "1"

# A developer's own store and port are no part of a test.
for variable in [name for name in os.environ if name.startswith("IBID_")]:
    del os.environ[variable]

# No deadline: how long an example takes says more about the machine than about the law.
settings.register_profile("ibid", deadline=None, print_blob=True)
# In CI the same examples every time, so that a change is judged by what it changed.
settings.register_profile("ci", settings.get_profile("ibid"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "ibid")
