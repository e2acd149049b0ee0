"""The contract's own assertions explain themselves, though it is no test module."""

import pytest

pytest.register_assert_rewrite("tests.integrations.contract", "tests.integrations.organising_contract")
