"""What is measured of a service, as Prometheus reads it."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
IMAGES = (1, 2, 4, 8, 16, 32, 64)


class Measures:
    """Counters of one service, none of which tells what was searched for."""

    def __init__(self) -> None:
        self._registry = own = CollectorRegistry()
        what = ("route", "method", "status")
        self.requests = Counter("vireid_requests", "Requests", what, registry=own)
        self.seconds = Histogram(
            "vireid_request_seconds", "Time of a request", ("route",), registry=own, buckets=SECONDS
        )
        self.batches = Histogram(
            "vireid_batch_images", "Images embedded at once", registry=own, buckets=IMAGES
        )
        self.rows = Gauge("vireid_rows", "Rows of the gallery", registry=own)
        self.under_way = Gauge("vireid_requests_under_way", "Requests under way", registry=own)

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request.

        Args:
            route: with names in place of values.
            method: of HTTP.
            status: of the answer.
            seconds: that it took.
        """
        self.requests.labels(route, method, str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """Return all of it in Prometheus' text format."""
        return generate_latest(self._registry)
