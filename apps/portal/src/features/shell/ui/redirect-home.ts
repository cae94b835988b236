import { redirect } from 'next/navigation';

/** `/t/<tenant>` leads to its home. */
export async function redirectHome({ params }: { params: Promise<{ tenant: string }> }): Promise<never> {
  redirect(`/t/${(await params).tenant}/home`);
}
