'use client';

import { CopyButton } from '@parley/ui/copy-button';
import { useQuery } from '@tanstack/react-query';
import { isFields, type Value } from '@/schema-form/schema-node.ts';

/** Copies settings as the YAML that an API version's policies are written in. */
export function CopySettings({ policy }: { policy: Value }) {
  // The YAML library comes after the page.
  const { data: yaml } = useQuery({
    queryKey: ['yaml-library'],
    queryFn: () => import('@/schema-form/yaml-part.ts'),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!yaml || !isFields(policy)) return null;
  return <CopyButton withLabel label="Copy as YAML" text={yaml.writeYaml('guardrails', policy)} />;
}
