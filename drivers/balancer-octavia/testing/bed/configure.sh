# Sourced: writes the configuration of Octavia and Barbican.
# Octavia's worker runs its real flows over drivers that make no machine; VIP ports are Neutron's (recording_network.py).
mkdir -p /etc/octavia /etc/barbican /var/log/{octavia,barbican} /var/run/octavia
echo '127.0.0.1 localhost octavia' > /etc/hosts
cat > /etc/octavia/octavia.conf <<END
[DEFAULT]
transport_url=rabbit://guest:guest@127.0.0.1:5672/
[api_settings]
bind_host=0.0.0.0
bind_port=9876
auth_strategy=keystone
healthcheck_enabled=false
enabled_provider_drivers=amphora:amphora
default_provider_driver=amphora
[database]
connection=$(database octavia)
[keystone_authtoken]
$(account octavia)
region_name=RegionOne
[service_auth]
$(account octavia)
region_name=RegionOne
[neutron]
endpoint_override=http://127.0.0.1:9696
region_name=RegionOne
[certificates]
cert_manager=barbican_cert_manager
cert_generator=local_cert_generator
ca_certificate=/etc/octavia/authority.pem
ca_private_key=/etc/octavia/authority.key
ca_private_key_passphrase=none
server_certs_key_passphrase=insecure-key-do-not-use-this-key
region_name=RegionOne
[controller_worker]
workers=1
amphora_driver=amphora_noop_driver
compute_driver=compute_noop_driver
client_ca=/etc/octavia/authority.pem
network_driver=recording_network
image_driver=image_noop_driver
volume_driver=volume_noop_driver
amp_boot_network_list=00000000-0000-4000-8000-000000000000
amp_flavor_id=none
loadbalancer_topology=SINGLE
amp_active_retries=3
amp_active_wait_sec=1
[health_manager]
heartbeat_key=none
[oslo_messaging]
topic=octavia
END
python3 $here/authority.py
cat > /etc/barbican/barbican.conf <<END
[DEFAULT]
sql_connection=$(database barbican)
host_href=
log_file=/var/log/barbican/api.log
[secretstore]
enabled_secretstore_plugins=store_crypto
[crypto]
enabled_crypto_plugins=simple_crypto
[simple_crypto_plugin]
kek=dGhlLXRlc3QtYmVkLWhhcy1ubyBzZWNyZXRzIGhlcmU=
[keystone_authtoken]
$(account barbican)
region_name=RegionOne
[queue]
enable=false
END
# Octavia finds its network driver by an entry point.
modules=/usr/lib/python3/dist-packages
cp $here/recording_network.py $modules/
mkdir -p $modules/recording_network-1.dist-info
printf 'Metadata-Version: 2.1\nName: recording-network\nVersion: 1\n' > $modules/recording_network-1.dist-info/METADATA
printf '[octavia.network.drivers]\nrecording_network = recording_network:RecordingNetwork\n' > $modules/recording_network-1.dist-info/entry_points.txt
