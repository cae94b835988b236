import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import { getApiVersion } from '../api-versions/get.ts';
import { getApi } from '../apis/get.ts';
import { listApis } from '../apis/list.ts';
import { createModel } from '../models/create.ts';
import { faultOf, GREETING, withModels } from '../test/publisher.ts';
import { createPrompt } from './create.ts';
import { publishPrompt } from './publish.ts';

const kit = testContext();
afterAll(() => kit.close());

const PLAN = { slug: 'free', name: 'Free', approval: 'auto' as const, limits: [{ requests: 10, windowSeconds: 60 }] };

describe('publishing a prompt in one step', () => {
  it('makes an API that can be called, once', async () => {
    const { owner, slug } = await kit.tenant();
    await withModels(owner);
    await createPrompt(owner, { slug: 'greeting', name: 'Greeting', definition: GREETING });
    const wanted = { prompt: 'greeting', slug: 'greet', name: 'Greet', visibility: 'public' as const, plan: PLAN };
    const made = await publishPrompt(owner, wanted);
    expect(made).toEqual({ api: 'greet', version: 'v1', url: `http://gateway.test/${slug}/greet/v1` });
    expect(await getApiVersion(owner, made)).toMatchObject({
      state: 'published',
      definition: { kind: 'prompt', prompt: 'greeting', promptVersion: 1 },
    });
    expect(await getApi(owner, { api: 'greet' })).toMatchObject({ visibility: 'public', planCount: 1 });
    expect(await faultOf(publishPrompt(owner, wanted))).toMatchObject({ code: 'conflict', issues: [{ path: 'slug' }] });
  });

  it('leaves nothing behind when it cannot be served', async () => {
    const { owner } = await kit.tenant();
    await withModels(owner);
    await createModel(owner, { slug: 'unpriced', provider: 'simulator', providerModel: 'x' });
    await createPrompt(owner, { slug: 'greeting', name: 'Greeting', definition: { ...GREETING, model: 'unpriced' } });
    const fault = await faultOf(publishPrompt(owner, { prompt: 'greeting', slug: 'greet', name: 'Greet', plan: PLAN }));
    expect(fault.issues).toMatchObject([{ path: 'models', message: expect.stringContaining('no price') }]);
    expect((await listApis(owner, {})).items).toEqual([]);
  });
});
