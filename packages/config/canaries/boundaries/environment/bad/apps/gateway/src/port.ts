export const port = process.env.GATEWAY_PORT;
