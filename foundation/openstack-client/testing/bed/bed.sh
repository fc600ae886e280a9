# Sourced: how daemons are started and waited for, their database, and the account that each has at Keystone.
began=$EPOCHREALTIME
note() { echo "[$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }') s] $*"; }
# run NAME COMMAND...: in a loop, as a daemon may lose the connection that it begins with; nova-scheduler has been seen to die of that.
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
# Passwords guard nothing: databases listen on loopback inside the namespace only.
database_port=${database_port:-3306}
mariadb_up() {
  mkdir -p /run/mysqld /run/lock
  chown mysql /run/mysqld
  run mariadb mariadbd --user=mysql --bind-address=127.0.0.1 --port="$database_port" --max-connections=400 \
    --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --skip-log-bin --performance-schema=off
  await 'MariaDB answers' mysqladmin ping
}
make_databases() {
  for name in "$@"; do
    mysql -e "create database $name character set utf8; grant all on $name.* to 'os'@'localhost' identified by 'os';
      grant all on $name.* to 'os'@'127.0.0.1' identified by 'os'"
  done
}
# For configurations.
database() { echo "mysql+pymysql://os:os@127.0.0.1:$database_port/$1?charset=utf8"; }
account() {
  cat <<END
www_authenticate_uri=http://127.0.0.1:5000
auth_url=http://127.0.0.1:5000
auth_type=password
project_domain_name=Default
user_domain_name=Default
project_name=service
username=$1
password=service
END
}
