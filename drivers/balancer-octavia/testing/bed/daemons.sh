# Sourced. A MariaDB of its own: OpenStack's has port 3306 of the same network.
database_port=3307
. $here/bed.sh
