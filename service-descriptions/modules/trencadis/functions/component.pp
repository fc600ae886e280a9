# The component that the platform delivered under this name; its digest was verified on this machine.
function trencadis::component(String[1] $file_name) >> Struct[{ path => String[1], digest => String[64, 64] }] {
  $component = trencadis::recipe()['components'][$file_name]
  if $component =~ Undef {
    fail("The component ${file_name} was not delivered to this machine.")
  }
  $component
}
