/** A line for the shell that sends a first request to a step, made from its schema. */

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  enum?: unknown[];
  default?: unknown;
  const?: unknown;
  example?: unknown;
  examples?: unknown[];
}

const DEPTH_MAX = 4;

/** A value that may fit a schema: its own example if it names one. */
export function exampleOf(schema: Schema | undefined, depth = 0): unknown {
  if (schema === undefined || depth > DEPTH_MAX) return {};
  const given = [schema.example, schema.examples?.[0], schema.default, schema.const, schema.enum?.[0]];
  const first = given.find((one) => one !== undefined);
  if (first !== undefined) return first;
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'string':
      return 'text';
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    case 'array':
      return schema.items === undefined ? [] : [exampleOf(schema.items, depth + 1)];
    case 'null':
      return null;
    default:
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, inner]) => [name, exampleOf(inner, depth + 1)]),
      );
  }
}

/** `path` as routes write it (`/users/:id`), its parameters filled in. */
export function curlOf(api: string, method: string, path: string, body: Schema | undefined): string {
  const url = `${api}${path.replace(/[:*](\w+)/g, (_, name: string) => encodeURIComponent(name))}`;
  if (method === 'GET' && body === undefined) return `curl ${quoted(url)}`;
  const data =
    body === undefined ? '' : ` -H 'content-type: application/json' -d ${quoted(JSON.stringify(exampleOf(body)))}`;
  return `curl -X ${method} ${quoted(url)}${data}`;
}

function quoted(text: string): string {
  return /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
