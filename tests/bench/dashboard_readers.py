"""How long readers of the dashboard wait while others read, and what each of them costs the server.

`python -m tests.bench.dashboard_readers [--warehouse warehouse/finops.duckdb] [--readers 20] [--pages 13] [--pause 0]`: a server of its
own, and as many sessions as readers, each over a websocket of its own as a browser has one, without a browser. At once each opens every
page, in an order of its own, and narrows it to one provider, then to one customer; who reads what was shown pauses before each step, for
so many seconds in the mean. A wait ends when the script of the page has run to the
end; a browser draws after that. The first reader of a page after a publication waits for its figures, and the others with him.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import duckdb
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from reports_builder.dashboard.pages import VIEWS
from tests.bench.dashboard_pages import served

_WAIT = 120
_MOST_BYTES = 2**30


@dataclass
class Waits:
    """Seconds waited for each kind of step, and the bytes that came."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    bytes_received: int = 0
    failed: list[str] = field(default_factory=list)


class Session:
    """One reader: a page is asked for as the browser asks for it."""

    def __init__(self, socket: ClientConnection, waits: Waits) -> None:
        self._socket, self._waits = socket, waits

    def asks(self, kind: str, page: str, **query: str) -> None:
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = urlencode(query)
        began = time.monotonic()
        self._socket.send(message.SerializeToString())
        while True:
            content = self._socket.recv(timeout=_WAIT)
            assert isinstance(content, bytes)
            self._waits.bytes_received += len(content)
            answer = ForwardMsg.FromString(content)
            if answer.WhichOneof("type") == "script_finished":
                break
            if answer.delta.new_element.WhichOneof("type") == "exception":
                self._waits.failed.append(f"{page}: {answer.delta.new_element.exception.message}")
        self._waits.seconds.setdefault(kind, []).append(time.monotonic() - began)


def read(
    origin: str, number: int, pages: list[str], customers: list[str], providers: list[str], pause: float
) -> Waits:
    """What one reader waits for; ``pause`` is how many seconds it reads what was shown, in the mean."""
    order, waits = random.Random(number), Waits()
    address = f"ws://{urlsplit(origin).netloc}/_stcore/stream"
    with connect(address, subprotocols=["streamlit"], max_size=_MOST_BYTES, open_timeout=_WAIT) as socket:  # type: ignore[list-item]
        session = Session(socket, waits)
        for page in order.sample(pages, len(pages)):
            for kind, query in (
                ("page", {}),
                ("filter", {"provider": order.choice(providers)}),
                ("filter", {"customer": order.choice(customers)}),
            ):
                time.sleep(2 * pause * order.random())
                session.asks(kind, page, **query)
    return waits


def _values(warehouse: Path, column: str) -> list[str]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return [
            value
            for (value,) in connection.execute(
                f"select {column} from core.fct_usage_daily group by 1 order by sum(calls) desc limit 50"
            ).fetchall()
        ]


def bench(warehouse: Path, readers: int, pages: list[str], pause: float) -> None:
    """Print what readers waited for and what the server took."""
    customers, providers = (_values(warehouse, column) for column in ("customer_id", "provider"))
    folder = Path(tempfile.mkdtemp())
    all_waits: list[Waits] = []
    try:
        with served(warehouse, folder) as origin:
            server = next(
                process for process in psutil.Process().children() if "dashboard" in process.cmdline()
            )
            read(origin, 0, pages[:1], customers, providers, 0)
            before, cpu, began = server.memory_info().rss, sum(server.cpu_times()[:2]), time.monotonic()
            threads = [
                threading.Thread(
                    target=lambda number=number: all_waits.append(
                        read(origin, number, pages, customers, providers, pause)
                    )
                )
                for number in range(1, readers + 1)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            after, cpu = server.memory_info().rss, sum(server.cpu_times()[:2]) - cpu
            seconds = time.monotonic() - began
    finally:
        shutil.rmtree(folder)
    asked = 0
    for kind in ("page", "filter"):
        waited = sorted(second for waits in all_waits for second in waits.seconds.get(kind, []))
        asked += len(waited)
        sys.stdout.write(
            f"{kind:7} {len(waited):5} times: median {statistics.median(waited):5.2f} s, "
            f"p95 {waited[int(len(waited) * 0.95)]:5.2f} s, longest {waited[-1]:5.2f} s\n"
        )
    received = sum(waits.bytes_received for waits in all_waits)
    sys.stdout.write(
        f"{readers} readers, {seconds:.0f} s: {cpu / asked:.2f} s of processor time each time, "
        f"{received / asked / 1e3:,.0f} kB sent, server {before / 2**20:,.0f} MB before and {after / 2**20:,.0f} MB after, "
        f"{(after - before) / 2**20 / readers:.0f} MB a reader\n"
        f"machine: {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n"
    )
    for failed in sorted({said for waits in all_waits for said in waits.failed}):
        sys.stdout.write(f"FAILED: {failed}\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--warehouse", type=Path, default=Path("warehouse/finops.duckdb"))
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--pages", type=int, default=len(VIEWS))
    parser.add_argument("--pause", type=float, default=0)
    chosen = parser.parse_args()
    if not chosen.warehouse.is_file():
        parser.error(f"there is no warehouse at {chosen.warehouse}: make demo builds one.")
    bench(chosen.warehouse, chosen.readers, [page.address for page in VIEWS][: chosen.pages], chosen.pause)


if __name__ == "__main__":
    main()
