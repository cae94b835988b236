'use client';

import { Button } from '@parley/ui/button';
import { CodeBlock } from '@parley/ui/code-block';
import { Dialog } from '@parley/ui/dialog';
import { SecretOnce } from '@parley/ui/secret-once';
import type { RouterOutputs } from '@/trpc/root.ts';

interface Props {
  readonly issued: RouterOutputs['partyTokens']['issue'];
  readonly request: Readonly<Record<string, unknown>>;
  readonly gatewayUrl: string;
  readonly onClose: () => void;
  readonly onInspect: (token: string) => void;
}

/** A token at the one time it is told, and how an application issues the like by itself. */
export function IssuedDialog({ issued, request, gatewayUrl, onClose, onInspect }: Props) {
  const { token, expiresInSeconds, state } = issued;
  return (
    <Dialog
      open
      sticky
      size="lg"
      onOpenChange={(open) => !open && onClose()}
      title="The token"
      description={`Good for ${lifeWords(expiresInSeconds)}${state === 'pending' ? ', once enough parties have signed it' : ''}.`}
      footer={
        <>
          <Button onClick={() => onInspect(token)}>Inspect it</Button>
          <Button variant="primary" onClick={onClose}>
            I have copied it
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-5">
        <SecretOnce secret={token} label="The token">
          Copy it now: it is kept nowhere. Who has it can do what it says until it ends or is revoked, and can read what
          is in it.
        </SecretOnce>
        <CodeBlock
          wrap
          title="How it is used"
          snippets={[
            { label: 'Call with it', code: callText(gatewayUrl) },
            { label: 'Issue one from a program', code: issueText(gatewayUrl, request) },
          ]}
        />
      </div>
    </Dialog>
  );
}

const MINUTE = 60;
const HOUR = 3600;

function lifeWords(seconds: number): string {
  if (seconds % HOUR === 0) return seconds === HOUR ? 'an hour' : `${seconds / HOUR} hours`;
  const minutes = Math.round(seconds / MINUTE);
  return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}

function callText(gatewayUrl: string): string {
  return `curl ${gatewayUrl}/v1/chat/completions \\
  -H "authorization: Bearer $PARTY_TOKEN" \\
  -H 'content-type: application/json' \\
  -d '{"model": "…", "messages": [{"role": "user", "content": "Hello"}]}'`;
}

function issueText(gatewayUrl: string, request: Readonly<Record<string, unknown>>): string {
  return `curl ${gatewayUrl}/v1/party-tokens \\
  -H "authorization: Bearer $PARLEY_API_KEY" \\
  -H 'content-type: application/json' \\
  -d '${JSON.stringify(request, null, 2).replaceAll("'", "'\\''")}'`;
}
