"""`python -m devtools.bench`: everything that `make bench` measures, one after another."""

import asyncio

from devtools.bench import pictures, queries, speed

asyncio.run(speed.run())
pictures.main()
queries.main()
