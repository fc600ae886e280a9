/** Things as Octavia 11 shows them, cut to what its API reference promises; ids are made up. */
const at = { created_at: '2026-01-01T00:00:00', updated_at: null, project_id: 'p', admin_state_up: true };

export function loadBalancerAnswer(changes: object = {}) {
  return {
    id: 'lb-1',
    name: 'web',
    provisioning_status: 'ACTIVE',
    operating_status: 'ONLINE',
    vip_address: '192.0.2.10',
    vip_port_id: 'port-1',
    vip_network_id: 'net-1',
    listeners: [{ id: 'listener-1' }],
    pools: [{ id: 'pool-1' }],
    tags: ['balancer=web', 'tag=inf-a', 'trencadis'],
    provider: 'amphora',
    ...at,
    ...changes,
  };
}

export function listenerAnswer(changes: object = {}) {
  return {
    id: 'listener-1',
    name: 'web-in',
    provisioning_status: 'ACTIVE',
    operating_status: 'ONLINE',
    protocol: 'HTTP',
    protocol_port: 80,
    default_pool_id: 'pool-1',
    default_tls_container_ref: null,
    insert_headers: { 'X-Forwarded-For': 'true', 'X-Forwarded-Port': 'true', 'X-Forwarded-Proto': 'true' },
    loadbalancers: [{ id: 'lb-1' }],
    tags: ['balancer=web', 'frontend=in', 'tag=inf-a', 'trencadis'],
    ...at,
    ...changes,
  };
}

export function poolAnswer(changes: object = {}) {
  return {
    id: 'pool-1',
    name: 'web-web',
    provisioning_status: 'ACTIVE',
    operating_status: 'ONLINE',
    protocol: 'HTTP',
    lb_algorithm: 'ROUND_ROBIN',
    session_persistence: null,
    tls_enabled: false,
    healthmonitor_id: 'monitor-1',
    loadbalancers: [{ id: 'lb-1' }],
    tags: ['balancer=web', 'pool=web', 'tag=inf-a', 'trencadis'],
    ...at,
    ...changes,
  };
}

export function monitorAnswer(changes: object = {}) {
  return {
    id: 'monitor-1',
    name: 'web-web',
    provisioning_status: 'ACTIVE',
    operating_status: 'ONLINE',
    type: 'HTTP',
    delay: 2,
    timeout: 1,
    max_retries: 2,
    max_retries_down: 2,
    http_method: 'GET',
    url_path: '/health',
    expected_codes: '200',
    http_version: null,
    domain_name: null,
    pools: [{ id: 'pool-1' }],
    tags: ['balancer=web', 'pool=web', 'tag=inf-a', 'trencadis'],
    ...at,
    ...changes,
  };
}

export function memberAnswer(changes: object = {}) {
  return {
    id: 'member-1',
    name: 'vm-1',
    provisioning_status: 'ACTIVE',
    operating_status: 'ONLINE',
    address: '192.0.2.21',
    protocol_port: 8080,
    weight: 100,
    monitor_port: null,
    tags: ['balancer=web', 'pool=web', 'tag=inf-a', 'trencadis', 'vm=vm-1', 'weight=100'],
    ...at,
    ...changes,
  };
}
