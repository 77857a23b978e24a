"""What the last dbt command ran as OpenLineage events, for a catalogue (https://openlineage.io, 2-0-2).

Each model and seed that ran is a run with a START and a COMPLETE or FAIL, at the times and with an id that
the results of dbt fix, so that the same results give the same events. Each exposure is a job without a run.
"""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from reports_builder.errors import ReportError
from reports_builder.lineage.models import Models, relation_of
from reports_builder.warehouse import CATALOG

_PRODUCER = "urn:ai-finops-warehouse"
_SPECIFICATION = "https://openlineage.io/spec/2-0-2/OpenLineage.json"
_FACETS = "https://openlineage.io/spec/facets"
_SCHEMA = f"{_FACETS}/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet"
_ERROR = f"{_FACETS}/1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet"
_ENDS = {"success": "COMPLETE", "error": "FAIL"}

Event = dict[str, Any]


def read_results(target: Path) -> Mapping[str, Any]:
    """The results of the last dbt command; ReportError where there are none."""
    path = target / "run_results.json"
    try:
        results: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise ReportError(
            f"{path} cannot be read: run `dbt build --project-dir dbt_project`, which writes it."
        ) from error
    return results


class Events:
    """The events of one command; ``namespace`` is that of the datasets."""

    def __init__(self, models: Models, results: Mapping[str, Any], namespace: str) -> None:
        self._models = models
        self._results = results
        self._namespace = namespace

    def all(self) -> list[Event]:
        """Every event in the order of time; ReportError where the command ran no model."""
        found = [event for result in self._results["results"] for event in self._of_result(result)]
        if not found:
            raise ReportError(
                "the last dbt command ran no model: run `dbt build --project-dir dbt_project` first."
            )
        found.sort(
            key=lambda event: (event["eventTime"], event["job"]["name"], event["eventType"] != "START")
        )
        return [*found, *self._exposures()]

    def _of_result(self, result: Mapping[str, Any]) -> Iterator[Event]:
        key = result["unique_id"]
        node = self._models.nodes.get(key)
        times = [timing for timing in result["timing"] if timing["started_at"] and timing["completed_at"]]
        if node is None or result["status"] not in _ENDS or not times:
            return
        run: Event = {"runId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self._invocation}/{key}"))}
        inputs = [
            self._dataset(each)
            for each in node.get("depends_on", {}).get("nodes", ())
            if each in self._models.nodes
        ]
        yield self._event(
            times[0]["started_at"], key, inputs, [self._dataset(key)], eventType="START", run=dict(run)
        )
        if result["status"] == "error":
            message = {"message": str(result["message"]), "programmingLanguage": "SQL"}
            run["facets"] = {"errorMessage": self._facet(_ERROR, message)}
        yield self._event(
            times[-1]["completed_at"],
            key,
            inputs,
            [self._dataset(key, facets=True)],
            eventType=_ENDS[result["status"]],
            run=run,
        )

    def _exposures(self) -> Iterator[Event]:
        for key, exposure in sorted(self._models.manifest["exposures"].items()):
            marts = [each for each in exposure["depends_on"]["nodes"] if each in self._models.nodes]
            yield self._event(
                self._results["metadata"]["generated_at"], key, [self._dataset(mart) for mart in marts], []
            )

    @property
    def _invocation(self) -> str:
        return str(self._results["metadata"]["invocation_id"])

    def _event(
        self, at: str, job: str, inputs: Sequence[Event], outputs: Sequence[Event], **more: object
    ) -> Event:
        kind = "RunEvent" if "run" in more else "JobEvent"
        return {
            "eventTime": at,
            "producer": _PRODUCER,
            "schemaURL": f"{_SPECIFICATION}#/$defs/{kind}",
            **more,
            "job": {"namespace": self._models.manifest["metadata"]["project_name"], "name": job},
            "inputs": list(inputs),
            "outputs": list(outputs),
        }

    def _dataset(self, key: str, *, facets: bool = False) -> Event:
        node = self._models.nodes[key]
        dataset: Event = {"namespace": self._namespace, "name": self._name(relation_of(node))}
        return dataset | {"facets": self._facets(node)} if facets else dataset

    def _name(self, relation: str) -> str:
        return f"{CATALOG}.{relation}"

    def _facets(self, node: Mapping[str, Any]) -> Event:
        """The columns as the warehouse has them, or as the contract states them."""
        relation = relation_of(node)
        schema, _, table = relation.partition(".")
        stated = {name: column.get("data_type") for name, column in node["columns"].items()}
        fields = []
        for name, kind in (self._models.columns.get(schema, {}).get(table) or stated).items():
            description = node["columns"].get(name, {}).get("description")
            fields.append(
                {"name": name}
                | ({"type": kind} if kind else {})
                | ({"description": description.strip()} if description else {})
            )
        return {"schema": self._facet(_SCHEMA, {"fields": fields})}

    def _facet(self, schema: str, content: Event) -> Event:
        return {"_producer": _PRODUCER, "_schemaURL": schema, **content}


def as_lines(events: Sequence[Event]) -> bytes:
    """One event on a line."""
    return b"".join(json.dumps(event, ensure_ascii=False).encode() + b"\n" for event in events)
