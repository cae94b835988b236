interface Props {
  readonly label: string;
  readonly hours: readonly { readonly at: string; readonly requests: number; readonly errors: number }[];
}

const WIDTH = 240;
const HEIGHT = 44;

/** Requests by hour as small bars, errors at their foot; the running hour is the last. */
export function Sparkline({ label, hours }: Props) {
  const most = Math.max(1, ...hours.map((hour) => hour.requests));
  const step = WIDTH / Math.max(hours.length, 1);
  const height = (count: number): number => (count === 0 ? 0 : Math.max((count / most) * HEIGHT, 1.5));
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="h-11 w-full"
    >
      {hours.map(({ at, requests, errors }, index) => (
        <g key={at}>
          <rect
            x={index * step}
            y={HEIGHT - height(requests)}
            width={step * 0.72}
            height={height(requests)}
            fill="var(--p-chart-1)"
          />
          <rect
            x={index * step}
            y={HEIGHT - height(errors)}
            width={step * 0.72}
            height={height(errors)}
            fill="var(--p-danger)"
          />
        </g>
      ))}
      <line x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} stroke="var(--p-line)" />
    </svg>
  );
}
