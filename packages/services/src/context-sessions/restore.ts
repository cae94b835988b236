import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { changeAtGateway, changedShape } from './change-session.ts';
import { findSession, publicIdOf, sessionRef } from './session-shape.ts';

/** Makes an archived session active again (CP-2.5). */
export const restoreContextSession = defineVerb({
  name: 'contextSessions.restore',
  summary: 'Make an archived conversation active again.',
  kind: 'write',
  access: 'applications.write',
  rest: { method: 'POST', path: '/context-sessions/{session}/restore' },
  input: z.object({ session: sessionRef }),
  output: changedShape,
  run: async ({ tx, input: { session: id }, tenantId, context, audit }) => {
    const { applicationId } = await findSession(tx, tenantId, id);
    await audit({ subject: { kind: 'contextSession', id, label: publicIdOf(id) } });
    return changeAtGateway({ context, applicationId, id, json: { state: 'active' } });
  },
});
