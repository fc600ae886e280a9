require 'json'

# The component.json at the root of a service's archive.
Puppet::Functions.create_function(:'trencadis::service_manifest') do
  dispatch :read do
    param 'String[1]', :archive
    return_type 'Hash'
  end

  def read(archive)
    command = ['/bin/tar', '--extract', '--gzip', '--to-stdout', '--file', archive, '--wildcards',
               '--no-wildcards-match-slash', '--occurrence=1', '--', 'component.json']
    JSON.parse(Puppet::Util::Execution.execute(command, failonfail: true, combine: false).to_s)
  end
end
