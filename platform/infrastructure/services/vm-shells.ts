import type { RemoteShell } from '@trencadis/contextualization';
import { isPlatformError } from '@trencadis/errors';
import { type VmPlace, connectToVm } from '../connect-to-vm.ts';
import type { StepWorld } from '../step-world.ts';

type World = Pick<StepWorld, 'vmms' | 'vault' | 'shells'> & {
  readonly store: Pick<StepWorld['store'], 'find'>;
};

/** Connections to VMs that stay open and are shared. One that is lost is opened again by asking again. */
export class VmShells {
  readonly #world: World;
  readonly #open = new Map<string, { readonly place: VmPlace; readonly opening: Promise<RemoteShell> }>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Not the caller's to close. */
  get(place: VmPlace, signal: AbortSignal): Promise<RemoteShell> {
    const key = `${place.vmm} ${place.name}`;
    const known = this.#open.get(key);
    if (known !== undefined) return known.opening;
    const opening = this.#connect(key, place, signal);
    this.#open.set(key, { place, opening });
    return opening;
  }

  /** Of VMs that are not used any more, or of all. */
  async close(isGone: (place: VmPlace) => boolean = () => true): Promise<void> {
    const closing = [...this.#open].filter(([, { place }]) => isGone(place));
    for (const [key] of closing) this.#open.delete(key);
    await Promise.allSettled(closing.map(async ([, { opening }]) => (await opening).close()));
  }

  async #connect(key: string, place: VmPlace, signal: AbortSignal): Promise<RemoteShell> {
    try {
      const shell = await connectToVm(this.#world, place, signal);
      return this.#watched(key, shell);
    } catch (error) {
      this.#open.delete(key);
      throw error;
    }
  }

  /** The same shell, forgotten as soon as its link fails. */
  #watched(key: string, shell: RemoteShell): RemoteShell {
    const watch = async <Result>(call: () => Promise<Result>): Promise<Result> => {
      try {
        return await call();
      } catch (error) {
        if (isPlatformError(error, 'unavailable')) this.#drop(key, shell);
        throw error;
      }
    };
    return {
      endpoint: shell.endpoint,
      run: (argv, options) => watch(() => shell.run(argv, options)),
      putFile: (file, signal) => watch(() => shell.putFile(file, signal)),
      getFile: (path, signal) => watch(() => shell.getFile(path, signal)),
      close: () => shell.close(),
    };
  }

  #drop(key: string, shell: RemoteShell): void {
    this.#open.delete(key);
    // It is lost already; how its end goes tells nobody anything.
    void Promise.allSettled([shell.close()]);
  }
}
