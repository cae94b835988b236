/** Who reads the catalogue, as far as its pages differ. Plain data: it crosses from server to browser. */
export interface Viewer {
  readonly signedIn: boolean;
  /** The open tenant; `null` on public pages. */
  readonly tenant: string | null;
  /** Tenants the person belongs to, to go on in from a public page. */
  readonly tenants: readonly { readonly slug: string; readonly name: string }[];
  readonly maySubscribe: boolean;
  readonly mayMakeKeys: boolean;
  readonly mayPublish: boolean;
}

/** Address of a catalogue page within the viewer's room: the open tenant's, or the public one. */
export function catalogueHref(viewer: Pick<Viewer, 'tenant'>, path = ''): string {
  return `${viewer.tenant === null ? '' : `/t/${viewer.tenant}`}/catalogue${path}`;
}
