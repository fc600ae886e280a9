import type { ListedServiceView, ServiceStatusView } from '@trencadis/service-controller/client';

export function deployedService(changes: Partial<ListedServiceView> = {}): ListedServiceView {
  return {
    infrastructureId: 'inf-aaaaaaaa',
    infrastructureName: 'shop',
    owner: 'ana',
    service: 'front',
    systemId: 'front',
    engine: 'platform',
    desired: 2,
    min: 2,
    max: 4,
    inService: 2,
    condition: 'ok',
    endpoints: ['http://10.0.0.1'],
    ...changes,
  };
}

export function serviceStatus(changes: Partial<ServiceStatusView> = {}): ServiceStatusView {
  const replica = (number: number): ServiceStatusView['replicas'][number] => ({
    name: `inf-aaaaaaaa-front-${number}`,
    number,
    cloud: '',
    address: `10.0.1.${number}`,
    phase: 'in-service',
    vm: 'running',
    member: 'up',
    sessions: 3,
    isProtected: false,
    isOutdated: false,
  });
  return {
    ...deployedService(),
    hasOwnBounds: false,
    suspended: [],
    troubles: [],
    replicas: [replica(1), replica(2)],
    policies: [],
    decisions: [],
    ...changes,
  };
}
