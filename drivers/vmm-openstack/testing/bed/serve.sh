#!/bin/bash
# Every later start: the services over what prepare.sh has left. Says `ready` when all answer; pid 1 of its namespace.
set -eu
here=/opt/bed
. $here/daemons.sh
has_address() { ip -o address show | grep -q " $ADDRESS/"; }
await 'the address is here' has_address
rabbit_up
mariadb_up
mysql -e "update keystone.endpoint set url = regexp_replace(url, '//[0-9.]+:', '//$ADDRESS:')"
keystone_up
services_up
await 'Keystone answers' curl -sf http://127.0.0.1:5000/v3
services_answer
daemons_report
echo ready
# Bash stays, as it buries what the daemons leave.
sleep infinity & wait $!
