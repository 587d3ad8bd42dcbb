# SPDX-License-Identifier: Apache-2.0
"""The published table of clients and steps says what happens."""

import pytest

from roster import CLIENTS
from table import published, row_of


@pytest.mark.parametrize("client", CLIENTS)
def test_given_a_client_when_it_has_visited_then_its_row_in_the_documentation_is_what_happened(client, visit):
    assert published().get(client) == row_of(visit)


def test_given_the_table_when_its_rows_are_read_then_each_is_of_a_client_that_visits():
    assert list(published()) == list(CLIENTS)
