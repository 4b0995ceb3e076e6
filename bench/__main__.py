"""`python -m bench`: everything that `make bench` measures, one after another."""

import asyncio

from bench import pictures, queries, speed

asyncio.run(speed.run())
pictures.main()
queries.main()
