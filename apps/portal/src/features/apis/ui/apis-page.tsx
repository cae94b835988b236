import { ApisView } from './apis-view.tsx';

export const apisMetadata = { title: 'APIs' };

/** The tenant's own APIs. */
export function ApisPage() {
  return <ApisView />;
}
