import { Badge, type Tone } from '@parley/ui/badge';

/** The status a call was answered with. */
export function StatusBadge({ status }: { status: number }) {
  const tone: Tone = status < 400 ? 'success' : status < 500 ? 'warning' : 'danger';
  return (
    <Badge tone={tone} className="font-mono tabular-nums">
      {status}
    </Badge>
  );
}
