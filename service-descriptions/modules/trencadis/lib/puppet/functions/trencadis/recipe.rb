require 'json'

# The lines of the recipe to apply, and the verified components by file name (/etc/trencadis/recipe.json).
Puppet::Functions.create_function(:'trencadis::recipe') do
  def recipe
    JSON.parse(File.read('/etc/trencadis/recipe.json', encoding: 'UTF-8'))
  end
end
