# Applies the lines of the recipe in their order: a line waits for the one before it, and is skipped if that one fails.
class trencadis::recipe {
  trencadis::recipe()['lines'].reduce([]) |$before, $line| {
    $type = $line['resource']
    $defaults = $type ? {
      'exec'  => { 'path' => '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'logoutput' => 'on_failure' },
      default => {},
    }
    $attributes = $defaults + trencadis::typed_attributes($type, $line['attributes']) + { 'require' => $before }
    create_resources($type, { $line['title'] => $attributes })
    [Resource[$type, $line['title']]]
  }
}
