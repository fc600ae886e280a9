/** One of the project's own services, and the installation files (paper, Table 2) that it is built into. */
export interface BuildableService {
  readonly name: string;
  /** Of the program `main.ts` and its manifest `component.json`, from the repository's root. */
  readonly folder: string;
  readonly archive: { readonly fileName: string; readonly description: string };
  /** Files that are components as they are; the archive needs them in its own version or a later one. */
  readonly files: readonly {
    readonly fileName: string;
    readonly path: string;
    readonly description: string;
  }[];
}

/** All that `trencadis component build` builds: a new service is one more entry. */
export const buildableServices: readonly BuildableService[] = [
  {
    name: 'key-server',
    folder: 'apps/key-server',
    archive: {
      fileName: 'Key_Server_Grid_Service.gar',
      description: 'The TRENCADIS Key Server, as one program for Node.js',
    },
    files: [
      {
        fileName: 'database.sql',
        path: 'imaging/key-server/database.sql',
        description: 'The tables of the database SQL_Keys',
      },
    ],
  },
];
