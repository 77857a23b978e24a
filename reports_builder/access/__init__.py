"""Who may read which rows and columns of the warehouse, and the connection that holds them to it.

``load_policy`` reads what a company decided, ``Policy.scope_of`` turns the claims of a login into a
``Scope``, and ``open_reader`` gives the one way to the file that a scope has. Nothing here knows of a page:
whatever answers a reader asks through what ``open_reader`` gives.
"""

from reports_builder.access.kept_open import Beside
from reports_builder.access.policy import Policy, load_policy
from reports_builder.access.reader import Reader, open_reader
from reports_builder.access.refusal import AccessError
from reports_builder.access.scope import EVERYTHING, Scope

__all__ = ["EVERYTHING", "AccessError", "Beside", "Policy", "Reader", "Scope", "load_policy", "open_reader"]
