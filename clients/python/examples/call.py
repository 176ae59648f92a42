"""Calls a demo worker and prints its answer: python examples/call.py [ADDRESS]"""

import asyncio
import sys

import relay_client


async def main(address: str) -> None:
    async with relay_client.connect(address) as relay:
        print(await relay.call("Echo", {"hello": "world"}))
        handle = await relay.async_("Sleep", {"ms": 500})
        print(f"waiting for job {handle.job_id} …")
        print(await relay.await_(handle, timeout=10))


asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:7433"))
