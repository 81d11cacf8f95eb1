"""Rules and facts -> findings. Pure."""

from rtmaudit.judge.question import Claim, Question
from rtmaudit.judge.together import judge

__all__ = ["Claim", "Question", "judge"]
