"""Whether an address that a provider names for a file is one of its own: our token goes along with the request."""

from __future__ import annotations

from collections.abc import Sequence

import yarl


def is_theirs(url: str, own: str, hosts: Sequence[str]) -> bool:
    """True below `own`, the provider's base address, or by https at one of these hosts.

    It is read as the request will read it: another reader may see another host in the same letters.
    """
    try:
        given, ours = yarl.URL(url, encoded=True), yarl.URL(own)
        scheme, host, port = given.scheme, given.raw_host or "", given.port
    except ValueError:
        return False
    if (scheme, host, port) == (ours.scheme, ours.raw_host, ours.port):
        return True
    return scheme == "https" and any(host == each or host.endswith(f".{each}") for each in hosts)
