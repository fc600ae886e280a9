"""Octavia's no-op network driver, but networks and addresses of balancers are Neutron's: the VIP's port is made and deleted there."""
from octavia.network import base
from octavia.network.drivers.neutron import allowed_address_pairs
from octavia.network.drivers.noop_driver import driver


class RecordingNetwork(driver.NoopNetworkDriver):
    def __init__(self):
        super().__init__()
        self.neutron = allowed_address_pairs.AllowedAddressPairsDriver()

    def allocate_vip(self, load_balancer):
        return self.neutron.allocate_vip(load_balancer)

    def deallocate_vip(self, vip):
        self.neutron.delete_port(vip.port_id)

    def get_network(self, network_id, context=None):
        try:
            return self.neutron.get_network(network_id, context)
        except base.NetworkNotFound:
            # The API asks under a user's context; the worker without, also for what amphorae would stand on.
            if context is not None:
                raise
            return super().get_network(network_id)

    def get_subnet(self, subnet_id, context=None):
        try:
            return self.neutron.get_subnet(subnet_id, context)
        except base.SubnetNotFound:
            if context is not None:
                raise
            return super().get_subnet(subnet_id)

    def get_network_ip_availability(self, network):
        return self.neutron.get_network_ip_availability(network)
