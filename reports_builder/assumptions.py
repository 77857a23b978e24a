"""What a business assumes or decides, as a sentence quotes it."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def assumption(warehouse: Warehouse, name: str) -> Evidence:
    """The value of that name in the seed assumptions: one row, with the name as its column."""
    return warehouse.evidence(f"select value as {name} from seeds.assumptions where name = :name", name=name)  # noqa: S608 - a word of this code
