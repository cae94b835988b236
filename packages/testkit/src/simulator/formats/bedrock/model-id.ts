/**
 * The simulator's model behind an id of Bedrock's: `us.anthropic.sim-small-v1:0` and an ARN that ends in such an id
 * both mean `sim-small`. Faults may follow a plus: `sim-small+cut:5`. Null for any other id.
 */
export function simulatedModel(modelId: string): string | null {
  const name = modelId.slice(modelId.lastIndexOf('/') + 1);
  const found = /(?:^|\.)(sim-[\w.-]+?)(?:-v\d+)?(?::\d+)?(\+.*)?$/.exec(name);
  return found ? `${found[1]}${found[2] ?? ''}` : null;
}
