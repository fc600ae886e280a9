# PostgreSQL 15 as Debian packages it, running, and open only over TLS to the users of the databases in the recipe.
class trencadis::postgresql {
  $context = trencadis::context()
  $cluster = '/etc/postgresql/15/main'
  $service = 'postgresql@15-main'
  $tls = '/etc/trencadis/postgresql'

  $names = trencadis::recipe()['lines'].filter |$line| { $line['type'] == 'create_database' }.map |$line| { $line['title'] }
  $rules = $names.map |$name| {
    $login = trencadis::database_login($name)
    ($login['allowedFrom'] + ['127.0.0.1/32']).unique.map |$subnet| {
      "hostssl \"${name}\" \"${login['user']}\" ${subnet} scram-sha-256\n"
    }
  }

  # Images make the cluster at first boot; it may still be on its way.
  exec { 'make the PostgreSQL cluster':
    command => ['/bin/systemctl', 'start', 'postgresql-cluster.service'],
    onlyif  => [['/bin/systemctl', 'cat', 'postgresql-cluster.service']],
    unless  => [['/bin/systemctl', 'is-active', "${service}.service"]],
  }
  file { $tls:
    ensure => directory,
    owner  => 'root',
    group  => 'root',
    mode   => '0755',
  }
  file { '/etc/trencadis/databases':
    ensure => directory,
    owner  => 'root',
    group  => 'root',
    mode   => '0700',
  }
  file { "${tls}/certificate.pem":
    content => $context['certificate']['certificatePem'],
    owner   => 'root',
    group   => 'root',
    mode    => '0644',
    notify  => Service[$service],
  }
  file { "${tls}/private-key.pem":
    content   => $context['certificate']['privateKeyPem'],
    owner     => 'root',
    group     => 'postgres',
    mode      => '0640',
    show_diff => false,
    notify    => Service[$service],
  }
  file { "${cluster}/conf.d/trencadis.conf":
    content => epp('trencadis/postgresql.conf.epp', { 'tls' => $tls }),
    owner   => 'postgres',
    group   => 'postgres',
    mode    => '0644',
    require => Exec['make the PostgreSQL cluster'],
    notify  => Service[$service],
  }
  file { "${cluster}/pg_hba.conf":
    content => (["local all postgres peer\n"] + $rules).flatten.join,
    owner   => 'postgres',
    group   => 'postgres',
    mode    => '0640',
    require => Exec['make the PostgreSQL cluster'],
  }
  service { $service:
    ensure  => running,
    require => File["${cluster}/pg_hba.conf"],
  }
  exec { 'reload the PostgreSQL access rules':
    command     => ['/bin/systemctl', 'reload', "${service}.service"],
    refreshonly => true,
    subscribe   => File["${cluster}/pg_hba.conf"],
    require     => Service[$service],
  }
}
