# What the services of this machine share: their folders, and the machine's certificate for their user.
class trencadis::container {
  $certificate = trencadis::context()['certificate']
  $tls = '/etc/trencadis/tls'
  $tls_files = {
    'certificateFile' => "${tls}/certificate.pem",
    'privateKeyFile'  => "${tls}/private-key.pem",
    'authorityFile'   => "${tls}/authority.pem",
  }

  file { ['/etc/trencadis', '/etc/trencadis/services', $tls, '/opt/trencadis', '/opt/trencadis/services']:
    ensure => directory,
    owner  => 'root',
    group  => 'root',
    mode   => '0755',
  }
  file { $tls_files['certificateFile']:
    content => $certificate['certificatePem'],
    owner   => 'root',
    group   => 'root',
    mode    => '0644',
  }
  file { $tls_files['authorityFile']:
    content => $certificate['authorityPem'],
    owner   => 'root',
    group   => 'root',
    mode    => '0644',
  }
  file { $tls_files['privateKeyFile']:
    content   => $certificate['privateKeyPem'],
    owner     => 'root',
    group     => 'trencadis',
    mode      => '0640',
    show_diff => false,
  }
}
