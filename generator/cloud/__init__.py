"""What the company spends beside calls to models: machines, buckets, GPUs, shared infrastructure, support."""
