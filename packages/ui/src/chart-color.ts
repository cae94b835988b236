/** The categorical palette, in order; chosen to differ in lightness too. */
export function chartColor(at: number): string {
  return `var(--p-chart-${(at % 8) + 1})`;
}
