/** Two speech bubbles that meet: Parley's mark. */
export function Logo({ className = 'size-6' }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className} fill="none">
      <path
        d="M4 9a5 5 0 0 1 5-5h8a5 5 0 0 1 5 5v4a5 5 0 0 1-5 5h-4l-5 4.5V18A5 5 0 0 1 4 13V9Z"
        fill="var(--p-accent)"
      />
      <path
        d="M14 21.2h.9l3-2.7a8 8 0 0 0 7.1-6.3A5 5 0 0 1 28 17v3a5 5 0 0 1-4 4.9V29l-4.6-4H19a5 5 0 0 1-5-3.8Z"
        fill="var(--p-accent)"
        opacity=".5"
      />
    </svg>
  );
}
