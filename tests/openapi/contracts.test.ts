import { accountApi } from '@trencadis/accounts';
import { auditApi } from '@trencadis/audit';
import { componentApi, deliveryApi } from '@trencadis/component-repository';
import { describeApi } from '@trencadis/http/conformance';
import { imageApi } from '@trencadis/image-catalog';
import { infrastructureApi } from '@trencadis/infrastructure';
import { serviceControlApi } from '@trencadis/service-controller';
import { serviceApi } from '@trencadis/service-repository';
import { cloudApi } from '@trencadis/vmm-sites';

describeApi('accounts', accountApi);
describeApi('infrastructures', infrastructureApi);
describeApi('images', imageApi);
describeApi('components', componentApi);
describeApi('the delivery of components', deliveryApi);
describeApi('services', serviceApi);
describeApi('deployed services', serviceControlApi);
describeApi('clouds', cloudApi);
describeApi('the audit log', auditApi);
