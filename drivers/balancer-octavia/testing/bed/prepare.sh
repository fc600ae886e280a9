#!/bin/bash
# First start: configuration and databases with their schemas, which are kept as a layer that later starts begin with. Pid 1 of its
# namespace; needs no OpenStack.
set -eu
here=/opt/bed
. $here/daemons.sh
. $here/configure.sh
mariadb_up
make_databases octavia barbican
octavia-db-manage --config-file /etc/octavia/octavia.conf upgrade head >> /var/log/sync.log 2>&1 & octavia=$!
barbican-manage db upgrade >> /var/log/sync.log 2>&1 & barbican=$!
wait $octavia
wait $barbican
note 'both have their schemas'
mysqladmin shutdown
kill $(cat /run/daemons) 2> /dev/null || true
rm -rf /var/log/{octavia,barbican}/* /var/log/run-*
note 'prepared'
