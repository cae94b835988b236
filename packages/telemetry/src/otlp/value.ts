/** An attribute's value, as a call knows it; absent ones are left out. */
export type AttributeValue = string | number | boolean | readonly string[] | null | undefined;
export type Attributes = Readonly<Record<string, AttributeValue>>;

function valueOf(value: Exclude<AttributeValue, null | undefined>): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  // 64-bit integers are decimal text in OTLP's JSON.
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map((item) => ({ stringValue: item })) } };
}

/** Attributes in OTLP's JSON (opentelemetry-proto, common.proto `KeyValue`). */
export function otlpAttributes(attributes: Attributes): object[] {
  return Object.entries(attributes).flatMap(([key, value]) => (value == null ? [] : [{ key, value: valueOf(value) }]));
}

/** Unix nanoseconds as decimal text, from Unix milliseconds with fractions. */
export function otlpTime(unixMs: number): string {
  const whole = Math.floor(unixMs);
  return String(BigInt(whole) * 1_000_000n + BigInt(Math.floor((unixMs - whole) * 1_000_000)));
}
