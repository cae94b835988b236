import type { Work } from '../verb.ts';

export const record = (work: Work, id: string): Promise<void> => work.audit({ subject: { kind: 'team', id, label: id } });
