import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { changeAtGateway, changedShape } from './change-session.ts';
import { findSession, publicIdOf, sessionRef } from './session-shape.ts';

/** Archives a session: it stays as it is until it is made active again (CP-2.5). */
export const archiveContextSession = defineVerb({
  name: 'contextSessions.archive',
  summary: 'Archive a conversation: it can be read, and no call goes on with it.',
  kind: 'write',
  access: 'applications.write',
  rest: { method: 'POST', path: '/context-sessions/{session}/archive' },
  input: z.object({ session: sessionRef }),
  output: changedShape,
  run: async ({ tx, input: { session: id }, tenantId, context, audit }) => {
    const { applicationId } = await findSession(tx, tenantId, id);
    await audit({ subject: { kind: 'contextSession', id, label: publicIdOf(id) } });
    return changeAtGateway({ context, applicationId, id, json: { state: 'archived' } });
  },
});
