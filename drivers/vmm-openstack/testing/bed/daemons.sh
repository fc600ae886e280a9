# Sourced: how each daemon is started. Each runs in a loop: nova-scheduler has been seen to die when Keystone drops a connection.
run() {
  local name=$1
  shift
  ( trap 'kill "$child" 2>/dev/null; exit 0' TERM
    while true; do "$@" >> "/var/log/run-$name.log" 2>&1 < /dev/null & child=$!; wait "$child"; sleep 0.5; done ) &
  echo $! >> /run/daemons
}
# A connection that uwsgi closes silently after an answer would be used once more by Python's clients, and fail.
wsgi() {
  run "$1" uwsgi_python3 --plugin python3 --http-socket "0.0.0.0:$2" --wsgi-file "$3" --master --die-on-term --processes 1 \
    --threads 6 --enable-threads --lazy-apps --buffer-size 65535 --need-app --add-header "Connection: close"
}
# await WHAT COMMAND...: until the command succeeds, at most five minutes.
await() {
  local what=$1
  shift
  for _ in $(seq 1500); do "$@" > /dev/null 2>&1 && { note "$what"; return 0; }; sleep 0.2; done
  echo "failed: $what is not there after five minutes" >&2
  exit 1
}
began=$EPOCHREALTIME
note() { echo "[$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }') s] $*"; }

mariadb_up() {
  mkdir -p /run/mysqld /run/lock
  chown mysql /run/mysqld
  run mariadb mariadbd --user=mysql --bind-address=127.0.0.1 --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 \
    --skip-log-bin --max-connections=400 --performance-schema=off
  await 'MariaDB answers' mysqladmin ping
}
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
