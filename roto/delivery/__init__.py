"""What a session knows, delivered as files: mattes per object, or label maps.

The command line and the app write through here, so both write the same bytes.
"""

from roto.delivery.delivering import Written, deliver
from roto.delivery.mattes import MatteWriter, only
from roto.delivery.orders import Gaps, Order, gaps, needs_all
from roto.delivery.subjects import subject_of

__all__ = [
    "Gaps",
    "MatteWriter",
    "Order",
    "Written",
    "deliver",
    "gaps",
    "needs_all",
    "only",
    "subject_of",
]
