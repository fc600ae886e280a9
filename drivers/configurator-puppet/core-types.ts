import type { ResourceLine } from '@trencadis/contextualization';
import { type Field, absolutePath } from './field.ts';

export interface CoreType {
  readonly title: Field;
  readonly attributes: Readonly<Record<string, Field>>;
  /** What is wrong with the attributes together. */
  readonly problem?: (line: ResourceLine) => string | undefined;
}

const text: Field = { pattern: /^[^]+$/, mustBe: 'a text' };
const name: Field = { pattern: /^[\w.+:@~-]+$/, mustBe: 'a name' };
const number: Field = { pattern: /^\d+$/, mustBe: 'a number' };
const flag = oneOf('true', 'false');
const presence = oneOf('present', 'absent');

/**
 * The resource types of Puppet 7 itself that a line may use ("Resource Type Reference"), with the attributes that are one
 * text each. A line says what is to be, so `notify`, which does something each time, is not among them.
 */
export const coreTypes: Readonly<Record<string, CoreType>> = {
  package: {
    title: name,
    attributes: { ensure: name, name, provider: name, source: text },
  },
  file: {
    title: absolutePath,
    attributes: {
      ensure: oneOf('present', 'absent', 'file', 'directory', 'link'),
      content: { pattern: /^[^]*$/, mustBe: 'a text' },
      source: text,
      target: text,
      owner: name,
      group: name,
      mode: { pattern: /^[0-7]{3,4}$/, mustBe: 'a mode such as 0644' },
      recurse: flag,
      force: flag,
      purge: flag,
      replace: flag,
      show_diff: flag,
    },
  },
  service: {
    title: name,
    attributes: {
      ensure: oneOf('running', 'stopped'),
      enable: oneOf('true', 'false', 'mask', 'manual'),
      name,
      provider: name,
      hasrestart: flag,
      hasstatus: flag,
      start: text,
      stop: text,
      restart: text,
      status: text,
    },
  },
  user: {
    title: name,
    attributes: {
      ensure: presence,
      uid: number,
      gid: name,
      groups: name,
      home: absolutePath,
      managehome: flag,
      shell: absolutePath,
      system: flag,
      comment: text,
    },
  },
  group: { title: name, attributes: { ensure: presence, gid: number, system: flag } },
  exec: {
    title: text,
    attributes: {
      command: text,
      path: text,
      cwd: absolutePath,
      user: name,
      creates: absolutePath,
      unless: text,
      onlyif: text,
      environment: text,
      provider: oneOf('posix', 'shell'),
      returns: number,
      timeout: number,
      tries: number,
      try_sleep: number,
      umask: { pattern: /^[0-7]{3,4}$/, mustBe: 'a mask such as 0022' },
    },
    problem: ({ attributes }) =>
      ['creates', 'unless', 'onlyif'].some((key) => Object.hasOwn(attributes, key))
        ? undefined
        : "it would run each time; say with 'creates', 'unless' or 'onlyif' when it is done",
  },
};

/** Those that only a text may use. */
export const otherCoreTypes = ['notify', 'filebucket', 'resources', 'schedule', 'stage', 'tidy'];

/** Types that came with Puppet before its version 6, by the module that has them now. */
export const movedTypes: Readonly<Record<string, string>> = {
  augeas: 'augeas_core',
  cron: 'cron_core',
  host: 'host_core',
  mount: 'mount_core',
  selboolean: 'selinux_core',
  selmodule: 'selinux_core',
  sshkey: 'sshkeys_core',
  ssh_authorized_key: 'sshkeys_core',
  yumrepo: 'yumrepo_core',
  zfs: 'zfs_core',
  zpool: 'zfs_core',
  zone: 'zone_core',
};

function oneOf(...values: readonly string[]): Field {
  return {
    pattern: new RegExp(`^(?:${values.join('|')})$`),
    mustBe: values.join(', ').replace(/, ([^,]*)$/, ' or $1'),
  };
}
