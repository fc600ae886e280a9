/**
 * The documents that OpenNebula answers, as its XML schemas have them (`share/doc/xsd` of OpenNebula 6.8.3). Each line
 * is `NAME:shape`; `?` may be missing, `*` any number, `+` there in 6.8 but not in all versions that are read.
 * Shapes: `int`, `dec`, `str`, `any` (attributes of whoever made it), or another structure.
 */
const shapes = {
  VM_POOL: 'VM*:VM',
  VM: `ID:int UID:int GID:int UNAME:str GNAME:str NAME:str PERMISSIONS:PERMISSIONS LAST_POLL:int STATE:int LCM_STATE:int
    PREV_STATE+:int PREV_LCM_STATE+:int RESCHED:int STIME:int ETIME:int DEPLOY_ID:str LOCK?:LOCK MONITORING:any
    SCHED_ACTIONS+:IDS TEMPLATE:VM_TEMPLATE USER_TEMPLATE:any HISTORY_RECORDS:HISTORY_RECORDS SNAPSHOTS*:any BACKUPS+:BACKUPS`,
  VM_TEMPLATE: `AUTOMATIC_DS_REQUIREMENTS?:str AUTOMATIC_NIC_REQUIREMENTS?:str AUTOMATIC_REQUIREMENTS?:str
    CLONING_TEMPLATE_ID?:str CONTEXT?:any CPU?:dec CPU_COST?:str DISK*:any DISK_COST?:str EMULATOR?:str FEATURES?:any
    HYPERV_OPTIONS?:any GRAPHICS?:any VIDEO?:any IMPORTED?:str INPUT?:any MEMORY?:int MEMORY_COST?:str MEMORY_MAX?:str
    MEMORY_SLOTS?:str MEMORY_RESIZE_MODE?:str NIC*:any NIC_ALIAS*:any NIC_DEFAULT?:any NUMA_NODE?:any OS?:any PCI?:any
    RAW?:any SECURITY_GROUP_RULE*:any SNAPSHOT*:any SPICE_OPTIONS?:any SUBMIT_ON_HOLD?:str TEMPLATE_ID?:str
    TM_MAD_SYSTEM?:str TOPOLOGY?:any VCPU?:int VCPU_MAX?:str VMGROUP*:any VMID:str VROUTER_ID?:str
    VROUTER_KEEPALIVED_ID?:str VROUTER_KEEPALIVED_PASSWORD?:str SCHED_ACTION*:any`,
  HISTORY_RECORDS: 'HISTORY*:HISTORY',
  HISTORY: `OID:int SEQ:int HOSTNAME:str HID:int CID:int STIME:int ETIME:int VM_MAD:str TM_MAD:str DS_ID:int PSTIME:int
    PETIME:int RSTIME:int RETIME:int ESTIME:int EETIME:int ACTION:int UID:int GID:int REQUEST_ID:str`,
  BACKUPS: 'BACKUP_CONFIG:any BACKUP_IDS:IDS',

  VMTEMPLATE_POOL: 'VMTEMPLATE*:VMTEMPLATE',
  VMTEMPLATE: `ID:int UID:int GID:int UNAME:str GNAME:str NAME:str LOCK?:LOCK PERMISSIONS:PERMISSIONS REGTIME:int
    TEMPLATE:any`,

  IMAGE_POOL: 'IMAGE*:IMAGE',
  IMAGE: `ID:int UID:int GID:int UNAME:str GNAME:str NAME:str LOCK?:LOCK PERMISSIONS?:PERMISSIONS TYPE:int DISK_TYPE:int
    PERSISTENT:int REGTIME:int SOURCE:str PATH:str FORMAT+:str FS:str SIZE:int STATE:int PREV_STATE+:int RUNNING_VMS:int
    CLONING_OPS:int CLONING_ID:int TARGET_SNAPSHOT:int DATASTORE_ID:int DATASTORE:str VMS:IDS CLONES:IDS APP_CLONES:IDS
    TEMPLATE:any SNAPSHOTS+:any BACKUP_INCREMENTS+:any`,

  VNET_POOL: 'VNET*:VNET',
  VNET: `ID:int UID:int GID:int UNAME:str GNAME:str NAME:str LOCK?:LOCK PERMISSIONS?:PERMISSIONS CLUSTERS:IDS BRIDGE:str
    BRIDGE_TYPE?:str STATE+:int PREV_STATE+:int PARENT_NETWORK_ID:str VN_MAD:str PHYDEV:str VLAN_ID?:str OUTER_VLAN_ID?:str
    VLAN_ID_AUTOMATIC:str OUTER_VLAN_ID_AUTOMATIC:str USED_LEASES:int VROUTERS:IDS UPDATED_VMS+:IDS OUTDATED_VMS+:IDS
    UPDATING_VMS+:IDS ERROR_VMS+:IDS TEMPLATE:any AR_POOL:AR_POOL`,
  AR_POOL: 'AR*:any',
  VNTEMPLATE_POOL: 'VNTEMPLATE*:VNTEMPLATE',
  VNTEMPLATE: `ID:int UID:int GID:int UNAME:str GNAME:str NAME:str LOCK?:LOCK PERMISSIONS:PERMISSIONS REGTIME:int
    TEMPLATE:any`,

  SECURITY_GROUP_POOL: 'SECURITY_GROUP*:SECURITY_GROUP',
  SECURITY_GROUP: `ID:int UID:int GID:int UNAME:str GNAME:str NAME:str PERMISSIONS?:PERMISSIONS UPDATED_VMS:IDS
    OUTDATED_VMS:IDS UPDATING_VMS:IDS ERROR_VMS:IDS TEMPLATE:any`,

  DATASTORE_POOL: 'DATASTORE*:DATASTORE',
  DATASTORE: `ID:int UID:int GID:int UNAME:str GNAME:str NAME:str PERMISSIONS?:PERMISSIONS DS_MAD:str TM_MAD:str
    BASE_PATH:str TYPE:int DISK_TYPE:int STATE:int CLUSTERS:IDS TOTAL_MB:int FREE_MB:int USED_MB:int IMAGES:IDS TEMPLATE:any`,

  USER: `ID:int GID:int GROUPS:IDS GNAME:str NAME:str PASSWORD:str AUTH_DRIVER:str ENABLED:int LOGIN_TOKEN*:any TEMPLATE:any
    DATASTORE_QUOTA?:DATASTORE_QUOTA NETWORK_QUOTA?:any VM_QUOTA?:VM_QUOTA IMAGE_QUOTA?:any DEFAULT_USER_QUOTAS:QUOTAS`,
  GROUP: `ID:int NAME:str TEMPLATE:any USERS:IDS ADMINS:IDS DATASTORE_QUOTA?:DATASTORE_QUOTA NETWORK_QUOTA?:any
    VM_QUOTA?:VM_QUOTA IMAGE_QUOTA?:any DEFAULT_GROUP_QUOTAS:QUOTAS`,
  QUOTAS: 'DATASTORE_QUOTA?:DATASTORE_QUOTA NETWORK_QUOTA?:any VM_QUOTA?:VM_QUOTA IMAGE_QUOTA?:any',
  DATASTORE_QUOTA: 'DATASTORE*:DATASTORE_LIMITS',
  DATASTORE_LIMITS: 'ID:int IMAGES:int IMAGES_USED:int SIZE:int SIZE_USED:int',
  VM_QUOTA: 'VM?:VM_LIMITS',
  VM_LIMITS: `CPU:dec CPU_USED:dec MEMORY:dec MEMORY_USED:dec RUNNING_CPU+:dec RUNNING_CPU_USED+:dec RUNNING_MEMORY+:dec
    RUNNING_MEMORY_USED+:dec RUNNING_VMS+:dec RUNNING_VMS_USED+:dec SYSTEM_DISK_SIZE+:dec SYSTEM_DISK_SIZE_USED+:dec VMS:dec
    VMS_USED:dec`,

  IDS: 'ID*:int',
  LOCK: 'LOCKED:int OWNER:int TIME:int REQ_ID:int',
  PERMISSIONS: `OWNER_U:int OWNER_M:int OWNER_A:int GROUP_U:int GROUP_M:int GROUP_A:int OTHER_U:int OTHER_M:int
    OTHER_A:int`,
} as const;

export type ShapeName = keyof typeof shapes;

/** Documents that methods answer. */
export type RootName =
  | 'VM_POOL'
  | 'VM'
  | 'VMTEMPLATE_POOL'
  | 'VMTEMPLATE'
  | 'IMAGE_POOL'
  | 'IMAGE'
  | 'VNET_POOL'
  | 'VNET'
  | 'VNTEMPLATE_POOL'
  | 'SECURITY_GROUP_POOL'
  | 'DATASTORE_POOL'
  | 'USER'
  | 'GROUP';

export interface Field {
  readonly name: string;
  readonly occurs: 'once' | 'maybe' | 'any' | 'by-version';
  readonly shape: ShapeName | 'int' | 'dec' | 'str' | 'any';
}

const occurrences = { '': 'once', '?': 'maybe', '*': 'any', '+': 'by-version' } as const;

function fieldOf(text: string): Field {
  const [, name = '', mark = '', shape = ''] = /^([A-Z_0-9]+)([?*+]?):(\w+)$/.exec(text) ?? [];
  return {
    name,
    occurs: occurrences[mark as keyof typeof occurrences],
    shape: shape as Field['shape'],
  };
}

const entries = Object.entries(shapes).map(
  ([name, text]) => [name, text.split(/\s+/).map((each) => fieldOf(each))] as const,
);

/** By shape, its fields in the order of the schemas. */
export const structures = Object.fromEntries(entries) as unknown as Readonly<
  Record<ShapeName, readonly Field[]>
>;
