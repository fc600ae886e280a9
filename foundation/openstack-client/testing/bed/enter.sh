#!/bin/bash
# Enters the root filesystem and runs what follows there as pid 1. Called in mount, pid and host name namespaces of its own, with
# whose end every mount and process ends. Usage: enter.sh HOST LOWER UPPER WORK ROOT COMMAND...   (LOWER: colon-separated layers)
set -eu
host=$1 lower=$2 upper=$3 work=$4 root=$5
shift 5
mkdir -p "$upper" "$work" "$root"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$upper,workdir=$work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
chmod 1777 "$root/tmp"
hostname "$host"
ip link set lo up
exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"
