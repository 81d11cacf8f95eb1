"""Rules and facts -> findings. Pure."""

from rtmaudit.judge.question import Claim, Question
from rtmaudit.judge.readings import Reading, readings_of
from rtmaudit.judge.together import judge, judge_by

__all__ = ["Claim", "Question", "Reading", "judge", "judge_by", "readings_of"]
