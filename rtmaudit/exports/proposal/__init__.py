"""A folder of exports -> a proposed rtmaudit.yaml. Nothing that changes a count is guessed: what a
file does not prove is a question in the text, and an audit waits for the answer."""

from rtmaudit.exports.proposal.compose import Proposal, propose
from rtmaudit.exports.proposal.folder import FileNote, exports_in
from rtmaudit.exports.proposal.page import Open

__all__ = ["FileNote", "Open", "Proposal", "exports_in", "propose"]
