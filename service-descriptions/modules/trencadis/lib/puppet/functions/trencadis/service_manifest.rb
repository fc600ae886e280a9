require 'json'
require 'rubygems/package'
require 'zlib'

# The component.json at the root of a service's archive, a gzipped tar.
Puppet::Functions.create_function(:'trencadis::service_manifest') do
  dispatch :read do
    param 'String[1]', :archive
    return_type 'Hash'
  end

  def read(archive)
    Zlib::GzipReader.open(archive) do |tar|
      Gem::Package::TarReader.new(tar).each do |entry|
        return JSON.parse(entry.read) if entry.full_name.delete_prefix('./') == 'component.json'
      end
    end
    raise Puppet::ParseError, "#{File.basename(archive)} has no component.json at its root."
  end
end
