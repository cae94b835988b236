import type { RunFile } from '@parley/contracts/run-file';

type Endpoint = RunFile['demo']['endpoints'][number];

/** The demo's endpoints, each with a command that runs as pasted. */
export function demoEndpoints(gatewayUrl: string, apiKey: string): Endpoint[] {
  const post = (url: string, body: object): string =>
    `curl -s ${url} -H 'authorization: Bearer ${apiKey}' -H 'content-type: application/json' -d '${JSON.stringify(body)}'`;
  const chat = `${gatewayUrl}/v1/chat/completions`;
  const summarise = `${gatewayUrl}/aurora/summarise/v1`;
  const parts = `${gatewayUrl}/aurora/parts/v1/parts`;
  return [
    {
      name: 'chat',
      method: 'POST',
      url: chat,
      example: post(chat, { model: 'swift', messages: [{ role: 'user', content: 'Say hello.' }] }),
    },
    {
      name: 'summarise',
      method: 'POST',
      url: summarise,
      example: post(summarise, {
        text: 'Parley turns a prompt into an endpoint. Developers subscribe, get a key and call it.',
        sentences: 1,
      }),
    },
    { name: 'parts', method: 'GET', url: parts, example: `curl -s ${parts} -H 'authorization: Bearer ${apiKey}'` },
  ];
}
