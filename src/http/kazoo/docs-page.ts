// The page at /v2/docs on which the calls of the API can be tried: made on the server from the API's own description, so
// that it shows what there is. It works without anything from elsewhere and without inline script; the token stays in the
// page and is gone with it.
import { docsScript } from './docs-script.js';
import { docsStyle } from './docs-style.js';
import type { Resource } from './resource.js';

/** Nothing from elsewhere, nothing inline, in nobody's frame. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

type Json = Record<string, unknown>;

interface DescribedOperation {
  readonly summary: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly schema: Json }[];
  readonly requestBody?: { readonly content: { readonly 'application/json'?: { readonly schema: Json } } };
}

/** @param openApi what /v2/openapi.json says */
export function docsRoutes(openApi: Json): Resource[] {
  return [
    fileAt('/docs', 'text/html', pageOf(openApi)),
    fileAt('/docs/page.js', 'text/javascript', docsScript),
    fileAt('/docs/page.css', 'text/css', docsStyle),
  ];
}

/** Open to all: it says what is written in the manual. */
function fileAt(path: string, type: string, data: string): Resource {
  const headers = {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
  const handle = () => ({ data, headers });
  return {
    path,
    operations: { GET: { summary: 'The page to try the calls', open: true, bare: true, handle } },
  };
}

function pageOf(openApi: Json): string {
  const { title, version } = openApi.info as { title: string; version: string };
  const paths = Object.entries(openApi.paths as Record<string, Json>);
  const calls = paths.flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => method !== 'parameters')
      .map(([method, operation]) => callOf(method.toUpperCase(), path, operation as DescribedOperation)),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="/v2/docs/page.css">
<script src="/v2/docs/page.js" defer></script>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
<p>Release ${escaped(version)}. The description for machines: <a href="/v2/openapi.json">openapi.json</a>.</p>
</header>
<main>
<section id="login" aria-labelledby="login-title">
<h2 id="login-title">Log in</h2>
<form data-login>
<label>API key <input name="key" type="password" autocomplete="off" spellcheck="false" maxlength="128"></label>
<p>The command <code>partyline key create --kind kazoo</code> makes one.</p>
<button>Log in</button>
<output aria-live="polite"></output>
</form>
<dl><dt>Account</dt><dd><code id="account">not logged in</code></dd></dl>
</section>
<noscript><p>Without JavaScript this page lists the calls and cannot send them.</p></noscript>
${calls.join('\n')}
</main>
</body>
</html>
`;
}

function callOf(method: string, path: string, operation: DescribedOperation): string {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const inQuery = operation.parameters ?? [];
  const { requestBody } = operation;
  const schema = requestBody?.content['application/json']?.schema;
  return `<details>
<summary><b class="${method}">${method}</b> <code>${escaped(path)}</code> ${escaped(operation.summary)}</summary>
<form data-method="${method}" data-path="${escaped(path)}">
${inPath.map((name) => fieldOf('path', name, name)).join('\n')}
${inQuery.map(({ name, schema: of }) => fieldOf('query', name, `${name} (${typeOf(of)})`)).join('\n')}
${schema ? bodyOf(schema) : requestBody ? soundField : ''}
<button>Send</button>
<output aria-live="polite"></output>
<pre hidden></pre>
</form>
</details>`;
}

function fieldOf(place: 'path' | 'query', name: string, label: string): string {
  const required = place === 'path' ? ' required' : '';
  return `<label>${escaped(label)} <input data-${place}="${escaped(name)}" autocomplete="off" spellcheck="false"${required}></label>`;
}

const soundField = '<label>Sound <input type="file" accept="audio/*"></label>';

function bodyOf(schema: Json): string {
  const example = { data: exampleOf((schema.properties as { data?: Json } | undefined)?.data ?? {}) };
  const text = escaped(JSON.stringify(example, null, 1));
  return `<label>Body <textarea rows="4" spellcheck="false">${text}</textarea></label>`;
}

/** What has to be there; the rest is in the manual. */
function exampleOf({ properties = {}, required = [] }: Json): Json {
  const known = properties as Record<string, Json>;
  return Object.fromEntries((required as string[]).map((name) => [name, valueOf(known[name] ?? {})]));
}

function valueOf(schema: Json): unknown {
  if (schema.default !== undefined) return schema.default;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  return schema.type === 'integer' ? 1 : '';
}

function typeOf({ type }: Json): string {
  return Array.isArray(type) ? type.join(' or ') : String(type ?? 'text');
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
