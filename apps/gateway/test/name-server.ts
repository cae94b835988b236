import { createSocket } from 'node:dgram';

export interface Srv {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}
/** What a name stands for; the lists may be changed at any time. */
export interface Zone {
  A?: string[];
  AAAA?: string[];
  SRV?: Srv[];
}

const TYPES = { 1: 'A', 28: 'AAAA', 33: 'SRV' } as const;
const TTL_SECONDS = 1;

function encodeName(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  return Buffer.concat([
    ...labels.map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);
}

function encodeIpv6(address: string): Buffer {
  const hex = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail] = hex.split('::');
  const groups = (text: string): string[] => text.split(':').filter((group) => group !== '');
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = new Array<string>(8 - before.length - after.length).fill('0');
  const all = [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]));
}

function encodeSrv({ priority, weight, port, target }: Srv): Buffer {
  const numbers = Buffer.from([priority, weight, port].flatMap((value) => [value >> 8, value & 255]));
  return Buffer.concat([numbers, encodeName(target)]);
}

/** A name server on UDP (RFC 1035, RFC 2782) for these names; others do not exist. Answers live one second. */
export async function startNameServer(zones: Readonly<Record<string, Zone>>) {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query, from) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length));
      at += length + 1;
    }
    const question = query.subarray(12, at + 5);
    const type = TYPES[query.readUInt16BE(at + 1) as keyof typeof TYPES] as keyof Zone | undefined;
    const name = labels.join('.').toLowerCase();
    asked.push(name);
    const zone = zones[name];
    const data = (): Buffer[] => {
      if (type === 'A') return (zone?.A ?? []).map((address) => Buffer.from(address.split('.').map(Number)));
      if (type === 'AAAA') return (zone?.AAAA ?? []).map(encodeIpv6);
      return type === 'SRV' ? (zone?.SRV ?? []).map(encodeSrv) : [];
    };
    const records = data().map((bytes) => {
      const head = Buffer.alloc(12);
      head.writeUInt16BE(0xc00c, 0);
      head.writeUInt16BE(query.readUInt16BE(at + 1), 2);
      head.writeUInt16BE(1, 4);
      head.writeUInt32BE(TTL_SECONDS, 6);
      head.writeUInt16BE(bytes.length, 10);
      return Buffer.concat([head, bytes]);
    });
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(zone === undefined ? 0x8183 : 0x8180, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    socket.send(Buffer.concat([header, question, ...records]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    /** Every name asked for, once for each type. */
    asked,
    address: `127.0.0.1:${socket.address().port}`,
    close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}
