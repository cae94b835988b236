import type { Loss } from '../../neutral/call.ts';
import { tokenCount } from '../../neutral/usage.ts';
import { defined } from '../../object.ts';
import { used } from '../usage.ts';
import { type EmbedProvider, textsOf, unheard, vectorsOf } from './call.ts';

/** Amazon Titan Text Embeddings V2 on Bedrock (`InvokeModel`): one text a call. */
export const titanProvider: EmbedProvider = {
  write(call) {
    const losses: Loss[] = [];
    const [inputText = ''] = textsOf(call, losses);
    unheard(call, losses);
    if (call.inputs.length > 1)
      losses.push({ path: call.inputPath, why: 'the model takes one text a call', essential: true });
    return { body: defined({ inputText, dimensions: call.dimensions }), losses };
  },

  read(body, inputs) {
    const vectors = vectorsOf([body.embedding], inputs);
    return vectors && { model: null, vectors, usage: used({ inputTokens: tokenCount(body.inputTextTokenCount) }) };
  },
};
