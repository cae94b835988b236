export const port = globalThis.process['env'].GATEWAY_PORT;
