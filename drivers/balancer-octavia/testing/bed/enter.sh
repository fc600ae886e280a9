#!/bin/bash
# Enters the root filesystem and runs what follows there as pid 1, in mount, pid and host name namespaces of its own, with whose
# end every mount and process ends. Usage: enter.sh LOWER UPPER WORK ROOT COMMAND...   (LOWER: colon-separated layers)
set -eu
lower=$1 upper=$2 work=$3 root=$4
shift 4
mkdir -p "$upper" "$work" "$root"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$upper,workdir=$work" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
chmod 1777 "$root/tmp"
hostname octavia
exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"
