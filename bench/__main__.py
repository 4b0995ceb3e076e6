"""`python -m bench`: run the comparison of `bench.speed`."""

import asyncio

from bench.speed import run

asyncio.run(run())
