import { accountApi } from '@trencadis/accounts';
import { componentApi, deliveryApi } from '@trencadis/component-repository';
import { describeApi } from '@trencadis/http/conformance';
import { imageApi } from '@trencadis/image-catalog';
import { infrastructureApi } from '@trencadis/infrastructure';
import { serviceApi } from '@trencadis/service-repository';

describeApi('accounts', accountApi);
describeApi('infrastructures', infrastructureApi);
describeApi('images', imageApi);
describeApi('components', componentApi);
describeApi('the delivery of components', deliveryApi);
describeApi('services', serviceApi);
