import type { PaletteGroup } from '@parley/ui/palette';
import { useQuery } from '@tanstack/react-query';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';

const LIMIT = 100;

/** What the tenant has made, by name, for the palette; read when it opens, and only what the person may see. */
export function usePaletteThings(open: boolean): PaletteGroup[] {
  const trpc = useTRPC();
  const { can, href } = useShell();
  const applications = useQuery(
    trpc.applications.list.queryOptions({ limit: LIMIT }, { enabled: open && can('applications.read') }),
  );
  const apis = useQuery(trpc.apis.list.queryOptions({ limit: LIMIT }, { enabled: open && can('apis.read') }));
  const prompts = useQuery(trpc.prompts.list.queryOptions({ limit: LIMIT }, { enabled: open && can('prompts.read') }));
  const group = (
    label: string,
    path: string,
    items: readonly { readonly slug: string; readonly name: string }[] | undefined,
  ): PaletteGroup => ({
    label,
    items: (items ?? []).map(({ slug, name }) => ({
      id: `${path}:${slug}`,
      label: name,
      words: slug,
      note: slug,
      href: href(`${path}/${slug}`),
    })),
  });
  return [
    group('Your applications', 'applications', applications.data?.items),
    group('Your APIs', 'apis', apis.data?.items),
    group('Your prompts', 'prompts', prompts.data?.items),
  ];
}
