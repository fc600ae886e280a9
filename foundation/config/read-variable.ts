/** One variable of the environment whose name a user has given; for a process's own settings see `readConfig`. */
export function readVariable(
  name: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}
