/** The paper's tables 1 to 3 as data, with what became of each entry. */

/** Table 1: ids of the images in `images/`. */
export const vmis: Readonly<Record<number, string>> = {
  1: 'base-toolkits',
  2: 'voms-service',
  3: 'postgresql',
  4: 'lfc',
  5: 'se',
  6: 'file-system',
  7: 'gridftp',
};

export interface InstallationFile {
  readonly title: string;
  /** The file that a RADL document names today. */
  readonly fileName: string;
  /** What it is built from, once it is written. */
  readonly source: string;
}

const gar = (title: string, app: string): InstallationFile => ({
  title,
  fileName: `${title.replaceAll(' ', '_')}.gar`,
  source: `apps/${app}/component.json`,
});

const dicomStorage = gar('DICOM Storage Grid Service', 'dicom-storage');
const keyServer = gar('Key Server Grid Service', 'key-server');
const ontologiesServer = gar('Ontologies Server Grid Service', 'ontologies-server');
const informationServer = gar('Information Server Grid Service', 'information-server');
const keysDatabase: InstallationFile = {
  title: 'SQL Keys database',
  fileName: 'database.sql',
  source: 'imaging/key-server/database.sql',
};
const ontologiesDatabase: InstallationFile = {
  title: 'SQL Ontologies Database',
  fileName: 'ontologies-database.sql',
  source: 'imaging/ontologies-server/database.sql',
};

/**
 * Table 2. The Java APIs (6 to 9) are libraries: today a service's archive holds them, so that is what a document
 * names for them. 12 and 13, reliability and auto scaling, belong to no row of Table 3.
 */
export const installationFiles: Readonly<Record<number, InstallationFile>> = {
  1: dicomStorage,
  2: keyServer,
  3: gar('EOUID Generator Grid Service', 'eouid-generator'),
  4: gar('Storage Broker Grid Service', 'storage-broker'),
  5: ontologiesServer,
  6: dicomStorage,
  7: dicomStorage,
  8: keyServer,
  9: ontologiesServer,
  10: keysDatabase,
  11: ontologiesDatabase,
};

export interface Row {
  readonly id: number;
  readonly radl: string;
  readonly name: string;
  /** Alternatives as lists: 3 or 4 or 5. */
  readonly vmis: readonly (number | readonly number[])[];
  readonly files: readonly number[];
  /** What the row leaves out and the service cannot do without, with the reason. */
  readonly added: readonly { readonly file: InstallationFile; readonly because: string }[];
}

const ontologiesNeedTheirTables = {
  file: ontologiesDatabase,
  because:
    'section 3.2 says that the database is created when its backend is deployed; rows 5 and 8 name no file for it',
};
const noGlobusToday = {
  file: informationServer,
  because: 'it was a part of Globus 4 (MDS4), which the container of today does not have',
};

export const table3: readonly Row[] = [
  {
    id: 1,
    radl: 'DICOM Storage Service',
    name: 'dicom-storage',
    vmis: [1, [3, 4, 5], [6, 7]],
    files: [1, 6, 7],
    added: [],
  },
  { id: 2, radl: 'Key Server Service', name: 'key-server', vmis: [1, 3], files: [2, 8, 10], added: [] },
  { id: 3, radl: 'EOUID Generator Service', name: 'eouid-generator', vmis: [1], files: [3], added: [] },
  { id: 4, radl: 'Storage Broker Service', name: 'storage-broker', vmis: [1], files: [4], added: [] },
  {
    id: 5,
    radl: 'Ontologies Server Service',
    name: 'ontologies-server',
    vmis: [1, 3],
    files: [5, 9],
    added: [ontologiesNeedTheirTables],
  },
  { id: 6, radl: 'VOMS Service', name: 'voms', vmis: [2], files: [], added: [] },
  {
    id: 7,
    radl: 'Information Server Service',
    name: 'information-server',
    vmis: [1],
    files: [],
    added: [noGlobusToday],
  },
  {
    id: 8,
    radl: 'TRENCADIS Center',
    name: 'trencadis-center',
    vmis: [1, 2, 3],
    files: [3, 4, 5, 9],
    added: [ontologiesNeedTheirTables, noGlobusToday],
  },
];
