/** OpenAI's `usage` object of a chat completion. */
export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details: { cached_tokens: number; audio_tokens: number };
  completion_tokens_details: {
    reasoning_tokens: number;
    audio_tokens: number;
    accepted_prediction_tokens: number;
    rejected_prediction_tokens: number;
  };
}

export function usageOf(
  prompt: number,
  completion: number,
  { reasoning, cached, sound }: { readonly reasoning: number; readonly cached: number; readonly sound: number },
): Usage {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: Math.min(cached, prompt), audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: sound,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
