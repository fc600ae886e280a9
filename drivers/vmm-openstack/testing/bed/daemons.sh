# Sourced: how each daemon is started.
. $here/bed.sh
rabbit_up() {
  rm -rf /var/lib/rabbitmq/mnesia
  cd /var/lib/rabbitmq
  run rabbitmq su rabbitmq -s /bin/sh -c 'HOME=/var/lib/rabbitmq RABBITMQ_NODENAME=rabbit@localhost ERL_EPMD_ADDRESS=127.0.0.1 \
    RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+sbwt none" exec /usr/lib/rabbitmq/bin/rabbitmq-server'
  cd /
}
keystone_up() { wsgi keystone 5000 /usr/bin/keystone-wsgi-public; }
services_up() {
  wsgi placement 8778 /usr/bin/placement-api
  wsgi cinder-api 8776 /usr/bin/cinder-wsgi
  run glance glance-api --config-file /etc/glance/glance-api.conf
  run nova-api nova-api --config-file /etc/nova/nova.conf
  run neutron neutron-server --config-file /etc/neutron/neutron.conf --config-file /etc/neutron/plugins/ml2/ml2_conf.ini
  await 'RabbitMQ answers' bash -c 'echo > /dev/tcp/127.0.0.1/5672'
  for daemon in nova-conductor nova-scheduler nova-compute; do run $daemon $daemon --config-file /etc/nova/nova.conf; done
  for daemon in cinder-scheduler cinder-volume; do run $daemon $daemon --config-file /etc/cinder/cinder.conf; done
}
answers() { curl -s --max-time 5 "http://127.0.0.1:$1/" | grep -q versions; }
services_answer() {
  await 'Placement answers' answers 8778
  await 'Glance answers' answers 9292
  await 'Cinder answers' answers 8776
  await 'Neutron answers' answers 9696
  await 'Nova answers' answers 8774
}
# reported DATABASE BINARY: whether that daemon has reported since this start.
reported() { mysql -Ns -e "select 1 from $1.services where \`binary\`='$2' and updated_at >= '$started'" | grep -q 1; }
daemons_report() {
  for each in conductor scheduler compute; do await "nova-$each reports" reported nova "nova-$each"; done
  for each in scheduler volume; do await "cinder-$each reports" reported cinder "cinder-$each"; done
}
started=$(date -u '+%F %T')
