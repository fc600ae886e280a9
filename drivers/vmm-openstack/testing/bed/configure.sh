# Sourced: writes the configuration of every service. One worker each; new policy defaults, so that a reader really may only read.
policy=$'[oslo_policy]\nenforce_new_defaults=true\nenforce_scope=true'
bus='transport_url=rabbit://guest:guest@127.0.0.1:5672/'

echo '127.0.0.1 localhost openstack' > /etc/hosts
mkdir -p /var/log/{keystone,nova,glance,neutron,placement,cinder} /etc/neutron/plugins/ml2 /etc/keystone/{fernet,credential}-keys
rm -f /etc/nova/nova-compute.conf

cat > /etc/keystone/keystone.conf <<END
[DEFAULT]
log_dir=/var/log/keystone
[database]
connection=$(database keystone)
[token]
provider=fernet
[identity]
password_hash_rounds=4
[cache]
enabled=false
END

cat > /etc/glance/glance-api.conf <<END
[DEFAULT]
workers=1
log_file=/var/log/glance/api.log
enabled_import_methods=[]
enforce_secure_rbac=true
[database]
connection=$(database glance)
[keystone_authtoken]
$(account glance)
[paste_deploy]
flavor=keystone
[glance_store]
stores=file
default_store=file
filesystem_store_datadir=/var/lib/glance/images
$policy
END

cat > /etc/placement/placement.conf <<END
[placement_database]
connection=$(database placement)
[api]
auth_strategy=keystone
[keystone_authtoken]
$(account placement)
END

cat > /etc/nova/nova.conf <<END
[DEFAULT]
$bus
my_ip=127.0.0.1
host=openstack
log_dir=/var/log/nova
state_path=/var/lib/nova
compute_driver=recording_driver.RecordingDriver
osapi_compute_workers=1
metadata_workers=1
enabled_apis=osapi_compute
service_down_time=3600
allow_resize_to_same_host=true
vif_plugging_is_fatal=false
vif_plugging_timeout=0
[api_database]
connection=$(database nova_api)
[database]
connection=$(database nova)
[api]
auth_strategy=keystone
[keystone_authtoken]
$(account nova)
[service_user]
send_service_user_token=true
$(account nova)
[placement]
region_name=RegionOne
$(account placement)
[glance]
api_servers=http://127.0.0.1:9292
[neutron]
region_name=RegionOne
endpoint_override=http://127.0.0.1:9696
$(account neutron)
[cinder]
os_region_name=RegionOne
endpoint_template=http://127.0.0.1:8776/v3/%(project_id)s
[conductor]
workers=1
[scheduler]
workers=1
[quota]
instances=40
cores=200
ram=1048576
[oslo_concurrency]
lock_path=/var/lib/nova/tmp
[vnc]
enabled=false
$policy
END

# The one agent is forged (agent.py) and never reports again: it is never held to be down.
cat > /etc/neutron/neutron.conf <<END
[DEFAULT]
core_plugin=ml2
service_plugins=router
agent_down_time=1000000000
allow_automatic_dhcp_failover=false
api_workers=1
rpc_workers=1
rpc_state_report_workers=0
$bus
auth_strategy=keystone
notify_nova_on_port_status_changes=true
notify_nova_on_port_data_changes=true
log_dir=/var/log/neutron
state_path=/var/lib/neutron
[database]
connection=$(database neutron)
[keystone_authtoken]
$(account neutron)
[nova]
region_name=RegionOne
endpoint_override=http://127.0.0.1:8774/v2.1
$(account nova)
[oslo_concurrency]
lock_path=/var/lib/neutron/tmp
[oslo_policy]
policy_file=/etc/neutron/policy.yaml
END
# Neutron's own new defaults (Zed) hide ports from Nova's account; these keep readers from making things.
for kind in network subnet port router security_group security_group_rule floatingip; do
  echo "\"create_$kind\": \"rule:admin_only or (role:member and project_id:%(project_id)s)\""
done > /etc/neutron/policy.yaml
cat > /etc/neutron/plugins/ml2/ml2_conf.ini <<END
[ml2]
type_drivers=local,flat
tenant_network_types=local
mechanism_drivers=openvswitch
extension_drivers=port_security
[ml2_type_flat]
flat_networks=physnet1
END

cat > /etc/cinder/cinder.conf <<END
[DEFAULT]
$bus
my_ip=127.0.0.1
host=openstack
auth_strategy=keystone
log_dir=/var/log/cinder
state_path=/var/lib/cinder
enabled_backends=recorded
osapi_volume_workers=1
glance_api_servers=http://127.0.0.1:9292
[recorded]
volume_driver=cinder.volume.recording_volumes.RecordingVolumes
volume_backend_name=recorded
[database]
connection=$(database cinder)
[keystone_authtoken]
# Elsewhere a token that Keystone has revoked is taken for minutes; here tests see it refused.
token_cache_time=5
service_token_roles=admin
service_token_roles_required=true
$(account cinder)
[oslo_concurrency]
lock_path=/var/lib/cinder/tmp
$policy
END
modules=/usr/lib/python3/dist-packages
cp $here/recording_driver.py $modules/nova/virt/
cp $here/recording_volumes.py $modules/cinder/volume/
