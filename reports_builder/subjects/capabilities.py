"""FinOps domains that several folders speak of: in the specification's wording, then the framework's."""

PERFORMANCE = "Performance Tracking & Benchmarking"
RATE_OPTIMIZATION = "Rate Optimization"
REAL_TIME = "Real-Time Decision Making"

ANOMALIES = "Understand Usage & Cost: Anomaly Management"
BENCHMARKING = "Quantify Business Value: KPIs & Benchmarking"
INVOICING = "Manage the FinOps Practice: Invoicing & Chargeback"
RATES = "Optimize Usage & Cost: Rate Optimization"
UNIT_ECONOMICS = "Quantify Business Value: Unit Economics"
USAGE = "Optimize Usage & Cost: Usage Optimization"
WORKLOADS = "Optimize Usage & Cost: Architecting & Workload Placement"
