"""The demo study is the synthetic cohort, marked as such, and gives the groups of the model study."""

from __future__ import annotations

from pathlib import Path

import pytest

from esk_engine.errors import Fault
from esk_engine.exchange.demo import create_demo
from esk_engine.judge import Group
from esk_engine.settings import PMethod
from esk_engine.study import Person
from esk_engine.validation import check_patient
from esk_engine.wording import Language


@pytest.mark.parametrize(("language", "word"), [("nl", "verzonnen"), ("en", "synthetic")])
def test_that_the_demo_says_that_it_is_made_up(tmp_path: Path, language: Language, word: str) -> None:
    with create_demo(tmp_path / "demo.esk", person=Person("AB"), language=language) as study:
        assert study.settings.synthetic
        assert word in study.settings.study_name
        assert study.settings.p_method is PMethod.ASYMPTOTIC
        assert len(study.patients) == 30
        assert study.cohort.count(Group.RESPONDER) == 10
        assert study.cohort.count(Group.UNDETERMINED) == 0
        assert not any(issue.is_error for each in study.patients for issue in check_patient(each))


def test_that_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine.esk").write_text("precious")
    with pytest.raises(Fault) as caught:
        create_demo(tmp_path / "mine.esk", person=Person("AB"), language="nl")
    assert caught.value.code == "file_exists"
    assert (tmp_path / "mine.esk").read_text() == "precious"
