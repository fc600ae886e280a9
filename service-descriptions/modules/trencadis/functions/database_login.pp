# The login of a database that this machine holds.
function trencadis::database_login(String[1] $name) >> Struct[{
    host        => String,
    port        => Integer,
    user        => Pattern[/\A[a-z_][a-z0-9_]{0,62}\z/],
    password    => Sensitive[String[1]],
    allowedFrom => Array[Pattern[/\A[0-9.]+\/[0-9]+\z/]],
}] {
  $login = trencadis::context()['databases'][$name]
  if $login =~ Undef {
    fail("This deployment gives no login for the database ${name}.")
  }
  if $login['port'] != 5432 {
    fail("The login of the database ${name} says port ${login['port']}, but PostgreSQL listens on 5432 on this machine.")
  }
  $login
}
