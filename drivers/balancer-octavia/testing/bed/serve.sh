#!/bin/bash
# Every later start, in the network of a running OpenStack: accounts and catalog there, the daemons here. Says `ready` when all answer.
set -eu
here=/opt/bed
. $here/daemons.sh
mkdir -p /var/run/octavia
mariadb_up
python3 $here/seed.py "$ADDRESS"
note 'accounts are there'
wsgi barbican 9311 /usr/bin/barbican-wsgi-api
wsgi octavia 9876 /usr/bin/octavia-wsgi
run worker octavia-worker --config-file /etc/octavia/octavia.conf
run driver-agent octavia-driver-agent --config-file /etc/octavia/octavia.conf
await 'Octavia answers' curl -sf http://127.0.0.1:9876/
await 'Barbican answers' bash -c 'curl -s http://127.0.0.1:9311/ | grep -q versions'
await 'the status socket is there' test -S /var/run/octavia/status.sock
worker_listens() { grep -q 'Starting consumer' /var/log/run-worker.log; }
await 'the worker listens' worker_listens
echo ready
# Bash stays, as it buries what the daemons leave. Lines of its input tell how members are.
python3 $here/report.py || true
sleep infinity & wait $!
