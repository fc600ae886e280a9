#!/bin/bash
# First start: databases, accounts, catalog and what the tests find there (seed.py), then everything is stopped again. What it
# has written is kept as a layer that later starts begin with. Pid 1 of its namespace.
set -eu
here=/opt/bed
. $here/daemons.sh
. $here/configure.sh
# serve.sh writes another one into the catalog.
ADDRESS=10.206.76.2
ip address add "$ADDRESS/32" dev lo
rabbit_up
mariadb_up
make_databases keystone glance placement nova nova_api nova_cell0 neutron cinder
chown -R keystone /etc/keystone /var/log/keystone
log=/var/log/sync.log
as() { local user=$1; shift; su -s /bin/sh "$user" -c "$*" >> $log 2>&1; }
( as keystone keystone-manage db_sync ) & keystone=$!
( neutron-db-manage --config-file /etc/neutron/neutron.conf --config-file /etc/neutron/plugins/ml2/ml2_conf.ini upgrade heads >> $log 2>&1 ) & neutron=$!
( as glance glance-manage db_sync ) & glance=$!
( placement-manage db sync >> $log 2>&1 ) & placement=$!
( cinder-manage db sync >> $log 2>&1 ) & cinder=$!
( nova-manage api_db sync; nova-manage cell_v2 map_cell0 --database_connection 'mysql+pymysql://os:os@127.0.0.1/nova_cell0?charset=utf8'
  nova-manage cell_v2 create_cell --name=cell1; nova-manage db sync ) >> $log 2>&1 & nova=$!
wait $keystone
for what in fernet credential; do keystone-manage ${what}_setup --keystone-user keystone --keystone-group keystone >> $log 2>&1; done
keystone-manage bootstrap --bootstrap-password admin --bootstrap-region-id RegionOne --bootstrap-public-url "http://$ADDRESS:5000/v3" \
  --bootstrap-internal-url "http://$ADDRESS:5000/v3" >> $log 2>&1
note 'Keystone has its schema'
keystone_up
for each in $neutron $glance $placement $cinder $nova; do wait "$each"; done
note 'all have their schemas'
await 'Keystone answers' curl -sf http://127.0.0.1:5000/v3
python3 $here/seed.py identity "$ADDRESS"
services_up
services_answer
daemons_report
nova-manage cell_v2 discover_hosts >> $log 2>&1
python3 $here/agent.py
python3 $here/seed.py content "$ADDRESS"
note 'seeded'
mapfile -t daemons < /run/daemons
kill "${daemons[@]:2}" 2> /dev/null || true
mysqladmin shutdown
kill "${daemons[@]:0:2}" 2> /dev/null || true
# What RabbitMQ has kept goes at its next start: it may still be writing.
rm -rf /var/log/{keystone,nova,glance,neutron,placement,cinder}/* /var/log/run-*
note 'prepared'
