import type { SoapPolicy } from '@parley/contracts/policies/soap';
import { compileSoap } from '@parley/domain/soap/compile';
import type { PolicyCheck } from './checks.ts';

/** The WSDL document, its operation and the types that needs are read when they are saved. */
export const soapCheck: PolicyCheck<SoapPolicy> = {
  restOnly: 'Only routes of REST APIs can be answered from a SOAP service.',
  answersInstead: true,
  onRoute: (settings, route) => {
    const compiled = compileSoap(settings, route);
    return 'plan' in compiled ? [] : compiled;
  },
};
