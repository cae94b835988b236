import { coversAction } from './decide.ts';
import type { Condition, Permission } from './permission.ts';
import { covers } from './resource.ts';

/** Whether a permission gives nothing that one of others does not give by itself (PT-4.7). */
export function isNarrower(permission: Permission, than: readonly Permission[]): boolean {
  return than.some((outer) => within(permission, outer));
}

function within(inner: Permission, outer: Permission): boolean {
  return (
    inner.actions.every((action) => outer.actions.some((one) => coversAction(one, action))) &&
    inner.resources.every((pattern) => outer.resources.some((one) => covers(one, pattern))) &&
    asStrict(inner.when ?? {}, outer.when ?? {})
  );
}

/** What one condition asks, the other asks too. */
function asStrict(inner: Condition, outer: Condition): boolean {
  const { stages } = outer;
  if (stages !== undefined && !(inner.stages?.every((stage) => stages.includes(stage)) ?? false)) return false;
  return (
    has(inner.present, outer.present) && has(inner.kindsPresent, outer.kindsPresent) && has(inner.absent, outer.absent)
  );
}

function has(given: readonly string[] | undefined, wanted: readonly string[] | undefined): boolean {
  return wanted?.every((one) => given?.includes(one) ?? false) ?? true;
}
