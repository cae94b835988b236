import { Fault } from '@parley/kernel/fault';
import { defineVerb } from '../verb.ts';
import { changeAtGateway, changedShape } from './change-session.ts';
import { findSession, publicIdOf, sessionRef, settingsChange, strategyChange } from './session-shape.ts';

/** Changes how much of a session its calls are sent, and how long it is kept. */
export const updateContextSession = defineVerb({
  name: 'contextSessions.update',
  summary: 'Change how much of a conversation its calls are sent, and how long it is kept.',
  kind: 'write',
  access: 'applications.write',
  rest: { method: 'PATCH', path: '/context-sessions/{session}' },
  input: strategyChange.extend({ session: sessionRef }),
  output: changedShape,
  run: async ({ tx, input, tenantId, context, audit }) => {
    const { session: id, ...change } = input;
    const json = settingsChange(change);
    if (Object.keys(json).length === 0) throw new Fault('invalid_input', 'Say what is to be changed.');
    const { applicationId } = await findSession(tx, tenantId, id);
    await audit({ subject: { kind: 'contextSession', id, label: publicIdOf(id) }, detail: change });
    return changeAtGateway({ context, applicationId, id, json });
  },
});
