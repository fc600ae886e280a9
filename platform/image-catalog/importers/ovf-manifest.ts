import { PlatformError } from '@trencadis/errors';
import type { Digests, OvfPackage } from './ovf-package.ts';

interface ManifestLine {
  readonly algorithm: keyof Digests;
  readonly fileName: string;
  readonly digest: string;
}

/**
 * Holds every file that the manifest lists to its digest: `SHA256(disk.vmdk)= 1f...`.
 * Throws `invalid-argument` naming the line, or the file whose bytes differ.
 */
export async function verifyManifest(ovf: OvfPackage, manifest: string, signal: AbortSignal): Promise<void> {
  for (const { algorithm, fileName, digest } of readManifest(ovf, manifest)) {
    const actual = (await ovf.digestsOf(fileName, signal))[algorithm];
    if (actual === digest) continue;
    const place = ovf.locationOf(fileName);
    const message = `${place} is not the file of the manifest: its ${algorithm} is ${actual}, not ${digest}; fetch it again.`;
    throw new PlatformError('invalid-argument', message, { subject: place });
  }
}

function readManifest(ovf: OvfPackage, text: string): readonly ManifestLine[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '') return [];
    const found = /^(SHA1|SHA256|SHA512)\s*\(([^()/\\]+)\)\s*=\s*([0-9a-f]{40,128})\s*$/i.exec(line);
    const [, algorithm, fileName, digest] = found ?? [];
    if (algorithm !== undefined && fileName !== undefined && digest !== undefined) {
      const name = algorithm.toUpperCase() as keyof Digests;
      return [{ algorithm: name, fileName, digest: digest.toLowerCase() }];
    }
    const place = ovf.locationOf(ovf.descriptorName);
    const message = `The manifest of ${place} is wrong in line ${index + 1}: write SHA256(file)= digest, of SHA1, SHA256 or SHA512.`;
    throw new PlatformError('invalid-argument', message, { subject: place });
  });
}
