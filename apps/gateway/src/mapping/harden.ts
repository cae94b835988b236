/** Every kind of function from whose constructor code could be made out of text. */
const FUNCTIONS: readonly object[] = [
  Function.prototype,
  Object.getPrototypeOf(async () => {}) as object,
  Object.getPrototypeOf(function* () {}) as object,
  Object.getPrototypeOf(async function* () {}) as object,
];

/**
 * Takes from this thread what expressions of tenants have no business with, should one ever reach beyond its data: the
 * process, and making code from text. For threads that do nothing but evaluate.
 */
export function harden(): void {
  for (const kind of FUNCTIONS) Object.defineProperty(kind, 'constructor', { value: undefined });
  for (const name of ['process', 'Function', 'eval', 'fetch', 'WebSocket', 'WebAssembly', 'Worker']) {
    Reflect.deleteProperty(globalThis, name);
  }
  for (const one of [Object.prototype, Array.prototype]) Object.preventExtensions(one);
}
