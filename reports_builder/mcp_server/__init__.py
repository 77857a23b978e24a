"""The published warehouse for assistants, by the Model Context Protocol: read, never written."""
