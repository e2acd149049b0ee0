"""Fixtures that more than one room's tests ask for, and which files take too long for `./run.sh test fast`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wires.post import PostOffice, post_office

pytest_plugins = ["tests.databases"]

HERE = Path(__file__).parent
SLOW = (
    "browser",
    "integrations/test_contract.py",
    "integrations/test_no_calendar_breaks_the_reading.py",
    "store/test_scoping.py",
    "suggestions/test_candidates.py",
    "test_planted_words.py",
    "workflows/test_cli.py",
    "workflows/test_db_command.py",
    "workflows/test_doctor_command.py",
    "workflows/test_import_command.py",
    "workflows/test_inbox_command.py",
    "workflows/test_rounds.py",
    "workflows/test_the_main_job_on_both_databases.py",
)
"""Measured: each of these takes ten seconds or more, or begins processes of its own for each test."""

SLOW_TESTS = {
    "integrations/test_xandikos_imip.py": (
        "test_the_answer_given_in_a_calendar_app_comes_back_by_mail_and_is_understood",
        "test_an_answer_to_the_new_time_carries_its_sequence",
        "test_the_control_mail_that_says_a_machine_wrote_it_is_passed_over",
    ),
    "store/test_engagements.py": ("test_whatever_is_tried_the_rows_are_those_of_a_plain_model",),
    "suggestions/test_labels.py": (
        "test_most_have_two_to_four_words_and_none_more",
        "test_each_part_stands_in_a_note_of_the_theme_as_it_is_said_and_is_never_all_of_one",
        "test_no_word_is_empty_a_number_or_of_a_name",
        "test_no_label_is_vague_where_there_is_much_to_go_by",
        "test_words_of_one_persons_single_note_are_not_shown_to_others",
        "test_what_the_sample_is_made_of_can_be_read_from_its_labels",
    ),
    "workflows/test_listening.py": ("test_a_reader_that_is_killed_loses_no_answer_and_doubles_none",),
    "workflows/test_everybody_is_invited_in_their_own_way.py": ("test_from_the_proposal_to_both_answers",),
    "workflows/test_sample.py": ("test_at_every_hour_of_the_week_there_are_pairs_to_show",),
}
"""Of files whose other tests are quick; one that stays shows that the whole works."""


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server that keeps what it is given."""
    with post_office() as opened:
        yield opened


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    slow = [HERE / each for each in SLOW]
    some = {HERE / each: names for each, names in SLOW_TESTS.items()}
    for item in items:
        of_file = any(each == item.path or each in item.path.parents for each in slow)
        if of_file or item.name.partition("[")[0] in some.get(item.path, ()):
            item.add_marker(pytest.mark.slow)
