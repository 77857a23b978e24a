"""What a build on Spark needs around it, and what to do where it fails: one line each."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
from pathlib import Path

from dbt_project.landing.errors import UsageError

_LEAST_SPACE = 1 << 30
# What Spark says somewhere in pages of Java, and what to do.
_ADVICE = {
    "No space left on device": "a disk is full, here or on a worker: make room, then build again",
    "ExecutorLostFailure": "executors were lost, most often for want of memory: give them more",
    "OutOfMemoryError": "memory is used up: raise FINOPS_SPARK_MEMORY, or that of the executors",
    "PATH_NOT_FOUND": "a worker does not see the warehouse folder: put it where all see it under one path",
    "Another instance of Derby": "another build uses this warehouse: wait for it to end",
    "TTransportException": "the Thrift server does not answer: see whether it runs",
}


def check_surroundings(target: str, warehouse_dir: Path) -> None:
    """UsageError for what is missing: Java, packages, a master or server that answers, space on the disk."""
    for package, lock in (("dbt.adapters.spark", "dbt-spark"), ("pyspark", "pyspark")):
        if not _is_there(package):
            raise UsageError(
                f"{lock} IS MISSING: pip install --no-deps --require-hashes -r requirements-spark.lock"
            )
    if target == "thrift":
        host, port = (
            os.environ.get("SPARK_THRIFT_HOST", "127.0.0.1"),
            os.environ.get("SPARK_THRIFT_PORT", "10000"),
        )
        _check_answers(
            host, port, "SPARK_THRIFT_HOST and SPARK_THRIFT_PORT name no Thrift server that answers"
        )
    else:
        if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
            raise UsageError(
                "JAVA IS MISSING: install a JDK 17, such as openjdk-17-jre-headless, or set JAVA_HOME"
            )
        _check_master(os.environ.get("SPARK_MASTER_URL", "local[2]"))
    warehouse_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(warehouse_dir).free
    if free < _LEAST_SPACE:
        raise UsageError(
            f"THE DISK IS FULL: {warehouse_dir} has {free >> 20} MB left; a build needs 1 GB at the least"
        )


def advice_on(problem: str) -> str:
    """What to do about a failure, '' where nothing is known of it."""
    return next((advice for words, advice in _ADVICE.items() if words in problem), "")


def _is_there(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:
        return False


def _check_master(master: str) -> None:
    if master.startswith("spark://"):
        host, _, port = master.removeprefix("spark://").split(",")[0].rpartition(":")
        _check_answers(host, port, f"SPARK_MASTER_URL is {master}, where no master answers")
    elif not master.startswith(("local", "yarn", "k8s://")):
        raise UsageError(
            f"SPARK_MASTER_URL is {master}; it takes local[2], spark://host:7077, yarn or k8s://..."
        )


def _check_answers(host: str, port: str, otherwise: str) -> None:
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except (OSError, ValueError) as error:
        raise UsageError(f"{otherwise} ({host}:{port}): start it, or correct the name") from error
