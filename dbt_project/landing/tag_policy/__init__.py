"""Tag policies of AWS Organizations, as rows of the seeds tag_keys and tag_values."""
