'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Checkbox, Field, Input, Select, Textarea } from '@parley/ui/field';
import { Form, type FormFault, issueOf } from '@parley/ui/form';
import { SecretOnce } from '@parley/ui/secret-once';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { IDENTITY_WORDS, type IdentityKind } from '@/words/identity-words.ts';
import type { Application } from './application-types.ts';
import { ScopesField, scopesOf } from './scopes-field.tsx';

type Made = RouterOutputs['applications']['identities']['add'];
interface Draft {
  readonly name: string;
  readonly kind: IdentityKind;
  readonly issuer: string;
  readonly subject: string;
  readonly certificate: string;
  readonly scopes: string;
}

const EMPTY: Draft = { name: '', kind: 'client', issuer: '', subject: '', certificate: '', scopes: '' };
const KINDS = Object.entries(IDENTITY_WORDS).map(([value, { name }]) => ({ value, label: name }));
const FIELDS = ['name', 'kind', 'issuer', 'subject', 'certificate', 'scopes'];

/** Only what belongs to the kind, and only what was written: what is left out the server asks for by name. */
function inputOf(application: string, { name, kind, issuer, subject, certificate, scopes }: Draft) {
  if (kind === 'client') return { application, name, kind, issuer, subject };
  if (kind === 'hmac') return { application, name, kind, scopes: scopesOf(scopes) };
  const by = certificate.trim() === '' ? { issuer, subject } : { certificate };
  return { application, name, kind, scopes: scopesOf(scopes), ...by };
}

/** Registers a client or certificate, or makes a shared secret and shows it once. */
export function NewIdentityDialog({ application, onClose }: { application: Application; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const formId = useId();
  const [draft, setDraft] = useState(EMPTY);
  const add = useMutation(trpc.applications.identities.add.mutationOptions());
  const fault = faultOf(add.error);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const submit = async (): Promise<void> => {
    const made = await add.mutateAsync(inputOf(application.slug, draft));
    await queries.invalidateQueries({ queryKey: trpc.applications.identities.pathKey() });
    if (made.secret === null) onClose();
  };
  if (add.data?.secret) return <SecretDialog made={add.data} secret={add.data.secret} onClose={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add identity"
      description={IDENTITY_WORDS[draft.kind].purpose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={add.isPending}>
            {draft.kind === 'hmac' ? 'Make secret' : 'Add identity'}
          </Button>
        </>
      }
    >
      <Form id={formId} fault={fault} fields={FIELDS} onSubmit={submit}>
        <Field label="Kind">
          <Select
            value={draft.kind}
            onChange={(event) => change({ kind: event.target.value as IdentityKind })}
            options={KINDS}
          />
        </Field>
        <Field label="Name" hint="Where it is used, so that you know it later." error={issueOf(fault, 'name')}>
          <Input
            value={draft.name}
            onChange={(event) => change({ name: event.target.value })}
            placeholder="Build server"
          />
        </Field>
        {draft.kind === 'client' && <ClientFields draft={draft} change={change} fault={fault} />}
        {draft.kind === 'certificate' && <CertificateFields draft={draft} change={change} fault={fault} />}
        {draft.kind !== 'client' && (
          <ScopesField
            value={draft.scopes}
            onChange={(scopes) => change({ scopes })}
            error={issueOf(fault, 'scopes')}
          />
        )}
      </Form>
    </Dialog>
  );
}

interface PartProps {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
  readonly fault: FormFault | null;
}

function ClientFields({ draft, change, fault }: PartProps) {
  return (
    <>
      <Field label="Issuer" hint="The iss of its tokens, exactly." error={issueOf(fault, 'issuer')}>
        <Input
          className="font-mono"
          value={draft.issuer}
          placeholder="https://login.example.com/"
          onChange={(event) => change({ issuer: event.target.value })}
        />
      </Field>
      <Field label="Client id" hint="As it stands in its tokens." error={issueOf(fault, 'subject')}>
        <Input
          className="font-mono"
          value={draft.subject}
          onChange={(event) => change({ subject: event.target.value })}
        />
      </Field>
    </>
  );
}

function CertificateFields({ draft, change, fault }: PartProps) {
  return (
    <>
      <Field
        label="Certificate"
        optional
        hint="The certificate as PEM; only its thumbprint is kept. Or name it below."
        error={issueOf(fault, 'certificate')}
      >
        <Textarea
          rows={4}
          className="font-mono"
          spellCheck={false}
          value={draft.certificate}
          placeholder="-----BEGIN CERTIFICATE-----"
          onChange={(event) => change({ certificate: event.target.value })}
        />
      </Field>
      {draft.certificate.trim() === '' && (
        <>
          <Field
            label="Thumbprint or name"
            hint="SHA-256 in hex; or its subject, dns:… or uri:… with the issuer’s name below."
            error={issueOf(fault, 'subject')}
          >
            <Input
              className="font-mono"
              spellCheck={false}
              value={draft.subject}
              onChange={(event) => change({ subject: event.target.value })}
            />
          </Field>
          <Field label="Issued by" optional error={issueOf(fault, 'issuer')}>
            <Input
              className="font-mono"
              spellCheck={false}
              value={draft.issuer}
              placeholder="O=Acme, CN=Acme Root"
              onChange={(event) => change({ issuer: event.target.value })}
            />
          </Field>
        </>
      )}
    </>
  );
}

function SecretDialog({ made, secret, onClose }: { made: Made; secret: string; onClose: () => void }) {
  const [stored, setStored] = useState(false);
  return (
    <Dialog
      open
      sticky
      onOpenChange={() => undefined}
      title={`The shared secret “${made.name}”`}
      footer={
        <Button variant="primary" disabled={!stored} onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-sm">
          Its key id is <code className="break-all font-mono">{made.subject}</code>.
        </p>
        <SecretOnce secret={secret} label="Shared secret">
          Copy it now and keep it where your program reads its secrets. It is shown this once. Whoever has it can sign
          calls as this application.
        </SecretOnce>
        <Checkbox label="I have copied the secret" checked={stored} onChange={setStored} />
      </div>
    </Dialog>
  );
}
