import { hostAndPort } from './host-and-port.ts';
import { machineUse, machineUseDirectory } from './machine-use.ts';

export const exporterPackage = 'prometheus-node-exporter';
export const defaultPort = 9100;
export const exporterUser = 'trencadis';

/** How the script below says what went wrong; anything else is its own failure. */
export const scriptExits = { noPackageManager: 21, notInstalled: 22, notListening: 23 } as const;

const directory = '/etc/trencadis/exporter';
const unit = `${exporterPackage}.service`;
const useUnit = 'trencadis-machine-use.service';

/** What no tool should report as a full disk: it is in memory, of the kernel, or full by design. */
const otherFileSystems =
  'autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|efivarfs|fuse.*|fusectl|hugetlbfs|iso9660|mqueue|nsfs|proc|pstore|ramfs|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tmpfs|tracefs';
const otherMountPoints = '/(dev|proc|run|sys|var/lib/containers/.+|var/lib/docker/.+)($|/)';

/** systemd.service(5), "Command lines": `$` and `\` are its own. */
const forSystemd = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('$', '$$$$');

/**
 * Only what a collector reads: a page of some hundred lines. Where the VM is a container, `cpu` and `meminfo` would show
 * its host.
 */
const commonArguments = [
  `--web.config.file=${directory}/web.yml`,
  '--web.listen-address=${LISTEN}',
  '--web.disable-exporter-metrics',
  '--collector.disable-defaults',
  '--collector.filesystem',
  forSystemd(`--collector.filesystem.fs-types-exclude=^(${otherFileSystems})$`),
  forSystemd(`--collector.filesystem.mount-points-exclude=^${otherMountPoints}`),
  '--collector.netdev',
  forSystemd('--collector.netdev.device-exclude=^lo$'),
];
const containerArguments = `--collector.textfile --collector.textfile.directory=${machineUseDirectory}`;
const machineArguments = '--collector.cpu --no-collector.cpu.guest --collector.meminfo';

/** Without the configuration it does not start: so not either when the package is installed, before it has any. */
const dropIn = `[Unit]
ConditionPathExists=${directory}/web.yml
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
ExecStart=
ExecStart=/usr/bin/${exporterPackage} ${commonArguments.join(' ')} $COLLECTORS
Restart=always
RestartSec=1
NoNewPrivileges=yes`;

const useService = `[Unit]
Description=This container's own use of CPU and memory, for ${exporterPackage}
ConditionVirtualization=container

[Service]
ExecStart=/usr/local/lib/trencadis/machine-use
RuntimeDirectory=${machineUseDirectory.slice('/run/'.length)}
Restart=always
RestartSec=2
NoNewPrivileges=yes

[Install]
WantedBy=multi-user.target`;

/** Exporter-toolkit's web configuration. */
const webConfig = (passwordHash: string) => `tls_server_config:
  cert_file: ${directory}/certificate.pem
  key_file: ${directory}/key.pem
  min_version: TLS13
basic_auth_users:
  ${exporterUser}: "${passwordHash}"`;

export interface ExporterConfiguration {
  readonly address: string;
  readonly port: number;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly passwordHash: string;
}

const endOfFile = 'end-of-file-of-trencadis';

/** A part of the script that makes its file what it should be, whole or not at all. */
function put(path: string, mode: string, owner: string, content: string): string {
  return `put ${path} ${mode} ${owner} <<'${endOfFile}'\n${content.trimEnd()}\n${endOfFile}\n`;
}

/**
 * For `sh` on its standard input, so that no secret is an argument. May be run again after being cut off anywhere: the
 * service is restarted unless it runs with the very files that are there.
 */
export function exporterScript(configuration: ExporterConfiguration): string {
  const { address, port, certificatePem, privateKeyPem, passwordHash } = configuration;
  return `set -eu
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
umask 022
put() {
  install -m 0600 /dev/null "$1.new"
  cat > "$1.new"
  chown "$3" "$1.new"
  chmod "$2" "$1.new"
  mv "$1.new" "$1"
}
collectors='${machineArguments}'
use_figures=
if systemd-detect-virt --quiet --container; then
  collectors='${containerArguments}'
  use_figures=${machineUseDirectory}/use.prom
fi
case " $(hostname -I) " in
  *" ${address} "*) listen='${hostAndPort(address, port)}' ;;
  *) listen=':${port}' ;;
esac
dropins=/etc/systemd/system/${unit}.d
mkdir -p ${directory} "$dropins" /usr/local/lib/trencadis
${put('"$dropins/trencadis.conf"', '0644', 'root', dropIn)}
put "$dropins/listen.conf" 0644 root <<${endOfFile}
[Service]
Environment="LISTEN=$listen" "COLLECTORS=$collectors"
${endOfFile}
${put('/usr/local/lib/trencadis/machine-use', '0755', 'root', machineUse)}
${put(`/etc/systemd/system/${useUnit}`, '0644', 'root', useService)}
${installPart}
${put(`${directory}/certificate.pem`, '0644', 'root', certificatePem)}
${put(`${directory}/key.pem`, '0600', 'prometheus', privateKeyPem)}
${put(`${directory}/web.yml`, '0600', 'prometheus', webConfig(passwordHash))}
${startPart(port)}`;
}

const installPart = `
if ! [ -x /usr/bin/${exporterPackage} ]; then
  command -v apt-get > /dev/null || exit ${scriptExits.noPackageManager}
  install_package() {
    apt-get -qq -y -o DPkg::Lock::Timeout=120 --no-install-recommends install ${exporterPackage} < /dev/null >&2
  }
  # Before the package's own start, which has to see that it may not yet.
  systemctl daemon-reload
  install_package || { apt-get -qq update < /dev/null >&2 && install_package; } || exit ${scriptExits.notInstalled}
fi`;

/** 0A: LISTEN. */
const startPart = (port: number) => `
applied=${directory}/applied
wanted=$(cat "$dropins"/*.conf ${directory}/*.pem ${directory}/web.yml /etc/systemd/system/${useUnit} /usr/local/lib/trencadis/machine-use | sha256sum)
if [ "$(cat "$applied" 2> /dev/null)" != "$wanted" ] || ! systemctl --quiet is-active ${unit}; then
  systemctl daemon-reload
  systemctl --quiet enable ${unit} ${useUnit}
  systemctl restart ${unit} ${useUnit}
fi
turns=0
until grep -qi ':${port.toString(16).padStart(4, '0')} 0*:0000 0A' /proc/net/tcp /proc/net/tcp6 2> /dev/null &&
  systemctl --quiet is-active ${unit} && { [ -z "$use_figures" ] || [ -e "$use_figures" ]; }; do
  turns=$((turns + 1))
  if [ "$turns" -gt 100 ]; then
    journalctl --quiet --no-pager --lines 5 --output cat --unit ${unit} >&2 || true
    exit ${scriptExits.notListening}
  fi
  sleep 0.2
done
echo "$wanted" > "$applied"`;
