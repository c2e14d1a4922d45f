/** A line for the shell that sends a first request to a step, made from its schema. */
import { exampleOf } from '../../lib/example';

/** `path` as routes write it (`/users/:id`), its parameters filled in; no `body` is sent where there is no schema. */
export function curlOf(api: string, method: string, path: string, body: unknown): string {
  const url = `${api}${path.replace(/[:*](\w+)/g, (_, name: string) => encodeURIComponent(name))}`;
  const hasBody = body !== undefined && body !== null;
  if (method === 'GET' && !hasBody) return `curl ${quoted(url)}`;
  const data = hasBody
    ? ` -H 'content-type: application/json' -d ${quoted(JSON.stringify(exampleOf(body, { withOptional: true })))}`
    : '';
  return `curl -X ${method} ${quoted(url)}${data}`;
}

function quoted(text: string): string {
  return /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
