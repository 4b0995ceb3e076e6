"""`python -m devtools.bench [--long]`: everything that `make bench` measures, one after another."""

import argparse
import asyncio

from devtools.bench import exports, growth, latency, pictures, queries, speed

parser = argparse.ArgumentParser(prog="devtools.bench", description=__doc__)
parser.add_argument("--long", action="store_true", help="millions of sessions, several processes")
options = parser.parse_args()
asyncio.run(speed.run())
latency.main([])
pictures.main()
queries.main([])
if options.long:
    exports.main([])
    growth.main([])
