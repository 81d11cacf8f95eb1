"""The conductor: exports -> facts -> rules -> findings -> fit -> report. Rooms meet only here."""

from rtmaudit.pipeline.conduct import audit
from rtmaudit.pipeline.order import Order, as_of_day

__all__ = ["Order", "as_of_day", "audit"]
