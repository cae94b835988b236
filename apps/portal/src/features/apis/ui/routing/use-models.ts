import { useQuery } from '@tanstack/react-query';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';

export interface KnownModel {
  readonly slug: string;
  /** What choosing it means, in a line. */
  readonly note: string;
}

/** The models a name may stand for; `null` where this person may not see them, or they are being read. */
export function useModels(): readonly KnownModel[] | null {
  const trpc = useTRPC();
  const { can } = useShell();
  const { data } = useQuery({ ...trpc.apis.models.queryOptions({ limit: 200 }), enabled: can('providers.read') });
  return (
    data?.items.map(({ slug, price, disabledAt }) => ({
      slug,
      note: disabledAt
        ? 'Out of service: it cannot be served.'
        : price
          ? `${price.input} in · ${price.output} out ${price.currency} per million tokens`
          : 'No price: it cannot be served.',
    })) ?? null
  );
}
