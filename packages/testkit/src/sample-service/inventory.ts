/** The stock of Aurora Parts, a made-up shop for bicycle parts: the same every time it opens. */
export interface Part {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly price: { readonly amount: string; readonly currency: 'EUR' };
  readonly stock: number;
  readonly weightGrams: number;
}

export interface OrderLine {
  readonly partId: string;
  readonly quantity: number;
}

export interface Order {
  readonly id: string;
  readonly status: 'accepted' | 'cancelled';
  readonly reference: string | null;
  readonly lines: readonly OrderLine[];
  readonly total: { readonly amount: string; readonly currency: 'EUR' };
}

const CATEGORIES = {
  brakes: ['Disc brake caliper', 'Brake pads', 'Brake lever', 'Brake rotor', 'Brake cable', 'Hydraulic hose'],
  drivetrain: ['Chain', 'Cassette', 'Crankset', 'Bottom bracket', 'Rear derailleur', 'Chainring'],
  wheels: ['Front wheel', 'Rear wheel', 'Tyre', 'Inner tube', 'Rim tape', 'Spoke set'],
  cockpit: ['Handlebar', 'Stem', 'Grips', 'Headset', 'Saddle', 'Seatpost'],
  lights: ['Front light', 'Rear light', 'Hub dynamo', 'Reflector set', 'Light bracket', 'Battery pack'],
} as const;
export const CATEGORY_NAMES = Object.keys(CATEGORIES);
const LINES = ['Boreal', 'Meridian'] as const;

const euros = (cents: number) => ({ amount: (cents / 100).toFixed(2), currency: 'EUR' as const });
const cents = (part: Part): number => Math.round(Number(part.price.amount) * 100);

/** Sixty parts, AP-1001 to AP-1060. */
export const PARTS: readonly Part[] = Object.entries(CATEGORIES).flatMap(([category, names], row) =>
  names.flatMap((name, column) =>
    LINES.map((line, side) => {
      const at = row * 12 + column * 2 + side;
      return {
        id: `AP-${1001 + at}`,
        name: `${line} ${name}`,
        category,
        price: euros(895 + ((at * 1373) % 18_000)),
        stock: (at * 37) % 120,
        weightGrams: 40 + ((at * 211) % 1900),
      };
    }),
  ),
);

export interface Inventory {
  order(lines: readonly OrderLine[], reference: string | null): Order | { readonly problem: string };
  find(id: string): Order | undefined;
  cancel(id: string): Order | undefined;
}

const KEPT_ORDERS = 1000;

/** Takes orders against the stock. Orders live in memory, the latest thousand; their ids count up from ORD-000001. */
export function openInventory(): Inventory {
  const orders = new Map<string, Order>();
  let taken = 0;
  return {
    order(lines, reference) {
      let total = 0;
      for (const line of lines) {
        const part = PARTS.find((found) => found.id === line.partId);
        if (!part) return { problem: `There is no part ${line.partId}.` };
        if (line.quantity > part.stock) {
          return { problem: `Only ${part.stock} of ${part.id} (${part.name}) in stock, ${line.quantity} ordered.` };
        }
        total += cents(part) * line.quantity;
      }
      taken++;
      const id = `ORD-${String(taken).padStart(6, '0')}`;
      const order: Order = { id, status: 'accepted', reference, lines, total: euros(total) };
      orders.set(id, order);
      if (orders.size > KEPT_ORDERS) orders.delete(orders.keys().next().value as string);
      return order;
    },
    find: (id) => orders.get(id),
    cancel(id) {
      const order = orders.get(id);
      if (!order) return undefined;
      const cancelled: Order = { ...order, status: 'cancelled' };
      orders.set(id, cancelled);
      return cancelled;
    },
  };
}
