import { type FeatureKey, keysOf, yesOrNo } from './feature-key.ts';

const isCheckedByIm = true;
const number = { type: 'number' } as const;
const size = { type: 'number', unit: 'size' } as const;

const machine = keysOf('system', [
  {
    key: 'cpu.count',
    ...number,
    isCheckedByIm,
    meaning: 'virtual CPUs; where machines come in sizes, one of those',
  },
  { key: 'cpu.arch', values: ['i386', 'x86_64'], isCheckedByIm, meaning: 'architecture' },
  {
    key: 'cpu.performance',
    ...number,
    unit: 'performance',
    isCheckedByIm,
    meaning: 'speed in ECU, GCEU or HRZ',
  },
  { key: 'cpu.sgx', ...number, meaning: 'needs Intel SGX' },
  { key: 'cpu.sgx.epc_size', ...number, unit: 'size', meaning: 'SGX memory' },
  { key: 'memory.size', type: 'integer', unit: 'size', isCheckedByIm, meaning: 'memory; M is 10^6, Mi 2^20' },
  { key: 'gpu.count', ...number, meaning: 'GPUs' },
  { key: 'gpu.vendor', meaning: 'vendor of the GPUs' },
  { key: 'gpu.model', meaning: 'model of the GPUs' },
  {
    key: 'price',
    ...number,
    isCheckedByIm,
    meaning: "price an hour in the provider's currency; of a spot instance, the most that is paid",
  },
  {
    key: 'spot',
    values: yesOrNo,
    isCheckedByIm,
    meaning: "'yes': spare capacity, cheaper, which the provider may take away",
  },
  { key: 'virtual_system_type', isCheckedByIm, meaning: 'virtualization' },
  {
    key: 'image_type',
    values: ['VMDK', 'QCOW', 'QCOW2', 'RAW'],
    isAnyCase: true,
    isCheckedByIm,
    meaning: 'format of the image',
  },
  {
    key: 'instance_type',
    meaning: "the provider's size of that name, t3.small, or one of those, t3.*; the cheapest that fits",
  },
  { key: 'instance_name', meaning: 'name of the machine at the provider' },
  { key: 'instance_id', meaning: 'id of the machine at the provider' },
  { key: 'instance_tags', meaning: 'tags at the provider: k=v,k=v' },
  { key: 'availability_zone', meaning: 'zone of the provider that the machine is in' },
  { key: 'rg_name', meaning: 'resource group' },
  { key: 'nat_instance', meaning: 'the machine routes for the others' },
  {
    key: 'ansible_host',
    format: 'ansible-id',
    isCheckedByIm,
    meaning: 'the ansible section that configures it',
  },
  {
    key: 'repair',
    origin: 'trencadis',
    values: yesOrNo,
    defaultValue: 'no',
    meaning: "'yes': machines lost or changed are brought back",
  },
]);

const interfaces = keysOf('system', [
  {
    key: 'net_interfaces.count',
    type: 'integer',
    origin: 'paper',
    meaning: 'how many interfaces the system declares',
  },
  {
    key: 'net_interface.N.connection',
    format: 'network-id',
    isCheckedByIm,
    meaning: 'network of the interface',
  },
  {
    key: 'net_interface.N.ip',
    format: 'address',
    isCheckedByIm,
    meaning: 'its IPv4 address on that network; of a system that is deployed once',
  },
  { key: 'net_interface.N.ipv6', meaning: 'its IPv6 address' },
  { key: 'net_interface.N.dns_name', isCheckedByIm, meaning: 'its name; #N# is the number of the machine' },
  { key: 'net_interface.N.dns.N.name', meaning: 'a further DNS name' },
  { key: 'net_interface.N.dns.N.tls', meaning: 'TLS for that name' },
  { key: 'net_interface.N.dns.N.tls.certificate', meaning: 'its certificate' },
  { key: 'net_interface.N.dns.N.tls.private_key', meaning: 'its private key' },
  { key: 'net_interface.N.additional_dns_names', type: 'text-or-list', meaning: 'further DNS names' },
  { key: 'net_interface.N.additional_ip', meaning: 'further addresses' },
]);

const applications = {
  type: 'contains',
  isCheckedByIm,
  meaning: 'an application the machine needs',
} as const;

const disks = keysOf('system', [
  { key: 'disk.N.image.url', type: 'text-or-list', isCheckedByIm, meaning: 'image; the first usable one' },
  { key: 'disk.N.image.name', isCheckedByIm, meaning: 'name of the image' },
  { key: 'disk.N.type', isCheckedByIm, meaning: 'kind of disk at the provider' },
  { key: 'disk.N.device', isCheckedByIm, meaning: 'device: hdb' },
  { key: 'disk.N.mount_path', isCheckedByIm, meaning: 'where it is mounted' },
  {
    key: 'disk.N.fstype',
    format: 'file-system',
    isCheckedByIm,
    meaning: 'file system made on a blank disk, ext4 unless said; or swap',
  },
  { key: 'disk.N.content', meaning: 'content of the file mount_path' },
  { key: 'disk.N.size', ...size, isCheckedByIm, meaning: 'size' },
  { key: 'disk.N.free_size', ...size, isCheckedByIm, meaning: 'free space' },
  { key: 'disks.free_size', ...size, meaning: 'free space over all disks' },
  {
    key: 'disk.N.persistent',
    origin: 'trencadis',
    values: yesOrNo,
    meaning: "'yes': the disk outlives its machine",
  },
  {
    key: 'disk.N.name',
    origin: 'trencadis',
    meaning: 'name under which a persistent disk is attached again',
  },
  { key: 'disk.N.applications', ...applications },
  { key: 'disk.N.application', origin: 'paper', ...applications },
  {
    key: 'disk.0.os.name',
    values: ['linux', 'windows', 'mac os x'],
    isAnyCase: true,
    isCheckedByIm,
    meaning: 'operating system',
  },
  { key: 'disk.0.os.flavour', isCheckedByIm, meaning: 'distribution' },
  {
    key: 'disk.0.os.version',
    operators: 'all',
    format: 'version',
    isCheckedByIm,
    meaning: 'its version, as a text: 5.7',
  },
  { key: 'disk.0.os.credentials.username', isCheckedByIm, meaning: 'user to connect as' },
  { key: 'disk.0.os.credentials.password', isCheckedByIm, meaning: 'its password' },
  { key: 'disk.0.os.credentials.private_key', isCheckedByIm, meaning: 'its private key' },
  { key: 'disk.0.os.credentials.public_key', isCheckedByIm, meaning: 'its public key' },
  {
    key: 'disk.0.os.credentials.new.password',
    format: 'password',
    isCheckedByIm,
    meaning: 'password to set',
  },
]);

const connectors = keysOf(
  'system',
  [
    ['vault.password', 'Ansible vault password'],
    ['environment.variables', 'environment of a container or function'],
    ['script', 'script of a function'],
    ['command', 'command of a container'],
    ['input.*', 'storage that starts a function'],
    ['output.*', 'storage a function writes to'],
    ['minio.*', 'a MinIO server'],
    ['s3.*', 'an S3 store'],
    ['onedata.*', 'a Onedata provider'],
    ['expose.*', 'how a service is exposed'],
    ['docker.privileged', 'a privileged container'],
    ['namespace', 'Kubernetes namespace'],
    ['image_pull_secrets', 'Kubernetes pull secrets'],
    ['dependencies', 'what must run first'],
    ['provider.type', 'written by the platform: kind of provider'],
    ['provider.host', 'written by the platform: its host'],
    ['provider.port', 'written by the platform: its port'],
    ['state', 'written by the platform'],
    ['launch_time', 'written by the platform'],
    ['disk.N.provider_id', 'written by the platform: id of the disk'],
    ['disk.N.device_name', 'written by the platform: name of its device'],
  ].map(([key = '', meaning = '']) => ({ key, meaning, type: 'any' as const, operators: 'all' as const })),
);

/** Keys of `system` and of its soft groups. */
export const systemKeys: readonly FeatureKey[] = [...machine, ...interfaces, ...disks, ...connectors];
