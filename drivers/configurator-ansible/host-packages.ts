/** What a host must have for Ansible, by program and Debian package. */
export const ansibleHostPackages = [
  { command: 'ansible-playbook', package: 'ansible-core', why: 'applies recipes of Ansible to machines' },
  {
    command: 'bwrap',
    package: 'bubblewrap',
    why: 'keeps Ansible and the recipes that it runs off this host',
  },
  { command: 'ssh', package: 'openssh-client', why: 'how Ansible reaches machines' },
] as const;
