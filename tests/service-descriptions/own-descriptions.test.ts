import { validateService } from '@trencadis/service-repository';
import { describe, expect, it } from 'vitest';
import { isInTree, knownFiles, offersOfTree, ownDescriptions } from './own-descriptions.ts';
import { installationFiles, table3, vmis } from './table-3.ts';

const offers = await offersOfTree();

it('describes every row of Table 3, and nothing else', () => {
  expect(ownDescriptions.map(({ name }) => name)).toEqual(table3.map(({ name }) => name).toSorted());
});

describe.each(ownDescriptions)('$name', (description) => {
  it('may be registered', () => {
    expect(validateService(description, offers)).toEqual([]);
  });

  it('needs what its row of Table 3 says', () => {
    const row = table3.find(({ name }) => name === description.name)!;
    expect(description.title).toBe(row.radl.endsWith('Service') ? row.radl : 'TRENCADIS Center');
    const ids = row.vmis.map((vmi) => (typeof vmi === 'number' ? vmis[vmi] : vmi.map((each) => vmis[each])));
    expect(description.needs.vmis).toEqual(ids);
    const files = row.files.map((id) => installationFiles[id]!.fileName);
    const added = row.added.map(({ file }) => file.fileName);
    expect(description.needs.components.toSorted()).toEqual([...new Set([...files, ...added])].toSorted());
  });

  it('is a draft exactly for what is not there', () => {
    const { needs, status } = description;
    const images = needs.vmis.flat().filter((id) => !isInTree(`images/${id}/recipe.json`));
    const sources = new Map(knownFiles.map(({ fileName, source }) => [fileName, source]));
    const components = needs.components.filter((file) => !isInTree(sources.get(file)!));
    const declared = status.kind === 'draft' ? status.missing : [];
    // When this fails because something is there now: take it out of `missing`; when all is, release the service.
    expect([...declared].toSorted()).toEqual([...images, ...components].toSorted());
  });
});

it('says why each draft is one', () => {
  const reasons = ownDescriptions.map(({ name, status }) => [
    name,
    status.kind === 'draft' ? status.reason : 'released',
  ]);
  expect(Object.fromEntries(reasons)).toMatchInlineSnapshot(`
    {
      "dicom-storage": "The DICOM Storage service is not written yet, and the images lfc, se, file-system and gridftp are catalogued, not built.",
      "eouid-generator": "EOUID_Generator_Grid_Service.gar is not written yet: no service of imaging/ builds it.",
      "information-server": "In the paper it is a part of Globus 4 (MDS4), so Table 3 names no file. The container of today has no such part: a component of ours must do it, and is not written yet.",
      "key-server": "released",
      "ontologies-server": "The Ontologies Server and the definition of its database are not written yet.",
      "storage-broker": "Storage_Broker_Grid_Service.gar is not written yet: no service of imaging/ builds it.",
      "trencadis-center": "None of its services is written yet, and the image voms-service is catalogued, not built.",
      "voms": "The image voms-service is catalogued, not built.",
    }
  `);
});
