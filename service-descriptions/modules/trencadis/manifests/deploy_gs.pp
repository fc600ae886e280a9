# Deploys a service into the service container of this machine (paper, 3.1 and Fig. 3): unpacks its archive, which the
# title names, writes its configuration, runs it as a systemd unit, and waits until it answers as alive.
define trencadis::deploy_gs () {
  include trencadis::container

  $component = trencadis::component($title)
  $manifest = assert_type(Trencadis::ServiceManifest, trencadis::service_manifest($component['path'])) |$expected, $actual| {
    fail("The component.json in ${title} does not describe a service: it is ${actual}, and must be ${expected}.")
  }
  $service = $manifest['name']
  $unit = "trencadis-${service}"
  $root = "/opt/trencadis/services/${service}"
  $version = "${root}/${component['digest'][0, 12]}"
  $settings = "/etc/trencadis/services/${service}"
  $scripts = "${module_directory('trencadis')}/files"

  file { [$root, $settings]:
    ensure => directory,
    owner  => 'root',
    group  => 'root',
    mode   => '0755',
  }
  exec { "unpack ${title}":
    command => ['/bin/sh', "${scripts}/unpack.sh", $component['path'], $version],
    creates => $version,
    require => File[$root],
  }
  file { "${root}/current":
    ensure  => link,
    target  => $version,
    require => Exec["unpack ${title}"],
  }
  file { "${settings}/config.json":
    content   => trencadis::sensitive_json(trencadis::service_config($manifest)),
    owner     => 'root',
    group     => 'trencadis',
    mode      => '0640',
    show_diff => false,
  }
  file { "/etc/systemd/system/${unit}.service":
    content => epp('trencadis/service.unit.epp', {
      'manifest' => $manifest,
      'root'     => "${root}/current",
      'config'   => "${settings}/config.json",
    }),
    owner   => 'root',
    group   => 'root',
    mode    => '0644',
  }
  service { $unit:
    ensure    => running,
    enable    => true,
    subscribe => [
      Class['trencadis::container'],
      File["${root}/current", "${settings}/config.json", "/etc/systemd/system/${unit}.service"],
    ],
  }

  $tls_files = $trencadis::container::tls_files
  $is_live = [
    '/usr/local/bin/node', "${scripts}/wait-until-live.mjs", '--unit', $unit,
    '--url', "${manifest['protocol']}://127.0.0.1:${manifest['port']}${manifest['livePath']}",
    '--certificate', $tls_files['certificateFile'], '--authority', $tls_files['authorityFile'],
  ]
  exec { "wait until ${service} is alive":
    command   => $is_live + ['--seconds', '60'],
    unless    => [$is_live + ['--seconds', '0']],
    logoutput => on_failure,
    timeout   => 90,
    require   => Service[$unit],
  }
}
