"""The store is tested with its threads, as the service has them."""

from tests.at_once import with_threads

__all__ = ["with_threads"]
