# The attributes of a recipe's line, which are texts, as the defined type asks for them: a number or a truth value where
# it does not take a text. Types written in Ruby read texts themselves.
Puppet::Functions.create_function(:'trencadis::typed_attributes', Puppet::Functions::InternalFunction) do
  dispatch :typed do
    scope_param
    param 'String[1]', :type
    param 'Hash[String, String]', :attributes
    return_type 'Hash'
  end

  def typed(scope, type, attributes)
    found = Puppet::Pops::Evaluator::Runtime3ResourceSupport.find_resource_type(scope, type)
    return attributes unless found.is_a?(Puppet::Resource::Type)

    attributes.to_h { |name, text| [name, value(found.argument_types[name], text)] }
  end

  def value(type, text)
    return text if type.nil? || type.instance?(text)

    other = { 'true' => true, 'false' => false }.fetch(text) { Integer(text, 10, exception: false) }
    !other.nil? && type.instance?(other) ? other : text
  end
end
