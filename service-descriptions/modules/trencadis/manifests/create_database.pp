# A database with the login of this infrastructure as its owner, made from an SQL file (paper, 3.1 and Fig. 3).
#
# @param file The component to apply, once for each content of it, as the owner and in one transaction.
define trencadis::create_database (
  String[1] $file,
) {
  include trencadis::postgresql

  $database = assert_type(Pattern[/\A[A-Za-z_][A-Za-z0-9_]{0,62}\z/], $title)
  $login = trencadis::database_login($database)
  $component = trencadis::component($file)
  $folder = "/etc/trencadis/databases/${database}"
  $scripts = "${module_directory('trencadis')}/files"

  file { $folder:
    ensure => directory,
    owner  => 'root',
    group  => 'root',
    mode   => '0700',
  }
  file { "${folder}/login.sql":
    content   => Sensitive(epp('trencadis/login.sql.epp', {
      'database' => $database,
      'user'     => $login['user'],
      'password' => $login['password'],
    })),
    owner     => 'root',
    group     => 'root',
    mode      => '0600',
    show_diff => false,
  }
  exec { "make the database ${database} and its login":
    command   => ['/bin/sh', "${scripts}/run-sql.sh", 'postgres', "${folder}/login.sql", "${folder}/login.applied"],
    unless    => [['/bin/sh', "${scripts}/is-applied.sh", $database, "${folder}/login.sql", "${folder}/login.applied"]],
    logoutput => on_failure,
    require   => [Class['trencadis::postgresql'], File["${folder}/login.sql"]],
  }
  file { "${folder}/definition.sql":
    content => epp('trencadis/definition.sql.epp', {
      'user'   => $login['user'],
      'path'   => $component['path'],
      'digest' => $component['digest'],
    }),
    owner   => 'root',
    group   => 'root',
    mode    => '0600',
  }
  # Dividing by the count of rows makes psql fail where there is none.
  exec { "apply ${file} to the database ${database}":
    command   => ['/bin/sh', "${scripts}/run-sql.sh", $database, "${folder}/definition.sql", "${folder}/definition.applied"],
    unless    => [[
      '/usr/sbin/runuser', '-u', 'postgres', '--', '/usr/bin/psql', '--no-psqlrc', '--quiet', '--dbname', $database,
      '--command', "select 1 / count(*) from trencadis_platform.applied_files where digest = '${component['digest']}'",
    ]],
    logoutput => on_failure,
    require   => [Exec["make the database ${database} and its login"], File["${folder}/definition.sql"]],
  }
}
