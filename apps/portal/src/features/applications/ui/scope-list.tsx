/** The scopes of a credential; nothing for one without. */
export function ScopeList({ scopes }: { scopes: readonly string[] }) {
  if (scopes.length === 0) return null;
  return (
    <p className="text-muted text-xs">
      scopes <span className="break-words font-mono">{scopes.join(' ')}</span>
    </p>
  );
}
