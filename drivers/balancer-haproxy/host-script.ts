import { exitCodes } from './errors.ts';
import { paths } from './paths.ts';

/** Between the parts of what the script says. */
export const sectionMark = '=== trencadis ';

/**
 * What runs on a host, as root, for each call of the driver: one round trip. `look` tells what is there. `commit` takes
 * files and commands of HAProxy's socket through stdin, brings them in as one, and then looks.
 *
 * Arguments of `look`: the version of the record that the caller knows, which is then not sent again.
 * Of `commit`: that version, the one that must be there (else nothing is done and `refused` is said), what is done about
 * HAProxy (`keep`, `reload`, `stop`), its shape, what is done about keepalived (`off`, `on`), the names of all files of
 * the certificates' folder, then path and length of each file; a file named `-` is the commands.
 *
 * Files are written beside their places, a configuration to reload is tried by HAProxy, then all are moved there. What is
 * killed in between leaves a configuration of another version than the record's, which the next call mends.
 */
export const hostScript = `
set -u
umask 077
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
config=${paths.config} record=${paths.record} certificates=${paths.certificates} socket=${paths.socket}
state=${paths.serverState} keepalived=${paths.keepalived}
lacks=
for tool in haproxy socat flock; do command -v "$tool" >/dev/null || lacks="$lacks $tool"; done
if [ -n "$lacks" ]; then echo "$lacks" >&2; exit ${exitCodes.lacking}; fi

section() { echo "${sectionMark}$1"; }
cli() { socat -t 20 - "UNIX-CONNECT:$socket" 2>/dev/null; }
version() { if [ -e "$record" ]; then head -n 1 "$record"; fi; }

look() {
  section record
  if [ -e "$record" ]; then
    { IFS= read -r found; echo "$found"; [ "$found" = "$known" ] || cat; } <"$record"
  fi
  section config
  [ ! -e "$config" ] || head -n 1 "$config"
  section keepalived
  [ ! -e "$keepalived" ] || head -n 1 "$keepalived"
  if kill -0 "$(cat /run/keepalived.pid 2>/dev/null)" 2>/dev/null; then echo running; fi
  section addresses
  ip -o -4 address show
  section runtime
  asks='show info; show stat -1 4 -1'
  for file in "$certificates"/*.pem; do [ ! -e "$file" ] || asks="$asks; show ssl cert $file"; done
  echo "$asks" | cli
  section end
}

take_files() {
  moves=
  while [ $# -ge 2 ]; do
    if [ "$1" = - ]; then target=/run/trencadis-commands; else target=$1.new; moves="$moves $1"; fi
    head -c "$2" >"$target" || exit 1
    shift 2
  done
}

move_files() {
  for file in $moves; do case $file in "$certificates"/*) mv -f "$file.new" "$file" || exit 1 ;; esac; done
  # Members alone are written in words that the socket takes, or refuses, just now: only a reload is tried before.
  if [ "$control" = reload ]; then
    if ! said=$(haproxy -c -q -f "$config.new" 2>&1); then
      echo "$said" >&2; rm -f "$config.new" "$record.new"; exit ${exitCodes.invalid}
    fi
  fi
  for file in $moves; do
    case $file in
      "$certificates"/*) ;;
      *)
        if [ "$control" = reload ]; then
          rm -f "$file.old"
          [ ! -e "$file" ] || ln "$file" "$file.old"
        fi
        mv -f "$file.new" "$file" || exit 1 ;;
    esac
  done
}

# HAProxy goes on with what it had, and so must what is written.
take_back() {
  for file in "$config" "$record"; do
    case " $moves " in *" $file "*)
      if [ -e "$file.old" ]; then mv -f "$file.old" "$file"; else rm -f "$file"; fi ;;
    esac
  done
  [ -e "$config" ] || { systemctl disable --quiet --now haproxy; rm -rf "$certificates"; }
}

shows_shape() { echo 'show info' | cli | grep -qx "description: trencadis-$shape"; }

reload() {
  if systemctl is-active --quiet haproxy && echo 'show servers state' | cli >"$state"; then
    systemctl reload haproxy
  else
    rm -f "$state"
    systemctl reset-failed haproxy 2>/dev/null
    systemctl enable --quiet haproxy && systemctl restart haproxy
  fi
  turn=0
  until shows_shape; do
    turn=$((turn + 1))
    if [ $turn -gt 200 ]; then
      rm -f "$state"
      take_back
      journalctl --quiet --unit haproxy --lines 20 --output cat >&2
      exit ${exitCodes.notRunning}
    fi
    sleep 0.05
  done
  systemctl is-enabled --quiet haproxy || systemctl enable --quiet haproxy
  # Only for a reload: started anew, HAProxy finds out for itself.
  rm -f "$state"
}

stop() {
  systemctl disable --quiet --now haproxy
  rm -rf "$config" "$config.old" "$record" "$record.old" "$certificates"
}

keep_address() {
  command -v keepalived >/dev/null || { echo keepalived >&2; exit ${exitCodes.lacking}; }
  systemctl enable --quiet keepalived
  systemctl reload-or-restart keepalived || exit ${exitCodes.notRunning}
}

leave_address() {
  case $(head -n 1 "$keepalived" 2>/dev/null) in '# trencadis '*)
    systemctl disable --quiet --now keepalived
    rm -f "$keepalived" ;;
  esac
}

commit() {
  expected=$1 control=$2 shape=$3 address=$4 kept=$5
  shift 5
  exec 9>${paths.lock}
  flock -w 20 9 || exit ${exitCodes.busy}
  if [ "$(version)" != "$expected" ]; then section refused; look; return; fi
  # The mask lets only root in, here and at every file.
  for folder in "$certificates" /etc/keepalived; do [ -d "$folder" ] || mkdir -p "$folder" || exit 1; done
  take_files "$@"
  move_files
  if [ "$control" = reload ]; then
    reload
    for file in $moves; do rm -f "$file.old"; done
  fi
  section answers
  if [ -e /run/trencadis-commands ]; then cli </run/trencadis-commands; echo; rm -f /run/trencadis-commands; fi
  for file in "$certificates"/*; do
    case " $kept * " in *" \${file##*/} "*) ;; *) rm -f "$file" ;; esac
  done
  if [ "$address" = on ]; then keep_address; elif [ "$address" = off ]; then leave_address; fi
  if [ "$control" = stop ]; then stop; fi
  look
}

action=$1 known=$2
shift 2
"$action" "$@"
`;

/** Root's, whoever logs in. */
export const asRoot = [
  'sh',
  '-c',
  'if [ "$(id -u)" = 0 ]; then exec "$@"; else exec sudo -n -- "$@"; fi',
  'sh',
] as const;
