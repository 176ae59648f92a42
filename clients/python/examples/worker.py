"""A worker for the queue `shout`: python examples/worker.py [ADDRESS]

Then: relay call Shout '{"say": "hello"}' --queue shout
"""

import sys

import relay_client

address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:7433"
worker = relay_client.Worker(address, queues={"shout": 4})


@worker.handler("Shout")
def shout(job: relay_client.Job) -> str:
    return str(job.args.get("say", "")).upper()


worker.run_sync()
