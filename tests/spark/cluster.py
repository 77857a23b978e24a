"""A standalone master with two workers and a Thrift server, all on loopback: what a company's cluster is, in small."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyspark

WAIT_SECONDS = 120
WORKERS = 2
# What docs/spark.md says a Thrift server must have itself.
SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.sources.partitionOverwriteMode": "dynamic",
    "spark.sql.optimizer.dynamicPartitionPruning.enabled": "false",
    "spark.sql.cteRecursionLevelLimit": "300",
    "spark.sql.cteRecursionRowLimit": "-1",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "1000",
    "spark.driver.memory": "3g",
    "spark.executor.memory": "1g",
    "spark.ui.enabled": "false",
    "spark.log.level": "ERROR",
}


@contextmanager
def cluster(folder: Path) -> Iterator[dict[str, str]]:
    """The environment in which `--target thrift` finds it, for as long as the block lasts."""
    tables = folder / "tables"
    folder.mkdir(parents=True)
    port, thrift_port = _free_port(), _free_port()
    master = f"spark://127.0.0.1:{port}"
    settings = SETTINGS | {
        "spark.sql.warehouse.dir": str(tables),
        "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={folder}/metastore;create=true",
    }
    with ExitStack() as running:
        running.enter_context(
            _process(folder, "master", "spark-class", "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1",
                     "--port", str(port), "--webui-port", str(_free_port()))
        )  # fmt: skip
        _wait_for(port)
        for number in range(WORKERS):
            running.enter_context(
                _process(folder, f"worker-{number}", "spark-class", "org.apache.spark.deploy.worker.Worker", master,
                         "--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", str(_free_port()),
                         "--work-dir", str(folder / f"work-{number}"))
            )  # fmt: skip
        running.enter_context(
            _process(folder, "thrift-server", "spark-submit", "--master", master,
                     "--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2",
                     *[part for name, value in settings.items() for part in ("--conf", f"{name}={value}")],
                     "spark-internal", "--hiveconf", f"hive.server2.thrift.port={thrift_port}",
                     "--hiveconf", "hive.server2.thrift.bind.host=127.0.0.1")
        )  # fmt: skip
        _wait_for(thrift_port)
        yield {
            "SPARK_THRIFT_HOST": "127.0.0.1",
            "SPARK_THRIFT_PORT": str(thrift_port),
            "FINOPS_SPARK_TABLES": str(tables),
        }


@contextmanager
def _process(folder: Path, name: str, command: str, *arguments: str) -> Iterator[None]:
    home = Path(pyspark.__file__).parent
    env = os.environ | {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOG_DIR": str(folder)}
    env.pop("PYSPARK_SUBMIT_ARGS", None)
    with (folder / f"{name}.log").open("w") as log:
        process = subprocess.Popen(
            [str(home / "bin" / command), *arguments], cwd=folder, env=env, stdout=log, stderr=log
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait_for(port: int) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(f"nothing listens on port {port} after {WAIT_SECONDS} s")
