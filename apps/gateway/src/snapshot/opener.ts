import { type DataKey, open, openDataKey } from '@parley/kernel/seal';
import type { Logger } from '@parley/telemetry/logger';

/** Opens a sealed value; `null` (and a line in the log) when it cannot be opened with this master key. */
export type Opener = (sealed: string, purpose: string, what: string) => string | null;

interface Sealed {
  readonly tenantId: string;
  /** Absent in an application's document that holds nothing sealed. */
  readonly sealedDataKey?: string | undefined;
}

/** A tenant's data key; `null` when this master key does not open it, or there is none. */
export function dataKeyOf(master: DataKey, { sealedDataKey, tenantId }: Sealed): DataKey | null {
  if (sealedDataKey === undefined) return null;
  try {
    return openDataKey(master, sealedDataKey, tenantId);
  } catch {
    return null;
  }
}

export function opener(dataKey: DataKey | null, { tenantId }: Sealed, log: Logger): Opener {
  return (sealed, purpose, what) => {
    try {
      if (dataKey === null) throw new Error('the data key cannot be opened');
      return open(dataKey, sealed, purpose);
    } catch {
      log.error('a sealed credential cannot be opened', { tenantId, what });
      return null;
    }
  };
}
