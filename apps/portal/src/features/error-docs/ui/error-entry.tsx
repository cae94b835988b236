import type { Remedy } from '@parley/contracts/refusal-explanations';
import { Badge } from '@parley/ui/badge';

const REMEDIES: Readonly<Record<Remedy, string | null>> = {
  caller: null,
  publisher: 'The publisher’s to mend',
  operator: 'The operator’s to mend',
  time: 'Passes by itself',
};

/** One code: its name as anchor, what happened, what to do. */
export function ErrorEntry({
  code,
  status,
  title,
  happened,
  todo,
  remedy = 'caller',
}: {
  code: string;
  status: number;
  title: string;
  happened: string;
  todo: string;
  remedy?: Remedy;
}) {
  const whose = REMEDIES[remedy];
  return (
    <article
      id={code}
      className="grid scroll-mt-6 gap-x-6 gap-y-2 px-5 py-4 target:bg-accent-soft md:grid-cols-[15rem_minmax(0,1fr)]"
    >
      <div className="flex flex-col items-start gap-1.5">
        <h3>
          <a href={`#${code}`} className="break-all font-mono font-medium text-sm hover:underline">
            {code}
          </a>
        </h3>
        <span className="flex flex-wrap gap-1.5">
          <Badge>{status}</Badge>
          {whose && <Badge tone="info">{whose}</Badge>}
        </span>
      </div>
      <div className="flex min-w-0 flex-col gap-1">
        <p className="font-medium">{title}</p>
        <p className="text-muted text-sm">{happened}</p>
        <p className="text-sm">
          <span className="sr-only">What to do: </span>
          {todo}
        </p>
      </div>
    </article>
  );
}
