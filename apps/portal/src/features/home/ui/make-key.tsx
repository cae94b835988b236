'use client';

import { shortNameOf } from '@parley/kernel/short-name';
import { Button } from '@parley/ui/button';
import { Field, Input } from '@parley/ui/field';
import { Form, type FormFault, issueOf } from '@parley/ui/form';
import { TextLink } from '@parley/ui/link';
import { SecretOnce } from '@parley/ui/secret-once';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';

interface Props {
  /** The application that is there already. */
  readonly application: { readonly slug: string; readonly name: string } | null;
  readonly secret: string | null;
  readonly onSecret: (secret: string) => void;
}

/** Makes an application (where there is none) and a key for it, and shows the key this once. */
export function MakeKey({ application, secret, onSecret }: Props) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { href } = useShell();
  const [name, setName] = useState('');
  const [fault, setFault] = useState<FormFault | null>(null);
  const makeApplication = useMutation(trpc.home.createApplication.mutationOptions());
  const makeKey = useMutation(trpc.home.createKey.mutationOptions());

  if (secret) {
    return (
      <div className="max-w-2xl">
        <SecretOnce secret={secret} label="The new key" />
        <p className="mt-2 text-muted text-sm">It is put into the call below for as long as you stay on this page.</p>
      </div>
    );
  }
  const submit = async (): Promise<void> => {
    setFault(null);
    try {
      const slug = application?.slug ?? (await makeApplication.mutateAsync({ name, slug: shortNameOf(name) })).slug;
      const keyName = `first-key-${new Date().toISOString().slice(0, 10)}`;
      onSecret((await makeKey.mutateAsync({ application: slug, name: keyName })).secret);
    } catch (error) {
      setFault(faultOf(error));
    }
    await queries.invalidateQueries(trpc.home.overview.queryFilter());
  };
  return (
    <Form fault={fault} fields={['name', 'slug']} onSubmit={submit} className="flex max-w-xl flex-col gap-4">
      {application ? (
        <p className="text-sm">
          The key will belong to <TextLink href={href(`applications/${application.slug}`)}>{application.name}</TextLink>
          .
        </p>
      ) : (
        <Field
          label="Name of the application"
          hint="What calls: a website, a script, a bot."
          error={issueOf(fault, 'name') ?? issueOf(fault, 'slug')}
        >
          <Input
            value={name}
            onChange={(event) => setName(event.target.value)}
            placeholder="Storefront"
            autoComplete="off"
          />
        </Field>
      )}
      <div>
        <Button type="submit" variant="primary" busy={makeApplication.isPending || makeKey.isPending}>
          {application ? 'Make a key' : 'Make the application and a key'}
        </Button>
      </div>
    </Form>
  );
}
