"""Reports one Open vSwitch agent to Neutron, so that ports are bound; nothing carries their traffic. Fails with a trace."""
from neutron.agent import rpc
from neutron.common import config
from neutron.conf.agent import common as agent_options
from neutron_lib import context
from neutron_lib.agent import topics
from oslo_config import cfg

agent_options.register_agent_state_opts_helper(cfg.CONF)
config.register_common_config_options()
config.init(["--config-file", "/etc/neutron/neutron.conf"])
state = {
    "binary": "neutron-openvswitch-agent",
    "host": "openstack",
    "topic": "N/A",
    "agent_type": "Open vSwitch agent",
    "configurations": {
        "bridge_mappings": {"physnet1": "br-ex"},
        "tunnel_types": [],
        "datapath_type": "system",
        "ovs_capabilities": {},
        "ovs_hybrid_plug": False,
    },
    "start_flag": True,
}
rpc.PluginReportStateAPI(topics.REPORTS).report_state(
    context.get_admin_context_without_session(), state, True
)
