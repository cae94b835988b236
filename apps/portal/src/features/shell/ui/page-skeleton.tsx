import { Page } from '@parley/ui/page';
import { Skeleton, SkeletonRows } from '@parley/ui/skeleton';

/** Stands in for a page of the shell while it is made. */
export function PageSkeleton() {
  return (
    <Page>
      <div className="flex flex-col gap-2">
        <Skeleton className="h-7 w-40" />
        <Skeleton className="h-4 w-72 max-w-full" />
      </div>
      <SkeletonRows />
    </Page>
  );
}
