require 'json'

# What the platform told this machine about itself and its peers (/etc/trencadis/context.json).
# Secrets come wrapped as Sensitive, so that no log, diff or report of Puppet shows them.
Puppet::Functions.create_function(:'trencadis::context') do
  def context
    facts = JSON.parse(File.read('/etc/trencadis/context.json', encoding: 'UTF-8'))
    facts['databases'].each_value { |login| login['password'] = sensitive(login['password']) }
    facts['secrets'].transform_values! { |value| sensitive(value) }
    facts['certificate']['privateKeyPem'] = sensitive(facts['certificate']['privateKeyPem'])
    facts
  end

  def sensitive(value)
    Puppet::Pops::Types::PSensitiveType::Sensitive.new(value)
  end
end
