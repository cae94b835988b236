import { deciding, noted, PREPARES } from '../explain/notes.ts';
import { chain, type EndpointSource, type Stage } from '../stage.ts';
import { brownOuts } from './brown-outs.ts';
import { requireParty } from './callers/require-party.ts';
import { requireScopes } from './callers/require-scopes.ts';
import { ipAccess } from './ip-access.ts';
import { priority } from './priority.ts';
import { unkept } from './unkept.ts';

/**
 * What a caller with a subscription has to pass before anything is done for the call, in this order; the same for every
 * kind of endpoint. Each is a maker that answers `null` for an endpoint without its policy. `deciding` and `acting` tell
 * the dry run (`explain/`) which policy a stage keeps, and whether it may be run there.
 */
export function guards(source: EndpointSource): readonly Stage[] {
  return chain(
    unkept(source),
    source.policies.priority ? deciding('priority', priority(source)) : noted(priority(source), PREPARES),
    deciding('brownOuts', brownOuts(source)),
    deciding('callers', requireScopes(source)),
    deciding('callers', requireParty(source)),
    deciding('ipAccess', ipAccess(source)),
  );
}
