#!/bin/bash
# As in the public image: the server by default, any other command as it is, never as root.
set -e
[ $# -gt 0 ] || set -- java -XX:+UseParallelGC -p /app/questdb.jar -m io.questdb/io.questdb.ServerMain -d /var/lib/questdb -f
if [ "$(id -u)" = 0 ]; then
    chown -R questdb:questdb /var/lib/questdb
    exec gosu questdb "$@"
fi
exec "$@"
