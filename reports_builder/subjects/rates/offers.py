"""How an offer is called: one that the project made up says so."""

from collections.abc import Mapping

from reports_builder.formatting import Value
from reports_builder.model import Column


def _called(record: Mapping[str, Value]) -> Value:
    return f"{record['offer_name']} (example)" if record["is_illustrative"] else record["offer_name"]


OFFER = Column("offer_name", "Offer", words=_called)
"""The column of a table whose query chooses ``offer_name`` and ``is_illustrative``."""
