import type { GraphqlPlan } from '@parley/contracts/graphql-plan';
import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isRequiredInputField,
  type OperationDefinitionNode,
  type TypeNode,
} from 'graphql';

/** The enums and input objects that an operation's variables hold, all the way down; none of an unknown schema. */
export function neededTypes(operation: OperationDefinitionNode, schema: GraphQLSchema | null): GraphqlPlan['types'] {
  const found: GraphqlPlan['types'] = {};
  if (schema === null) return found;
  const left = (operation.variableDefinitions ?? []).flatMap(({ type }) => schema.getType(nameOf(type)) ?? []);
  for (let type: GraphQLNamedType | undefined = left.pop(); type; type = left.pop()) {
    if (Object.hasOwn(found, type.name)) continue;
    if (isEnumType(type)) found[type.name] = { values: type.getValues().map(({ name }) => name) };
    if (!isInputObjectType(type)) continue;
    const fields = Object.values(type.getFields());
    const entries = fields.map((field) => {
      left.push(getNamedType(field.type));
      return [field.name, { type: String(field.type), optional: !isRequiredInputField(field) }] as const;
    });
    found[type.name] = { fields: Object.fromEntries(entries) };
  }
  return found;
}

function nameOf(type: TypeNode): string {
  return type.kind === 'NamedType' ? type.name.value : nameOf(type.type);
}
