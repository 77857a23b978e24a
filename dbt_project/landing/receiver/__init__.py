"""Receive spans from exporters by OTLP over HTTP, and put them where landing reads them."""
