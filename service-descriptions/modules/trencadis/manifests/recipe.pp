# Applies the lines of the recipe in their order: a line waits for the one before it, and is skipped if that one fails.
class trencadis::recipe {
  trencadis::recipe()['lines'].reduce([]) |$before, $line| {
    $type = "trencadis::${line['type']}"
    create_resources($type, { $line['title'] => $line['attributes'] + { 'require' => $before } })
    [Resource[$type, $line['title']]]
  }
}
