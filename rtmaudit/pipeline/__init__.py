"""The conductor: exports -> facts -> rules -> findings -> fit -> report. Rooms meet only here."""

from rtmaudit.pipeline.conduct import audit
from rtmaudit.pipeline.order import Order, as_of_day, id_as_read

__all__ = ["Order", "as_of_day", "audit", "id_as_read"]
