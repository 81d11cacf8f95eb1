"""What a code is estimated to pay: relative values x locality x conversion factor, or by the
practice's own fee schedule. Amounts are Decimal dollars, and every one says what it rests on.

They leave out what an audit cannot know: coinsurance and deductible, sequestration, reductions for
modifiers and for who furnished the service.
"""

from rtmaudit.fees.price import Fees, Price, read_fees
from rtmaudit.fees.worth import Money, Worth, weigh

__all__ = ["Fees", "Money", "Price", "Worth", "read_fees", "weigh"]
