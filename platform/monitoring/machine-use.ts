/** Where the figures of {@link machineUse} are, for the exporter's textfile collector. */
export const machineUseDirectory = '/run/trencadis-machine-use';

/**
 * Runs in VMs that are containers, as those of the local VM manager are: the kernel shows them /proc/stat and
 * /proc/meminfo of the whole host, so that any tool that reads those tells the neighbours' load. What is theirs alone is
 * their control group, at the root of the /sys/fs/cgroup they see. In order of preference for CPU: version 2, whose
 * `cpu.stat` counts without the controller too, also mounted beside version 1 (`unified`); version 1's `cpuacct`. Only the
 * host's own root group lacks `cgroup.type` (version 2) or has a `release_agent` (version 1): such a group is passed over,
 * and a figure that nothing tells is left out rather than wrong. Memory is the working set, without the page cache that
 * the kernel gives up first.
 *
 * Every two seconds, with the instant (the kernel's uptime), so that a rate does not depend on when it is asked for. Two
 * forks a turn (`sleep`, `mv`): what is read is read by the shell itself.
 */
export const machineUse = `#!/bin/sh
groups=\${1:-/sys/fs/cgroup}
out=\${2:-${machineUseDirectory}}/use.prom

# Of the file $1, the value of key $2.
value_of() {
  value=
  while read -r key number rest; do
    if [ "$key" = "$2" ]; then value=$number; return; fi
  done < "$1"
}

cpu() {
  microseconds=
  for group in $groups/unified $groups; do
    [ -e $group/cgroup.type ] && [ -e $group/cpu.stat ] || continue
    value_of $group/cpu.stat usage_usec
    microseconds=$value
    return
  done
  group=$groups/cpuacct
  if [ -e $group/cpuacct.usage ] && ! [ -e $group/release_agent ]; then
    read -r nanoseconds < $group/cpuacct.usage
    microseconds=$((nanoseconds / 1000))
  fi
}

memory() {
  bytes=
  if [ -e $groups/memory.current ]; then
    read -r bytes < $groups/memory.current
    value_of $groups/memory.stat inactive_file
  elif [ -e $groups/memory/memory.usage_in_bytes ] && ! [ -e $groups/memory/release_agent ]; then
    read -r bytes < $groups/memory/memory.usage_in_bytes
    value_of $groups/memory/memory.stat total_inactive_file
  else
    return
  fi
  bytes=$((bytes > \${value:-0} ? bytes - \${value:-0} : 0))
}

while :; do
  cpu
  memory
  read -r uptime idle < /proc/uptime
  {
    echo "trencadis_machine_sampled_at_seconds $uptime"
    if [ -n "$microseconds" ]; then
      fraction=$((microseconds % 1000000 + 1000000))
      echo "trencadis_machine_cpu_seconds_total $((microseconds / 1000000)).\${fraction#1}"
    fi
    [ -z "$bytes" ] || echo "trencadis_machine_memory_bytes $bytes"
  } > $out.new
  mv $out.new $out
  sleep 2
done
`;
