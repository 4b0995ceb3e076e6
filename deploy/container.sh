#!/bin/sh
# Runs the bot in a container. Docker restarts whatever fails and knows no exit codes: what must be
# mended first (78) ends with 0 here, after the bot has said why.
bot=
stopped=
# before the bot is there: a signal without a trap ends this shell alone, or is lost on process 1
trap 'if [ "$bot" ]; then kill -TERM "$bot"; else stopped=1; fi' TERM INT
python main.py &
bot=$!
if [ "$stopped" ]; then kill -TERM "$bot"; fi
wait "$bot"
code=$?
# a signal ends the wait while the bot still finishes
while kill -0 "$bot" 2>/dev/null; do
    wait "$bot"
    code=$?
done
if [ "$code" = 78 ]; then
    echo "Not started again until that is mended; then: docker compose up -d" >&2
    exit 0
fi
exit "$code"
