# component.json: how the service container runs a service and what it needs from its deployment. Names that become
# paths, units and arguments are kept to characters that mean nothing to a shell or to systemd.
type Trencadis::ServiceManifest = Struct[{
  name       => Pattern[/\A[a-z][a-z0-9-]{0,40}\z/],
  version    => String[1],
  command    => Array[Pattern[/\A[A-Za-z0-9_.,:=@+\/-]+\z/], 1],
  port       => Integer[1, 65535],
  protocol   => Enum['https', 'http'],
  livePath   => Pattern[/\A\/[A-Za-z0-9_.\/-]*\z/],
  readyPath  => Pattern[/\A\/[A-Za-z0-9_.\/-]*\z/],
  databases  => Array[String[1], 0, 1],
  secrets    => Array[Struct[{ name => String[1], byteCount => Integer[1] }]],
  parameters => Array[Struct[{ name => String[1], description => String, required => Boolean }]],
}]
