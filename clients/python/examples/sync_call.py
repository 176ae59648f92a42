"""The blocking client: python examples/sync_call.py [ADDRESS]"""

import sys

import relay_client

with relay_client.connect_sync(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:7433") as relay:
    handles = [relay.async_("Sleep", {"ms": 100 * n}) for n in range(5)]
    for index, outcome in relay.stream_many(handles, timeout=10):
        print(index, outcome.value)
