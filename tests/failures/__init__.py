"""The list of failure modes, each with its fixture."""

import pytest

pytest.register_assert_rewrite("failures.outcome", "failures.failing")
