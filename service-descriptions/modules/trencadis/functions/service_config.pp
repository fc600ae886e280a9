# The configuration file of a service: what its manifest asks for, of what this deployment gives.
function trencadis::service_config(Trencadis::ServiceManifest $manifest) >> Hash {
  $given = trencadis::context()
  $required = $manifest['parameters'].filter |$parameter| { $parameter['required'] }
  $missing = [
    ($manifest['databases'] - $given['databases'].keys).map |$name| { "the database ${name}" },
    ($manifest['secrets'].map |$secret| { $secret['name'] } - $given['secrets'].keys).map |$name| { "the secret ${name}" },
    ($required.map |$parameter| { $parameter['name'] } - $given['parameters'].keys).map |$name| { "the parameter ${name}" },
  ].flatten
  unless $missing.empty {
    fail("The service ${manifest['name']} needs ${missing.join(', ')}, which this deployment does not give.")
  }

  $database = Hash($manifest['databases'].map |$name| {
    $login = $given['databases'][$name]
    $place = { 'host' => $login['host'], 'port' => $login['port'], 'name' => $name }
    ['database', $place + { 'user' => $login['user'], 'password' => $login['password'] }]
  })
  $asked = $manifest['parameters'].map |$parameter| { $parameter['name'] }
  $settings = {
    'host'       => '0.0.0.0',
    'port'       => $manifest['port'],
    'secrets'    => Hash($manifest['secrets'].map |$secret| { [$secret['name'], $given['secrets'][$secret['name']]] }),
    'parameters' => $given['parameters'].filter |$name, $value| { $name in $asked },
    'tls'        => $trencadis::container::tls_files,
  }
  $settings + $database
}
