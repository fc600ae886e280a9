# Sourced: how each daemon is started. Each runs in a loop, as one may lose the connection that it begins with.
run() {
  local name=$1
  shift
  ( trap 'kill "$child" 2>/dev/null; exit 0' TERM
    while true; do "$@" >> "/var/log/run-$name.log" 2>&1 < /dev/null & child=$!; wait "$child"; sleep 0.5; done ) &
  echo $! >> /run/daemons
}
wsgi() {
  run "$1" uwsgi_python3 --plugin python3 --http-socket "0.0.0.0:$2" --wsgi-file "$3" --master --die-on-term --processes 1 \
    --threads 6 --enable-threads --lazy-apps --buffer-size 65535 --need-app --add-header "Connection: close"
}
# await WHAT COMMAND...: until the command succeeds, at most three minutes.
await() {
  local what=$1
  shift
  for _ in $(seq 900); do "$@" > /dev/null 2>&1 && { note "$what"; return 0; }; sleep 0.2; done
  echo "failed: $what is not there after three minutes" >&2
  exit 1
}
began=$EPOCHREALTIME
note() { echo "[$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }') s] $*"; }
# A MariaDB of its own: OpenStack's has port 3306 of the same network.
mariadb_up() {
  mkdir -p /run/mysqld /run/lock
  chown mysql /run/mysqld
  run mariadb mariadbd --user=mysql --bind-address=127.0.0.1 --port=3307 --innodb-flush-log-at-trx-commit=0 \
    --innodb-doublewrite=0 --skip-log-bin --performance-schema=off
  await 'MariaDB answers' mysqladmin ping
}
