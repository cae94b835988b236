import { z } from 'zod';
import { makeOwnCall } from '../own-calls/own-call.ts';
import { DONE, doneShape } from '../shapes.ts';
import { AfterCommit, defineVerb } from '../verb.ts';
import { findSession, publicIdOf, sessionRef } from './session-shape.ts';

/** Deletes a session with all its turns, everywhere they are kept (CP-8.3). */
export const deleteContextSession = defineVerb({
  name: 'contextSessions.delete',
  summary: 'Delete a conversation with everything that was said in it; it cannot be brought back.',
  kind: 'write',
  access: 'applications.write',
  rest: { method: 'DELETE', path: '/context-sessions/{session}' },
  input: z.object({ session: sessionRef }),
  output: doneShape,
  run: async ({ tx, input: { session: id }, tenantId, context, audit }) => {
    const { applicationId } = await findSession(tx, tenantId, id);
    await audit({ subject: { kind: 'contextSession', id, label: publicIdOf(id) } });
    const path = `/v1/sessions/${publicIdOf(id)}`;
    return new AfterCommit(async () => {
      await makeOwnCall(context.settings, { applicationId, keyId: null, method: 'DELETE', path });
      return DONE;
    });
  },
});
