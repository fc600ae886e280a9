# A system user with a group of its own and no password (paper, Fig. 3).
#
# @param shell Absolute path of the login shell; without it nobody can log in.
# @param home Absolute path; `/home/NAME` if not given.
# @param groups Further groups, separated by commas; they must exist.
define trencadis::add_user (
  Pattern[/\A\//] $shell = '/usr/sbin/nologin',
  Pattern[/\A\//] $home = "/home/${title}",
  String $groups = '',
) {
  group { $title:
    ensure => present,
    system => true,
  }
  user { $title:
    ensure     => present,
    system     => true,
    gid        => $title,
    groups     => $groups.split(/\s*,\s*/),
    home       => $home,
    managehome => true,
    shell      => $shell,
  }
}
