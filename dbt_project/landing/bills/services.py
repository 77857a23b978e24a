"""Which of the categories of FOCUS a provider's service is in, by the words of its name."""

from __future__ import annotations

from functools import lru_cache

# The first that has a word in the name counts; a service without any is in none of them.
_CATEGORIES = (
    ("Networking", "data transfer", "bandwidth", "network", "cloudfront", "route 53", "route53", "vpc",
     "load balanc", "cdn", "dns", "gateway", "direct connect", "interconnect", "front door",
     "expressroute", "elastic ip"),
    ("AI and Machine Learning", "bedrock", "sagemaker", "openai", "cognitive", "vertex",
     "machine learning", "gemini", "comprehend", "rekognition", "textract", "transcribe", "polly",
     "ai service", "foundry"),
    ("Databases", "database", "dynamodb", "rds", "relational", "aurora", "redis", "elasticache", "sql",
     "cosmos", "spanner", "bigtable", "firestore", "documentdb", "neptune", "memorydb"),
    ("Analytics", "bigquery", "redshift", "athena", "glue", "emr", "elasticmapreduce", "kinesis",
     "opensearch", "quicksight", "databricks", "synapse", "dataflow", "dataproc", "data factory",
     "stream analytics", "kafka", "msk"),
    ("Storage", "storage", "s3", "efs", "fsx", "glacier", "backup", "ebs", "volume", "disk", "filestore",
     "blob", "snapshot"),
    ("Compute", "ec2", "compute", "virtual machine", "lambda", "fargate", "eks", "ecs", "kubernetes",
     "container", "functions", "cloud run", "app service", "app engine", "savings plan", "lightsail",
     "instance"),
    ("Security", "kms", "key management", "key vault", "guardduty", "waf", "shield", "secret", "security",
     "sentinel", "defender"),
    ("Identity", "cognito", "identity", "directory", "entra"),
    ("Integration", "sqs", "sns", "queue", "notification", "event", "pub/sub", "service bus",
     "step function", "logic app"),
    ("Management and Governance", "cloudwatch", "cloudtrail", "config", "monitor", "log analytics",
     "logging", "automation", "systems manager"),
    ("Developer Tools", "codebuild", "codepipeline", "devops", "cloud build", "artifact"),
    ("Web", "ses", "email", "amplify"),
)  # fmt: skip


@lru_cache(maxsize=10_000)
def service_category(*names: str | None) -> str:
    """The category of the first of the names, from the nearest on, that has one; `Other` without any."""
    for name in names:
        text = (name or "").lower()
        for category, *words in _CATEGORIES:
            if any(_has(text, word) for word in words):
                return category
    return "Other"


def _has(text: str, word: str) -> bool:
    """Whether a word is in a text; a short one must be a word of its own, or the end of one (AmazonEC2)."""
    if len(word) > 3:
        return word in text
    return any(
        part == word or part in (f"amazon{word}", f"aws{word}")
        for part in text.replace("-", " ").replace("(", " ").replace(")", " ").replace(":", " ").split()
    )
