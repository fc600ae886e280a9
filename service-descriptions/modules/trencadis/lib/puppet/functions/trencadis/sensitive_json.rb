require 'json'

# A value as JSON text, with what is Sensitive in it unwrapped; the text is Sensitive as a whole.
Puppet::Functions.create_function(:'trencadis::sensitive_json') do
  dispatch :render do
    param 'Any', :value
    return_type 'Sensitive[String]'
  end

  def render(value)
    Puppet::Pops::Types::PSensitiveType::Sensitive.new("#{JSON.pretty_generate(plain(value))}\n")
  end

  def plain(value)
    case value
    when Puppet::Pops::Types::PSensitiveType::Sensitive then plain(value.unwrap)
    when Hash then value.transform_values { |inner| plain(inner) }
    when Array then value.map { |inner| plain(inner) }
    else value
    end
  end
end
